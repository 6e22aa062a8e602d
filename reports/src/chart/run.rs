//! The charts of one run.

use history::Outcome;

use super::dots::thinned;
use super::{Figure, LegendEntry, Line, Plot, Role, Scale};
use crate::series::Series;
use crate::view::{Band, Phase, RunView};

/// The size of a chart that fills half of a wide page.
const SIZE: (u32, u32) = (1040, 540);
/// Operations of one outcome that the latency chart shows.
const MARKS: usize = 1_800;

/// What the charts of one run share.
pub(crate) struct Frame {
    bands: Vec<Band>,
    phases: Vec<Phase>,
    end_s: f64,
}

impl Frame {
    fn of(view: &RunView<'_>) -> Self {
        Self { bands: view.bands(), phases: view.phases(), end_s: view.end_s() }
    }

    fn figure(
        &self,
        (id, caption): (&str, &str),
        note: &str,
        scale: Scale,
        lines: Vec<Line>,
        marks: Vec<(Role, Vec<(f64, f64)>)>,
        mut legend: Vec<LegendEntry>,
    ) -> Figure {
        if !self.bands.is_empty() {
            legend.push(LegendEntry::band());
        }
        let svg = Plot {
            id,
            title: caption,
            description: note,
            size: SIZE,
            end_s: self.end_s,
            bands: &self.bands,
            phases: &self.phases,
            scale,
            lines,
            marks,
        }
        .draw();
        Figure { caption: caption.to_owned(), note: note.to_owned(), legend, svg }
    }
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
        let kept = thinned(&points, MARKS);
        left_out += points.len() - kept.len();
        marks.push((role, kept));
        legend.push(LegendEntry::mark(role, name));
    }
    let note = match left_out {
        0 => "A mark per answered operation, at the time of its invocation. Logarithmic axis."
            .to_owned(),
        _ => format!(
            "A mark per answered operation, at the time of its invocation; {} that would lie on \
             others are left out. Logarithmic axis.",
            crate::words::count(left_out as u64)
        ),
    };
    let scale = Scale::LatencyMs(low, high);
    Frame::of(view).figure(
        ("latencies", "Latency of operations"),
        &note,
        scale,
        vec![],
        marks,
        legend,
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
    Frame::of(view).figure(
        ("quantiles", "Latency quantiles"),
        &format!("Of operations that are ok, per {}. Logarithmic axis.", width(series)),
        Scale::LatencyMs(low, high),
        vec![line(Role::Median, false, 0.5), line(Role::Tail, true, 0.99)],
        vec![],
        vec![
            LegendEntry::line(Role::Median, false, "median (p50)"),
            LegendEntry::line(Role::Tail, true, "99th percentile (p99)"),
        ],
    )
}

/// Operations per second by outcome.
pub(crate) fn throughput(view: &RunView<'_>, series: &Series) -> Figure {
    let rate = |role, bold, count: fn(&crate::series::Bucket) -> u64| Line {
        role,
        bold,
        points: series.points(|bucket| Some(series.per_second(count(bucket)))),
    };
    let most = series.buckets.iter().map(|b| series.per_second(b.ok.max(b.fail).max(b.info)));
    Frame::of(view).figure(
        ("throughput", "Throughput by outcome"),
        &format!("Operations per second by the time of their invocation, per {}.", width(series)),
        Scale::Rate(most.fold(1.0, f64::max) * 1.05),
        vec![
            rate(Role::Ok, true, |bucket| bucket.ok),
            rate(Role::Fail, false, |bucket| bucket.fail),
            rate(Role::Info, false, |bucket| bucket.info),
        ],
        vec![],
        vec![
            LegendEntry::line(Role::Ok, true, "ok"),
            LegendEntry::line(Role::Fail, false, "failed"),
            LegendEntry::line(Role::Info, false, "in doubt"),
        ],
    )
}

/// The share of operations answered, by the site of the client.
pub(crate) fn availability(view: &RunView<'_>, series: &Series) -> Figure {
    let sites = series.buckets.first().map_or(0, |bucket| bucket.sites.len());
    let mut lines = Vec::new();
    let mut legend = Vec::new();
    for site in 0..sites {
        let role = Role::Site(site as u8);
        let points = series.points(|bucket| bucket.sites[site].of_one());
        lines.push(Line { role, bold: site == 0, points });
        legend.push(LegendEntry::line(
            role,
            site == 0,
            format!("clients in {}", view.site(site as u8)),
        ));
    }
    let note = format!(
        "Share of operations answered: ok, or a compare-and-set that lost its race; per {}.",
        width(series)
    );
    Frame::of(view).figure(
        ("availability", "Availability by site"),
        &note,
        Scale::Share,
        lines,
        vec![],
        legend,
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
    crate::words::span_ms(series.width_s * 1e3)
}
