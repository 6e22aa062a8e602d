//! Counters that grow by increments of one size.
//!
//! As with [real time](crate::linearizability::counter) the increments are given slots in the order
//! of their deadlines, only that what bounds them is their process: an increment's slot is above
//! every count that the process saw before it, and not above one that it saw after it. O(n log n).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use history::{Call, Operation, Outcome, ProcessId};
use rustc_hash::FxHashMap;

use super::Answer;
use crate::linearizability::counter::{count, size};

/// Whether a counter is sequentially consistent; not decided if increments return their sums.
pub(super) fn sequential(operations: &[&Operation]) -> Answer {
    let Some(size) = size(operations) else { return Answer::Undecided };
    // Per process: the count seen last, and its increments since.
    let mut seen: FxHashMap<ProcessId, (i64, Vec<usize>)> = FxHashMap::default();
    // Increments as (above which count, up to which).
    let mut windows: Vec<(i64, i64)> = Vec::new();
    let mut highest = 0;
    for operation in operations {
        let (last, since) = seen.entry(operation.process).or_default();
        match (&operation.call, operation.outcome, count(operation)) {
            (Call::Read, _, Some(sum)) => {
                let sum = match sum.checked_rem(size) {
                    Some(0) if sum / size >= *last => sum / size,
                    _ => return Answer::Broken,
                };
                since.drain(..).for_each(|increment| windows[increment].1 = sum);
                *last = sum;
                highest = sum.max(highest);
            }
            (Call::Add { .. }, Outcome::Ok, Some(_)) => return Answer::Undecided,
            (Call::Add { .. }, Outcome::Ok, None) => {
                since.push(windows.len());
                windows.push((*last, i64::MAX));
            }
            (Call::Add { .. }, Outcome::Info, _) => windows.push((*last, i64::MAX)),
            _ => {}
        }
    }
    if usize::try_from(highest).is_ok_and(|highest| highest > windows.len()) {
        return Answer::Broken;
    }
    windows.sort_unstable();
    let mut coming = windows.into_iter().peekable();
    let mut ready: BinaryHeap<Reverse<i64>> = BinaryHeap::new();
    for slot in 1..=highest {
        while let Some((_, until)) = coming.next_if(|(above, _)| *above < slot) {
            ready.push(Reverse(until));
        }
        if ready.pop().is_none_or(|Reverse(until)| until < slot) {
            return Answer::Broken;
        }
    }
    // What is left comes after every read.
    let left = ready.into_iter().map(|Reverse(until)| until);
    Answer::of(left.chain(coming.map(|(_, until)| until)).all(|until| until == i64::MAX))
}
