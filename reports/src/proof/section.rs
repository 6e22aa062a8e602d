//! One anomaly as a section of a page.

use askama::Template;
use history::{Anomaly, Operation};

use super::lanes::Lanes;
use crate::view::{Band, RunView};
use crate::words;

/// Operations that a picture shows; the table beside it holds them all.
const MOST_DRAWN: usize = 12;

/// One anomaly with its evidence.
#[derive(Debug, Template)]
#[template(path = "proof.html")]
pub(crate) struct Proof {
    /// Its anchor.
    pub(crate) id: String,
    /// Its heading.
    pub(crate) heading: String,
    /// The claim.
    pub(crate) claim: String,
    /// Key, time, staleness, fault: name and fact.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// The picture, if there is an operation to draw.
    pub(crate) picture: Option<String>,
    /// What the picture leaves out.
    pub(crate) left_out: usize,
    /// The same as a table.
    pub(crate) steps: Vec<Step>,
}

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Step {
    /// Whether the violation shows here.
    pub(crate) offending: bool,
    /// The operation's id.
    pub(crate) operation: u64,
    /// Who asked.
    pub(crate) process: u32,
    /// Where it lives.
    pub(crate) site: String,
    /// How it reached the record.
    pub(crate) route: String,
    /// What it asked.
    pub(crate) call: String,
    /// What came back.
    pub(crate) result: String,
    /// Generations required and shown.
    pub(crate) generation: String,
    /// The result code.
    pub(crate) code: i16,
    /// When it began.
    pub(crate) invoked: String,
    /// When it ended.
    pub(crate) completed: String,
}

impl Proof {
    /// The section of an anomaly under an anchor.
    pub(crate) fn of(
        view: &RunView<'_>,
        bands: &[Band],
        anomaly: &Anomaly,
        id: String,
        heading: String,
    ) -> Self {
        let offending = offending(anomaly);
        let drawn = drawn(&anomaly.operations, offending);
        let picture =
            (!drawn.is_empty()).then(|| Lanes::of(view, bands, &drawn, offending, &id).draw());
        Self {
            heading,
            claim: anomaly.claim.clone(),
            facts: facts(view, anomaly),
            left_out: anomaly.operations.len() - drawn.len(),
            picture,
            steps: anomaly
                .operations
                .iter()
                .enumerate()
                .map(|(index, operation)| Step::of(view, operation, offending == Some(index)))
                .collect(),
            id,
        }
    }
}

impl Step {
    fn of(view: &RunView<'_>, operation: &Operation, offending: bool) -> Self {
        let topology = &view.manifest.cluster.topology;
        let completed = operation.completed_ns.map(|ns| words::seconds(view.seconds(ns)));
        Self {
            offending,
            operation: operation.id.0,
            process: operation.process.0,
            site: words::site(topology, operation.site.0),
            route: words::route(operation.route, topology),
            call: words::call(&operation.call),
            result: words::result(operation),
            generation: words::generation(operation),
            code: operation.code,
            invoked: words::seconds(view.seconds(operation.invoked_ns)),
            completed: completed.unwrap_or_else(|| "never".to_owned()),
        }
    }
}

/// The operation that completes the violation: the one that ended when the violation was complete,
/// else the last read, else the last operation.
fn offending(anomaly: &Anomaly) -> Option<usize> {
    let operations = &anomaly.operations;
    let at_its_end = operations.iter().rposition(|o| o.completed_ns == Some(anomaly.at_ns));
    let last_read = || operations.iter().rposition(|o| !o.call.is_write());
    at_its_end.or_else(last_read).or(operations.len().checked_sub(1))
}

/// At most a dozen operations with their positions: the first ones and the last ones, and always
/// the offending one.
fn drawn(operations: &[Operation], offending: Option<usize>) -> Vec<(usize, &Operation)> {
    let all: Vec<(usize, &Operation)> = operations.iter().enumerate().collect();
    if all.len() <= MOST_DRAWN {
        return all;
    }
    let head = MOST_DRAWN / 2;
    let tail = all.len() - (MOST_DRAWN - head);
    let mut kept: Vec<usize> = (0..head).chain(tail..all.len()).collect();
    if let Some(offending) = offending.filter(|index| !kept.contains(index)) {
        kept[head] = offending;
    }
    kept.sort_unstable();
    kept.into_iter().map(|index| all[index]).collect()
}

fn facts(view: &RunView<'_>, anomaly: &Anomaly) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Record", format!("key {}", anomaly.key.0)),
        ("Complete at", words::seconds(view.seconds(anomaly.at_ns))),
    ];
    if let Some(stale_ns) = anomaly.stale_ns {
        facts.push(("Stale by", words::span_ms(stale_ns as f64 / 1e6)));
    }
    if let Some(versions) = anomaly.stale_versions {
        facts.push(("Versions behind", words::count(versions)));
    }
    if let Some(index) = anomaly.fault {
        let record = view.fault_records().into_iter().find(|record| record.index == index);
        let words = record.map_or_else(String::new, |record| {
            format!(": {}", words::fault(&record.fault, &view.manifest.cluster.topology))
        });
        facts.push(("Explained by", format!("fault {}{words}", index + 1)));
    }
    facts
}

#[cfg(test)]
mod tests {
    use history::{
        AnomalyClass, Call, Key, OperationId, Outcome, ProcessId, Returned, Route, SiteIndex,
    };

    use super::*;

    fn anomaly(count: u64, at_ns: u64) -> Anomaly {
        let operation = |id: u64| Operation {
            id: OperationId(id),
            process: ProcessId(0),
            site: SiteIndex(0),
            route: Route::Map,
            key: Key(1),
            call: if id == 1 { Call::Read } else { Call::Write { value: id } },
            invoked_ns: id * 10,
            completed_ns: Some(id * 10 + 5),
            outcome: Outcome::Ok,
            returned: Returned::Nothing,
            generation: None,
            code: 0,
        };
        Anomaly {
            class: AnomalyClass::LostWrite,
            key: Key(1),
            claim: String::new(),
            operations: (0..count).map(operation).collect(),
            at_ns,
            stale_ns: None,
            stale_versions: None,
            fault: None,
        }
    }

    #[test]
    fn the_offending_operation_ends_with_the_violation() {
        assert_eq!(offending(&anomaly(4, 25)), Some(2));
        assert_eq!(offending(&anomaly(4, 7)), Some(1), "else the last read");
        assert_eq!(offending(&anomaly(0, 7)), None);
    }

    #[test]
    fn a_picture_holds_a_dozen_and_the_offending_one() {
        let anomaly = anomaly(40, 155);
        let kept: Vec<usize> =
            drawn(&anomaly.operations, Some(15)).iter().map(|(i, _)| *i).collect();
        assert_eq!(kept, [0, 1, 2, 3, 4, 5, 15, 35, 36, 37, 38, 39]);
    }
}
