//! A history as the searches see it: events in time, slots for open operations, kinds in doubt.

use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

use super::Interval;

/// How many operations may be open at once: the bits of a [`Mask`].
pub(super) const MOST_OPEN: usize = 128;

/// A set of open operations, by slot.
pub(super) type Mask = u128;

/// A return, with what is open before it.
#[derive(Debug)]
pub(super) struct Event {
    /// The operation that returns.
    pub(super) operation: usize,
    /// When.
    pub(super) at: u64,
    /// Operations open just before, this one included, as (slot, operation).
    pub(super) open: Vec<(u8, usize)>,
}

/// In-doubt operations that do the same: interchangeable once called.
#[derive(Debug)]
pub(super) struct Kind<'a, O> {
    pub(super) operation: &'a O,
    /// Their calls, in order.
    pub(super) calls: Vec<u64>,
}

/// The history, prepared.
#[derive(Debug)]
pub(super) struct Problem<'a, O> {
    pub(super) operations: &'a [Interval<O>],
    /// The returns in time. Nothing needs to be decided at a call.
    pub(super) events: Vec<Event>,
    /// Each operation's slot; those in doubt have none.
    pub(super) slot: Vec<u8>,
    /// Slots in use at most.
    pub(super) slots: usize,
    pub(super) kinds: Vec<Kind<'a, O>>,
    pub(super) returns: usize,
}

impl<'a, O: Eq + std::hash::Hash> Problem<'a, O> {
    pub(super) fn new(operations: &'a [Interval<O>]) -> Self {
        let mut kinds: Vec<Kind<'a, O>> = Vec::new();
        let mut ids: FxHashMap<&O, usize> = FxHashMap::default();
        let mut by_call: Vec<usize> = (0..operations.len()).collect();
        by_call.sort_by_key(|at| operations[*at].call);
        for at in &by_call {
            let one = &operations[*at];
            if one.ret == u64::MAX {
                let id = *ids.entry(&one.operation).or_insert_with(|| {
                    kinds.push(Kind { operation: &one.operation, calls: Vec::new() });
                    kinds.len() - 1
                });
                kinds[id].calls.push(one.call);
            }
        }
        by_call.retain(|at| operations[*at].ret != u64::MAX);
        let mut by_return = by_call.clone();
        by_return.sort_by_key(|at| (operations[*at].ret, operations[*at].call));
        let (slot, slots) = slots(operations, &by_call, &by_return);
        let mut this =
            Self { operations, events: Vec::new(), slot, slots, kinds, returns: by_return.len() };
        if slots <= MOST_OPEN {
            this.events = this.events(&by_call, &by_return);
        }
        this
    }

    fn events(&self, by_call: &[usize], by_return: &[usize]) -> Vec<Event> {
        let mut calls = by_call.iter().peekable();
        let mut open: Vec<(u8, usize)> = Vec::new();
        by_return
            .iter()
            .map(|returning| {
                let at = self.operations[*returning].ret;
                // An operation called at the very time of a return overlaps it.
                while let Some(called) = calls.next_if(|one| self.operations[**one].call <= at) {
                    open.push((self.slot[*called], *called));
                }
                let event = Event { operation: *returning, at, open: open.clone() };
                open.retain(|(_, one)| one != returning);
                event
            })
            .collect()
    }
}

/// Gives each operation the least slot that is free from its call to its return.
fn slots<O>(
    operations: &[Interval<O>],
    by_call: &[usize],
    by_return: &[usize],
) -> (Vec<u8>, usize) {
    let mut slot = vec![0_u8; operations.len()];
    let mut free: BinaryHeap<std::cmp::Reverse<usize>> = BinaryHeap::new();
    let mut used = 0;
    let mut returns = by_return.iter().peekable();
    let mut given = vec![0_usize; operations.len()];
    for called in by_call {
        while let Some(done) =
            returns.next_if(|one| operations[**one].ret < operations[*called].call)
        {
            free.push(std::cmp::Reverse(given[*done]));
        }
        given[*called] = free.pop().map_or_else(
            || {
                used += 1;
                used - 1
            },
            |std::cmp::Reverse(slot)| slot,
        );
        slot[*called] = given[*called].min(usize::from(u8::MAX)) as u8;
    }
    (slot, used)
}

/// One way to explain the history up to an event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Configuration {
    /// The state, by its number.
    pub(super) state: u32,
    /// The open operations that have taken effect.
    pub(super) done: Mask,
    /// How many in-doubt operations of each kind have taken effect.
    pub(super) used: Box<[u32]>,
}

/// States by number, so that configurations stay small.
#[derive(Debug)]
pub(super) struct States<S> {
    numbers: FxHashMap<S, u32>,
    states: Vec<S>,
}

impl<S: Clone + Eq + std::hash::Hash> States<S> {
    pub(super) fn new(initial: S) -> Self {
        let mut this = Self { numbers: FxHashMap::default(), states: Vec::new() };
        this.number(initial);
        this
    }

    pub(super) fn number(&mut self, state: S) -> u32 {
        let next = self.states.len() as u32;
        *self.numbers.entry(state).or_insert_with_key(|state| {
            self.states.push(state.clone());
            next
        })
    }

    pub(super) fn get(&self, number: u32) -> &S {
        &self.states[number as usize]
    }
}
