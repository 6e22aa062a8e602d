//! The faults of a run as a table.

use history::FaultOutcome;

use crate::view::RunView;
use crate::words;

/// One fault.
#[derive(Debug)]
pub(crate) struct FaultRow {
    /// Its number, from 1.
    pub(crate) number: u32,
    /// What was done.
    pub(crate) what: String,
    /// When it should have begun and how long it should have lasted.
    pub(crate) planned: String,
    /// When a probe found it in force.
    pub(crate) applied: String,
    /// When a probe found it gone.
    pub(crate) healed: String,
    /// What became of it.
    pub(crate) outcome: String,
    /// `good`, `doubt` or `bad`.
    pub(crate) tone: &'static str,
    /// What the probes saw.
    pub(crate) probes: String,
}

/// The rows of a run's faults.
pub(crate) fn fault_rows(view: &RunView<'_>) -> Vec<FaultRow> {
    let at =
        |ns: Option<u64>| ns.map_or_else(|| "–".to_owned(), |ns| words::seconds(view.seconds(ns)));
    view.fault_records()
        .into_iter()
        .map(|record| FaultRow {
            number: record.index + 1,
            what: words::fault(&record.fault, &view.manifest.cluster.topology),
            planned: format!(
                "{} for {}",
                words::coarse_seconds(record.planned_at_ms as f64 / 1e3),
                words::coarse_seconds(record.planned_for_ms as f64 / 1e3),
            ),
            applied: at(record.applied_ns),
            healed: at(record.healed_ns),
            outcome: words::fault_outcome(&record.outcome),
            tone: match record.outcome {
                FaultOutcome::Healed => "good",
                FaultOutcome::Planned | FaultOutcome::Applied => "doubt",
                FaultOutcome::Skipped(_) | FaultOutcome::Indeterminate(_) => "bad",
            },
            probes: record.probes.join("; "),
        })
        .collect()
}
