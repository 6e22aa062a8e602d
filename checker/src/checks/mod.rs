//! The checks of a manifest: which finders each asks, and its verdict.

use std::collections::BTreeMap;

use history::{
    Anomaly, AnomalyClass, AnomalyGroup, Check, CheckResult, Key, Model, ReadMode, Verdict,
};

use crate::anomalies::{
    Finding, Record, backward_read, counter_drift, dirty_read, divergence, duplicate, garbage_read,
    generation, lost_update, lost_write, non_linearizable, session_writes, stale_read, torn_record,
};
use crate::run::Run;

/// How many violations of a class are stored with their proofs; all are counted.
const EXAMPLES: usize = 5;

/// A check's result, and all that it found.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) result: CheckResult,
    pub(crate) findings: Vec<Finding>,
    /// The keys that it could not decide.
    pub(crate) undecided: Vec<Key>,
}

type Find = fn(&Record<'_>) -> Vec<Finding>;

/// Judges one check over all keys.
pub(crate) fn check(run: &Run<'_>, records: &[Record<'_>], check: Check) -> Checked {
    let mut findings = Vec::new();
    let mut undecided = Vec::new();
    let skipped = not_promised(run, check);
    if skipped.is_none() {
        let finders = finders(check, run.manifest.load.workload.model());
        for record in records {
            if check == Check::Linearizable {
                match non_linearizable::find(record) {
                    Ok(finding) => findings.extend(finding),
                    Err(why) => undecided.push((record.key, why)),
                }
            }
            findings.extend(finders.iter().flat_map(|find| find(record)));
        }
    }
    let blind = (check == Check::LostWrites || check == Check::Convergence)
        .then(|| unread(records))
        .flatten();
    let reason = skipped.clone().or(blind.clone()).or_else(|| {
        let (first, why) = undecided.first()?;
        Some(format!("{} keys undecided; key {}: {why}", undecided.len(), first.0))
    });
    let verdict = if !findings.is_empty() {
        Verdict::Invalid
    } else if blind.is_some() || !undecided.is_empty() {
        Verdict::Unknown
    } else {
        Verdict::Valid
    };
    let looked_at = if skipped.is_some() { &[][..] } else { records };
    let result = CheckResult {
        check,
        verdict,
        operations: looked_at.iter().map(|record| record.operations.len() as u64).sum(),
        keys: looked_at.len() as u64,
        reason,
        anomalies: groups(run, records, &findings),
    };
    let undecided = undecided.into_iter().map(|(key, _)| key).collect();
    Checked { result, findings, undecided }
}

fn finders(check: Check, model: Model) -> &'static [Find] {
    match (check, model) {
        (Check::Linearizable, _) => &[torn_record::find, generation::find],
        (Check::LostWrites, _) => &[lost_write::find],
        // A count that is too low is judged by the counter's bounds.
        (Check::StaleReads, Model::Counter) => &[],
        (Check::StaleReads, _) => &[stale_read::find],
        (Check::DirtyReads, _) => &[dirty_read::find, garbage_read::find, torn_record::find],
        (Check::SessionGuarantees, _) => &[backward_read::find, session_writes::find],
        (Check::LostUpdates, _) => &[lost_update::find],
        (Check::Counters, _) => &[counter_drift::find],
        (Check::Sets, _) => &[lost_write::find, duplicate::find, garbage_read::find],
        (Check::Convergence, _) => &[divergence::find],
    }
}

/// Why a check says nothing under the arm's read mode.
fn not_promised(run: &Run<'_>, check: Check) -> Option<String> {
    let mode = run.manifest.arm.read_mode?;
    let promised = match check {
        Check::Linearizable | Check::StaleReads | Check::Counters => mode == ReadMode::Linearize,
        Check::SessionGuarantees => matches!(mode, ReadMode::Linearize | ReadMode::Session),
        _ => true,
    };
    (!promised).then(|| format!("{} does not promise it", read_mode_name(mode)))
}

fn read_mode_name(mode: ReadMode) -> &'static str {
    match mode {
        ReadMode::Linearize => "linearize",
        ReadMode::Session => "session",
        ReadMode::AllowReplica => "allow-replica",
        ReadMode::AllowUnavailable => "allow-unavailable",
    }
}

/// Why final reads cannot tell what survived, if some written record has none.
fn unread(records: &[Record<'_>]) -> Option<String> {
    let written = records.iter().filter(|record| record.acknowledged().next().is_some());
    let unread: Vec<&Record<'_>> = written.filter(|record| record.final_reads.is_empty()).collect();
    let first = unread.first()?;
    Some(format!(
        "{} written records have no answered final read, the first is key {}",
        unread.len(),
        first.key.0
    ))
}

/// The findings by class, each with its first few as proofs.
fn groups(run: &Run<'_>, records: &[Record<'_>], findings: &[Finding]) -> Vec<AnomalyGroup> {
    let mut by_class: BTreeMap<AnomalyClass, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        by_class.entry(finding.class).or_default().push(finding);
    }
    by_class
        .into_iter()
        .map(|(class, mut findings)| {
            let count = findings.len() as u64;
            let record = |finding: &Finding| {
                let at = records.partition_point(|record| record.key < finding.key);
                &records[at]
            };
            // The most telling first: a newer write beaten by a higher generation, then the
            // shortest proofs, then by key and time.
            findings.sort_by_cached_key(|finding| {
                let record = record(finding);
                (
                    !lost_write::is_beaten_by_generation(record, finding),
                    finding.operations.len(),
                    finding.key,
                    finding.span_ns(record).1,
                    finding.operations.clone(),
                )
            });
            let examples: Vec<Anomaly> = findings
                .iter()
                .take(EXAMPLES)
                .map(|finding| finding.anomaly(run, record(finding)))
                .collect();
            AnomalyGroup { class, count, examples }
        })
        .collect()
}
