//! States by number, and what they become.

use rustc_hash::FxHashMap;

use super::vocabulary::Vocabulary;
use crate::specification::Specification;

const IMPOSSIBLE: u32 = u32::MAX;

/// States by number, so that configurations stay small, with the transitions that were asked for.
#[derive(Debug)]
pub(super) struct States<'a, S: Specification> {
    specification: &'a S,
    numbers: FxHashMap<S::State, u32>,
    states: Vec<S::State>,
    after: FxHashMap<(u32, u32), u32>,
}

impl<'a, S: Specification> States<'a, S> {
    /// The initial state alone, with number 0.
    pub(super) fn new(specification: &'a S) -> Self {
        let mut this = Self {
            specification,
            numbers: FxHashMap::default(),
            states: Vec::new(),
            after: FxHashMap::default(),
        };
        this.number(specification.initial());
        this
    }

    fn number(&mut self, state: S::State) -> u32 {
        let next = self.states.len() as u32;
        *self.numbers.entry(state).or_insert_with_key(|state| {
            self.states.push(state.clone());
            next
        })
    }

    pub(super) fn get(&self, number: u32) -> &S::State {
        &self.states[number as usize]
    }

    /// The state after an operation of the vocabulary, if it is possible.
    pub(super) fn after(
        &mut self,
        vocabulary: &Vocabulary<'_, S>,
        state: u32,
        operation: u32,
    ) -> Option<u32> {
        let known = self.after.get(&(state, operation)).copied();
        let after = known.unwrap_or_else(|| {
            let word = &vocabulary.words[operation as usize];
            let after = self.specification.apply(&self.states[state as usize], word.operation);
            let after = after.map_or(IMPOSSIBLE, |after| self.number(after));
            self.after.insert((state, operation), after);
            after
        });
        (after != IMPOSSIBLE).then_some(after)
    }

    /// What they take, in bytes, roughly; without what a state holds elsewhere.
    pub(super) fn bytes(&self) -> usize {
        self.after.capacity() * 15 + self.states.capacity() * (2 * size_of::<S::State>() + 6)
    }
}
