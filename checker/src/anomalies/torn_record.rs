//! Torn record: the bins of one record come from two writes. Single-record writes are atomic.

use history::{AnomalyClass, Returned};

use super::{Finding, Record};
use crate::evidence::{Seconds, words};

/// All torn reads of a record.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    let torn = |at: &usize| matches!(record.operations[*at].returned, Returned::Torn(_));
    let finding = |at| Finding::new(AnomalyClass::TornRecord, record, vec![at]);
    record.reads().filter(torn).map(finding).collect()
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let read = record.operations[finding.operations[0]];
    format!("{}: a write of one record is all or nothing.", words::read(read, seconds))
}
