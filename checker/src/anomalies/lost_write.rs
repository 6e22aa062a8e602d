//! Lost write: an acknowledged write is missing from every read that begins after healing and
//! migrations, though no concurrent or later write explains it.
//!
//! A register's write is lost if every final read returned a value that was in place before the
//! write began. Of several that are gone, only those count which no acknowledged write followed:
//! the others may have been overwritten before they were lost. An element of a list is lost if every
//! final read lacks it; an add to a counter, if a final count is too low for all acknowledged ones.

use history::{AnomalyClass, Model};

use super::{Finding, Record, observed, written};
use crate::evidence::{Seconds, words};
use crate::linearizability::{counter, list};

/// All lost writes of a record: the write last but one, a final read last, and before them what
/// shows that the surviving value was older.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    if record.final_reads.is_empty() || record.is_deleted() {
        return Vec::new();
    }
    let found = match record.model {
        Model::Register | Model::CasRegister => in_register(record),
        Model::Set => in_list(record),
        Model::Counter => in_counter(record).into_iter().collect(),
    };
    found
        .into_iter()
        .map(|operations| Finding::new(AnomalyClass::LostWrite, record, operations))
        .collect()
}

fn in_register(record: &Record<'_>) -> Vec<Vec<usize>> {
    // The final read whose value was in place last: a write is lost only if it is newer than all.
    let mut survivor: Option<(u64, Option<usize>, usize)> = None;
    for read in &record.final_reads {
        let Some(value) = observed(record.operations[*read]) else { return Vec::new() };
        let Some((since_ns, shown)) = record.in_place(value) else { return Vec::new() };
        if survivor.is_none_or(|(latest_ns, ..)| latest_ns < since_ns) {
            survivor = Some((since_ns, shown, *read));
        }
    }
    let Some((since_ns, shown, read)) = survivor else { return Vec::new() };
    let started_ns = record.operations[record.final_reads[0]].invoked_ns;
    let newer: Vec<usize> = record
        .acknowledged()
        .filter(|at| {
            let write = record.operations[*at];
            (shown.is_none() || write.invoked_ns > since_ns) && write.settled_ns() < started_ns
        })
        .collect();
    let last_call = newer.iter().map(|at| record.operations[*at].invoked_ns).max().unwrap_or(0);
    newer
        .into_iter()
        .filter(|at| record.operations[*at].settled_ns() >= last_call)
        .map(|write| shown.into_iter().chain([write, read]).collect())
        .collect()
}

fn in_list(record: &Record<'_>) -> Vec<Vec<usize>> {
    let finals: Vec<_> = record
        .final_reads
        .iter()
        .filter_map(|read| Some((*read, list::elements(record.operations[*read])?)))
        .collect();
    let Some((last, _)) = finals.last() else { return Vec::new() };
    let kept: rustc_hash::FxHashSet<_> =
        finals.iter().flat_map(|(_, elements)| elements.iter().copied()).collect();
    let started_ns = record.operations[record.final_reads[0]].invoked_ns;
    record
        .acknowledged()
        .filter(|at| {
            let append = record.operations[*at];
            append.settled_ns() < started_ns
                && written(append).is_some_and(|element| !kept.contains(&element))
        })
        .map(|append| vec![append, *last])
        .collect()
}

fn in_counter(record: &Record<'_>) -> Option<Vec<usize>> {
    let size = counter::size(&record.operations)?;
    let read =
        *record.final_reads.iter().max_by_key(|at| counter::count(record.operations[**at]))?;
    let counted = counter::count(record.operations[read])?;
    let called_ns = record.operations[read].invoked_ns;
    let acknowledged =
        record.acknowledged().filter(|at| record.operations[*at].settled_ns() < called_ns).count()
            as i64;
    if acknowledged.checked_mul(size).is_none_or(|sum| counted >= sum) {
        return None;
    }
    let mut proof = counter::proof_of_too_few(&record.operations, read)?;
    proof.retain(|at| *at != read);
    proof.push(read);
    Some(proof)
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let [before @ .., write, read] = &finding.operations[..] else { return String::new() };
    let (write, read) = (record.operations[*write], record.operations[*read]);
    if record.model == Model::Counter {
        return super::counter_drift::claim(record, finding, seconds);
    }
    let mut claim = format!(
        "The {} {}. After healing and migrations {}",
        words::asked(write),
        words::ended(write, seconds),
        words::read(read, seconds)
    );
    if record.model == Model::Set {
        claim.push_str(" without it");
    } else if let [shown] = before {
        let shown = record.operations[*shown];
        let at = seconds.print(shown.settled_ns());
        claim.push_str(&format!(
            ", which was there before ({} shows it by {at})",
            words::asked(shown)
        ));
    }
    claim.push_str(", and no concurrent or later write explains that.");
    if is_beaten_by_generation(record, finding) {
        claim.push_str(&format!(
            " The older write survived with generation {}; the newer one had only {}.",
            read.generation.unwrap_or(0),
            write.generation.unwrap_or(0)
        ));
    }
    match last_seen(record, write) {
        Some(seen) => {
            let at = seconds.print(record.operations[seen].invoked_ns);
            claim.push_str(&format!(" It was last read at {at}."));
        }
        None => claim.push_str(" It was never read."),
    }
    claim
}

/// Whether a lost write of a register was newer than what survived, and had a lower generation: the
/// typical loss of an availability namespace that keeps the higher generation.
#[must_use]
pub fn is_beaten_by_generation(record: &Record<'_>, finding: &Finding) -> bool {
    let [.., write, read] = finding.operations[..] else { return false };
    let (write, read) = (record.operations[write].generation, record.operations[read].generation);
    finding.class == AnomalyClass::LostWrite
        && record.is_register()
        && write.is_some_and(|newer| read.is_some_and(|older| older > newer))
}

/// The last read that returned a written value.
fn last_seen(record: &Record<'_>, write: &history::Operation) -> Option<usize> {
    let value = written(write)?;
    record.reads().rev().find(|at| {
        let read = record.operations[*at];
        if record.is_register() {
            observed(read) == Some(Some(value))
        } else {
            list::elements(read).is_some_and(|elements| elements.contains(&value))
        }
    })
}
