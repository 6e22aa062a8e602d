//! The different operations of a history, and the facts that they need and bring, by number.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::Interval;
use crate::specification::{Scope, Specification};

/// Different things, by number.
#[derive(Debug)]
pub(super) struct Numbers<T> {
    numbers: FxHashMap<T, u32>,
    pub(super) things: Vec<T>,
}

impl<T: Clone + Eq + Hash> Numbers<T> {
    fn new() -> Self {
        Self { numbers: FxHashMap::default(), things: Vec::new() }
    }

    fn number(&mut self, thing: T) -> u32 {
        let next = self.things.len() as u32;
        *self.numbers.entry(thing).or_insert_with_key(|thing| {
            self.things.push(thing.clone());
            next
        })
    }
}

/// An operation, whoever did it and when.
#[derive(Debug)]
pub(super) struct Word<'a, S: Specification> {
    pub(super) operation: &'a S::Operation,
    pub(super) observes: bool,
    /// Facts that it needs.
    pub(super) needs: Vec<u32>,
    /// Topics of facts that it can make true and that some operation needs; `None`: it may be any.
    pub(super) brings: Option<Vec<u32>>,
    /// Facts that are true after it.
    pub(super) leaves: Vec<S::Fact>,
    pub(super) scope: Scope,
}

impl<S: Specification> Word<'_, S> {
    /// Whether it may make facts of a topic true.
    pub(super) fn may_bring(&self, topic: u32) -> bool {
        self.brings.as_ref().is_none_or(|topics| topics.contains(&topic))
    }
}

/// All that operations say.
#[derive(Debug)]
pub(super) struct Vocabulary<'a, S: Specification> {
    pub(super) words: Vec<Word<'a, S>>,
    /// Facts that operations need.
    pub(super) facts: Vec<S::Fact>,
    /// The topic of each fact.
    pub(super) topic: Vec<u32>,
    /// How many topics there are.
    pub(super) topics: usize,
    /// Whether all operations need and do no more than they say.
    pub(super) exact: bool,
}

impl<'a, S: Specification> Vocabulary<'a, S> {
    /// The vocabulary of some operations, and the word of each of them.
    pub(super) fn new(
        specification: &S,
        operations: &'a [Interval<S::Operation>],
    ) -> (Self, Vec<u32>) {
        let mut different: Numbers<&S::Operation> = Numbers::new();
        let said = operations.iter().map(|one| different.number(&one.operation)).collect();
        let mut facts = Numbers::new();
        let mut topics = Numbers::new();
        let mut exact = true;
        let mut words: Vec<Word<'a, S>> = Vec::with_capacity(different.things.len());
        for operation in different.things {
            let needs = specification.needs(operation);
            exact &= needs.scope != Scope::Unknown;
            words.push(Word {
                operation,
                observes: specification.observes(operation),
                needs: needs.facts.into_iter().map(|fact| facts.number(fact)).collect(),
                brings: Some(Vec::new()),
                leaves: Vec::new(),
                scope: needs.scope,
            });
        }
        let topic = facts.things.iter().map(|fact| topics.number(specification.topic(fact)));
        let topic = topic.collect();
        for word in words.iter_mut().filter(|word| !word.observes) {
            let brought = specification.brings(word.operation);
            exact &= brought.is_some();
            word.brings = brought.as_ref().map(|brought| {
                brought.iter().filter_map(|fact| topics.numbers.get(fact).copied()).collect()
            });
            if word.scope != Scope::Unknown {
                word.leaves = brought.unwrap_or_default();
            }
        }
        let topics = topics.things.len();
        (Self { words, facts: facts.things, topic, topics, exact }, said)
    }

    /// Whether an operation needs a fact of a topic that another brings.
    pub(super) fn uses(&self, user: u32, bringer: u32) -> bool {
        let bringer = &self.words[bringer as usize];
        let needs = &self.words[user as usize].needs;
        needs.iter().any(|fact| bringer.may_bring(self.topic[*fact as usize]))
    }
}
