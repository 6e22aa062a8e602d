//! Acknowledged writes that are gone: which, when they were last seen, in which fault they were made.

use std::collections::BTreeMap;

use history::{AnomalyClass, FaultLosses, LostWrite, LostWrites, Model, Operation};

use super::ROWS;
use crate::anomalies::{Finding, Record, Sightings, written};
use crate::linearizability::counter;
use crate::run::Run;

/// One lost write, or a counter's lost adds.
#[derive(Clone, Debug)]
pub(super) struct Lost {
    row: LostWrite,
    count: u64,
}

/// The lost writes of a record, each once, in the order of their calls.
pub(super) fn of(run: &Run<'_>, record: &Record<'_>, findings: &[&Finding]) -> Vec<Lost> {
    let mut found: BTreeMap<usize, &Finding> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.class == AnomalyClass::LostWrite) {
        if let [.., write, _] = finding.operations[..] {
            found.entry(write).or_insert(finding);
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    let sightings = Sightings::of(record);
    let began_ns = |at: usize| record.operations[at].invoked_ns;
    let lost = |(write, finding): (usize, &Finding)| {
        let operation = record.operations[write];
        let value = written(operation);
        let row = LostWrite {
            key: record.key,
            operation: operation.id,
            process: operation.process,
            value,
            acknowledged_ns: operation.completed_ns.unwrap_or(operation.invoked_ns),
            last_seen_ns: value
                .and_then(|value| sightings.of_value(value))
                .map(|seen| began_ns(seen.last)),
            missing_ns: finding.operations.last().map_or(0, |read| began_ns(*read)),
            fault: fault(run, operation),
        };
        let count = if record.model == Model::Counter { adds(record, finding) } else { 1 };
        Lost { row, count }
    };
    found.into_iter().map(lost).collect()
}

/// The table of all lost writes, in the order of keys.
pub(super) fn table(lost: impl Iterator<Item = Lost>) -> LostWrites {
    let mut this = LostWrites::default();
    let mut by_fault: BTreeMap<Option<u32>, u64> = BTreeMap::new();
    for Lost { row, count } in lost {
        this.total += count;
        *by_fault.entry(row.fault).or_default() += count;
        if this.rows.len() < ROWS {
            this.rows.push(row);
        }
    }
    this.by_fault =
        by_fault.into_iter().map(|(fault, count)| FaultLosses { fault, count }).collect();
    this
}

/// How many adds a counter's read misses; which of them they are nobody can tell.
fn adds(record: &Record<'_>, finding: &Finding) -> u64 {
    let missing = || {
        let read = record.operations[*finding.operations.last()?];
        let size = counter::size(&record.operations)?;
        let acknowledged = record
            .acknowledged()
            .filter(|at| record.operations[*at].settled_ns() < read.invoked_ns)
            .count();
        u64::try_from(acknowledged as i64 - counter::count(read)?.checked_div(size)?).ok()
    };
    missing().unwrap_or(1)
}

/// The fault that was in force while a write was under way, else the one after which the cluster had
/// not settled yet.
fn fault(run: &Run<'_>, write: &Operation) -> Option<u32> {
    let (from, to) = (write.invoked_ns, write.completed_ns.unwrap_or(write.invoked_ns));
    let during = run.windows.iter().find(|window| window.touches(from, to));
    let after = || run.windows.iter().find(|one| one.from_ns <= to && from <= one.settled_ns);
    during.or_else(after).map(|window| window.fault)
}
