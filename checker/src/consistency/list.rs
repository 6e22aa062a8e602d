//! Lists of unique elements that are only appended to.
//!
//! The longest list read tells the order of all that was ever seen, so everything has its place: a
//! read by its length, an append by where its element stands; what was acknowledged and never seen
//! comes after every read. An order exists iff every read begins the longest one and no process goes
//! back. O(n + all elements).

use history::{Call, Operation, Outcome, ProcessId, Value};
use rustc_hash::FxHashMap;

use super::Answer;
use crate::linearizability::list::elements;

/// Whether a list is sequentially consistent.
pub(super) fn sequential(operations: &[&Operation]) -> Answer {
    let mut longest: &[Value] = &[];
    for elements in operations.iter().filter_map(|operation| elements(operation)) {
        if elements.len() > longest.len() {
            longest = elements;
        }
    }
    let mut places: FxHashMap<Value, usize> = FxHashMap::default();
    for (place, element) in longest.iter().enumerate() {
        if places.insert(*element, place + 1).is_some() {
            return Answer::Broken;
        }
    }
    let mut appended: FxHashMap<Value, ()> = FxHashMap::default();
    // Where each process is: a read of k elements at twice k and one, the append of the k-th at
    // twice k.
    let mut at: FxHashMap<ProcessId, usize> = FxHashMap::default();
    for operation in operations {
        let last = at.entry(operation.process).or_default();
        let place = match (&operation.call, operation.outcome) {
            (Call::Read, _) => match elements(operation) {
                Some(elements) if !longest.starts_with(elements) => return Answer::Broken,
                Some(elements) => 2 * elements.len() + 1,
                None => continue,
            },
            (Call::Append { .. } | Call::Delete, Outcome::Fail) => continue,
            (Call::Append { element }, outcome) => {
                if appended.insert(*element, ()).is_some() {
                    return Answer::Undecided;
                }
                match (places.get(element), outcome) {
                    (Some(place), _) => 2 * place,
                    (None, Outcome::Info) => continue,
                    (None, _) => usize::MAX,
                }
            }
            _ => return Answer::Undecided,
        };
        if place < *last {
            return Answer::Broken;
        }
        if operation.outcome == Outcome::Ok {
            *last = place;
        }
    }
    Answer::of(longest.iter().all(|element| appended.contains_key(element)))
}
