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

use super::ranges::Greatest;
use super::{Finding, Meeting, Record, Sightings, generation, observed, written};
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

/// Writes that a read after healing proves beaten by an older one with a higher generation. Of the
/// reads that prove it of a write, the one that began first.
///
/// A write asks for a read of a value in place before the write's call, with a higher generation,
/// among those that began after the write was acknowledged and last seen, and not after a later
/// write was acknowledged: writes are asked in the order of their calls, and the reads let in as
/// their values are in place.
fn beaten(record: &Record<'_>) -> Vec<(usize, Vec<usize>)> {
    let sightings = Sightings::of(record);
    let reads: Vec<usize> = record
        .reads()
        .filter(|at| record.operations[*at].generation.is_some())
        .filter(|at| record.is_healed(record.operations[*at].invoked_ns))
        .collect();
    let call = |at: usize| record.operations[at].invoked_ns;
    let acknowledged: Vec<usize> = record.acknowledged().collect();
    // Of the acknowledged writes from one on, the earliest end.
    let mut ended: Vec<u64> =
        acknowledged.iter().map(|at| record.operations[*at].settled_ns()).collect();
    for at in (1..ended.len()).rev() {
        ended[at - 1] = ended[at - 1].min(ended[at]);
    }
    let mut in_place: Vec<(Option<u64>, usize)> = Vec::with_capacity(reads.len());
    for (index, read) in reads.iter().enumerate() {
        let value = observed(record.operations[*read]);
        if let Some((since, shown)) = value.and_then(|value| record.in_place(value)) {
            in_place.push((shown.map(|_| since), index));
        }
    }
    in_place.sort_unstable();
    let mut in_place = in_place.into_iter().peekable();
    let mut generations = Greatest::new(reads.len());
    let mut found = Vec::new();
    for write in &acknowledged {
        let operation = record.operations[*write];
        let older = |since: &Option<u64>| since.is_none_or(|since| since < operation.invoked_ns);
        while let Some((_, index)) = in_place.next_if(|(since, _)| older(since)) {
            let generation = record.operations[reads[index]].generation.unwrap_or(0);
            generations.raise(index, generation);
        }
        let (Some(generation), Some(value)) = (operation.generation, written(operation)) else {
            continue;
        };
        let seen = sightings.of_value(value).map_or(0, |seen| call(seen.last));
        let after = operation.settled_ns().max(seen);
        let from = reads.partition_point(|read| call(*read) <= after);
        let later = acknowledged.partition_point(|at| call(*at) <= operation.settled_ns());
        let until = ended.get(later).copied().unwrap_or(u64::MAX);
        if let Some(read) = generations.first_above(from, generation).map(|index| reads[index])
            && call(read) <= until
        {
            let shown = observed(record.operations[read])
                .and_then(|value| record.in_place(value))
                .and_then(|(_, shown)| shown);
            found.push((*write, shown.into_iter().chain([*write, read]).collect()));
        }
    }
    found
}

/// Writes that a later write was not put on top of: (the write, the later one). A stale read between
/// them is not needed, and there may be none.
fn forgotten(record: &Record<'_>) -> Vec<(usize, Vec<usize>)> {
    let sightings = Sightings::of(record);
    generation::regressions_of(record, &record.acknowledged().collect::<Vec<_>>(), true)
        .into_iter()
        .filter(|(write, later)| {
            let seen = written(record.operations[*write]).and_then(|one| sightings.of_value(one));
            seen.is_none_or(|seen| {
                record.operations[seen.last].invoked_ns <= record.operations[*later].settled_ns()
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
    let lost = acknowledged.checked_mul(size).is_some_and(|sum| counted < sum);
    lost.then(|| super::counter_drift::prove(record, read))
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
    Sightings::of(record).of_value(written(write)?).map(|seen| seen.last)
}
