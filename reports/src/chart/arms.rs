//! The charts of the runs of a pair: every arm on the same axes.

use super::{Drawing, Figure, Frame, LegendEntry, Line, Role, Scale, latency_range_ms};
use crate::series::{Course, Series};
use crate::view::RunView;
use crate::words;

/// The size of a chart that fills a third of a wide page.
const SIZE: (u32, u32) = (880, 540);
/// Buckets of a chart.
const BUCKETS: usize = 80;

/// The arms of a pair, by name.
pub(crate) struct Arms<'a> {
    arms: &'a [(String, &'a RunView<'a>)],
    /// The start of every picture's id.
    id: &'a str,
    frame: Frame,
    series: Vec<Series>,
}

impl<'a> Arms<'a> {
    /// Puts arms on one clock; `None` if there is none.
    pub(crate) fn of(id: &'a str, arms: &'a [(String, &'a RunView<'a>)]) -> Option<Self> {
        let (_, first) = arms.first()?;
        let end_s = arms.iter().map(|(_, view)| view.end_s()).fold(0.1, f64::max);
        let series = arms.iter().map(|(_, view)| Series::of(view, end_s, BUCKETS)).collect();
        Some(Self { arms, id, frame: Frame::of(first, SIZE, end_s), series })
    }

    /// Acknowledged operations per second.
    pub(crate) fn throughput(&self) -> Figure {
        let rate = |series: &Series| -> Course {
            series.points(|bucket| Some(series.per_second(bucket.ok)))
        };
        let most = self.series.iter().flat_map(&rate).filter_map(|(_, rate)| rate);
        self.figure(
            ("throughput", "Acknowledged operations per second"),
            "By the time of their invocation",
            Scale::Rate(most.fold(1.0, f64::max) * 1.05),
            self.lines(true, rate),
            self.names(&[(true, "")]),
        )
    }

    /// The share of operations answered.
    pub(crate) fn availability(&self) -> Figure {
        self.figure(
            ("availability", "Availability"),
            "Share of operations answered, all sites",
            Scale::Share,
            self.lines(true, |series| series.points(|bucket| bucket.answered().of_one())),
            self.names(&[(true, "")]),
        )
    }

    /// The median and the 99th percentile.
    pub(crate) fn latency(&self) -> Figure {
        let (low, high) = latency_range_ms(self.arms.iter().map(|(_, view)| *view));
        let quantile = |quantile: f64| {
            move |series: &Series| {
                series.points(|b| b.quantile_ms(quantile).map(|ms| ms.clamp(low, high)))
            }
        };
        let mut lines = self.lines(false, quantile(0.5));
        lines.extend(self.lines(true, quantile(0.99)));
        self.figure(
            ("latency", "Latency, p50 and p99"),
            "Of operations that are ok, logarithmic axis",
            Scale::LatencyMs(low, high),
            lines,
            self.names(&[(false, " p50"), (true, " p99")]),
        )
    }

    fn figure(
        &self,
        (name, caption): (&str, &str),
        what: &str,
        scale: Scale,
        lines: Vec<Line>,
        legend: Vec<LegendEntry>,
    ) -> Figure {
        let width = self.series.first().map_or(0.0, |series| series.width_s * 1e3);
        self.frame.figure(Drawing {
            id: format!("{}-{name}", self.id),
            caption: caption.to_owned(),
            note: format!("{what}, per {}.", words::span_ms(width)),
            scale,
            lines,
            marks: vec![],
            legend,
        })
    }

    fn lines(&self, bold: bool, course: impl Fn(&Series) -> Course) -> Vec<Line> {
        let line =
            |(arm, series)| Line { role: Role::Arm(arm as u8), bold, points: course(series) };
        self.series.iter().enumerate().map(line).collect()
    }

    fn names(&self, kinds: &[(bool, &str)]) -> Vec<LegendEntry> {
        let of_arm = |(arm, (name, _)): (usize, &(String, _))| {
            let entry = |(bold, kind): &(bool, &str)| {
                LegendEntry::line(Role::Arm(arm as u8), *bold, format!("{name}{kind}"))
            };
            kinds.iter().map(entry).collect::<Vec<_>>()
        };
        self.arms.iter().enumerate().flat_map(of_arm).collect()
    }
}
