//! Stale read: a read returned a value superseded by a write completed before the read began.
//!
//! Definition. A value (or an element) is *in place* from the first end of an operation that shows
//! it: its acknowledged write, or a read that returned it. A write has *completed* once its value is
//! in place, unless that was before its call: even one in doubt is over then. A read of a register is
//! stale if some write completed before the read's call, and was invoked after the value that the
//! read returned was in place (no record is in place from the beginning). A read of a list is stale
//! if it lacks an element whose append had completed before the read's call.
//!
//! How stale: in time, from the first such completion to the read's call (Δ-atomicity, Golab, Li and
//! Shah, PODC 2011); in versions, how many such writes there are (a lower bound of k in
//! k-atomicity). All of it in O(n log n).

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
    missed(record, completed(record))
        .into_iter()
        .map(|Missed { before, newer, read, .. }| {
            let shown = (newer.shown != newer.write).then_some(newer.shown);
            let proof = before.into_iter().chain([newer.write]).chain(shown).chain([read]);
            Finding::new(AnomalyClass::StaleRead, record, proof.collect())
        })
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

/// The reads that are stale even if a write has completed by its acknowledgement alone.
pub(super) fn overdue(record: &Record<'_>) -> Vec<usize> {
    let acknowledged = |write: usize| {
        let operation = record.operations[write];
        let (call, over) = (operation.invoked_ns, operation.settled_ns());
        written(operation).is_some().then_some(Completed { write, call, over, shown: write })
    };
    missed(record, record.acknowledged().filter_map(acknowledged).collect())
        .into_iter()
        .map(|missed| missed.read)
        .collect()
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

/// A read that missed something.
struct Missed {
    /// What shows the old value in place, of a register's value.
    before: Option<usize>,
    /// The missed write that had completed first.
    newer: Completed,
    read: usize,
    /// How many it missed.
    versions: u64,
}

/// The reads that missed any of some completed writes, which are in the order of their invocations.
fn missed(record: &Record<'_>, writes: Vec<Completed>) -> Vec<Missed> {
    if record.is_deleted() {
        return Vec::new();
    }
    if record.is_register() { in_register(record, &writes) } else { in_list(record, writes) }
}

fn in_register(record: &Record<'_>, writes: &[Completed]) -> Vec<Missed> {
    // Of those invoked from here on, the one that was over first.
    let mut first = writes.to_vec();
    for at in (1..first.len()).rev() {
        if first[at].over < first[at - 1].over {
            first[at - 1] = first[at];
        }
    }
    let mut found = Vec::new();
    for read in record.reads() {
        let operation = record.operations[read];
        let Some(value) = observed(operation) else { continue };
        let Some((since_ns, before)) = record.in_place(value) else { continue };
        let later = match value {
            None => 0,
            Some(_) => writes.partition_point(|write| write.call <= since_ns),
        };
        if let Some(newer) = first.get(later).filter(|newer| newer.over < operation.invoked_ns) {
            found.push((later, Missed { before, newer: *newer, read, versions: 0 }));
        }
    }
    // The missed writes: from `later` on in the order of calls, and over by the read's call.
    let mut over: Vec<usize> = (0..writes.len()).collect();
    over.sort_unstable_by_key(|at| writes[*at].over);
    let mut over = over.into_iter().peekable();
    let mut counted = Counted::new(writes.len());
    for (later, missed) in &mut found {
        let call = record.operations[missed.read].invoked_ns;
        while let Some(at) = over.next_if(|at| writes[*at].over < call) {
            counted.add(at);
        }
        missed.versions = counted.from(*later);
    }
    found.into_iter().map(|(_, missed)| missed).collect()
}

/// A set of positions that counts those from one on (a Fenwick tree).
struct Counted {
    sums: Vec<u64>,
}

impl Counted {
    fn new(positions: usize) -> Self {
        Self { sums: vec![0; positions + 1] }
    }

    fn add(&mut self, position: usize) {
        let mut at = self.sums.len() - 1 - position;
        while at < self.sums.len() {
            self.sums[at] += 1;
            at += at & at.wrapping_neg();
        }
    }

    fn from(&self, position: usize) -> u64 {
        let mut at = self.sums.len() - 1 - position;
        let mut sum = 0;
        while at > 0 {
            sum += self.sums[at];
            at &= at - 1;
        }
        sum
    }
}

fn in_list(record: &Record<'_>, mut appends: Vec<Completed>) -> Vec<Missed> {
    // In the order in which they were over: a read must hold all up to its call.
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
        let mut holds = 0;
        for rank in elements.iter().filter_map(|element| rank.get(element)) {
            if std::mem::replace(&mut held[*rank], read) != read && *rank < due {
                holds += 1;
            }
        }
        if holds < due
            && let Some(first) = (0..due).find(|rank| held[*rank] != read)
        {
            let versions = (due - holds) as u64;
            found.push(Missed { before: None, newer: appends[first], read, versions });
        }
    }
    found
}

/// How stale each stale read of a record was, as (read, how stale), in the order of the reads' calls.
#[must_use]
pub fn measures(record: &Record<'_>) -> Vec<(usize, Staleness)> {
    missed(record, completed(record))
        .into_iter()
        .map(|missed| {
            let ns = record.operations[missed.read].invoked_ns - missed.newer.over;
            (missed.read, Staleness { ns, versions: missed.versions })
        })
        .collect()
}

/// How stale the read of a finding is.
#[must_use]
pub fn measure(record: &Record<'_>, finding: &Finding) -> Option<Staleness> {
    let read = finding.operations.last().filter(|_| finding.class == AnomalyClass::StaleRead)?;
    measures(record).into_iter().find(|(at, _)| at == read).map(|(_, staleness)| staleness)
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
