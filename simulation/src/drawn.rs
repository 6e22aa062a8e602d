//! The nights that a seed draws.

use history::{ClientLinks, ConflictResolution, Direction, Fault, Interruption, Mode, Workload};
use nemesis::schedule::PlannedFault;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use crate::cluster::AT_SITE;
use crate::{Limit, Night, schedule};

/// The random stream of what nights are like.
const STREAM: u64 = 0x736b_7900;
/// How many faults a night has at least.
const FAULTS: usize = 3;
/// After how long without faults copies are whole again, in ms.
const CALM_MS: u64 = 4000;
const WORKLOADS: [Workload; 5] = [
    Workload::Register,
    Workload::CasRegister,
    Workload::Counter,
    Workload::Set,
    Workload::Sightings,
];

/// What is asked of a drawn night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sky {
    /// Strong consistency or availability.
    pub mode: Mode,
    /// The workload, if it is not to be drawn.
    pub workload: Option<Workload>,
    /// The night leaves one of the documented limits.
    pub beyond_limits: bool,
}

/// The night of a seed: about 4,000 operations under three faults or more. Half of the nights under
/// strong consistency, and all under availability, see the sites apart for six seconds or more.
/// Second of the result: the limit that it leaves, if it shall.
#[must_use]
pub fn drawn(seed: u64, sky: &Sky) -> (Night, Option<Limit>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(STREAM);
    let drawn_workload = *WORKLOADS.choose(&mut random).unwrap_or(&Workload::Register);
    let mut night = Night {
        mode: sky.mode,
        workload: sky.workload.unwrap_or(drawn_workload),
        conflict_resolution: ConflictResolution::Generation,
        round_trip_us: *[500, 2000, 10_000].choose(&mut random).unwrap_or(&2000),
        disorder: random.random_bool(0.5),
        processes: 30,
        pinned: random.random_range(0..5),
        keys: random.random_range(12..40),
        // What is lost shows if it is not written over.
        writes_per_key: if sky.mode == Mode::Ap { 20 } else { 0 },
        think_us: 50_000,
        load_ms: 14_000,
        ..Night::new(seed)
    };
    // Where the later update wins, a register that was written on both sides loses nothing.
    if matches!(night.workload, Workload::Counter | Workload::Set) && random.random_bool(0.5) {
        night.conflict_resolution = ConflictResolution::LastUpdateTime;
    }
    let detection_ms = night.detection_ms();
    let storm = schedule::draw_schedule(seed, night.load_ms, detection_ms);
    let mut faults: Vec<PlannedFault> = storm
        .into_iter()
        .map(|record| PlannedFault {
            at_ms: record.planned_at_ms,
            for_ms: record.planned_for_ms,
            fault: record.fault,
        })
        .collect();
    let long_cut = sky.mode == Mode::Ap || random.random_bool(0.5);
    if long_cut {
        let at_ms = random.random_range(1000..5000);
        // The long cut comes instead of whatever else would have parted the nodes meanwhile.
        let for_ms = random.random_range(6000..7500);
        faults.retain(|fault| fault.at_ms + fault.for_ms < at_ms || fault.at_ms > at_ms + for_ms);
        faults.push(PlannedFault { at_ms, for_ms, fault: sites_apart(&mut random) });
    }
    let limit = sky.beyond_limits.then(|| Limit::draw(&mut random));
    faults.extend(limit.into_iter().flat_map(|limit| limit.faults(&night, &mut random)));
    let wipes = !long_cut && !sky.beyond_limits && random.random_bool(0.4);
    if wipes {
        // A node may lose its data only while the other copies are whole: when all is calm again.
        let at_ms = night.load_ms - 1500;
        faults.retain(|fault| fault.at_ms + fault.for_ms + CALM_MS < at_ms);
        let fault = Fault::Kill { node: random.random_range(0..6) };
        faults.push(PlannedFault { at_ms, for_ms: 1000, fault });
    }
    while faults.len() < FAULTS {
        let at_ms = random.random_range(500..night.load_ms - 8000);
        let for_ms = random.random_range(detection_ms / 4..detection_ms);
        let fault = Fault::Pause { node: random.random_range(0..6) };
        faults.push(PlannedFault { at_ms, for_ms, fault });
    }
    night.schedule = schedule::records("storm", faults);
    "storm".clone_into(&mut night.nemesis);
    let kills = |record: &&history::FaultRecord| matches!(record.fault, Fault::Kill { .. });
    let mut killed = night.schedule.iter().filter(kills).map(|record| record.index);
    night.wipes = match limit {
        Some(Limit::StorageLost) => killed.collect(),
        None if wipes => killed.next_back().into_iter().collect(),
        _ => Vec::new(),
    };
    (night, limit)
}

fn sites_apart(random: &mut ChaCha8Rng) -> Fault {
    Fault::Partition {
        one: AT_SITE[0].to_vec(),
        other: AT_SITE[1].to_vec(),
        direction: Direction::Both,
        interruption: Interruption::Cut,
        clients: if random.random_bool(0.7) { ClientLinks::Cut } else { ClientLinks::Keep },
    }
}
