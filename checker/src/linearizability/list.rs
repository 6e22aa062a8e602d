//! Lists of unique elements that are only appended to.
//!
//! A read shows its whole past, so the list's versions are known: every read is a prefix of the
//! longest one, or there is no linearization. With versions numbered by length, an observed append
//! is a compare-and-set from one length to the next, and the [`super::register`] module decides.
//! What was acknowledged and never observed must come after everything else.

use history::{Call, Operation, Outcome, Returned, Value};
use rustc_hash::FxHashMap;

use super::register::{self, Action, Ruling, Step};
use super::{Decision, Unseen, Violation};

/// Stands for an append that is not among the operations.
const NOBODY: usize = usize::MAX;

/// The elements that a read returned; `None` if the operation is no answered read of a list.
#[must_use]
pub(crate) fn elements(operation: &Operation) -> Option<&[Value]> {
    if operation.outcome != Outcome::Ok {
        return None;
    }
    match (&operation.call, &operation.returned) {
        (Call::Read, Returned::List(elements)) => Some(elements),
        (Call::Read, Returned::Absent) => Some(&[]),
        _ => None,
    }
}

/// Decides a key; `None` if it is not a list of unique elements.
#[must_use]
pub fn decide(operations: &[&Operation], unseen: Unseen) -> Option<Decision> {
    let mut appends: FxHashMap<Value, usize> = FxHashMap::default();
    let mut failed: FxHashMap<Value, usize> = FxHashMap::default();
    for (position, operation) in operations.iter().enumerate() {
        match (&operation.call, operation.outcome) {
            (Call::Append { element }, Outcome::Fail) => {
                failed.insert(*element, position);
            }
            (Call::Append { element }, _) => {
                if appends.insert(*element, position).is_some() {
                    return None;
                }
            }
            (Call::Read, _) | (Call::Delete, Outcome::Fail) => {}
            _ => return None,
        }
    }
    let reads =
        || operations.iter().enumerate().filter_map(|(at, read)| Some((at, elements(read)?)));
    // The first of the longest, so that the choice does not depend on later reads.
    let (longest_at, longest) = reads()
        .reduce(|best, read| if read.1.len() > best.1.len() { read } else { best })
        .unwrap_or((NOBODY, &[]));
    let broken = |operations: Vec<usize>| {
        Some(Decision::Broken(Violation { operations, excerpt: Unseen::Possible }))
    };
    if let Some((at, _)) = reads().find(|(_, elements)| !longest.starts_with(elements)) {
        return broken(vec![at, longest_at]);
    }
    let mut steps = Vec::with_capacity(operations.len());
    let mut sources = Vec::with_capacity(operations.len());
    let mut versions: FxHashMap<Value, u32> = FxHashMap::default();
    for (version, element) in (1_u32..).zip(longest) {
        let append = appends.get(element).copied();
        if versions.insert(*element, version).is_some() {
            return broken(append.into_iter().chain([longest_at]).collect());
        }
        let (call, ret) = match (append, failed.get(element)) {
            (Some(append), _) => times(operations[append]),
            (None, Some(failed)) => return broken(vec![*failed, longest_at]),
            (None, None) if unseen == Unseen::Impossible => return broken(vec![longest_at]),
            (None, None) => (0, u64::MAX),
        };
        let action = Action::CompareAndSet { from: version - 1, to: version };
        steps.push(Step { call, ret, action });
        sources.push(append.unwrap_or(NOBODY));
    }
    for (at, elements) in reads() {
        let (call, ret) = times(operations[at]);
        steps.push(Step { call, ret, action: Action::Read(elements.len() as u32) });
        sources.push(at);
    }
    if let Ruling::Conflict(conflict) = register::rule(&steps, longest.len() as u32 + 1, unseen) {
        // Where an append stands is known from a read alone.
        let source = |step: &u32| sources[*step as usize];
        return broken(tidy(conflict.steps.iter().map(source).chain([longest_at]).collect()));
    }
    let Some(last) = (0..steps.len()).max_by_key(|step| steps[*step].call) else {
        return Some(Decision::Holds);
    };
    let unobserved = operations.iter().enumerate().filter(|(_, operation)| {
        matches!(operation.call, Call::Append { element } if !versions.contains_key(&element))
    });
    for (at, append) in unobserved {
        let (_, ret) = times(append);
        if append.outcome == Outcome::Ok && ret < steps[last].call {
            return broken(tidy(vec![at, sources[last], longest_at]));
        }
    }
    Some(Decision::Holds)
}

/// Call and return with 0 left free for what is before everything.
fn times(operation: &Operation) -> (u64, u64) {
    (operation.invoked_ns.saturating_add(1), operation.settled_ns().saturating_add(1))
}

fn tidy(mut operations: Vec<usize>) -> Vec<usize> {
    operations.retain(|operation| *operation != NOBODY);
    operations.sort_unstable();
    operations.dedup();
    operations
}
