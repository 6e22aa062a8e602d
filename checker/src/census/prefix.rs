//! The longest linearizable prefix of a record that is not linearizable as a whole.
//!
//! What had happened by a time is linearizable if it is so later, so halving finds the completion at
//! which it ceases to be. By a time, operations that are still open are in doubt, and those of which
//! nobody has heard are not there.

use history::{Operation, Outcome, Prefix, Returned};

use crate::anomalies::Record;
use crate::linearizability::{Decision, Unseen, decide_near_linear};

/// The longest prefix; `None` if all of the record is linearizable, or only the general search can
/// decide it.
#[must_use]
pub fn longest(record: &Record<'_>) -> Option<Prefix> {
    let mut ends: Vec<u64> = record
        .operations
        .iter()
        .filter(|one| one.outcome == Outcome::Ok)
        .map(|one| one.settled_ns())
        .collect();
    ends.sort_unstable();
    let whole = decide_near_linear(record.model, &record.operations, Unseen::Impossible)?;
    let Decision::Broken(violation) = whole else { return None };
    // What is broken is so once the operations that show it have ended; mostly that is soon.
    let proven = violation.operations.iter().map(|at| record.operations[*at].settled_ns());
    let proven = proven.filter(|end| *end != u64::MAX).max().unwrap_or(u64::MAX);
    let upper = ends.partition_point(|end| *end <= proven);
    let upper = if breaks(record, ends[..upper].last().copied()) { upper } else { ends.len() };
    let (mut holds, mut broken) = (0, upper);
    while broken - holds > 1 {
        let middle = holds + (broken - holds) / 2;
        if breaks(record, Some(ends[middle - 1])) {
            broken = middle;
        } else {
            holds = middle;
        }
    }
    let until_ns = *ends.get(broken.checked_sub(1)?)?;
    let before = ends.partition_point(|end| *end < until_ns);
    Some(Prefix { key: record.key, until_ns, operations: before as u64 })
}

/// Whether what had happened by a time, that time included, has no linearization.
fn breaks(record: &Record<'_>, at_ns: Option<u64>) -> bool {
    let Some(at_ns) = at_ns else { return false };
    let open: Vec<Operation> = record
        .operations
        .iter()
        .filter(|one| one.invoked_ns <= at_ns && one.settled_ns() > at_ns && one.call.is_write())
        .map(|one| match one.outcome {
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
        .filter_map(|one| match one.settled_ns() > at_ns {
            true if one.call.is_write() => open.next(),
            true => None,
            false => Some(*one),
        })
        .collect();
    matches!(
        decide_near_linear(record.model, &happened, Unseen::Impossible),
        Some(Decision::Broken(_))
    )
}
