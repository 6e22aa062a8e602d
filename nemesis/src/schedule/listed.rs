//! Schedules that somebody wrote down fault by fault.

use std::collections::BTreeSet;

use history::{Fault, FaultOutcome, FaultRecord, Topology};
use serde::{Deserialize, Serialize};

use super::{ScheduleError, Window, overlap};

/// One fault of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedFault {
    /// When it shall begin, in ms after the load begins.
    pub at_ms: u64,
    /// How long it shall last, in ms.
    pub for_ms: u64,
    /// What is done.
    pub fault: Fault,
}

/// Makes a schedule of a list, after checking that the cluster and the window can hold it. The list
/// need not be sorted. A cut may be shorter than the detection time here.
///
/// # Errors
/// The first fault that is impossible on this topology or in this window.
pub fn plan_listed(
    name: &str,
    faults: &[PlannedFault],
    topology: &Topology,
    window: &Window,
) -> Result<Vec<FaultRecord>, ScheduleError> {
    let mut faults = faults.to_vec();
    faults.sort_by_key(|planned| planned.at_ms);
    let schedule: Vec<FaultRecord> = faults
        .into_iter()
        .zip(0..)
        .map(|(planned, index)| FaultRecord {
            index,
            nemesis: name.to_owned(),
            fault: planned.fault,
            planned_at_ms: planned.at_ms,
            planned_for_ms: planned.for_ms,
            applied_ns: None,
            healed_ns: None,
            outcome: FaultOutcome::Planned,
            probes: Vec::new(),
        })
        .collect();
    for record in &schedule {
        check_fault(record, topology)?;
        let index = record.index;
        if record.planned_for_ms == 0 {
            return Err(ScheduleError::NoLength { index });
        }
        if !window.holds(record) {
            return Err(ScheduleError::OutlastsLoad { index, load_ms: window.load_ms });
        }
    }
    overlap::check(&schedule, topology)?;
    Ok(schedule)
}

fn check_fault(record: &FaultRecord, topology: &Topology) -> Result<(), ScheduleError> {
    let index = record.index;
    let (one, other): (&[u8], &[u8]) = match &record.fault {
        Fault::Partition { one, other, .. } => (one, other),
        Fault::Kill { node } | Fault::Pause { node } | Fault::ClockSkew { node, .. } => {
            (std::slice::from_ref(node), &[])
        }
    };
    if matches!(record.fault, Fault::Partition { .. }) && (one.is_empty() || other.is_empty()) {
        return Err(ScheduleError::EmptySide { index });
    }
    let mut seen = BTreeSet::new();
    for node in one.iter().chain(other).copied() {
        if usize::from(node) >= topology.nodes.len() {
            let last = topology.nodes.len().saturating_sub(1);
            return Err(ScheduleError::NoSuchNode { index, node, last });
        }
        if !seen.insert(node) {
            return Err(ScheduleError::NodeTwice { index, node });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use history::{ClientLinks, Direction, Interruption};

    use super::*;
    use crate::fixture::{stretch, window};

    fn cut(at_ms: u64, for_ms: u64, one: &[u8], other: &[u8]) -> PlannedFault {
        let fault = Fault::Partition {
            one: one.to_vec(),
            other: other.to_vec(),
            direction: Direction::Both,
            interruption: Interruption::Cut,
            clients: ClientLinks::Keep,
        };
        PlannedFault { at_ms, for_ms, fault }
    }

    fn listed(faults: &[PlannedFault]) -> Result<Vec<FaultRecord>, ScheduleError> {
        plan_listed("mine", faults, &stretch(), &window())
    }

    #[test]
    fn a_list_is_sorted_and_numbered() {
        let schedule = listed(&[cut(5000, 100, &[0], &[1]), cut(1000, 100, &[2], &[3])]).unwrap();
        let order: Vec<_> = schedule.iter().map(|r| (r.index, r.planned_at_ms)).collect();
        assert_eq!(order, [(0, 1000), (1, 5000)]);
        assert_eq!(schedule[0].nemesis, "mine");
    }

    #[test]
    fn impossible_faults_are_named() {
        let error = |faults: &[PlannedFault]| listed(faults).unwrap_err();
        assert_eq!(
            error(&[cut(0, 1, &[0], &[6])]),
            ScheduleError::NoSuchNode { index: 0, node: 6, last: 5 }
        );
        assert_eq!(error(&[cut(0, 1, &[0], &[])]), ScheduleError::EmptySide { index: 0 });
        assert_eq!(
            error(&[cut(0, 1, &[0, 1], &[1])]),
            ScheduleError::NodeTwice { index: 0, node: 1 }
        );
        assert_eq!(error(&[cut(0, 0, &[0], &[1])]), ScheduleError::NoLength { index: 0 });
        assert_eq!(
            error(&[cut(11_000, 1001, &[0], &[1])]),
            ScheduleError::OutlastsLoad { index: 0, load_ms: 12_000 }
        );
        let kill = |node| PlannedFault { at_ms: 0, for_ms: 9, fault: Fault::Kill { node } };
        assert_eq!(error(&[kill(9)]), ScheduleError::NoSuchNode { index: 0, node: 9, last: 5 });
    }

    #[test]
    fn faults_at_once_must_disturb_different_things() {
        assert!(listed(&[cut(0, 100, &[0], &[1]), cut(50, 100, &[2], &[3])]).is_ok());
        assert!(listed(&[cut(0, 100, &[0], &[1]), cut(100, 100, &[0], &[1])]).is_ok());
        let both = listed(&[cut(0, 100, &[0], &[1]), cut(99, 100, &[1], &[0])]);
        assert!(
            matches!(both, Err(ScheduleError::Overlap { first: 0, second: 1, .. })),
            "{both:?}"
        );
        let pause = PlannedFault { at_ms: 10, for_ms: 9, fault: Fault::Pause { node: 1 } };
        let touched = listed(&[cut(0, 100, &[0], &[1]), pause.clone()]);
        assert!(matches!(touched, Err(ScheduleError::Overlap { .. })), "{touched:?}");
        let twice = listed(&[pause.clone(), pause]);
        assert!(matches!(twice, Err(ScheduleError::Overlap { .. })), "{twice:?}");
        let skew = |node| PlannedFault {
            at_ms: 0,
            for_ms: 100,
            fault: Fault::ClockSkew { node, offset_ms: -5000 },
        };
        assert!(listed(&[skew(0), skew(1), cut(0, 100, &[0], &[1])]).is_ok());
        assert!(matches!(listed(&[skew(0), skew(0)]), Err(ScheduleError::Overlap { .. })));
    }

    #[test]
    fn a_list_is_read_from_a_file_as_it_is_written() {
        let text = r#"{"at_ms": 500, "for_ms": 2000, "fault": {"kind": "kill", "node": 3}}"#;
        let planned: PlannedFault = serde_json::from_str(text).unwrap();
        assert_eq!(planned.fault, Fault::Kill { node: 3 });
    }
}
