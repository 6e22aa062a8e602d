//! What a node is told when it starts.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::access::Access;
use crate::defect::Defects;
use crate::partition::{NodeId, Preference};

/// A server as every node's configuration names it (the mesh seeds).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its id.
    pub id: NodeId,
    /// Its site.
    pub site: u8,
    /// Its rack (`rack-id`; 0: none).
    pub rack: u32,
    /// `stay-quiesced`: it never holds data while enough others can, and counts for quorums all the
    /// same (a tie-breaker). Everybody must know it, present or not: rosters' rows rest on it.
    pub stay_quiesced: bool,
    /// The `address:port` at which it serves clients, one per client site.
    pub addresses: Vec<String>,
    /// Further addresses.
    pub access: Access,
}

/// A node's configuration.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// Its id; one of `places`.
    pub id: NodeId,
    /// `cluster-name`.
    pub cluster_name: String,
    /// All servers, this one among them.
    pub places: Arc<[Place]>,
    /// Heartbeats.
    pub heartbeat: Heartbeat,
    /// The namespaces.
    pub namespaces: Vec<NamespaceConfig>,
    /// Whether clients must log in.
    pub security: bool,
    /// The deliberate defects.
    pub defects: Defects,
}

impl NodeConfig {
    /// Where the node itself stands.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.places.iter().find(|place| place.id == self.id)
    }

    /// Whether a node is quiesced for good.
    #[must_use]
    pub fn stays_quiesced(&self, node: NodeId) -> bool {
        self.places.iter().any(|place| place.id == node && place.stay_quiesced)
    }
}

/// `heartbeat.interval` and `heartbeat.timeout`, and what follows from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// Between two heartbeats, in ms.
    pub interval_ms: u32,
    /// How many may be missing.
    pub timeout: u32,
}

impl Heartbeat {
    /// The latency that the server's clustering assumes of its fabric, in ms.
    const FABRIC_LATENCY_MS: u64 = 5;
    /// The least interval that an operator may set, in ms. Source: the server's heartbeat code.
    pub const LEAST_INTERVAL_MS: u32 = 50;
    /// See [`Self::LEAST_INTERVAL_MS`].
    pub const MOST_INTERVAL_MS: u32 = 600_000;
    /// The least timeout that an operator may set, in intervals.
    pub const LEAST_TIMEOUT: u32 = 3;

    /// Between two heartbeats, in ns.
    #[must_use]
    pub fn interval_ns(self) -> u64 {
        u64::from(self.interval_ms) * 1_000_000
    }

    /// After how long a silent node is given up, in ns.
    #[must_use]
    pub fn node_timeout_ns(self) -> u64 {
        self.interval_ns() * u64::from(self.timeout)
    }

    /// The quantum interval, in ns: the cluster changes about once in it. Source: the server's
    /// clustering code (node timeout and two more intervals and latencies, at most 5 s).
    #[must_use]
    pub fn quantum_ns(self) -> u64 {
        let latency_ns = Self::FABRIC_LATENCY_MS * 1_000_000;
        (self.node_timeout_ns() + 2 * (self.interval_ns() + latency_ns)).min(5_000_000_000)
    }
}

/// A namespace's mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Strong consistency.
    Sc,
    /// Availability.
    Ap,
}

/// How AP merges two versions of a record (`conflict-resolution-policy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConflictResolution {
    /// The higher generation wins, ties go to the later update.
    Generation,
    /// The later update wins, ties go to the higher generation.
    LastUpdateTime,
}

/// A namespace's configuration.
#[derive(Clone, Debug)]
pub struct NamespaceConfig {
    /// Its name.
    pub name: String,
    /// Strong consistency or availability.
    pub mode: Mode,
    /// `replication-factor`.
    pub replication_factor: usize,
    /// `conflict-resolution-policy` (AP).
    pub conflict_resolution: ConflictResolution,
    /// The roster that stands when the cluster starts for the first time; `None`: not set (SC).
    pub roster: Option<Vec<RosterEntry>>,
    /// `strong-consistency-allow-expunge`.
    pub allow_expunge: bool,
    /// `commit-to-device`: a node that is killed has every write on its device. Without it the writes
    /// of the last second are gone, and its copies cannot be relied on (SC).
    pub commit_to_device: bool,
    /// `transaction-pending-limit`: how many may wait for one record.
    pub pending_limit: usize,
    /// How rows are adjusted.
    pub preference: Preference,
    /// How fast data moves after a rebalance.
    pub migration: MigrationRate,
}

/// How fast one node feeds another during migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MigrationRate {
    /// Partitions that one node finishes per second.
    pub partitions_per_second: u32,
    /// Records that one node sends per second.
    pub records_per_second: u32,
}

impl NamespaceConfig {
    /// A namespace as the server's defaults have it, with replication factor 2.
    #[must_use]
    pub fn new(name: &str, mode: Mode) -> Self {
        Self {
            name: name.to_owned(),
            mode,
            replication_factor: 2,
            conflict_resolution: ConflictResolution::Generation,
            roster: None,
            allow_expunge: false,
            commit_to_device: true,
            pending_limit: 20,
            preference: Preference::default(),
            migration: MigrationRate { partitions_per_second: 1000, records_per_second: 20_000 },
        }
    }
}

/// A node of a roster (`ID@rack`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RosterEntry {
    /// The node.
    pub node: NodeId,
    /// Its rack (0: none).
    pub rack: u32,
}
