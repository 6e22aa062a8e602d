//! Whether two faults that are in force at once could be told apart by probes.

use std::collections::BTreeSet;

use history::{End, Fault, FaultRecord, Topology};

use super::{ScheduleError, links};

/// Checks that faults which overlap in time disturb different things.
///
/// # Errors
/// The first two that do not.
pub(super) fn check(schedule: &[FaultRecord], topology: &Topology) -> Result<(), ScheduleError> {
    for (position, first) in schedule.iter().enumerate() {
        for second in &schedule[position + 1..] {
            if !overlap_in_time(first, second) {
                continue;
            }
            if let Some(what) = shared(&first.fault, &second.fault, topology) {
                let (first, second) = (first.index, second.index);
                return Err(ScheduleError::Overlap { first, second, what });
            }
        }
    }
    Ok(())
}

fn overlap_in_time(a: &FaultRecord, b: &FaultRecord) -> bool {
    let end_ms = |record: &FaultRecord| record.planned_at_ms.saturating_add(record.planned_for_ms);
    a.planned_at_ms < end_ms(b) && b.planned_at_ms < end_ms(a)
}

/// What both faults disturb, in words.
fn shared(a: &Fault, b: &Fault, topology: &Topology) -> Option<String> {
    let a_links: BTreeSet<_> = links(a, topology).into_iter().collect();
    let b_links: BTreeSet<_> = links(b, topology).into_iter().collect();
    if let Some(link) = a_links.intersection(&b_links).next() {
        return Some(format!("the link {link}"));
    }
    match (process(a), process(b)) {
        (Some(x), Some(y)) if x == y => return Some(format!("node {x}")),
        (Some(x), None) if touches(&b_links, x) => return Some(format!("node {x}")),
        (None, Some(y)) if touches(&a_links, y) => return Some(format!("node {y}")),
        _ => {}
    }
    match (a, b) {
        (Fault::ClockSkew { node: x, .. }, Fault::ClockSkew { node: y, .. }) if x == y => {
            Some(format!("the clock of node {x}"))
        }
        _ => None,
    }
}

/// The node whose process the fault stops.
fn process(fault: &Fault) -> Option<u8> {
    match fault {
        Fault::Kill { node } | Fault::Pause { node } => Some(*node),
        Fault::Partition { .. } | Fault::ClockSkew { .. } => None,
    }
}

fn touches(links: &BTreeSet<history::Link>, node: u8) -> bool {
    links.iter().any(|link| [link.from, link.to].contains(&End::Node(node)))
}
