//! Faults of a schedule, done to an emulated cluster.

use std::collections::BTreeMap;

use crate::Night;
use emulator::world::{self, Channels, InterruptionId, World};
use history::{End, Fault, FaultOutcome, FaultRecord, Interruption, Link, Topology};

/// The faults of a night and their state.
#[derive(Debug)]
pub(crate) struct Faults {
    pub(crate) records: Vec<FaultRecord>,
    in_force: BTreeMap<u32, Option<InterruptionId>>,
    /// The kills after which the node returns without its data.
    wipes: Vec<u32>,
}

impl Faults {
    pub(crate) fn new(night: &Night) -> Self {
        Self {
            records: night.schedule.clone(),
            in_force: BTreeMap::new(),
            wipes: night.wipes.clone(),
        }
    }

    /// Whether all are over.
    pub(crate) fn are_healed(&self) -> bool {
        self.records.iter().all(|record| record.outcome == FaultOutcome::Healed)
    }

    /// Puts a fault in force.
    pub(crate) fn apply(&mut self, index: usize, world: &mut World, topology: &Topology) {
        let Some(record) = self.records.get_mut(index) else { return };
        let interruption = match &record.fault {
            Fault::Partition { interruption, .. } => {
                let links = nemesis::schedule::links(&record.fault, topology);
                let links: Vec<world::Link> = links.into_iter().map(link).collect();
                let kind = match interruption {
                    Interruption::Cut => world::Interruption::Cut,
                    Interruption::Stall => world::Interruption::Stall,
                    Interruption::Close => world::Interruption::Close,
                };
                world.interrupt(&links, Channels::ALL, kind).ok()
            }
            Fault::Kill { node } => {
                world.kill(*node);
                None
            }
            Fault::Pause { node } => {
                world.pause(*node);
                None
            }
            Fault::ClockSkew { node, offset_ms } => {
                world.set_clock_offset(*node, *offset_ms);
                None
            }
        };
        record.applied_ns = Some(world.now_ns());
        record.outcome = FaultOutcome::Applied;
        self.in_force.insert(record.index, interruption);
    }

    /// Lifts a fault.
    pub(crate) fn heal(&mut self, index: usize, world: &mut World) {
        let Some(record) = self.records.get_mut(index) else { return };
        let Some(interruption) = self.in_force.remove(&record.index) else { return };
        match &record.fault {
            Fault::Partition { .. } => {
                let restored = interruption.map(|id| world.restore(id));
                debug_assert!(restored.is_none_or(|restored| restored.is_ok()));
            }
            Fault::Kill { node } => world.start(*node, !self.wipes.contains(&record.index)),
            Fault::Pause { node } => world.resume(*node),
            Fault::ClockSkew { node, .. } => world.set_clock_offset(*node, 0),
        }
        record.healed_ns = Some(world.now_ns());
        record.outcome = FaultOutcome::Healed;
    }
}

fn link(link: Link) -> world::Link {
    let end = |end| match end {
        End::Node(node) => world::End::Node(node),
        End::Site(site) => world::End::Site(site),
    };
    world::Link { from: end(link.from), to: end(link.to) }
}
