//! Stale read: a read returned a value superseded by a write completed before the read began.
//!
//! A write supersedes a register's value if it was acknowledged, and was invoked after the value was
//! already in place. Of a list, a read is stale if it lacks an element whose append was acknowledged
//! before the read began. How stale: in time, from the first acknowledgement that the read missed
//! (Δ-atomicity, Golab, Li and Shah, PODC 2011); in versions, the acknowledged writes that it surely
//! missed (a lower bound of k in k-atomicity).

use history::AnomalyClass;
use rustc_hash::FxHashMap;

use super::{Finding, Record, observed, written};
use crate::evidence::{Seconds, words};
use crate::linearizability::list;

/// How stale a read was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Staleness {
    /// From the first acknowledgement that it missed to its call, in ns.
    pub ns: u64,
    /// Acknowledged writes that it surely missed.
    pub versions: u64,
}

/// All stale reads of a record: (what shows the old value in place,) the first write that superseded
/// it, the read.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    let found = if record.is_register() { in_register(record) } else { in_list(record) };
    found
        .into_iter()
        .map(|operations| Finding::new(AnomalyClass::StaleRead, record, operations))
        .collect()
}

fn in_register(record: &Record<'_>) -> Vec<Vec<usize>> {
    if record.is_deleted() {
        return Vec::new();
    }
    // The acknowledged write that completed first among those invoked from here on.
    let writes: Vec<usize> = record.acknowledged().collect();
    let mut first = writes.clone();
    for at in (1..first.len()).rev() {
        if record.operations[first[at]].settled_ns() < record.operations[first[at - 1]].settled_ns()
        {
            first[at - 1] = first[at];
        }
    }
    let mut found = Vec::new();
    for read in record.reads() {
        let operation = record.operations[read];
        let Some(value) = observed(operation) else { continue };
        let Some((since_ns, shown)) = record.in_place(value) else { continue };
        let later = match value {
            None => 0,
            Some(_) => writes.partition_point(|at| record.operations[*at].invoked_ns <= since_ns),
        };
        let Some(write) = first.get(later) else { continue };
        // A value read before its write began is garbage, and does not supersede itself.
        let own = value.is_some_and(|value| record.writer(value) == Some(*write));
        if !own && record.operations[*write].settled_ns() < operation.invoked_ns {
            found.push(shown.into_iter().chain([*write, read]).collect());
        }
    }
    found
}

fn in_list(record: &Record<'_>) -> Vec<Vec<usize>> {
    // Appends in the order of their acknowledgements: a read must hold all up to its call.
    let mut appends: Vec<usize> =
        record.acknowledged().filter(|at| written(record.operations[*at]).is_some()).collect();
    appends.sort_by_key(|at| (record.operations[*at].settled_ns(), *at));
    let rank: FxHashMap<_, usize> = appends
        .iter()
        .enumerate()
        .filter_map(|(rank, at)| Some((written(record.operations[*at])?, rank)))
        .collect();
    let mut found = Vec::new();
    let mut held = vec![usize::MAX; appends.len()];
    for read in record.reads() {
        let operation = record.operations[read];
        let Some(elements) = list::elements(operation) else { continue };
        let due = appends
            .partition_point(|at| record.operations[*at].settled_ns() < operation.invoked_ns);
        for element in elements {
            if let Some(rank) = rank.get(element) {
                held[*rank] = read;
            }
        }
        if let Some(missed) = (0..due).find(|rank| held[*rank] != read) {
            found.push(vec![appends[missed], read]);
        }
    }
    found
}

/// How stale the read of a finding is.
#[must_use]
pub fn measure(record: &Record<'_>, finding: &Finding) -> Option<Staleness> {
    if finding.class != AnomalyClass::StaleRead {
        return None;
    }
    let [.., write, read] = finding.operations[..] else { return None };
    let (write, read) = (record.operations[write], record.operations[read]);
    let missed = |at: &usize| {
        let one = record.operations[*at];
        let superseded = match list::elements(read).filter(|_| !record.is_register()) {
            Some(elements) => written(one).is_some_and(|element| !elements.contains(&element)),
            None => observed(read).is_some_and(|value| {
                value.is_none()
                    || record.in_place(value).is_some_and(|(since, _)| since < one.invoked_ns)
            }),
        };
        superseded && one.settled_ns() < read.invoked_ns
    };
    Some(Staleness {
        ns: read.invoked_ns.saturating_sub(write.settled_ns()),
        versions: record.acknowledged().filter(missed).count() as u64,
    })
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let [.., write, read] = finding.operations[..] else { return String::new() };
    let (write, read) = (record.operations[write], record.operations[read]);
    let begin = format!(
        "The {} {}; {}",
        words::asked(write),
        words::ended(write, seconds),
        words::read(read, seconds)
    );
    if !record.is_register() {
        return format!("{begin} without it.");
    }
    match finding.operations[..] {
        [shown, _, _] => format!(
            "{begin}, which it had replaced ({} shows it in place by {}).",
            words::asked(record.operations[shown]),
            seconds.print(record.operations[shown].settled_ns())
        ),
        _ => format!("{begin}, as before the first write."),
    }
}
