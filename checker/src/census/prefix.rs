//! The longest linearizable prefix of a record that is not linearizable as a whole.
//!
//! What had happened by a time is linearizable if it is so later, so halving finds the completion at
//! which it ceases to be. By a time, operations that are still open are in doubt, and those of which
//! nobody has heard are not there.

use history::{Operation, Outcome, Prefix, Returned};

use crate::anomalies::Record;
use crate::linearizability::search::Budget;
use crate::linearizability::{Decision, Unseen, decide_by_search, decide_near_linear};

/// Configurations that may be tried for each prefix that only the general search can decide.
const TRIED: usize = 20_000;

/// The longest prefix; `None` if all of the record is linearizable, or the search's budget does not
/// suffice to tell.
#[must_use]
pub fn longest(record: &Record<'_>) -> Option<Prefix> {
    let mut ends: Vec<u64> = record
        .operations
        .iter()
        .filter(|one| one.outcome == Outcome::Ok || one.refused_ns().is_some())
        .map(|one| told_ns(one))
        .collect();
    ends.sort_unstable();
    let Decision::Broken(violation) = judge(record, &record.operations) else { return None };
    // What is broken is so once the operations that show it have ended; mostly that is soon.
    let proven = violation.operations.iter().map(|at| told_ns(record.operations[*at]));
    let proven = proven.filter(|end| *end != u64::MAX).max().unwrap_or(u64::MAX);
    let upper = ends.partition_point(|end| *end <= proven);
    let upper = if breaks(record, ends[..upper].last().copied())? { upper } else { ends.len() };
    let (mut holds, mut broken) = (0, upper);
    while broken - holds > 1 {
        let middle = holds + (broken - holds) / 2;
        if breaks(record, Some(ends[middle - 1]))? {
            broken = middle;
        } else {
            holds = middle;
        }
    }
    let until_ns = *ends.get(broken.checked_sub(1)?)?;
    let before = ends.partition_point(|end| *end < until_ns);
    Some(Prefix { key: record.key, until_ns, operations: before as u64 })
}

/// Whether what had happened by a time, that time included, has no linearization; `None` if that is
/// not decided.
fn breaks(record: &Record<'_>, at_ns: Option<u64>) -> Option<bool> {
    let Some(at_ns) = at_ns else { return Some(false) };
    let open: Vec<Operation> = record
        .operations
        .iter()
        .filter(|one| one.invoked_ns <= at_ns && told_ns(one) > at_ns && one.call.is_write())
        .map(|one| match one.outcome {
            // A refusal that is still to come is known of, as other failures are, but saw nothing.
            Outcome::Fail => Operation { code: 0, ..(*one).clone() },
            Outcome::Ok => Operation {
                outcome: Outcome::Info,
                completed_ns: None,
                returned: Returned::Nothing,
                ..(*one).clone()
            },
            _ => (*one).clone(),
        })
        .collect();
    let mut open = open.iter();
    let happened: Vec<&Operation> = record
        .operations
        .iter()
        .filter(|one| one.invoked_ns <= at_ns)
        .filter_map(|one| match told_ns(one) > at_ns {
            true if one.call.is_write() => open.next(),
            true => None,
            false => Some(*one),
        })
        .collect();
    match judge(record, &happened) {
        Decision::Undecided(_) => None,
        decision => Some(decision != Decision::Holds),
    }
}

/// When an operation has told what it tells, in ns.
fn told_ns(operation: &Operation) -> u64 {
    operation.refused_ns().unwrap_or_else(|| operation.settled_ns())
}

fn judge(record: &Record<'_>, operations: &[&Operation]) -> Decision {
    let near = decide_near_linear(record.model, operations, Unseen::Impossible);
    let budget = Budget { configurations: TRIED, ..Budget::default() };
    near.unwrap_or_else(|| decide_by_search(record.model, operations, budget))
}
