//! The swim-lane picture: time runs downwards, a lane per process, a box per operation from its
//! invocation to its completion.
//!
//! Operations of microseconds lie seconds apart, so time is not drawn to scale: each moment that
//! matters gets a line of its own, in order, with its true time beside it.

use std::collections::BTreeMap;

use askama::Template;
use history::{Operation, Outcome, ProcessId};

use crate::view::{Band, RunView};
use crate::words;

/// The picture, laid out.
#[derive(Debug, Template)]
#[template(path = "lanes.svg")]
pub(crate) struct Lanes {
    id: String,
    description: String,
    width: i32,
    height: i32,
    /// Where the column of times ends.
    times_x: i32,
    lanes: Vec<Lane>,
    moments: Vec<Moment>,
    bands: Vec<Shade>,
    boxes: Vec<OperationBox>,
}

/// A process.
#[derive(Debug)]
struct Lane {
    process: u32,
    place: String,
    x: i32,
    width: i32,
}

/// A moment at which something begins or ends.
#[derive(Debug)]
struct Moment {
    y: i32,
    label: String,
    /// How long nothing happened before it, where that is long.
    pause: Option<String>,
}

/// The window of a fault.
#[derive(Debug)]
struct Shade {
    y: i32,
    height: i32,
    label: String,
}

/// An operation.
#[derive(Debug)]
struct OperationBox {
    x: i32,
    y: i32,
    width: i32,
    height: i32,
    class: &'static str,
    offending: bool,
    /// Down to where it may still take effect, if its outcome is unknown.
    doubt_to: Option<i32>,
    call: String,
    result: String,
    /// All of it, for a pointer that rests on the box.
    title: String,
}

/// The widest text of a box, in characters; what is longer stands in the table.
const MOST_CHARACTERS: usize = 26;
const CHARACTER: i32 = 8;
/// Room for `12.3456 s`, right-aligned.
const TIME_COLUMN: i32 = 80;
/// Room for `fault 12` left of the times, where a fault overlaps the evidence.
const FAULT_COLUMN: i32 = 62;
const HEADER: i32 = 46;
const LEAST_BOX: i32 = 44;
/// Bands that a picture names; more would only repeat each other.
const MOST_BANDS: usize = 3;
/// A span without events that is worth saying, in ns.
const PAUSE_NS: u64 = 200_000_000;

impl Lanes {
    /// Lays out operations (with their positions in the evidence).
    pub(crate) fn of(
        view: &RunView<'_>,
        bands: &[Band],
        operations: &[(usize, &Operation)],
        offending: Option<usize>,
        id: &str,
    ) -> Self {
        let windows = windows(view, bands, operations);
        let times_x = TIME_COLUMN + if windows.is_empty() { 0 } else { FAULT_COLUMN };
        let lanes = lanes(view, operations, times_x + 8);
        let width = lanes.last().map_or(times_x, |lane| lane.x + lane.width) + 8;
        let rows = rows(operations, &windows);
        let bottom = rows.values().last().copied().unwrap_or(HEADER) + 18;
        let boxes = operations
            .iter()
            .map(|(index, operation)| {
                let lane = lanes.iter().find(|lane| lane.process == operation.process.0);
                let (x, width) = lane.map_or((times_x, 0), |lane| (lane.x, lane.width));
                operation_box(operation, &rows, (x, width), bottom, offending == Some(*index))
            })
            .collect();
        let shades = windows.iter().map(|(label, from, to)| {
            let (y, end) = (rows[from], rows[to]);
            Shade { y, height: end - y, label: label.clone() }
        });
        Self {
            id: id.to_owned(),
            description: description(operations, offending),
            width,
            height: bottom + 8,
            times_x,
            moments: moments(view, &rows),
            bands: shades.collect(),
            lanes,
            boxes,
        }
    }

    /// The SVG element.
    pub(crate) fn draw(&self) -> String {
        self.render().unwrap_or_else(|error| format!("<p>no picture: {error}</p>"))
    }

    fn header(&self) -> i32 {
        HEADER
    }
}

fn lanes(view: &RunView<'_>, operations: &[(usize, &Operation)], mut x: i32) -> Vec<Lane> {
    let mut widths: BTreeMap<ProcessId, (String, usize)> = BTreeMap::new();
    for (_, operation) in operations {
        let place = match operation.route {
            history::Route::Map => view.site(operation.site.0),
            route => {
                let route = words::route(route, &view.manifest.cluster.topology);
                format!("{}, {route}", view.site(operation.site.0))
            }
        };
        let place = shortened(&place);
        let text =
            words::call(&operation.call).chars().count().max(result(operation).chars().count() + 2);
        let least = text.min(MOST_CHARACTERS).max(place.chars().count());
        let lane = widths.entry(operation.process).or_insert((place, 0));
        lane.1 = lane.1.max(least);
    }
    widths
        .into_iter()
        .map(|(process, (place, characters))| {
            let width = (characters as i32 * CHARACTER + 16).max(104);
            let lane = Lane { process: process.0, place, x: x + 6, width };
            x += width + 12;
            lane
        })
        .collect()
}

/// The windows of faults worth drawing: those that overlap the evidence, clipped to it.
fn windows(
    view: &RunView<'_>,
    bands: &[Band],
    operations: &[(usize, &Operation)],
) -> Vec<(String, u64, u64)> {
    let first = operations.iter().map(|(_, o)| o.invoked_ns).min().unwrap_or(0);
    let last = operations.iter().map(|(_, o)| o.completed_ns.unwrap_or(o.invoked_ns)).max();
    let last = last.unwrap_or(first);
    let ns = |seconds: f64| {
        let origin_s = view.seconds(0);
        ((seconds - origin_s) * 1e9).round().max(0.0) as u64
    };
    let overlapping = bands.iter().filter_map(|band| {
        let (from, to) = (ns(band.from_s).max(first), ns(band.to_s).min(last));
        (from < to).then(|| (format!("fault {}", band.fault + 1), from, to))
    });
    let mut windows: Vec<(String, u64, u64)> = overlapping.collect();
    if windows.len() > MOST_BANDS {
        let touched = |(_, from, to): &(String, u64, u64)| {
            operations
                .iter()
                .any(|(_, o)| o.invoked_ns <= *to && o.completed_ns.unwrap_or(u64::MAX) >= *from)
        };
        windows.retain(touched);
        windows.truncate(MOST_BANDS);
    }
    windows
}

/// Where each moment lies, from the top. A box is at least as high as its text.
fn rows(operations: &[(usize, &Operation)], windows: &[(String, u64, u64)]) -> BTreeMap<u64, i32> {
    let mut moments: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (_, operation) in operations {
        moments.entry(operation.invoked_ns).or_default();
        if let Some(completed_ns) = operation.completed_ns {
            moments.entry(completed_ns).or_default().push(operation.invoked_ns);
        }
    }
    for (_, from, to) in windows {
        moments.entry(*from).or_default();
        moments.entry(*to).or_default();
    }
    let mut rows = BTreeMap::new();
    let mut before: Option<(u64, i32)> = None;
    for (at, ended) in moments {
        let apart = match before {
            None => HEADER + 22,
            Some((earlier, y)) => y + if at - earlier >= PAUSE_NS { 38 } else { 22 },
        };
        let below_text =
            ended.iter().filter_map(|invoked| rows.get(invoked)).map(|y| y + LEAST_BOX);
        let y = below_text.fold(apart, i32::max);
        rows.insert(at, y);
        before = Some((at, y));
    }
    // An operation that never completed still needs room for its text.
    if let Some(open) = operations
        .iter()
        .filter(|(_, o)| o.completed_ns.is_none())
        .map(|(_, o)| rows[&o.invoked_ns])
        .max()
        && let Some((last, y)) = before
        && y < open + LEAST_BOX
    {
        rows.insert(last + 1, open + LEAST_BOX);
    }
    rows
}

fn moments(view: &RunView<'_>, rows: &BTreeMap<u64, i32>) -> Vec<Moment> {
    let mut before: Option<u64> = None;
    rows.iter()
        .map(|(at, y)| {
            let apart = before.map_or(0, |earlier| at - earlier);
            before = Some(*at);
            let pause =
                (apart >= PAUSE_NS).then(|| format!("⋮ {}", words::span_ms(apart as f64 / 1e6)));
            Moment { y: *y, label: words::seconds(view.seconds(*at)), pause }
        })
        .collect()
}

fn operation_box(
    operation: &Operation,
    rows: &BTreeMap<u64, i32>,
    (x, width): (i32, i32),
    bottom: i32,
    offending: bool,
) -> OperationBox {
    let y = rows[&operation.invoked_ns];
    let end = operation.completed_ns.map_or(bottom, |completed_ns| rows[&completed_ns]);
    let in_doubt = operation.outcome == Outcome::Info;
    let class = match operation.outcome {
        Outcome::Ok => "ok",
        Outcome::Fail => "fail",
        Outcome::Info => "info",
    };
    let call = words::call(&operation.call);
    let mark = if offending { "✘ " } else { "" };
    OperationBox {
        x,
        y,
        width,
        height: (end - y).max(LEAST_BOX),
        class,
        offending,
        doubt_to: (in_doubt && end < bottom).then_some(bottom),
        title: format!("operation {}: {call}, {}", operation.id.0, words::result(operation)),
        call: shortened(&format!("{mark}{call}")),
        result: shortened(&result(operation)),
    }
}

/// What came back, with the generation.
fn result(operation: &Operation) -> String {
    let result = words::result(operation);
    match operation.generation {
        Some(generation) => format!("{result} · gen {generation}"),
        None => result,
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= MOST_CHARACTERS {
        return text.to_owned();
    }
    text.chars().take(MOST_CHARACTERS - 1).chain(['…']).collect()
}

fn description(operations: &[(usize, &Operation)], offending: Option<usize>) -> String {
    let said = operations.iter().map(|(index, operation)| {
        let shows = if offending == Some(*index) { " (here the violation shows)" } else { "" };
        let process = operation.process.0;
        let call = words::call(&operation.call);
        format!("process {process}: {call}, {}{shows}", words::result(operation))
    });
    format!("In the order of their invocation: {}.", said.collect::<Vec<_>>().join("; "))
}
