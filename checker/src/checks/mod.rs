//! The checks of a manifest: which finders each asks, and its verdict.

mod found;
mod screen;

use history::{Check, CheckResult, Key, Model, ReadMode, Verdict};

use crate::anomalies::{
    Finding, Record, backward_read, counter_drift, dirty_read, divergence, duplicate, garbage_read,
    generation, lost_update, lost_write, non_linearizable, session_writes, stale_read, torn_record,
};
use crate::run::Run;

pub(crate) use found::{Found, Groups, Proofs};
pub(crate) use screen::Screen;

type Find = fn(&Record<'_>) -> Vec<Finding>;

/// One check of a run's manifest.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) check: Check,
    /// Why it looks at nothing.
    pub(crate) skipped: Option<String>,
    finders: &'static [Find],
}

/// What there is of a record.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) operations: u64,
    /// Answered reads.
    pub(crate) answered: u64,
    /// A write of it was acknowledged.
    pub(crate) written: bool,
    /// A final read of it was answered.
    pub(crate) read_finally: bool,
}

impl Tally {
    pub(crate) fn of(record: &Record<'_>) -> Self {
        Self {
            operations: record.operations.len() as u64,
            answered: record.reads().count() as u64,
            written: record.acknowledged().next().is_some(),
            read_finally: !record.final_reads.is_empty(),
        }
    }
}

impl Asked {
    /// A check of a run.
    pub(crate) fn of(run: &Run<'_>, check: Check) -> Self {
        let finders = finders(check, run.manifest.load.workload.model());
        Self { check, skipped: not_promised(run, check), finders }
    }

    /// All that it finds about a record, or also why it could not decide it.
    pub(crate) fn find(&self, record: &Record<'_>) -> (Vec<Finding>, Option<String>) {
        let (mut findings, mut undecided) = (Vec::new(), None);
        if self.skipped.is_some() {
            return (findings, undecided);
        }
        if self.check == Check::Linearizable {
            match non_linearizable::find(record) {
                Ok(finding) => findings.extend(finding),
                Err(why) => undecided = Some(why),
            }
        }
        findings.extend(self.finders.iter().flat_map(|find| find(record)));
        (findings, undecided)
    }

    /// Its result over all records: what there is of each, and what it found about some, with all
    /// groups of that.
    pub(crate) fn result(
        &self,
        tallies: &[(Key, Tally)],
        found: &[(Key, &Found)],
        groups: &Groups,
        proofs: &Proofs,
    ) -> CheckResult {
        let blind = (self.check == Check::LostWrites || self.check == Check::Convergence)
            .then(|| unread(tallies))
            .flatten();
        let mut undecided =
            found.iter().filter_map(|(key, found)| Some((key, found.undecided.as_ref()?)));
        let first_undecided = undecided.next();
        let reason = self.skipped.clone().or(blind.clone()).or_else(|| {
            let (first, why) = first_undecided?;
            Some(format!("{} keys undecided; key {}: {why}", 1 + undecided.count(), first.0))
        });
        let verdict = if !groups.is_empty() {
            Verdict::Invalid
        } else if blind.is_some() || first_undecided.is_some() {
            Verdict::Unknown
        } else {
            Verdict::Valid
        };
        let looked_at = if self.skipped.is_some() { &[][..] } else { tallies };
        CheckResult {
            check: self.check,
            verdict,
            operations: looked_at.iter().map(|(_, tally)| tally.operations).sum(),
            keys: looked_at.len() as u64,
            reason,
            anomalies: groups.told(proofs),
        }
    }
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
fn unread(tallies: &[(Key, Tally)]) -> Option<String> {
    let mut unread = tallies.iter().filter(|(_, tally)| tally.written && !tally.read_finally);
    let (first, _) = unread.next()?;
    Some(format!(
        "{} written records have no answered final read, the first is key {}",
        1 + unread.count(),
        first.0
    ))
}
