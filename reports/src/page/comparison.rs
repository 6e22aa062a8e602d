//! One pair of a certificate: strong consistency beside availability, on the same axes.

use history::{Mode, RunSummary, Verdict};

use super::link::relative;
use super::matrix::anchor;
use super::table::{self, Numbers};
use crate::chart::{Arms, Figure};
use crate::series::{Series, Share, answered_in_faults};
use crate::view::RunView;
use crate::words::{self, Badge};

/// The runs of one pair, compared.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// Its anchor.
    pub(crate) anchor: String,
    /// Workload and nemesis.
    pub(crate) heading: String,
    /// What SC kept and AP lost, in sentences.
    pub(crate) sentences: Vec<String>,
    /// A row per arm.
    pub(crate) arms: Vec<ArmRow>,
    /// Throughput, availability, latency.
    pub(crate) figures: Vec<Figure>,
    /// The numbers behind them.
    pub(crate) numbers: Option<Numbers>,
}

/// One arm of a pair.
#[derive(Debug)]
pub(crate) struct ArmRow {
    pub(crate) name: String,
    pub(crate) link: String,
    pub(crate) badge: Badge,
    pub(crate) expectation: Badge,
    pub(crate) expected: String,
    pub(crate) unexpected: Option<String>,
    pub(crate) anomalies: String,
    pub(crate) ok: String,
    pub(crate) fail: String,
    pub(crate) info: String,
    pub(crate) answered_in_faults: String,
    pub(crate) answered_otherwise: String,
    pub(crate) median: String,
    pub(crate) tail: String,
    pub(crate) seed: u64,
}

/// An arm's run with its history, where that is at hand.
pub(crate) type Arm<'a> = (&'a RunSummary, Option<&'a RunView<'a>>);

impl Comparison {
    /// Compares the arms of the n-th pair.
    pub(crate) fn of(index: usize, arms: &[Arm<'_>]) -> Self {
        let anchor = anchor(index);
        let heading = arms
            .first()
            .map_or_else(String::new, |(run, _)| format!("{} under {}", run.workload, run.nemesis));
        let seen = seen(arms);
        let figures = Arms::of(&anchor, &seen).map_or_else(Vec::new, |charts| {
            vec![charts.throughput(), charts.availability(), charts.latency()]
        });
        Self {
            sentences: arms.iter().filter_map(|arm| sentence(*arm)).collect(),
            arms: arms.iter().map(|arm| arm_row(*arm)).collect(),
            figures,
            numbers: table::of_arms(&seen),
            anchor,
            heading,
        }
    }
}

/// Availability of the arms of a pair in one chart, for the first screen.
pub(crate) fn headline(id: &str, arms: &[Arm<'_>]) -> Option<Figure> {
    let seen = seen(arms);
    let (run, _) = arms.first()?;
    let caption = format!("SC beside AP: {} under {}", run.workload, run.nemesis);
    Some(Figure { caption, ..Arms::of(id, &seen)?.availability() })
}

/// The arms whose histories are at hand, by name.
fn seen<'a>(arms: &[Arm<'a>]) -> Vec<(String, &'a RunView<'a>)> {
    arms.iter().filter_map(|(run, view)| Some((run.arm.clone(), (*view)?))).collect()
}

/// What an arm kept or lost.
fn sentence((run, view): Arm<'_>) -> Option<String> {
    let during = view.map(|view| answered_in_faults(view).0).and_then(Share::of_one);
    let answered = during.map_or_else(String::new, |share| {
        format!(
            " It answered {} of the operations begun while a fault was in force.",
            words::percent(share)
        )
    });
    let name = &run.arm;
    let shown = match (run.mode, run.verdict) {
        (_, Verdict::Unknown) => format!("{name}: undecided."),
        (Mode::Sc, Verdict::Valid) => {
            format!("{name} kept every acknowledged write and served no stale read.")
        }
        (Mode::Ap, Verdict::Valid) => format!("{name} showed no anomaly here."),
        (_, Verdict::Invalid) => {
            let classes = words::classes_counted(run.anomalies.iter().map(|a| (a.class, a.count)));
            format!("{name} showed {classes}.")
        }
    };
    Some(shown + &answered)
}

fn arm_row((run, view): Arm<'_>) -> ArmRow {
    let dash = || "–".to_owned();
    let (during, apart) = view.map(answered_in_faults).unwrap_or_default();
    let share = |share: Share| share.of_one().map_or_else(dash, words::percent);
    let whole = view.map(|view| Series::of(view, view.end_s(), 1));
    let quantile = |q| {
        let bucket = whole.as_ref().and_then(|series| series.buckets.first());
        bucket.and_then(|bucket| bucket.quantile_ms(q)).map_or_else(dash, words::span_ms)
    };
    ArmRow {
        name: run.arm.clone(),
        link: relative(&run.path, "report.html"),
        badge: words::verdict_badge(run.verdict),
        expectation: words::expectation_badge(run.expected, run.verdict),
        expected: run.expectation.clone(),
        unexpected: run.unexpected.clone(),
        anomalies: words::classes_counted(run.anomalies.iter().map(|a| (a.class, a.count))),
        ok: words::count(run.operations.ok),
        fail: words::count(run.operations.fail),
        info: words::count(run.operations.info),
        answered_in_faults: share(during),
        answered_otherwise: share(apart),
        median: quantile(0.5),
        tail: quantile(0.99),
        seed: run.seed,
    }
}
