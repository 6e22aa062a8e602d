//! The numbers behind the charts of one or more runs, for readers who cannot see them.

use crate::series::{Bucket, Series};
use crate::view::{Band, RunView};
use crate::words;

/// Rows of a table; a chart has finer buckets.
const ROWS: usize = 20;

/// A table of numbers over time.
#[derive(Debug)]
pub(crate) struct Numbers {
    /// The caption.
    pub(crate) caption: String,
    /// The names of the columns after the time.
    pub(crate) columns: Vec<String>,
    /// The rows.
    pub(crate) rows: Vec<Row>,
}

/// One slice of time.
#[derive(Debug)]
pub(crate) struct Row {
    /// When it begins.
    pub(crate) from: String,
    /// The numbers.
    pub(crate) cells: Vec<String>,
    /// The faults in force during it.
    pub(crate) faults: String,
}

/// One run in detail.
pub(crate) fn of_run(view: &RunView<'_>) -> Numbers {
    let series = Series::of(view, view.end_s(), ROWS);
    let sites = crate::series::site_count(view);
    let mut columns: Vec<String> =
        ["ok/s", "failed/s", "in doubt/s"].iter().map(ToString::to_string).collect();
    columns.extend((0..sites).map(|site| format!("{} answered", view.site(site as u8))));
    columns.extend(["p50", "p99"].iter().map(ToString::to_string));
    let cells = |bucket: &Bucket| {
        let mut cells: Vec<String> =
            [bucket.ok, bucket.fail, bucket.info].iter().map(|n| rate(&series, *n)).collect();
        cells.extend(bucket.sites.iter().map(|site| share(site.of_one())));
        cells.extend([0.5, 0.99].iter().map(|q| span(bucket.quantile_ms(*q))));
        cells
    };
    Numbers {
        caption: "The same numbers as a table".to_owned(),
        columns,
        rows: rows(&series, &view.bands(), |index| cells(&series.buckets[index])),
    }
}

/// Several arms side by side, on one clock; `None` if there is none.
pub(crate) fn of_arms(arms: &[(String, &RunView<'_>)]) -> Option<Numbers> {
    let (_, first) = arms.first()?;
    let end_s = arms.iter().map(|(_, view)| view.end_s()).fold(0.1, f64::max);
    let of_arm = |(_, view): &(String, &RunView<'_>)| Series::of(view, end_s, ROWS / 2);
    let series: Vec<Series> = arms.iter().map(of_arm).collect();
    let mut columns = Vec::new();
    for number in ["ok/s", "answered", "p50", "p99"] {
        columns.extend(arms.iter().map(|(name, _)| format!("{name} {number}")));
    }
    let cells = |index: usize| {
        let buckets = || series.iter().map(|series| &series.buckets[index]);
        let mut cells: Vec<String> = series.iter().map(|s| rate(s, s.buckets[index].ok)).collect();
        cells.extend(buckets().map(|bucket| share(bucket.answered().of_one())));
        cells.extend(buckets().map(|bucket| span(bucket.quantile_ms(0.5))));
        cells.extend(buckets().map(|bucket| span(bucket.quantile_ms(0.99))));
        cells
    };
    let rows = rows(series.first()?, &first.bands(), cells);
    Some(Numbers { caption: "The same numbers as a table".to_owned(), columns, rows })
}

fn rows(series: &Series, bands: &[Band], cells: impl Fn(usize) -> Vec<String>) -> Vec<Row> {
    (0..series.buckets.len())
        .map(|index| {
            let from_s = index as f64 * series.width_s;
            let in_force = bands
                .iter()
                .filter(|band| band.from_s < from_s + series.width_s && band.to_s > from_s);
            let numbers: Vec<String> = in_force.map(|band| (band.fault + 1).to_string()).collect();
            let faults = if numbers.is_empty() { "–".to_owned() } else { numbers.join(", ") };
            Row { from: words::coarse_seconds(from_s), cells: cells(index), faults }
        })
        .collect()
}

fn rate(series: &Series, count: u64) -> String {
    words::count(series.per_second(count).round() as u64)
}

fn share(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), words::percent)
}

fn span(ms: Option<f64>) -> String {
    ms.map_or_else(|| "–".to_owned(), words::span_ms)
}
