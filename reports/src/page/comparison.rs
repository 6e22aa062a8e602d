//! One pair of a certificate: strong consistency beside availability, on the same axes.

use history::{Mode, RunSummary, Verdict};

use super::link::relative;
use super::matrix::anchor;
use super::table::{self, Numbers};
use crate::chart::{Figure, LegendEntry, Line, Plot, Role, Scale, latency_range_ms};
use crate::series::{Course, Series, Share, answered_in_faults};
use crate::view::RunView;
use crate::words::{self, Badge};

/// The size of a chart that fills a third of a wide page.
const SIZE: (u32, u32) = (880, 540);
/// Buckets of a chart.
const BUCKETS: usize = 80;

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
        let seen: Vec<(String, &RunView<'_>)> =
            arms.iter().filter_map(|(run, view)| Some((run.arm.clone(), (*view)?))).collect();
        let end_s = seen.iter().map(|(_, view)| view.end_s()).fold(0.1, f64::max);
        let bands = seen.first().map_or_else(Vec::new, |(_, view)| view.bands());
        Self {
            sentences: arms.iter().filter_map(|arm| sentence(*arm)).collect(),
            arms: arms.iter().map(|arm| arm_row(*arm)).collect(),
            figures: figures(&anchor, &heading, &seen, end_s),
            numbers: (!seen.is_empty()).then(|| table::of_arms(&seen, end_s, &bands)),
            anchor,
            heading,
        }
    }
}

/// Availability of the arms of a pair in one chart, for the first screen.
pub(crate) fn headline(id: &str, arms: &[Arm<'_>]) -> Option<Figure> {
    let seen: Vec<(String, &RunView<'_>)> =
        arms.iter().filter_map(|(run, view)| Some((run.arm.clone(), (*view)?))).collect();
    let (run, _) = arms.first()?;
    let end_s = seen.iter().map(|(_, view)| view.end_s()).fold(0.1, f64::max);
    let caption = format!("SC beside AP: {} under {}", run.workload, run.nemesis);
    figures(id, &caption, &seen, end_s)
        .into_iter()
        .nth(1)
        .map(|figure| Figure { caption, ..figure })
}

fn figures(
    anchor: &str,
    heading: &str,
    seen: &[(String, &RunView<'_>)],
    end_s: f64,
) -> Vec<Figure> {
    let Some((_, first)) = seen.first() else { return Vec::new() };
    let (bands, phases) = (first.bands(), first.phases());
    let series: Vec<Series> =
        seen.iter().map(|(_, view)| Series::of(view, end_s, BUCKETS)).collect();
    let width = words::span_ms(series[0].width_s * 1e3);
    let role = |arm: usize| Role::Arm(arm as u8);
    let figure = |name: &str,
                  caption: &str,
                  note: String,
                  scale: Scale,
                  lines: Vec<Line>,
                  mut legend: Vec<LegendEntry>| {
        if !bands.is_empty() {
            legend.push(LegendEntry::band());
        }
        let svg = Plot {
            id: &format!("{anchor}-{name}"),
            title: &format!("{caption}: {heading}"),
            description: &note,
            size: SIZE,
            end_s,
            bands: &bands,
            phases: &phases,
            scale,
            lines,
            marks: vec![],
        }
        .draw();
        Figure { caption: caption.to_owned(), note, legend, svg }
    };
    let names = || {
        seen.iter()
            .enumerate()
            .map(|(arm, (name, _))| LegendEntry::line(role(arm), true, name))
            .collect::<Vec<_>>()
    };
    let most = series.iter().flat_map(|s| s.buckets.iter().map(|bucket| s.per_second(bucket.ok)));
    let most = most.fold(1.0, f64::max) * 1.05;
    let of_arms = |bold: bool, number: &dyn Fn(&Series) -> Course| {
        let lines = series.iter().enumerate();
        lines
            .map(|(arm, series)| Line { role: role(arm), bold, points: number(series) })
            .collect::<Vec<Line>>()
    };
    let (low, high) = latency_range_ms(seen.iter().map(|(_, view)| *view));
    let quantile = |quantile: f64| {
        move |series: &Series| {
            series.points(|bucket| bucket.quantile_ms(quantile).map(|ms| ms.clamp(low, high)))
        }
    };
    let mut latencies = of_arms(false, &quantile(0.5));
    latencies.extend(of_arms(true, &quantile(0.99)));
    let latency_names = seen.iter().enumerate().flat_map(|(arm, (name, _))| {
        [
            LegendEntry::line(role(arm), false, format!("{name} p50")),
            LegendEntry::line(role(arm), true, format!("{name} p99")),
        ]
    });
    vec![
        figure(
            "throughput",
            "Acknowledged operations per second",
            format!("By the time of their invocation, per {width}."),
            Scale::Rate(most),
            of_arms(true, &|series| series.points(|bucket| Some(series.per_second(bucket.ok)))),
            names(),
        ),
        figure(
            "availability",
            "Availability",
            format!("Share of operations answered, all sites, per {width}."),
            Scale::Share,
            of_arms(true, &|series| series.points(|bucket| bucket.answered().of_one())),
            names(),
        ),
        figure(
            "latency",
            "Latency, p50 and p99",
            format!("Of operations that are ok, per {width}. Logarithmic axis."),
            Scale::LatencyMs(low, high),
            latencies,
            latency_names.collect(),
        ),
    ]
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
