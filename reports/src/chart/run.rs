//! The charts of one run.

use history::Outcome;

use super::dots::thinned;
use super::fates::fate_of_writes;
use super::{Drawing, Figure, Frame, LegendEntry, Line, Role, Scale};
use crate::series::{Bucket, Series};
use crate::view::RunView;
use crate::words;

/// The size of a chart that fills half of a wide page.
const SIZE: (u32, u32) = (1040, 540);
/// Operations of one outcome that the latency chart shows.
const MARKS: usize = 3_000;

fn figure(view: &RunView<'_>, drawing: Drawing) -> Figure {
    Frame::of(view, SIZE, view.end_s()).figure(drawing)
}

/// What became of acknowledged writes, where some were lost.
pub(crate) fn fate(view: &RunView<'_>) -> Option<Figure> {
    fate_of_writes(view, SIZE)
}

/// Every operation's latency by the time of its invocation.
pub(crate) fn latencies(view: &RunView<'_>) -> Figure {
    let (low, high) = latency_range_ms([view]);
    let outcomes = [
        (Outcome::Ok, Role::Ok, "ok"),
        (Outcome::Fail, Role::Fail, "failed"),
        (Outcome::Info, Role::Info, "in doubt"),
    ];
    let mut marks = Vec::new();
    let mut legend = Vec::new();
    let mut left_out = 0;
    for (outcome, role, name) in outcomes {
        let of_outcome = view.history.operations.iter().filter(|o| o.outcome == outcome);
        let points: Vec<(f64, f64)> = of_outcome
            .filter_map(|o| {
                let latency_ns = o.completed_ns?.saturating_sub(o.invoked_ns);
                Some((view.seconds(o.invoked_ns).max(0.0), (latency_ns as f64 / 1e6).max(low)))
            })
            .collect();
        let kept = thinned(&points, MARKS, f64::ln);
        left_out += points.len() - kept.len();
        marks.push((role, kept));
        legend.push(LegendEntry::mark(role, name));
    }
    let mut note =
        "A mark per operation at the time of its invocation, logarithmic axis".to_owned();
    if left_out > 0 {
        let count = words::count(left_out as u64);
        note += &format!("; {count} marks that would lie on others are left out");
    }
    figure(
        view,
        Drawing {
            id: "latencies".to_owned(),
            caption: "Latency of operations".to_owned(),
            note: note + ".",
            scale: Scale::LatencyMs(low, high),
            lines: vec![],
            marks,
            legend,
        },
    )
}

/// The median and the 99th percentile over time.
pub(crate) fn quantiles(view: &RunView<'_>, series: &Series) -> Figure {
    let (low, high) = latency_range_ms([view]);
    let line = |role, bold, quantile| Line {
        role,
        bold,
        points: series.points(|bucket| bucket.quantile_ms(quantile).map(|ms| ms.clamp(low, high))),
    };
    figure(
        view,
        Drawing {
            id: "quantiles".to_owned(),
            caption: "Latency quantiles".to_owned(),
            note: format!("Of operations that are ok, logarithmic axis, per {}.", width(series)),
            scale: Scale::LatencyMs(low, high),
            lines: vec![line(Role::Median, false, 0.5), line(Role::Tail, true, 0.99)],
            marks: vec![],
            legend: vec![
                LegendEntry::line(Role::Median, false, "median (p50)"),
                LegendEntry::line(Role::Tail, true, "99th percentile (p99)"),
            ],
        },
    )
}

/// Operations per second by outcome.
pub(crate) fn throughput(view: &RunView<'_>, series: &Series) -> Figure {
    let rate = |role, bold, count: fn(&Bucket) -> u64| Line {
        role,
        bold,
        points: series.points(|bucket| Some(series.per_second(count(bucket)))),
    };
    let most = series.buckets.iter().map(|b| series.per_second(b.ok.max(b.fail).max(b.info)));
    figure(
        view,
        Drawing {
            id: "throughput".to_owned(),
            caption: "Throughput by outcome".to_owned(),
            note: format!(
                "Operations per second by the time of their invocation, per {}.",
                width(series)
            ),
            scale: Scale::Rate(most.fold(1.0, f64::max) * 1.05),
            lines: vec![
                rate(Role::Ok, true, |bucket| bucket.ok),
                rate(Role::Fail, false, |bucket| bucket.fail),
                rate(Role::Info, false, |bucket| bucket.info),
            ],
            marks: vec![],
            legend: vec![
                LegendEntry::line(Role::Ok, true, "ok"),
                LegendEntry::line(Role::Fail, false, "failed"),
                LegendEntry::line(Role::Info, false, "in doubt"),
            ],
        },
    )
}

/// The share of operations answered, by the site of the client.
pub(crate) fn availability(view: &RunView<'_>, series: &Series) -> Figure {
    let sites = series.buckets.first().map_or(0, |bucket| bucket.sites.len());
    let (mut lines, mut legend) = (Vec::new(), Vec::new());
    for site in 0..sites {
        let role = Role::Site(site as u8);
        let points = series.points(|bucket| bucket.sites[site].of_one());
        lines.push(Line { role, bold: true, points });
        let name = format!("clients in {}", view.site(site as u8));
        legend.push(LegendEntry::line(role, true, name));
    }
    figure(
        view,
        Drawing {
            id: "availability".to_owned(),
            caption: "Availability by site".to_owned(),
            note: format!(
                "Share of operations answered (ok, or a compare-and-set that lost its race), \
                 per {}.",
                width(series)
            ),
            scale: Scale::Share,
            lines,
            marks: vec![],
            legend,
        },
    )
}

/// The decades, in ms, that hold every latency of these runs.
pub(crate) fn latency_range_ms<'a>(views: impl IntoIterator<Item = &'a RunView<'a>>) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, 0.0f64);
    for operation in views.into_iter().flat_map(|view| &view.history.operations) {
        if let Some(completed_ns) = operation.completed_ns {
            let ms = completed_ns.saturating_sub(operation.invoked_ns).max(1_000) as f64 / 1e6;
            (low, high) = (low.min(ms), high.max(ms));
        }
    }
    if high == 0.0 {
        return (0.1, 1_000.0);
    }
    let low = 10f64.powf(low.log10().floor());
    (low, 10f64.powf(high.log10().ceil()).max(low * 10.0))
}

fn width(series: &Series) -> String {
    words::span_ms(series.width_s * 1e3)
}
