//! Dirty read: a read returned the value of a failed write, or one that did not survive.
//!
//! The first is phenomenon G1a, aborted read (Adya 1999). The second needs a write that was never
//! acknowledged: it was read; later a read returned a value that had been in place before that read,
//! and no read that began after this returned the unacknowledged one again.
//!
//! Where reads may be stale (every read mode but *linearize*), such a later read may merely be old, and
//! so may the read of the unacknowledged value. There only a final read tells what survived, and only
//! a write that began after the surviving value was in place is newer than it.

use history::{AnomalyClass, Operation, Outcome, Value};

use super::{Finding, Record, observed, written};
use crate::evidence::{Seconds, words};
use crate::linearizability::list;

/// All dirty reads of a record: the write, the read of it, and (if it did not survive) a later read
/// without it, with what shows that read's value in place.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    let mut found = of_failed(record);
    if !record.is_deleted() {
        found.extend(if record.is_register() {
            vanished_from_register(record)
        } else {
            vanished_from_list(record)
        });
    }
    found
        .into_iter()
        .map(|operations| Finding::new(AnomalyClass::DirtyRead, record, operations))
        .collect()
}

/// The values that a read holds.
fn values(record: &Record<'_>, read: &Operation) -> Vec<Value> {
    match observed(read) {
        Some(Some(value)) if record.is_register() => vec![value],
        _ => list::elements(read).map(<[Value]>::to_vec).unwrap_or_default(),
    }
}

fn of_failed(record: &Record<'_>) -> Vec<Vec<usize>> {
    let failed = |value: &Value| {
        record.writer(*value).filter(|at| record.operations[*at].outcome == Outcome::Fail)
    };
    let dirty = |read: usize| {
        let write = values(record, record.operations[read]).iter().find_map(failed)?;
        // One that had not begun is garbage.
        let begun = record.operations[write].invoked_ns <= record.operations[read].settled_ns();
        begun.then(|| vec![write, read])
    };
    record.reads().filter_map(dirty).collect()
}

/// Reads of one value or element whose write is in doubt.
struct Unsure {
    write: usize,
    /// The read that began last, and the one that ended first.
    last: usize,
    first: usize,
}

fn unsure(record: &Record<'_>) -> Vec<Unsure> {
    let mut by_write: std::collections::BTreeMap<usize, Unsure> = std::collections::BTreeMap::new();
    for read in record.reads() {
        for value in values(record, record.operations[read]) {
            let Some(write) = record.writer(value) else { continue };
            if record.operations[write].outcome != Outcome::Info {
                continue;
            }
            let unsure = by_write.entry(write).or_insert(Unsure { write, last: read, first: read });
            unsure.last = read;
            if record.operations[read].settled_ns() < record.operations[unsure.first].settled_ns() {
                unsure.first = read;
            }
        }
    }
    by_write.into_values().collect()
}

fn vanished_from_register(record: &Record<'_>) -> Vec<Vec<usize>> {
    let unsure = unsure(record);
    if unsure.is_empty() {
        return Vec::new();
    }
    // Per value: when it was in place, and its last read; by the former, with the latest of the
    // latter so far.
    let mut lives: Vec<(u64, Option<usize>, usize)> = Vec::new();
    let mut last_read = rustc_hash::FxHashMap::default();
    for read in witnesses(record) {
        if let Some(value) = observed(record.operations[read]) {
            last_read.insert(value, read);
        }
    }
    for (value, read) in last_read {
        if let Some((since_ns, shown)) = record.in_place(value) {
            lives.push((since_ns, shown, read));
        }
    }
    lives.sort_unstable();
    for at in 1..lives.len() {
        let before = lives[at - 1];
        if before.2 > lives[at].2 {
            lives[at].1 = before.1;
            lives[at].2 = before.2;
        }
    }
    let mut found = Vec::new();
    for Unsure { write, last, first } in unsure {
        let stale = record.reads_may_be_stale;
        let (newer, seen) = if stale { (write, first) } else { (last, last) };
        let began_ns = record.operations[newer].invoked_ns;
        let older = lives.partition_point(|(since_ns, ..)| *since_ns < began_ns);
        let Some((_, shown, read)) = older.checked_sub(1).map(|at| lives[at]) else { continue };
        let later_ns = record.operations[read].invoked_ns;
        if later_ns > began_ns && later_ns > record.operations[first].settled_ns() {
            let mut proof = vec![write, seen, read];
            proof.extend([shown, (first != seen).then_some(first)].into_iter().flatten());
            found.push(proof);
        }
    }
    found
}

/// The reads that tell what survived.
fn witnesses(record: &Record<'_>) -> Vec<usize> {
    if record.reads_may_be_stale { record.final_reads.clone() } else { record.reads().collect() }
}

fn vanished_from_list(record: &Record<'_>) -> Vec<Vec<usize>> {
    let Some(read) = witnesses(record).pop() else { return Vec::new() };
    let later_ns = record.operations[read].invoked_ns;
    unsure(record)
        .into_iter()
        .filter(|unsure| {
            record.operations[unsure.last].invoked_ns < later_ns
                && record.operations[unsure.first].settled_ns() < later_ns
        })
        .map(|unsure| vec![unsure.write, unsure.first, read])
        .collect()
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let [write, read, rest @ ..] = &finding.operations[..] else { return String::new() };
    let (write, read) = (record.operations[*write], record.operations[*read]);
    let mut claim = format!(
        "The {} {}, and {}",
        words::asked(write),
        words::ended(write, seconds),
        words::read(read, seconds)
    );
    if let Some(value) = written(write).filter(|_| !record.is_register()) {
        claim.push_str(&format!(", with {value} in it"));
    }
    match rest.first().map(|at| record.operations[*at]) {
        None => claim.push_str(": a value that was never to be."),
        Some(later) => {
            let how = if record.is_register() { "which was there before" } else { "without it" };
            let told = words::read(later, seconds);
            claim.push_str(&format!("; then {told}, {how}. What was read did not survive."));
        }
    }
    claim
}
