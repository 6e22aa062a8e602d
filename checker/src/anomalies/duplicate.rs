//! Duplicate: an element that was appended once stands in the list twice.

use history::{AnomalyClass, Value};
use rustc_hash::FxHashSet;

use super::{Finding, Record};
use crate::evidence::{Seconds, words};
use crate::linearizability::list;

/// One finding for each element that some read shows more than once: the first such read.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    let mut known: FxHashSet<Value> = FxHashSet::default();
    let mut findings = Vec::new();
    for read in record.reads() {
        let Some(elements) = list::elements(record.operations[read]) else { continue };
        let mut seen: FxHashSet<Value> = FxHashSet::default();
        for element in elements {
            if !seen.insert(*element) && known.insert(*element) {
                let operations = record.writer(*element).into_iter().chain([read]).collect();
                findings.push(Finding::new(AnomalyClass::Duplicate, record, operations));
            }
        }
    }
    findings
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let [append, read] = finding.operations[..] else {
        let read = record.operations[finding.operations[0]];
        return format!("{} with an element twice.", words::read(read, seconds));
    };
    let (append, read) = (record.operations[append], record.operations[read]);
    format!(
        "The {} {}, once; {}, with that element twice.",
        words::asked(append),
        words::ended(append, seconds),
        words::read(read, seconds)
    )
}
