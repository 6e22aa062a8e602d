//! Divergence: after migrations two reads of one record differ, though no write can explain it.
//!
//! All acknowledged writes are over by then; only one in doubt may still take effect between the two.
//! Definition: the first answered final read and a later one differ, and each value (or element that
//! only one of them holds; or, for a counter, every add) was written by an operation acknowledged
//! before the first of the two began, or by none. One finding for a record: the earliest such read.

use history::{AnomalyClass, Call, Model, Operation, Outcome, Value};
use rustc_hash::FxHashSet;

use super::{Finding, Record, counter_drift, observed};
use crate::evidence::{Seconds, words};
use crate::linearizability::{counter, list};

/// One finding for a record whose final reads differ: the two reads, and the writes of what differs.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    let mut finals = record.final_reads.iter().copied();
    let Some(first) = finals.next() else { return Vec::new() };
    let found = match record.model {
        Model::Register | Model::CasRegister => in_register(record, first, finals),
        Model::Set => in_list(record, first, finals),
        Model::Counter => in_counter(record, first, finals),
    };
    let finding = |(read, value): (usize, Option<Value>)| {
        let mut proof = vec![first, read];
        let seen = observed(record.operations[first]).flatten();
        let writers = seen.into_iter().chain(value).filter_map(|value| record.writer(value));
        proof.extend(writers);
        if record.model == Model::Counter {
            proof.extend(contradicted(record, first, read));
        }
        Finding::new(AnomalyClass::Divergence, record, proof)
    };
    found.map(finding).into_iter().collect()
}

/// What shows that one of two reads of a counter is wrong: all adds are over by then.
fn contradicted(record: &Record<'_>, one: usize, other: usize) -> Vec<usize> {
    let added = record.operations.iter().filter(|add| add.outcome == Outcome::Ok).map(|add| {
        match add.call {
            Call::Add { delta } => i128::from(delta),
            _ => 0,
        }
    });
    let sum: i128 = added.sum();
    let right = counter::count(record.operations[one]).map(i128::from) == Some(sum);
    counter_drift::prove(record, if right { other } else { one })
}

/// Whether a value can no longer take effect after a read began.
fn settled(record: &Record<'_>, value: Value, read: usize) -> bool {
    record.writer(value).is_none_or(|writer| {
        record.operations[writer].settled_ns() < record.operations[read].invoked_ns
    })
}

/// The first read that differs, and a value that only one of the two holds.
type Differs = Option<(usize, Option<Value>)>;

fn in_register(
    record: &Record<'_>,
    first: usize,
    mut finals: impl Iterator<Item = usize>,
) -> Differs {
    let one = observed(record.operations[first])?;
    if !one.is_none_or(|value| settled(record, value, first)) {
        return None;
    }
    finals.find_map(|read| {
        let other = observed(record.operations[read]).filter(|other| *other != one)?;
        other.is_none_or(|value| settled(record, value, first)).then_some((read, other))
    })
}

fn in_list(record: &Record<'_>, first: usize, mut finals: impl Iterator<Item = usize>) -> Differs {
    let one = list::elements(record.operations[first])?;
    let held: FxHashSet<Value> =
        one.iter().copied().filter(|element| settled(record, *element, first)).collect();
    finals.find_map(|read| {
        let other = list::elements(record.operations[read])?;
        let new = |element: &&Value| !held.contains(*element) && settled(record, **element, first);
        if let Some(element) = other.iter().find(new) {
            return Some((read, Some(*element)));
        }
        let kept: FxHashSet<Value> =
            other.iter().copied().filter(|element| held.contains(element)).collect();
        if kept.len() == held.len() {
            return None;
        }
        let missing = one.iter().find(|one| held.contains(*one) && !kept.contains(*one));
        Some((read, missing.copied()))
    })
}

fn in_counter(
    record: &Record<'_>,
    first: usize,
    mut finals: impl Iterator<Item = usize>,
) -> Differs {
    let one = counter::count(record.operations[first])?;
    let open = |add: &Operation| {
        let began_ns = record.operations[first].invoked_ns;
        add.call.is_write() && add.outcome != Outcome::Fail && add.settled_ns() >= began_ns
    };
    if record.operations.iter().any(|add| open(add)) {
        return None;
    }
    let differs =
        |read: &usize| counter::count(record.operations[*read]).is_some_and(|other| other != one);
    finals.find(differs).map(|read| (read, None))
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let [one, other, ..] = finding.operations[..] else { return String::new() };
    let (one, other) = (record.operations[one], record.operations[other]);
    let mut claim = format!(
        "After healing and migrations {}, but {}.",
        words::read(one, seconds),
        words::read(other, seconds)
    );
    if let (Some(one), Some(other)) = (list::elements(one), list::elements(other)) {
        let (held, kept): (FxHashSet<Value>, FxHashSet<Value>) =
            (one.iter().copied().collect(), other.iter().copied().collect());
        let only_one = one.iter().find(|element| !kept.contains(*element));
        if let Some(element) = only_one.or_else(|| other.iter().find(|one| !held.contains(*one))) {
            claim.push_str(&format!(" Only one of them holds {element}."));
        }
    }
    claim
}
