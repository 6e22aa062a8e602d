//! Stale read: a read returned a value superseded by a write completed before the read began.
//!
//! A write has completed when it was acknowledged, or when somebody has read it: even one in doubt
//! is over then. It supersedes a register's value if it was invoked after that value was already in
//! place. Of a list, a read is stale if it lacks an element whose append had completed before the
//! read began. How stale: in time, from the first completion that the read missed (Δ-atomicity,
//! Golab, Li and Shah, PODC 2011); in versions, the writes that it surely missed (a lower bound of k
//! in k-atomicity).

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
/// it, (the read that shows it completed,) the read.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    if record.is_deleted() {
        return Vec::new();
    }
    let found = if record.is_register() { in_register(record) } else { in_list(record) };
    found
        .into_iter()
        .map(|operations| Finding::new(AnomalyClass::StaleRead, record, operations))
        .collect()
}

/// A write that completed.
#[derive(Clone, Copy, Debug)]
struct Completed {
    write: usize,
    /// When it was invoked, and when it was surely over, in ns.
    call: u64,
    over: u64,
    /// The operation that shows it: the write itself, or a read.
    shown: usize,
}

/// The writes of values or elements that completed, in the order of their invocations.
fn completed(record: &Record<'_>) -> Vec<Completed> {
    (0..record.operations.len())
        .filter_map(|write| {
            let value = written(record.operations[write])?;
            if record.writer(value) != Some(write) {
                return None;
            }
            let (over, shown) = record.in_place(Some(value))?;
            let call = record.operations[write].invoked_ns;
            // What was read before its write began is garbage, and supersedes nothing.
            (over >= call).then_some(Completed { write, call, over, shown: shown? })
        })
        .collect()
}

/// The proof: the superseding write, what shows that it was over, the read.
fn proof(before: Option<usize>, newer: Completed, read: usize) -> Vec<usize> {
    let shown = (newer.shown != newer.write).then_some(newer.shown);
    before.into_iter().chain([newer.write]).chain(shown).chain([read]).collect()
}

fn in_register(record: &Record<'_>) -> Vec<Vec<usize>> {
    let writes = completed(record);
    // Of those invoked from here on, the one that was over first.
    let mut first = writes.clone();
    for at in (1..first.len()).rev() {
        if first[at].over < first[at - 1].over {
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
            Some(_) => writes.partition_point(|write| write.call <= since_ns),
        };
        let Some(newer) = first.get(later) else { continue };
        // A value read before its write began is garbage, and does not supersede itself.
        let own = value.is_some_and(|value| record.writer(value) == Some(newer.write));
        if !own && newer.over < operation.invoked_ns {
            found.push(proof(shown, *newer, read));
        }
    }
    found
}

fn in_list(record: &Record<'_>) -> Vec<Vec<usize>> {
    // Appends in the order in which they were over: a read must hold all up to its call.
    let mut appends = completed(record);
    appends.sort_by_key(|append| (append.over, append.write));
    let rank: FxHashMap<_, usize> = appends
        .iter()
        .enumerate()
        .filter_map(|(rank, append)| Some((written(record.operations[append.write])?, rank)))
        .collect();
    let mut found = Vec::new();
    let mut held = vec![usize::MAX; appends.len()];
    for read in record.reads() {
        let operation = record.operations[read];
        let Some(elements) = list::elements(operation) else { continue };
        let due = appends.partition_point(|append| append.over < operation.invoked_ns);
        for element in elements {
            if let Some(rank) = rank.get(element) {
                held[*rank] = read;
            }
        }
        if let Some(missed) = (0..due).find(|rank| held[*rank] != read) {
            found.push(proof(None, appends[missed], read));
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
    let told = Told::of(record, finding)?;
    let read = record.operations[told.read];
    let missed = |write: &&Completed| {
        let superseded = match list::elements(read).filter(|_| !record.is_register()) {
            Some(elements) => written(record.operations[write.write])
                .is_some_and(|element| !elements.contains(&element)),
            None => observed(read).is_some_and(|value| {
                value.is_none()
                    || record.in_place(value).is_some_and(|(since, _)| since < write.call)
            }),
        };
        superseded && write.over < read.invoked_ns
    };
    let writes = completed(record);
    let over = writes.iter().find(|write| write.write == told.write)?.over;
    Some(Staleness {
        ns: read.invoked_ns.saturating_sub(over),
        versions: writes.iter().filter(missed).count() as u64,
    })
}

/// The parts of a proof.
struct Told {
    before: Option<usize>,
    write: usize,
    shown: Option<usize>,
    read: usize,
}

impl Told {
    fn of(record: &Record<'_>, finding: &Finding) -> Option<Self> {
        let (read, others) = finding.operations.split_last()?;
        let value = observed(record.operations[*read]);
        // What shows the old value in place stands first, if the old value is any.
        let before = value.flatten().filter(|_| record.is_register()).and(others.first());
        let rest = &others[usize::from(before.is_some())..];
        Some(Self {
            before: before.copied(),
            write: *rest.first()?,
            shown: rest.get(1).copied(),
            read: *read,
        })
    }
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let Some(Told { before, write, shown, read }) = Told::of(record, finding) else {
        return String::new();
    };
    let write = record.operations[write];
    let mut claim = format!("The {} {}", words::asked(write), words::ended(write, seconds));
    if let Some(shown) = shown.map(|at| record.operations[at]) {
        let at = seconds.print(shown.settled_ns());
        claim.push_str(&format!(", but the {} had returned it by {at}", words::asked(shown)));
    }
    claim.push_str(&format!("; {}", words::read(record.operations[read], seconds)));
    if !record.is_register() {
        claim.push_str(" without it.");
    } else if let Some(before) = before.map(|at| record.operations[at]) {
        claim.push_str(&format!(
            ", which it had replaced ({} shows it in place by {}).",
            words::asked(before),
            seconds.print(before.settled_ns())
        ));
    } else {
        claim.push_str(", as before the first write.");
    }
    claim
}
