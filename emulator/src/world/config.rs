//! What a world is made of.

use crate::defect::Defects;
use crate::node::{Heartbeat, NamespaceConfig, Place};

/// A cluster and its network.
#[derive(Clone, Debug)]
pub struct WorldConfig {
    /// `cluster-name`.
    pub cluster_name: String,
    /// How many sites there are.
    pub sites: u8,
    /// The servers; everybody names them by their position here.
    pub places: Vec<Place>,
    /// Heartbeats.
    pub heartbeat: Heartbeat,
    /// The namespaces, on every node.
    pub namespaces: Vec<NamespaceConfig>,
    /// How long messages travel.
    pub delays: Delays,
    /// Whether clients must log in (`enable-security`).
    pub security: bool,
    /// The deliberate defects.
    pub defects: Defects,
}

impl WorldConfig {
    /// 2026-01-01T00:00:00Z, in ms of Unix time: what every node's wall clock shows at time 0.
    pub const ORIGIN_MS: i64 = 1_767_225_600_000;
}

/// How long messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delays {
    /// There and back between two sites, in µs.
    pub round_trip_us: u64,
    /// One way within a site, in µs.
    pub local_us: u64,
    /// What else happens to messages.
    pub disorder: Disorder,
}

/// How often a network misbehaves, in messages of a million. Requests that one node passes on to
/// another are not doubled: connections double nothing, and servers repeat all else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disorder {
    /// Messages that are lost.
    pub lost: u32,
    /// Messages between nodes that arrive twice.
    pub doubled: u32,
    /// Messages between nodes that others overtake.
    pub overtaken: u32,
}

impl Disorder {
    /// A network that is always in order.
    pub const NONE: Self = Self { lost: 0, doubled: 0, overtaken: 0 };
}

impl Default for Delays {
    /// Two sites 2 ms apart.
    fn default() -> Self {
        Self { round_trip_us: 2000, local_us: 20, disorder: Disorder::NONE }
    }
}
