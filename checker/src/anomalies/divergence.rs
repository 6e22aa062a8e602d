//! Divergence: after migrations two reads of one record differ, though no write can explain it.
//!
//! All acknowledged writes are over by then; only one in doubt may still take effect between the two.

use history::{AnomalyClass, Model, Outcome};

use super::{Finding, Record, observed};
use crate::evidence::{Seconds, words};
use crate::linearizability::{counter, list};

/// One finding for a record whose final reads differ.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    let mut finals = record.final_reads.iter().copied();
    let Some(first) = finals.next() else { return Vec::new() };
    finals
        .find(|read| differ(record, first, *read))
        .map(|read| Finding::new(AnomalyClass::Divergence, record, vec![first, read]))
        .into_iter()
        .collect()
}

fn differ(record: &Record<'_>, one: usize, other: usize) -> bool {
    let settled = |value| {
        let Some(writer) = record.writer(value) else { return true };
        record.operations[writer].settled_ns() < record.operations[one].invoked_ns
    };
    let (one, other) = (record.operations[one], record.operations[other]);
    match record.model {
        Model::Register | Model::CasRegister => match (observed(one), observed(other)) {
            (Some(one), Some(other)) => {
                one != other && [one, other].into_iter().flatten().all(settled)
            }
            _ => false,
        },
        Model::Set => match (list::elements(one), list::elements(other)) {
            (Some(one), Some(other)) => {
                one.iter().any(|element| settled(*element) && !other.contains(element))
                    || other.iter().any(|element| settled(*element) && !one.contains(element))
            }
            _ => false,
        },
        Model::Counter => match (counter::count(one), counter::count(other)) {
            (Some(one), Some(other)) => {
                one != other && record.operations.iter().all(|add| add.outcome != Outcome::Info)
            }
            _ => false,
        },
    }
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let [one, other] = finding.operations[..] else { return String::new() };
    let (one, other) = (record.operations[one], record.operations[other]);
    let mut claim = format!(
        "After healing and migrations {}, but {}.",
        words::read(one, seconds),
        words::read(other, seconds)
    );
    if let Some(element) = missing(one, other) {
        claim.push_str(&format!(" Only one of them holds {element}."));
    }
    claim
}

fn missing(one: &history::Operation, other: &history::Operation) -> Option<history::Value> {
    let (one, other) = (list::elements(one)?, list::elements(other)?);
    let only_one = one.iter().find(|element| !other.contains(element));
    only_one.or_else(|| other.iter().find(|element| !one.contains(element))).copied()
}
