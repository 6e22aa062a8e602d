//! Lost update: two acknowledged compare-and-sets from one version.
//!
//! Phenomenon P4 of Berenson et al., *A critique of ANSI SQL isolation levels* (SIGMOD 1995), on one
//! record: whichever was first, the other overwrote it without having seen it.

use std::collections::BTreeMap;

use history::{AnomalyClass, Call, Outcome, Value};

use super::{Finding, Record};
use crate::evidence::{Seconds, words};

/// One finding for each acknowledged compare-and-set after the first from one version.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    if record.is_deleted() {
        return Vec::new();
    }
    let mut first: BTreeMap<Option<Value>, usize> = BTreeMap::new();
    let mut findings = Vec::new();
    for (position, operation) in record.operations.iter().enumerate() {
        let (Call::Cas { expected, .. }, Outcome::Ok) = (&operation.call, operation.outcome) else {
            continue;
        };
        match first.get(expected) {
            None => drop(first.insert(*expected, position)),
            Some(other) => findings.push(Finding::new(
                AnomalyClass::LostUpdate,
                record,
                vec![*other, position],
            )),
        }
    }
    findings
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let [one, other] = finding.operations[..] else { return String::new() };
    let (one, other) = (record.operations[one], record.operations[other]);
    let from = match one.call {
        Call::Cas { expected: Some(value), .. } => format!("the version that held {value}"),
        _ => "the absent record".to_owned(),
    };
    format!(
        "Both replaced {from}: the {} {}, and the {} {}. One of them was overwritten unseen.",
        words::asked(one),
        words::ended(one, seconds),
        words::asked(other),
        words::ended(other, seconds)
    )
}
