//! Queues, first in first out, of values that are enqueued once.
//!
//! In an order of such a queue its values have one, too: that in which they are enqueued, and also
//! dequeued. One precedes another there if it was enqueued, or dequeued, before the other was, or
//! dequeued before the other was enqueued; what is never dequeued comes last. If nothing precedes
//! itself by that, every operation takes effect as early as that order lets it. A dequeue that found
//! nothing is a place in the order where all before are dequeued: a moment within it at which no value
//! is surely there, which is one that was enqueued by then and whose dequeue had not been called.
//! So a queue is broken in four ways alone (Henzinger, Sezgin and Vafeiadis, *Aspect-oriented
//! linearizability proofs*, CONCUR 2013): a value from nowhere, one that comes twice, two out of order,
//! and an empty queue that cannot have been empty.
//!
//! An enqueue in doubt whose value nobody dequeued is left out, which is never worse. A dequeue in doubt
//! takes a value that else would be in the way, by the time at which it is: those that are in the way
//! first by the dequeues that were called first. O(n log n).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use history::Value;
use rustc_hash::FxHashMap;

use super::search::Interval;
use super::{Decision, Unseen, Violation};
use crate::specification::QueueOperation;

/// When something happened: between two times, by an operation.
#[derive(Clone, Copy, Debug)]
struct Span {
    call: u64,
    ret: u64,
    /// The operation's position.
    at: usize,
}

/// Not at all.
const NEVER: Span = Span { call: u64::MAX, ret: u64::MAX, at: usize::MAX };

/// A value's way through the queue; both are one for a dequeue that found nothing.
#[derive(Clone, Copy, Debug)]
struct Element {
    enqueue: Span,
    dequeue: Span,
}

impl Element {
    fn stays(&self) -> bool {
        self.dequeue.at == NEVER.at
    }

    fn positions(&self) -> impl Iterator<Item = usize> {
        [self.enqueue.at, self.dequeue.at].into_iter().filter(|at| *at != NEVER.at)
    }
}

/// Operations that have no order, and whether one in doubt could give them one.
#[derive(Debug)]
struct Conflict {
    positions: Vec<usize>,
    stays: bool,
}

impl Conflict {
    fn of<'a>(elements: impl IntoIterator<Item = &'a Element>) -> Self {
        let mut this = Self { positions: Vec::new(), stays: false };
        for element in elements {
            this.positions.extend(element.positions());
            this.stays |= element.stays();
        }
        this
    }
}

/// Decides a queue, whose operations are in the order of their calls; `None` if a value is enqueued
/// twice, or dequeues in doubt leave a choice of when the queue was empty.
#[must_use]
pub fn decide(operations: &[Interval<QueueOperation>]) -> Option<Decision> {
    Some(match resolve(operations)? {
        Ok(_) => Decision::Holds,
        Err(mut positions) => {
            positions.sort_unstable();
            positions.dedup();
            Decision::Broken(Violation { operations: positions, excerpt: Unseen::Impossible })
        }
    })
}

/// An order of a queue's operations, as positions; `None` if it has none, or [`decide`] gives none.
#[must_use]
pub fn order(operations: &[Interval<QueueOperation>]) -> Option<Vec<usize>> {
    resolve(operations)?.ok()
}

fn resolve(operations: &[Interval<QueueOperation>]) -> Option<Result<Vec<usize>, Vec<usize>>> {
    let mut values: FxHashMap<Value, Element> = FxHashMap::default();
    let (mut empties, mut takes) = (Vec::new(), Vec::new());
    let span = |at: usize| {
        let Interval { call, ret, .. } = operations[at];
        Span { call, ret: ret.max(call), at }
    };
    for (at, one) in operations.iter().enumerate() {
        match one.operation {
            QueueOperation::Enqueue(value) => {
                let element = Element { enqueue: span(at), dequeue: NEVER };
                if values.insert(value, element).is_some() {
                    return None;
                }
            }
            QueueOperation::Empty if one.ret != u64::MAX => empties.push(span(at)),
            // Whether it happened is a choice, too.
            QueueOperation::Dequeue(_) if one.ret == u64::MAX => return None,
            QueueOperation::Empty | QueueOperation::Dequeue(_) => {}
            QueueOperation::Take => takes.push(span(at)),
        }
    }
    for (at, one) in operations.iter().enumerate() {
        let QueueOperation::Dequeue(value) = one.operation else { continue };
        let Some(element) = values.get_mut(&value) else { return Some(Err(vec![at])) };
        if !element.stays() {
            return Some(Err(element.positions().chain([at]).collect()));
        }
        element.dequeue = span(at);
        if element.dequeue.ret < element.enqueue.call {
            return Some(Err(element.positions().collect()));
        }
    }
    let mut elements: Vec<Element> = values.into_values().collect();
    elements.retain(|one| !one.stays() || one.enqueue.ret != u64::MAX);
    elements.sort_unstable_by_key(|one| one.enqueue.at);
    match line_up(&elements, &empties) {
        Err(conflict) if conflict.stays && !takes.is_empty() => {
            with_takes(operations, elements, &empties, &takes)
        }
        found => Some(found.map_err(|conflict| conflict.positions)),
    }
}

/// The same with dequeues in doubt: what is in the way is taken.
fn with_takes(
    operations: &[Interval<QueueOperation>],
    mut elements: Vec<Element>,
    empties: &[Span],
    takes: &[Span],
) -> Option<Result<Vec<usize>, Vec<usize>>> {
    let gone: Vec<Element> = elements.iter().filter(|one| !one.stays()).copied().collect();
    let moments = match moments(&gone, empties) {
        Ok(moments) => moments,
        Err(conflict) => return Some(Err(conflict.positions)),
    };
    // By when what was enqueued before a time has to be gone, the latest time first.
    let mut due: Vec<(u64, u64)> =
        gone.iter().map(|one| (one.enqueue.call, one.dequeue.ret)).collect();
    due.extend(moments.iter().map(|one| (one.enqueue.call, one.enqueue.call)));
    due.sort_unstable_by_key(|(call, _)| Reverse(*call));
    let mut soonest = u64::MAX;
    for (_, ret) in &mut due {
        soonest = soonest.min(*ret);
        *ret = soonest;
    }
    let deadline = |one: &Element| {
        let later = due.partition_point(|(call, _)| *call > one.enqueue.ret);
        later.checked_sub(1).map_or(u64::MAX, |last| due[last].1)
    };
    let mut forced: Vec<(u64, usize)> = elements
        .iter()
        .enumerate()
        .filter(|(_, one)| one.stays())
        .map(|(index, one)| (deadline(one), index))
        .filter(|(deadline, _)| *deadline != u64::MAX)
        .collect();
    forced.sort_unstable();
    let mut takes = takes.to_vec();
    takes.sort_by_key(|take| take.call);
    for (nth, (deadline, index)) in forced.into_iter().enumerate() {
        match takes.get(nth).filter(|take| take.call <= deadline) {
            Some(take) => elements[index].dequeue = Span { ret: u64::MAX, ..*take },
            // Another moment for a queue that was found empty may need fewer, or leave more time.
            None if !empties.is_empty() => return None,
            None => {
                let all = 0..operations.len();
                return Some(Err(all.filter(|at| operations[*at].call <= deadline).collect()));
            }
        }
    }
    line_up(&elements, empties).ok().map(Ok)
}

/// An order of the operations on some values, and of dequeues that found nothing.
fn line_up(elements: &[Element], empties: &[Span]) -> Result<Vec<usize>, Conflict> {
    let mut all = moments(elements, empties)?;
    all.extend(elements);
    let order = values_in_order(&all)?;
    // Every operation takes effect as early as it can.
    let mut effects: Vec<(u64, usize, bool, usize)> = Vec::new();
    let (mut enqueued, mut dequeued) = (0, 0);
    for (place, index) in order.into_iter().enumerate() {
        let Element { enqueue, dequeue } = all[index];
        if enqueue.at == dequeue.at {
            enqueued = enqueue.call.max(enqueued).max(dequeued);
            dequeued = enqueued;
            effects.push((enqueued, place, false, enqueue.at));
            continue;
        }
        enqueued = enqueue.call.max(enqueued);
        effects.push((enqueued, place, false, enqueue.at));
        if dequeue.at != NEVER.at {
            dequeued = dequeue.call.max(dequeued).max(enqueued);
            effects.push((dequeued, place, true, dequeue.at));
        }
    }
    effects.sort_unstable();
    Ok(effects.into_iter().map(|(.., at)| at).collect())
}

/// For each dequeue that found nothing the first moment within it at which no value is surely there.
fn moments(elements: &[Element], empties: &[Span]) -> Result<Vec<Element>, Conflict> {
    let mut there: Vec<&Element> =
        elements.iter().filter(|one| one.enqueue.ret < one.dequeue.call).collect();
    there.sort_unstable_by_key(|one| one.enqueue.ret);
    // Stretches of time throughout which something is there: where they begin among those, and end.
    let mut stretches: Vec<(usize, u64)> = Vec::new();
    for (index, one) in there.iter().enumerate() {
        match stretches.last_mut() {
            Some((_, end)) if one.enqueue.ret < *end => *end = one.dequeue.call.max(*end),
            _ => stretches.push((index, one.dequeue.call)),
        }
    }
    let moment = |empty: &Span| {
        let before = stretches.partition_point(|(first, _)| there[*first].enqueue.ret < empty.call);
        let stretch = before.checked_sub(1).map(|last| stretches[last]);
        let at = match stretch {
            Some((_, end)) if end > empty.call => end,
            _ => empty.call,
        };
        if at > empty.ret {
            let first = stretch.map_or(0, |(first, _)| first);
            return Err(covering(&there[first..], empty));
        }
        let at = Span { call: at, ret: at, at: empty.at };
        Ok(Element { enqueue: at, dequeue: at })
    };
    empties.iter().map(moment).collect()
}

/// A dequeue that found nothing, and few values that are there one after another throughout it.
fn covering(there: &[&Element], empty: &Span) -> Conflict {
    let mut chosen: Vec<&Element> = Vec::new();
    let (mut until, mut next) = (empty.call, 0);
    while until <= empty.ret {
        let begun = there[next..].partition_point(|one| one.enqueue.ret < until);
        let longest = there[next..next + begun].iter().max_by_key(|one| one.dequeue.call);
        let Some(longest) = longest.filter(|one| one.dequeue.call > until) else { break };
        until = longest.dequeue.call;
        chosen.push(longest);
        next += begun;
    }
    let mut conflict = Conflict::of(chosen);
    conflict.positions.push(empty.at);
    conflict
}

/// The order of values that time asks for, taking whatever nothing that is left precedes.
fn values_in_order(elements: &[Element]) -> Result<Vec<usize>, Conflict> {
    let sorted_by = |key: fn(&Element) -> u64| {
        let mut indices: Vec<usize> = (0..elements.len()).collect();
        indices.sort_by_key(|index| key(&elements[*index]));
        indices.into_iter().peekable()
    };
    let mut by_call = sorted_by(|one| one.enqueue.call);
    let mut by_enqueued = sorted_by(|one| one.enqueue.ret);
    let mut by_dequeued = sorted_by(|one| one.dequeue.ret);
    // Those that nothing that is left was enqueued before, the first to be dequeued first.
    let mut begun: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
    let mut placed = vec![false; elements.len()];
    let mut order = Vec::with_capacity(elements.len());
    while order.len() < elements.len() {
        while by_enqueued.next_if(|index| placed[*index]).is_some() {}
        while by_dequeued.next_if(|index| placed[*index]).is_some() {}
        let (Some(first_in), Some(first_out)) = (by_enqueued.peek(), by_dequeued.peek()) else {
            break;
        };
        let (one, other) = (&elements[*first_in], &elements[*first_out]);
        let until = one.enqueue.ret.min(other.dequeue.ret);
        while let Some(index) = by_call.next_if(|index| elements[*index].enqueue.call <= until) {
            begun.push(Reverse((elements[index].dequeue.call, index)));
        }
        match begun.pop() {
            Some(Reverse((call, index))) if call <= other.dequeue.ret => {
                placed[index] = true;
                order.push(index);
            }
            // The first to leave was enqueued after another one, which leaves after it.
            _ => return Err(Conflict::of([one, other])),
        }
    }
    Ok(order)
}
