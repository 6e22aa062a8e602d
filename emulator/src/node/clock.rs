//! A node's wall clock, and how far its peers' clocks are from it.

use std::collections::BTreeMap;
use std::collections::VecDeque;

use super::Heartbeat;
use crate::partition::NodeId;

/// 2010-01-01T00:00:00Z in ms of Unix time: where the server's record times begin.
pub const SERVER_EPOCH_MS: i64 = 1_262_304_000_000;

/// A node's wall clock.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Unix time at the world's time 0, in ms.
    origin_ms: i64,
    offset_ms: i64,
}

impl Clock {
    /// A clock that shows `origin_ms` (Unix time) at time 0.
    #[must_use]
    pub fn new(origin_ms: i64) -> Self {
        Self { origin_ms, offset_ms: 0 }
    }

    /// Sets the clock off, in ms.
    pub fn set_offset_ms(&mut self, offset_ms: i64) {
        self.offset_ms = offset_ms;
    }

    /// What the clock shows, in ms of Unix time.
    #[must_use]
    pub fn wall_ms(&self, now_ns: u64) -> i64 {
        self.origin_ms + (now_ns / 1_000_000) as i64 + self.offset_ms
    }

    /// The same as a record's last update time: ms since 2010, 40 bits.
    #[must_use]
    pub fn update_time_ms(&self, now_ns: u64) -> u64 {
        (self.wall_ms(now_ns) - SERVER_EPOCH_MS).max(0) as u64 & 0xFF_FFFF_FFFF
    }
}

/// How far the members' clocks are apart, measured by heartbeats.
///
/// A sample is the sender's clock minus the receiver's; a message that was late shows less than
/// the truth, so the greatest of a window counts (the server's high-water mark).
#[derive(Clone, Debug, Default)]
pub struct Skew {
    samples: BTreeMap<NodeId, VecDeque<i64>>,
}

impl Skew {
    const WINDOW: usize = 10;

    /// Takes a sample in, in ms.
    pub fn observe(&mut self, peer: NodeId, ahead_ms: i64) {
        let window = self.samples.entry(peer).or_default();
        if window.len() == Self::WINDOW {
            window.pop_front();
        }
        window.push_back(ahead_ms);
    }

    /// Forgets a peer.
    pub fn forget(&mut self, peer: NodeId) {
        self.samples.remove(&peer);
    }

    /// The greatest difference between two of the members' clocks, this node's own among them.
    #[must_use]
    pub fn spread_ms(&self, members: &[NodeId]) -> u64 {
        let (mut low, mut high) = (0, 0);
        for (peer, window) in &self.samples {
            if members.contains(peer) {
                let ahead = window.iter().copied().max().unwrap_or(0);
                low = low.min(ahead);
                high = high.max(ahead);
            }
        }
        (high - low) as u64
    }

    /// From which difference on an SC namespace refuses writes, in ms: three quarters of fifteen
    /// quantum intervals (20 s with the default heartbeats, where data can be lost above 27 s).
    #[must_use]
    pub fn stop_writes_ms(heartbeat: Heartbeat) -> u64 {
        heartbeat.quantum_ns() / 1_000_000 * 15 * 3 / 4
    }
}
