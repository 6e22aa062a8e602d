//! A history as the searches see it: events in time, slots for open operations, kinds in doubt.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::Interval;
use super::vocabulary::Vocabulary;
use crate::specification::{Scope, Specification};

/// An operation that returned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) call: u64,
    pub(super) ret: u64,
    /// What it did, by its number in the vocabulary.
    pub(super) word: u32,
    /// Its bit while it is open.
    pub(super) slot: u32,
    /// The event at which it returns.
    pub(super) event: u32,
    /// The first event before which it is called.
    pub(super) called: u32,
}

/// A return, with what is open before it.
#[derive(Debug)]
pub(super) struct Event {
    /// The step that returns.
    pub(super) step: u32,
    /// When.
    pub(super) at: u64,
    /// Where the open steps that only observe stand in [`Problem::open`].
    pub(super) observers: Range<usize>,
    /// Where the others stand, the next to return first.
    pub(super) changers: Range<usize>,
    /// Where the steps called since the last event stand among all steps.
    pub(super) called: Range<usize>,
}

/// In-doubt operations that do the same: interchangeable once called.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) word: u32,
    /// Their calls, in order.
    pub(super) calls: Vec<u64>,
    /// Kinds that do the same where they are possible, but are possible more seldom: if one of
    /// them is at hand, this one is better kept.
    pub(super) rather: Vec<u32>,
    /// Whether it may be held back until just before an operation that needs it: if the next one
    /// does not, either order will do, or it was in vain.
    pub(super) prompt: bool,
}

/// The history, prepared.
#[derive(Debug)]
pub(super) struct Problem<'a, S: Specification> {
    pub(super) specification: &'a S,
    pub(super) vocabulary: Vocabulary<'a, S>,
    /// In the order of their calls.
    pub(super) steps: Vec<Step>,
    /// Steps in the order of their returns.
    pub(super) by_return: Vec<u32>,
    /// The returns in time. Nothing needs to be decided at a call.
    pub(super) events: Vec<Event>,
    /// Steps, by event.
    pub(super) open: Vec<u32>,
    /// Slots in use at most.
    pub(super) slots: usize,
    pub(super) kinds: Vec<Kind>,
    /// How many operations are in doubt, those that cannot matter included.
    pub(super) in_doubt: usize,
}

impl<'a, S: Specification> Problem<'a, S> {
    /// Prepares a history; its events are left out if they would take more than so many bytes.
    pub(super) fn new(
        specification: &'a S,
        operations: &'a [Interval<S::Operation>],
        most_bytes: usize,
    ) -> Self {
        let (vocabulary, said) = Vocabulary::new(specification, operations);
        let mut by_call: Vec<usize> = (0..operations.len()).collect();
        by_call.sort_by_key(|at| operations[*at].call);
        let mut calls: Vec<Vec<u64>> = vec![Vec::new(); vocabulary.words.len()];
        let mut steps = Vec::new();
        let mut in_doubt = 0;
        for at in by_call {
            let Interval { call, ret, .. } = operations[at];
            let word = said[at];
            if ret != u64::MAX {
                // A return before the call is taken for one at the same time.
                steps.push(Step { call, ret: ret.max(call), word, slot: 0, event: 0, called: 0 });
            } else if !vocabulary.words[word as usize].observes {
                calls[word as usize].push(call);
                in_doubt += 1;
            }
        }
        let mut this = Self {
            specification,
            vocabulary,
            steps,
            by_return: Vec::new(),
            events: Vec::new(),
            open: Vec::new(),
            slots: 0,
            kinds: Vec::new(),
            in_doubt,
        };
        this.kinds = this.kinds(calls);
        this.by_return = this.place();
        let room = most_bytes / size_of::<u32>();
        let total: usize = this.steps.iter().map(|one| (one.event - one.called) as usize + 1).sum();
        if total <= room {
            this.lay_out();
        }
        this
    }

    /// Whether there are too many operations open at once.
    pub(super) fn is_too_large(&self) -> bool {
        self.events.len() != self.steps.len()
    }

    /// Gives each step its event, and the least slot that is free from its call to its return;
    /// returns the steps in the order of their returns.
    fn place(&mut self) -> Vec<u32> {
        let mut by_return: Vec<u32> = (0..self.steps.len() as u32).collect();
        by_return.sort_by_key(|at| (self.steps[*at as usize].ret, *at));
        for (event, at) in (0..).zip(&by_return) {
            self.steps[*at as usize].event = event;
        }
        let mut free: BinaryHeap<Reverse<u32>> = BinaryHeap::new();
        let mut returned = 0;
        for at in 0..self.steps.len() {
            // An operation called at the very time of a return overlaps it.
            while let Some(done) = by_return.get(returned)
                && self.steps[*done as usize].ret < self.steps[at].call
            {
                free.push(Reverse(self.steps[*done as usize].slot));
                returned += 1;
            }
            let slot = free.pop().map_or(self.slots as u32, |Reverse(slot)| slot);
            self.slots = self.slots.max(slot as usize + 1);
            self.steps[at].slot = slot;
            self.steps[at].called = returned as u32;
        }
        by_return
    }

    fn lay_out(&mut self) {
        let observes = |step: &Step| self.vocabulary.words[step.word as usize].observes;
        let mut next = 0;
        // In the order of returns, so that the next to return comes first.
        let mut observers: Vec<u32> = Vec::new();
        let mut changers: Vec<u32> = Vec::new();
        for (index, returning) in self.by_return.iter().enumerate() {
            let first = next;
            while let Some(step) = self.steps.get(next)
                && step.called as usize <= index
            {
                let open = if observes(step) { &mut observers } else { &mut changers };
                let place =
                    open.partition_point(|one| self.steps[*one as usize].event < step.event);
                open.insert(place, next as u32);
                next += 1;
            }
            let begin = self.open.len();
            self.open.extend(&observers);
            let middle = self.open.len();
            self.open.extend(&changers);
            self.events.push(Event {
                step: *returning,
                at: self.steps[*returning as usize].ret,
                observers: begin..middle,
                changers: middle..self.open.len(),
                called: first..next,
            });
            // The one that returns is the first of its list.
            if observes(&self.steps[*returning as usize]) {
                observers.remove(0);
            } else {
                changers.remove(0);
            }
        }
    }

    /// The kinds in doubt that can matter, from the calls of each word.
    fn kinds(&self, calls: Vec<Vec<u64>>) -> Vec<Kind> {
        let words = &self.vocabulary.words;
        let matters = self.matters(&calls);
        let chosen: Vec<u32> =
            (0..words.len() as u32).filter(|word| matters[*word as usize]).collect();
        let mut calls = calls;
        let narrower = |one: u32, other: u32| {
            let (one, other) = (&words[one as usize], &words[other as usize]);
            one.scope != Scope::Unknown
                && other.scope != Scope::Unknown
                && one.leaves == other.leaves
                && one.needs.len() > other.needs.len()
                && other.needs.iter().all(|need| one.needs.contains(need))
        };
        // An operation that needs two facts may need two in doubt before it.
        let prompt = self.vocabulary.exact && words.iter().all(|word| word.needs.len() <= 1);
        // Beyond so many, looking at each pair costs more than it helps.
        let few = chosen.len() <= 300;
        chosen
            .iter()
            .map(|word| Kind {
                word: *word,
                calls: std::mem::take(&mut calls[*word as usize]),
                rather: (0..if few { chosen.len() as u32 } else { 0 })
                    .filter(|other| narrower(chosen[*other as usize], *word))
                    .collect(),
                prompt: prompt && words[*word as usize].scope == Scope::Part,
            })
            .collect()
    }

    /// The words in doubt, without those that bring nothing that anything needs.
    fn matters(&self, calls: &[Vec<u64>]) -> Vec<bool> {
        let Vocabulary { words, topic, topics, exact, .. } = &self.vocabulary;
        let mut matters: Vec<bool> = calls.iter().map(|calls| !calls.is_empty()).collect();
        if !exact {
            return matters;
        }
        // Which words bring a topic.
        let mut bringers: Vec<Vec<u32>> = vec![Vec::new(); *topics];
        for word in 0..words.len() {
            for topic in words[word].brings.iter().flatten().filter(|_| matters[word]) {
                bringers[*topic as usize].push(word as u32);
            }
        }
        matters.fill(false);
        let mut needed: Vec<u32> = self.steps.iter().map(|step| step.word).collect();
        let mut seen = vec![false; *topics];
        while let Some(word) = needed.pop() {
            for fact in &words[word as usize].needs {
                let topic = topic[*fact as usize] as usize;
                if std::mem::replace(&mut seen[topic], true) {
                    continue;
                }
                for bringer in &bringers[topic] {
                    if !std::mem::replace(&mut matters[*bringer as usize], true) {
                        needed.push(*bringer);
                    }
                }
            }
        }
        matters
    }
}
