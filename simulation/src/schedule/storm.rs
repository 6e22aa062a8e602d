//! Seeded schedules that are wilder than the nemeses': overlapping cuts, kills, pauses and clocks
//! that are off.

use history::{ClientLinks, Direction, Fault, FaultRecord, Interruption};
use nemesis::schedule::PlannedFault;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::cluster::{AT_SITE, NODES};

/// The random stream of schedules.
const STREAM: u64 = 0x7374_6f72;
/// How far a clock is off at most, in ms: two such clocks do not stop writes yet.
const SKEW_MS: i64 = 2500;

/// Draws faults for a load of `load_ms`: some too short to be noticed, some overlapping.
#[must_use]
pub fn draw_schedule(seed: u64, load_ms: u64, detection_ms: u64) -> Vec<FaultRecord> {
    super::records("storm", draw(seed, load_ms, detection_ms))
}

/// See [`draw_schedule`].
pub(super) fn draw(seed: u64, load_ms: u64, detection_ms: u64) -> Vec<PlannedFault> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(STREAM);
    let mut faults = Vec::new();
    let mut at_ms = 500;
    while at_ms + 4 * detection_ms < load_ms {
        let for_ms = if random.random_bool(0.4) {
            random.random_range(detection_ms / 8..detection_ms)
        } else {
            random.random_range(detection_ms..detection_ms * 4)
        };
        faults.push(PlannedFault { at_ms, for_ms, fault: draw_fault(&mut random) });
        // Half of the faults begin before the last one is healed.
        let pause_ms = random.random_range(0..detection_ms * 3);
        at_ms += if random.random_bool(0.5) { for_ms + pause_ms } else { pause_ms + 1 };
    }
    faults
}

fn draw_fault(random: &mut ChaCha8Rng) -> Fault {
    let node = random.random_range(0..NODES);
    match random.random_range(0..12) {
        0 => return Fault::Kill { node },
        1 => return Fault::Pause { node },
        2 => {
            let offset_ms = random.random_range(-SKEW_MS..=SKEW_MS);
            return Fault::ClockSkew { node, offset_ms };
        }
        _ => {}
    }
    let mut nodes: Vec<u8> = (0..NODES).collect();
    for last in (1..nodes.len()).rev() {
        nodes.swap(last, random.random_range(0..=last));
    }
    let (one, other) = match random.random_range(0..4) {
        0 => (AT_SITE[0].to_vec(), AT_SITE[1].to_vec()),
        1 => (nodes[..1].to_vec(), nodes[1..].to_vec()),
        2 => (nodes[..2].to_vec(), nodes[2..].to_vec()),
        _ => (nodes[..3].to_vec(), nodes[3..].to_vec()),
    };
    let direction = if random.random_bool(0.2) { Direction::OneToOther } else { Direction::Both };
    let interruption = match random.random_range(0..4) {
        0 => Interruption::Stall,
        1 => Interruption::Close,
        _ => Interruption::Cut,
    };
    let clients = if random.random_bool(0.3) { ClientLinks::Cut } else { ClientLinks::Keep };
    Fault::Partition { one, other, direction, interruption, clients }
}
