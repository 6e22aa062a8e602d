//! Garbage read: a read returned a value that nobody had begun to write when it ended.
//!
//! Elle calls the same of list elements a garbage read (Kingsbury and Alvaro, VLDB 2020).

use history::{AnomalyClass, Value};

use super::{Finding, Record, observed};
use crate::evidence::{Seconds, words};
use crate::linearizability::list;

/// All garbage reads of a record.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for read in record.reads() {
        if let Some(value) = garbage(record, read) {
            let writer = record.writer(value);
            let operations = writer.into_iter().chain([read]).collect();
            findings.push(Finding::new(AnomalyClass::GarbageRead, record, operations));
        }
    }
    findings
}

/// The first value of a read that nobody had begun to write.
fn garbage(record: &Record<'_>, read: usize) -> Option<Value> {
    let operation = record.operations[read];
    let unwritten = |value: &Value| {
        record
            .writer(*value)
            .is_none_or(|at| record.operations[at].invoked_ns > operation.settled_ns())
    };
    match observed(operation) {
        Some(Some(value)) if record.is_register() => Some(value).filter(unwritten),
        _ => list::elements(operation)?.iter().copied().find(unwritten),
    }
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let Some((read, writers)) = finding.operations.split_last() else { return String::new() };
    let read = record.operations[*read];
    let value = garbage(record, finding.operations[writers.len()]).unwrap_or_default();
    let told = words::read(read, seconds);
    match writers.first().map(|at| record.operations[*at]) {
        None => format!("{told}, with {value}, which nobody ever wrote."),
        Some(writer) => format!(
            "{told} and ended at {}, with {value}; the {} began only at {}.",
            seconds.print(read.settled_ns()),
            words::asked(writer),
            seconds.print(writer.invoked_ns)
        ),
    }
}
