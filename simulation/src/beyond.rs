//! The documented limits, and faults that leave them.

use history::Fault;
use nemesis::schedule::PlannedFault;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::Night;
use crate::cluster::NODES;

/// A limit within which strong consistency promises what it promises. The vendor states 27 s with
/// heartbeats of 150 ms, ten of which may be missing; that is fifteen quantum intervals, which
/// nights with faster heartbeats keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// A process stood still for longer than the limit.
    Pause,
    /// Clocks were further apart than the limit.
    ClockSkew,
    /// As many nodes as there are copies lost their storage.
    StorageLost,
}

impl Limit {
    /// Its name, in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pause => "a process that stands still for more than 15 quantum intervals (27 s)",
            Self::ClockSkew => "clocks more than 15 quantum intervals (27 s) apart",
            Self::StorageLost => "as many nodes as copies that lose their storage",
        }
    }

    pub(crate) fn draw(random: &mut ChaCha8Rng) -> Self {
        match random.random_range(0..3) {
            0 => Self::Pause,
            1 => Self::ClockSkew,
            _ => Self::StorageLost,
        }
    }

    /// The faults that leave it.
    pub(crate) fn faults(self, night: &Night, random: &mut ChaCha8Rng) -> Vec<PlannedFault> {
        let node = random.random_range(0..NODES);
        // Node timeout, and two intervals and latencies more.
        let quantum_ms = night.detection_ms() + 2 * u64::from(night.heartbeat.interval_ms + 5);
        let beyond_ms = 16 * quantum_ms;
        let (at_ms, for_ms) = (2000, beyond_ms);
        match self {
            Self::Pause => vec![PlannedFault { at_ms, for_ms, fault: Fault::Pause { node } }],
            Self::ClockSkew => {
                let offset_ms = beyond_ms as i64;
                let offset_ms = if random.random_bool(0.5) { offset_ms } else { -offset_ms };
                let fault = Fault::ClockSkew { node, offset_ms };
                vec![PlannedFault { at_ms, for_ms: 8000, fault }]
            }
            Self::StorageLost => {
                let kill = |node: u8| Fault::Kill { node: node % NODES };
                (0..night.replication_factor as u8)
                    .map(|next| PlannedFault {
                        at_ms: 3000,
                        for_ms: 1000,
                        fault: kill(node + next),
                    })
                    .collect()
            }
        }
    }
}
