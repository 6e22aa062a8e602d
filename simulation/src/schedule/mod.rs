//! Schedules: those of the nemeses, and some that only virtual time can afford.

mod close;
mod pairs;
mod storm;

use history::{ClientLinks, FaultRecord};
use nemesis::schedule::{PlannedFault, ScheduleError, Window};

use crate::Night;
use crate::cluster::stretch;

pub use storm::draw_schedule;

/// The names that nights know besides those of the nemeses.
///
/// | name | what it does |
/// | --- | --- |
/// | `storm` | cuts of every kind, kills, pauses and clocks that are off, which overlap |
/// | `pause-node` | stops a node in its tracks for longer than the others need to notice |
/// | `isolate-in-turn` | isolates one node, and as soon as that is over two others |
/// | `return-then-isolate` | isolates one node, and another as soon as the first is being filled again |
/// | `brief-cut-then-isolate-another` | cuts one node off for less than the detection time, then isolates another |
/// | `skew-then-isolate` | sets a node's clock back, and isolates that node while it shows a time that has been |
/// | `cut-restart-isolate` | kills a node during a brief cut, restarts it, leaves time to read, and isolates it |
/// | `wipe-node` | kills a node, which returns without its data before others notice |
/// | `majorities-in-turn` | lets three of five nodes go on, and then one of them with the other two |
/// | `isolate-pair` | isolates two nodes of a site |
/// | `pause-pair` | stops two nodes of a site for longer than the others need to notice |
/// | `deafen-pair` | lets two nodes of a site be heard, and hear nothing |
/// | `return-then-isolate-pair` | isolates two nodes of a site, and two others as soon as those are being filled again |
/// | `part-then-isolate-pair` | parts the sites for less than the detection time, then isolates two nodes of one |
/// | `part-restart-isolate-pair` | the same, and restarts the two while the sites are apart |
/// | `fill-in-pieces` | isolates two nodes of a site, and loses every batch by which they are filled again once |
pub const NEMESES: &[&str] = &[
    "storm",
    "pause-node",
    "isolate-in-turn",
    "return-then-isolate",
    "brief-cut-then-isolate-another",
    "skew-then-isolate",
    "cut-restart-isolate",
    "wipe-node",
    "majorities-in-turn",
    "isolate-pair",
    "pause-pair",
    "deafen-pair",
    "return-then-isolate-pair",
    "part-then-isolate-pair",
    "part-restart-isolate-pair",
    "fill-in-pieces",
];

/// Plans a night's faults by the name of a nemesis, with `quiet_ms` before, between and after them.
///
/// # Errors
/// A nemesis that nobody knows, or a load that is too short for it.
pub(crate) fn plan(
    night: &mut Night,
    name: &str,
    clients: Option<ClientLinks>,
    quiet_ms: u64,
) -> Result<(), ScheduleError> {
    let detection_ms = night.detection_ms();
    let window = Window {
        load_ms: night.load_ms,
        quiet_before_ms: quiet_ms,
        quiet_after_ms: quiet_ms,
        quiet_between_ms: quiet_ms,
        cut_ms: (4 * detection_ms).clamp(3000, 4000),
        detection_ms,
        clients,
    };
    let listed = match name {
        "storm" => Some(storm::draw(night.seed, night.load_ms, detection_ms)),
        _ => close::listed(name, night.seed, &window),
    };
    night.schedule = match listed {
        None => nemesis::schedule::plan(name, &stretch(), night.seed, &window)?,
        Some(faults) => {
            if name == "wipe-node" {
                night.wipes = (0..faults.len() as u32).collect();
            }
            records(name, faults)
        }
    };
    name.clone_into(&mut night.nemesis);
    Ok(())
}

/// Numbers faults in the order of their beginnings.
pub(crate) fn records(nemesis: &str, mut faults: Vec<PlannedFault>) -> Vec<FaultRecord> {
    faults.sort_by_key(|planned| planned.at_ms);
    faults
        .into_iter()
        .zip(0..)
        .map(|(planned, index)| FaultRecord {
            index,
            nemesis: nemesis.to_owned(),
            fault: planned.fault,
            planned_at_ms: planned.at_ms,
            planned_for_ms: planned.for_ms,
            applied_ns: None,
            healed_ns: None,
            outcome: history::FaultOutcome::Planned,
            probes: Vec::new(),
        })
        .collect()
}
