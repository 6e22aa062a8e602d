//! Acknowledged writes that are gone: which, when they were last seen, in which fault they were made.

use std::collections::BTreeMap;

use history::{AnomalyClass, FaultLosses, LostWrite, LostWrites, Model, Operation};

use super::ROWS;
use crate::anomalies::{Finding, Record, Sightings, written};
use crate::checks::Checked;
use crate::linearizability::counter;
use crate::run::Run;

/// All lost writes that the checks found, each once.
pub(super) fn table(run: &Run<'_>, records: &[Record<'_>], checked: &[Checked]) -> LostWrites {
    // By key, then by the write's position.
    let mut found: BTreeMap<(usize, usize), &Finding> = BTreeMap::new();
    for finding in checked.iter().flat_map(|checked| &checked.findings) {
        if finding.class != AnomalyClass::LostWrite {
            continue;
        }
        let record = records.partition_point(|record| record.key < finding.key);
        let [.., write, _] = finding.operations[..] else { continue };
        found.entry((record, write)).or_insert(finding);
    }
    let mut this = LostWrites::default();
    let mut by_fault: BTreeMap<Option<u32>, u64> = BTreeMap::new();
    let mut sightings: Option<(usize, Sightings)> = None;
    for ((at, write), finding) in found {
        let record = &records[at];
        let operation = record.operations[write];
        let fault = fault(run, operation);
        let lost = if record.model == Model::Counter { adds(record, finding) } else { 1 };
        this.total += lost;
        *by_fault.entry(fault).or_default() += lost;
        if this.rows.len() == ROWS {
            continue;
        }
        if sightings.as_ref().is_none_or(|(of, _)| *of != at) {
            sightings = Some((at, Sightings::of(record)));
        }
        let value = written(operation);
        let seen = sightings.as_ref().and_then(|(_, seen)| seen.of_value(value?));
        let began_ns = |at: usize| record.operations[at].invoked_ns;
        this.rows.push(LostWrite {
            key: record.key,
            operation: operation.id,
            process: operation.process,
            value,
            acknowledged_ns: operation.completed_ns.unwrap_or(operation.invoked_ns),
            last_seen_ns: seen.map(|seen| began_ns(seen.last)),
            missing_ns: finding.operations.last().map_or(0, |read| began_ns(*read)),
            fault,
        });
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
