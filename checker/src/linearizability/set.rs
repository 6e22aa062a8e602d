//! Sets of unique elements that only grow, read as a whole, in whatever order the elements come.
//!
//! Reads must form a chain by inclusion. A read takes effect not before the calls of the adds that it
//! holds nor of any smaller read, and not after the returns of the adds that it misses: so, the
//! smaller first, with the latest such call so far, each must still be open. Reads of one and the
//! same set may come in any order. O(n log n + all elements), complete with adds in doubt. A read that
//! holds an element twice is of no set.

use history::{Call, Operation, Outcome, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use super::list::elements;
use super::{Decision, Unseen, Violation};

/// A time, and the operation that it is of.
type Instant = (u64, usize);

/// A read of a set.
struct Read<'a> {
    at: usize,
    elements: &'a [Value],
}

/// What a history holds: who adds each element, and the reads, the smaller first.
struct Content<'a> {
    adds: FxHashMap<Value, usize>,
    reads: Vec<Read<'a>>,
}

impl<'a> Content<'a> {
    /// `None` if an element is added twice, or the set is changed in other ways.
    fn of(operations: &[&'a Operation]) -> Option<Self> {
        let mut adds: FxHashMap<Value, usize> = FxHashMap::default();
        let mut reads = Vec::new();
        for (at, operation) in operations.iter().enumerate() {
            match (&operation.call, operation.outcome) {
                (Call::Append { .. } | Call::Delete, Outcome::Fail) => {}
                (Call::Append { element }, _) => {
                    if adds.insert(*element, at).is_some() {
                        return None;
                    }
                }
                (Call::Read, _) => {
                    if let Some(elements) = elements(operation) {
                        reads.push(Read { at, elements });
                    }
                }
                _ => return None,
            }
        }
        reads.sort_by_key(|read| (read.elements.len(), read.at));
        Some(Self { adds, reads })
    }
}

/// Decides a key; `None` if an element is added twice, or the set is changed in other ways.
#[must_use]
pub fn decide(operations: &[&Operation], unseen: Unseen) -> Option<Decision> {
    let Content { adds, reads } = Content::of(operations)?;
    Some(match conflict(operations, &adds, &reads, unseen) {
        None => Decision::Holds,
        Some(mut positions) => {
            positions.sort_unstable();
            positions.dedup();
            let excerpt = Unseen::Possible;
            Decision::Broken(Violation { operations: positions, excerpt })
        }
    })
}

/// An order of a linearizable set's operations, as positions: before each read what it is the first to
/// hold, and at the end what nobody saw. `None` as of [`decide`]; only right if the set is linearizable.
#[must_use]
pub(crate) fn order(operations: &[&Operation]) -> Option<Vec<usize>> {
    let Content { mut adds, reads } = Content::of(operations)?;
    let mut order = Vec::with_capacity(operations.len());
    for read in reads {
        let begin = order.len();
        order.extend(read.elements.iter().filter_map(|element| adds.remove(element)));
        order[begin..].sort_unstable();
        order.push(read.at);
    }
    let begin = order.len();
    order.extend(adds.into_values().filter(|add| operations[*add].outcome == Outcome::Ok));
    order[begin..].sort_unstable();
    Some(order)
}

fn conflict(
    operations: &[&Operation],
    adds: &FxHashMap<Value, usize>,
    reads: &[Read<'_>],
    unseen: Unseen,
) -> Option<Vec<usize>> {
    // Which read, by its place in the chain, is the first that holds an element.
    let mut first: FxHashMap<Value, usize> = FxHashMap::default();
    for (index, read) in reads.iter().enumerate() {
        let before = first.len();
        let mut kept = 0;
        let mut counted: FxHashSet<Value> = FxHashSet::default();
        for element in read.elements {
            if !counted.insert(*element) {
                return Some(vec![read.at]);
            }
            if unseen == Unseen::Impossible && !adds.contains_key(element) {
                return Some(vec![read.at]);
            }
            match first.get(element) {
                Some(_) => kept += 1,
                None => drop(first.insert(*element, index)),
            }
        }
        if kept < before {
            return Some(vec![reads[index - 1].at, read.at]);
        }
    }
    let call = |at: usize| operations[at].invoked_ns;
    let ret = |at: usize| operations[at].settled_ns();
    // The latest call among the adds that a read holds, and the earliest return among those that it
    // misses.
    let mut held: Vec<Instant> = vec![(0, usize::MAX); reads.len()];
    let mut missed: Vec<Instant> = vec![(u64::MAX, usize::MAX); reads.len() + 1];
    for (element, add) in adds {
        let index = first.get(element).copied().unwrap_or(reads.len());
        if let Some(held) = held.get_mut(index) {
            *held = (*held).max((call(*add), *add));
        }
        missed[index] = missed[index].min((ret(*add), *add));
    }
    for index in (0..reads.len()).rev() {
        missed[index] = missed[index].min(missed[index + 1]);
    }
    // The latest so far among strictly smaller reads and what they hold, and by which read.
    let mut latest: (Instant, usize) = ((0, usize::MAX), usize::MAX);
    let mut group = latest;
    let mut holds: Instant = (0, usize::MAX);
    for (index, read) in reads.iter().enumerate() {
        if index > 0 && reads[index - 1].elements.len() < read.elements.len() {
            latest = latest.max(group);
        }
        holds = holds.max(held[index]);
        let lower = latest.max((holds, read.at)).max(((call(read.at), read.at), read.at));
        group = group.max(lower);
        let upper = missed[index + 1].min((ret(read.at), read.at));
        if lower.0.0 > upper.0 {
            let (instant, by) = lower;
            let positions = [instant.1, by, upper.1, read.at];
            return Some(positions.into_iter().filter(|at| *at != usize::MAX).collect());
        }
    }
    None
}
