//! Acknowledged writes that are gone, as a table.

use history::{LostWrite, LostWrites};

use crate::view::RunView;
use crate::words;

/// Rows of the table; all are counted.
const ROWS: usize = 50;

/// What a run has lost.
#[derive(Debug)]
pub(crate) struct Losses {
    /// How many writes, and in which faults, in a sentence.
    pub(crate) summary: String,
    /// What the table leaves out, if anything.
    pub(crate) more: Option<String>,
    /// The first of them.
    pub(crate) rows: Vec<LossRow>,
}

/// One write.
#[derive(Debug)]
pub(crate) struct LossRow {
    /// Its number, from 1.
    pub(crate) number: usize,
    /// The record.
    pub(crate) key: u64,
    /// What it wrote.
    pub(crate) what: String,
    /// Who made it.
    pub(crate) process: String,
    /// When it was acknowledged.
    pub(crate) acknowledged: String,
    /// When the last read that returned it began.
    pub(crate) last_seen: String,
    /// When the operation that shows it missing began.
    pub(crate) missing: String,
    /// The fault in whose window it was made, by its number.
    pub(crate) fault: Option<u32>,
}

impl Losses {
    /// `None` if nothing is known to be lost.
    pub(crate) fn of(view: &RunView<'_>) -> Option<Self> {
        let lost = &view.results.census.lost;
        if lost.total == 0 {
            return None;
        }
        let shown = lost.rows.len().min(ROWS);
        let acknowledged = view.history.operations.iter().filter(|one| one.is_acknowledged_write());
        let more = lost.total.saturating_sub(shown as u64);
        Some(Self {
            summary: summary(lost, acknowledged.count() as u64),
            more: (more > 0).then(|| {
                format!("The first {shown} are shown; {} more are counted.", words::count(more))
            }),
            rows: lost
                .rows
                .iter()
                .take(ROWS)
                .zip(1..)
                .map(|(row, at)| of_row(view, row, at))
                .collect(),
        })
    }
}

fn summary(lost: &LostWrites, acknowledged: u64) -> String {
    let by_fault = lost.by_fault.iter().map(|one| match one.fault {
        Some(fault) => format!("{} in fault {}", words::count(one.count), fault + 1),
        None => format!("{} in no fault", words::count(one.count)),
    });
    format!(
        "{} of {} acknowledged writes are gone: {}.",
        words::count(lost.total),
        words::count(acknowledged),
        by_fault.collect::<Vec<_>>().join(", ")
    )
}

fn of_row(view: &RunView<'_>, row: &LostWrite, number: usize) -> LossRow {
    let at = |ns: u64| words::seconds(view.seconds(ns));
    LossRow {
        number,
        key: row.key.0,
        what: row.value.map_or_else(|| "an add".to_owned(), |value| value.to_string()),
        process: row.process.0.to_string(),
        acknowledged: at(row.acknowledged_ns),
        last_seen: row.last_seen_ns.map_or_else(|| "never".to_owned(), at),
        missing: at(row.missing_ns),
        fault: row.fault.map(|fault| fault + 1),
    }
}
