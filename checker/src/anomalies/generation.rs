//! Lying generations: the server's own version numbers contradict each other.
//!
//! *Fork*: one generation names two versions, so two writes followed the same one (two acknowledged
//! writes; a write and a read of another value, or of a list that does not end with its element; two
//! reads that differ). One finding for each such generation. *Regression*: an answered operation
//! returned a lower generation than one that had completed before it began. One finding for each
//! such operation, against the highest generation of those before it. Values alone decide
//! linearizability; a generation that lies is a finding of its own, since compare-and-set trusts it. Records that are deleted, and generations that may have wrapped (the strongly
//! consistent ones have 10 bits), are left alone.

use std::collections::BTreeMap;

use history::{AnomalyClass, Operation, Outcome, Returned};

use super::{Finding, Record, observed, written};
use crate::evidence::{Seconds, words};
use crate::linearizability::list;

/// Beyond this a generation may be about to wrap.
pub(crate) const WRAP: u32 = 1000;

/// All forks and regressions of a record.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    let told = told(record);
    let mut findings = forks(record, &told);
    findings.extend(regressions(record, &told, false).into_iter().map(|(before, at)| {
        Finding::new(AnomalyClass::GenerationRegression, record, vec![before, at])
    }));
    findings
}

/// Among some operations, each that returned a lower generation (or the same, if that counts) than
/// one that had completed before it began, as (the one before, it).
#[must_use]
pub(crate) fn regressions_of(
    record: &Record<'_>,
    among: &[usize],
    same: bool,
) -> Vec<(usize, usize)> {
    regressions(record, &told_among(record, among.iter().copied()), same)
}

/// The operations that tell a generation, with it; none if the record's generations begin anew or
/// may have wrapped.
#[must_use]
pub(crate) fn told(record: &Record<'_>) -> Vec<(usize, u32)> {
    told_among(record, 0..record.operations.len())
}

fn told_among(record: &Record<'_>, among: impl Iterator<Item = usize>) -> Vec<(usize, u32)> {
    let told: Vec<(usize, u32)> = among
        .map(|at| (at, record.operations[at]))
        .filter(|(_, one)| one.outcome == Outcome::Ok && one.returned != Returned::Absent)
        .filter_map(|(at, one)| Some((at, one.generation.filter(|generation| *generation > 0)?)))
        .collect();
    if record.is_deleted() || told.iter().any(|(_, generation)| *generation >= WRAP) {
        return Vec::new();
    }
    told
}

/// One finding for each generation that names two versions.
fn forks(record: &Record<'_>, told: &[(usize, u32)]) -> Vec<Finding> {
    let mut first: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut forked: BTreeMap<u32, Finding> = BTreeMap::new();
    for (at, generation) in told {
        let others = first.entry(*generation).or_default();
        let rival = others
            .iter()
            .find(|other| differ(record, record.operations[**other], record.operations[*at]));
        if let Some(rival) = rival {
            let class = AnomalyClass::GenerationFork;
            forked
                .entry(*generation)
                .or_insert_with(|| Finding::new(class, record, vec![*rival, *at]));
        } else if others.len() < 2 {
            // One write and one read stand for all that agree with them.
            let write = record.operations[*at].call.is_write();
            if others.iter().all(|other| record.operations[*other].call.is_write() != write) {
                others.push(*at);
            }
        }
    }
    forked.into_values().collect()
}

/// Whether two operations with one generation speak of two versions.
fn differ(record: &Record<'_>, one: &Operation, other: &Operation) -> bool {
    if one.call.is_write() && other.call.is_write() {
        return true;
    }
    if one.call.is_write() != other.call.is_write() {
        let (write, read) = if one.call.is_write() { (one, other) } else { (other, one) };
        return match (written(write), list::elements(read), observed(read)) {
            (Some(value), _, Some(seen)) if record.is_register() => seen != Some(value),
            (Some(element), Some(elements), _) => elements.last() != Some(&element),
            _ => false,
        };
    }
    one.returned != other.returned
}

/// The reads that returned a lower generation than a write that had been acknowledged before.
pub(super) fn overdue(record: &Record<'_>) -> Vec<usize> {
    let told = told(record);
    let acknowledged = told.iter().filter(|(at, _)| record.operations[*at].call.is_write());
    let reads = |(_, at): &(usize, usize)| !record.operations[*at].call.is_write();
    let later = regressions_after(record, acknowledged.copied().collect(), &told, false);
    later.into_iter().filter(reads).map(|(_, at)| at).collect()
}

fn regressions(record: &Record<'_>, told: &[(usize, u32)], same: bool) -> Vec<(usize, usize)> {
    regressions_after(record, told.to_vec(), told, same)
}

/// Those of `told` that returned a lower generation than one of `ended` before them.
fn regressions_after(
    record: &Record<'_>,
    mut ended: Vec<(usize, u32)>,
    told: &[(usize, u32)],
    same: bool,
) -> Vec<(usize, usize)> {
    ended.sort_by_key(|(at, _)| (record.operations[*at].settled_ns(), *at));
    let mut ended = ended.into_iter().peekable();
    let mut highest: Option<(usize, u32)> = None;
    let mut found = Vec::new();
    for (at, generation) in told {
        let call = record.operations[*at].invoked_ns;
        while let Some(done) =
            ended.next_if(|(done, _)| record.operations[*done].settled_ns() < call)
        {
            if highest.is_none_or(|(_, high)| high < done.1) {
                highest = Some(done);
            }
        }
        if let Some((before, high)) = highest
            && (*generation < high || (same && *generation == high))
        {
            found.push((before, *at));
        }
    }
    found
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let [one, other] = finding.operations[..] else { return String::new() };
    let (one, other) = (record.operations[one], record.operations[other]);
    let with = |operation: &Operation| {
        let told = if operation.call.is_write() {
            format!("the {} {}", words::asked(operation), words::ended(operation, seconds))
        } else {
            words::read(operation, seconds)
        };
        format!("{told} with generation {}", operation.generation.unwrap_or(0))
    };
    match finding.class {
        AnomalyClass::GenerationFork => {
            format!("One generation names two versions: {}; {}.", with(one), with(other))
        }
        _ => format!("The generation went backwards: {}; then {}.", with(one), with(other)),
    }
}
