//! Lost write: an acknowledged write is missing from every read that begins after healing and
//! migrations, though no concurrent or later write explains it.
//!
//! A register's write is lost if every final read returned a value that was in place before the
//! write began. Of several that are gone, only those count which no acknowledged write followed:
//! the others may have been overwritten before they were lost. While a run goes on, later writes
//! soon hide a loss, but generations show it, if no read that begins later returns the write:
//! - where the higher generation survives, by a read that begins after healing and returns an older
//!   value with a higher generation than the write's;
//! - where there is only one history (strong consistency), by a later write that was acknowledged
//!   with the same generation or a lower one: it was put on top of a record without the write.
//!
//! An element of a list is lost if every final read lacks
//! it; an add to a counter, if a final count is too low for all acknowledged ones.

use std::collections::BTreeMap;

use history::{AnomalyClass, Model};

use super::{Finding, Meeting, Record, generation, observed, written};
use crate::evidence::{Seconds, words};
use crate::linearizability::{counter, list};

/// All lost writes of a record: the write last but one, the read last, and before them what shows
/// that the surviving value was older.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    if record.is_deleted() {
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
    // By write, so that each is found once; what the final reads say comes first.
    let mut found: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    if let Some((survivor, read)) = survivor(record) {
        let started_ns = record.operations[record.final_reads[0]].invoked_ns;
        for write in newest(record, survivor, started_ns) {
            found.insert(write, survivor.1.into_iter().chain([write, read]).collect());
        }
    }
    let by_generation = match record.meeting {
        Meeting::HigherGeneration => beaten(record),
        Meeting::Never => forgotten(record),
        Meeting::Unknown => Vec::new(),
    };
    for (write, proof) in by_generation {
        found.entry(write).or_insert(proof);
    }
    found.into_values().collect()
}

/// When a value was in place, and the operation that shows it.
type InPlace = (u64, Option<usize>);

/// The final read whose value was in place last, and since when: a write is lost only if it is newer
/// than what any final read returned.
fn survivor(record: &Record<'_>) -> Option<(InPlace, usize)> {
    let mut survivor: Option<(InPlace, usize)> = None;
    for read in &record.final_reads {
        let in_place = record.in_place(observed(record.operations[*read])?)?;
        if survivor.is_none_or(|(latest, _)| latest.0 < in_place.0) {
            survivor = Some((in_place, *read));
        }
    }
    survivor
}

/// The acknowledged writes that began after a value was in place and were over before a time, save
/// those that another such write followed.
fn newest(record: &Record<'_>, in_place: InPlace, before_ns: u64) -> Vec<usize> {
    let newer = |at: &usize| {
        let write = record.operations[*at];
        (in_place.1.is_none() || write.invoked_ns > in_place.0) && write.settled_ns() < before_ns
    };
    let newer: Vec<usize> = record.acknowledged().filter(newer).collect();
    let last_call = newer.iter().map(|at| record.operations[*at].invoked_ns).max().unwrap_or(0);
    newer.into_iter().filter(|at| record.operations[*at].settled_ns() >= last_call).collect()
}

/// Writes that a read after healing proves beaten by an older one with a higher generation.
fn beaten(record: &Record<'_>) -> Vec<(usize, Vec<usize>)> {
    let mut found = Vec::new();
    for stale in super::stale_read::find(record) {
        let Some(read) = stale.operations.last().copied() else { continue };
        let operation = record.operations[read];
        let in_place = observed(operation).and_then(|value| record.in_place(value));
        let (Some(in_place), Some(survived)) = (in_place, operation.generation) else { continue };
        if !record.is_healed(operation.invoked_ns) {
            continue;
        }
        for write in newest(record, in_place, operation.invoked_ns) {
            let lower = record.operations[write].generation.is_some_and(|beaten| beaten < survived);
            let seen_later = last_seen(record, record.operations[write])
                .is_some_and(|seen| record.operations[seen].invoked_ns >= operation.invoked_ns);
            if lower && !seen_later {
                found.push((write, in_place.1.into_iter().chain([write, read]).collect()));
            }
        }
    }
    found
}

/// Writes that a later write was not put on top of: (the write, the later one). A stale read between
/// them is not needed, and there may be none.
fn forgotten(record: &Record<'_>) -> Vec<(usize, Vec<usize>)> {
    generation::regressions_of(record, &record.acknowledged().collect::<Vec<_>>(), true)
        .into_iter()
        .filter(|(write, later)| {
            last_seen(record, record.operations[*write]).is_none_or(|seen| {
                record.operations[seen].invoked_ns <= record.operations[*later].settled_ns()
            })
        })
        .map(|(write, later)| (write, vec![write, later]))
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
    let settled = record
        .final_reads
        .first()
        .is_some_and(|first| read.invoked_ns >= record.operations[*first].invoked_ns);
    if read.call.is_write() {
        return format!(
            "The {} {} with generation {}; the {}, begun at {}, was acknowledged with generation {}: \
             it was put on top of a record without the former, which no read returned any more.",
            words::asked(write),
            words::ended(write, seconds),
            write.generation.unwrap_or(0),
            words::asked(read),
            seconds.print(read.invoked_ns),
            read.generation.unwrap_or(0)
        );
    }
    let mut claim = format!(
        "The {} {}. After healing{} {}",
        words::asked(write),
        words::ended(write, seconds),
        if settled { " and migrations" } else { "" },
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
            claim.push_str(&format!(" The write was last read at {at}."));
        }
        None => claim.push_str(" The write was never read."),
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
