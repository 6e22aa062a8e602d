//! What a node says of itself: the facts behind info answers.

use std::collections::BTreeMap;

use super::config::{Mode, RosterEntry};
use crate::partition::NodeId;

/// Connections of clients to a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    /// Open now.
    pub open: u64,
    /// Opened since the node began to listen.
    pub opened: u64,
}

/// A node's view of its cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterView {
    /// The members by descending id; empty once an orphan has frozen.
    pub members: Vec<NodeId>,
    /// The cluster key (48 bits); 0 once an orphan has frozen.
    pub key: u64,
    /// The member with the highest id.
    pub principal: Option<NodeId>,
    /// False from the moment that a member is missed until the next cluster forms.
    pub integrity: bool,
    /// Whether the node is in a cluster (not an orphan).
    pub is_member: bool,
    /// The nodes that it hears, itself not among them, by descending id.
    pub peers: Vec<NodeId>,
    /// Every node that was ever its peer.
    pub alumni: Vec<NodeId>,
    /// `cluster_generation`: rebalances so far.
    pub cluster_generation: u64,
    /// `peers-generation`.
    pub peers_generation: u64,
    /// `partition-generation`; -1 before the first rebalance.
    pub partition_generation: i64,
    /// `rebalance-generation`.
    pub rebalance_generation: u64,
    /// The greatest difference of two members' clocks, in ms.
    pub clock_skew_ms: u64,
    /// From which difference on SC writes are refused, in ms.
    pub clock_skew_stop_writes_ms: u64,
    /// Connections of clients, as far as the driver has told.
    pub connections: Connections,
    /// Since the last rebalance, in ms.
    pub since_rebalance_ms: u64,
    /// Since the node started, in ms.
    pub uptime_ms: u64,
}

/// A roster and the generation of its setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterView {
    /// The roster in force, in the order in which it was set; empty: not set.
    pub roster: Vec<RosterEntry>,
    /// The roster that the next rebalance takes over.
    pub pending: Vec<RosterEntry>,
    /// The nodes of the current cluster with their configured racks, by descending id.
    pub observed: Vec<RosterEntry>,
}

/// A namespace on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceView {
    /// Its mode.
    pub mode: Mode,
    /// `ns_cluster_size`: members that count (of the roster, in SC).
    pub cluster_size: usize,
    /// `effective_replication_factor`.
    pub effective_replication_factor: usize,
    /// The regime that `replicas` shows: 0 in AP.
    pub regime: u64,
    /// `unavailable_partitions` of the namespace as this sub-cluster sees it.
    pub unavailable_partitions: u32,
    /// `dead_partitions`.
    pub dead_partitions: u32,
    /// Live records in partitions whose working master this node is.
    pub master_objects: u64,
    /// Live records in partitions that it holds as a replica.
    pub prole_objects: u64,
    /// Live records in other partitions.
    pub non_replica_objects: u64,
    /// Tombstones, likewise.
    pub master_tombstones: u64,
    /// See `master_tombstones`.
    pub prole_tombstones: u64,
    /// See `master_tombstones`.
    pub non_replica_tombstones: u64,
    /// Records whose last write some replica may lack.
    pub unreplicated_records: u64,
    /// SC writes are refused because clocks differ too much.
    pub clock_skew_stop_writes: bool,
    /// Partitions that this node still has to send.
    pub migrate_tx_remaining: u64,
    /// Partitions that it still has to receive.
    pub migrate_rx_remaining: u64,
    /// Partitions at the last rebalance to send, to receive.
    pub migrate_tx_initial: u64,
    /// See `migrate_tx_initial`.
    pub migrate_rx_initial: u64,
    /// AP partitions that began empty at the last rebalance because nobody had a copy.
    pub fresh_partitions: u64,
    /// Its rack as it is configured now.
    pub rack: u32,
    /// Members that are quiesced.
    pub nodes_quiesced: u32,
    /// This node will be quiesced at the next rebalance, is quiesced in the round in force.
    pub pending_quiesce: bool,
    /// See `pending_quiesce`.
    pub effective_is_quiesced: bool,
    /// Everything that is only counted, by the server's names (`client_write_success`, …).
    pub counters: BTreeMap<&'static str, u64>,
}

/// What a set holds on a node, over all partitions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetView {
    /// Live records.
    pub objects: u64,
    /// Tombstones.
    pub tombstones: u64,
}

/// One partition of a namespace on a node (a row of `partition-info`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionView {
    /// `S` in sync replica, `D` replica that still fills, `Z` data but not a replica, `X` a version
    /// that cannot serve, `A` absent.
    pub state: char,
    /// Replicas of the row; 0: unavailable or frozen.
    pub n_replicas: usize,
    /// The node's position among the replicas.
    pub replica: Option<usize>,
    /// The node's position in the whole row.
    pub succession: Option<usize>,
    /// Duplicates that are not merged yet.
    pub n_dupl: usize,
    /// The working master.
    pub working_master: Option<NodeId>,
    /// Where the node sends requests on.
    pub proxy_destination: Option<NodeId>,
    /// Partitions' worth of migrations out and in.
    pub emigrates: u32,
    /// Of them to the eventual master.
    pub lead_emigrates: u32,
    /// See `emigrates`.
    pub immigrates: u32,
    /// Live records.
    pub records: u64,
    /// Tombstones.
    pub tombstones: u64,
    /// Regime (0 in AP).
    pub regime: u64,
    /// The version as `partition-info` prints it (`3CF08B51D327.0.mp-`; `0.U.---`-like for none).
    pub version: String,
    /// The version after all migrations.
    pub final_version: String,
    /// The columns of the row that this node claims in `replicas`, ascending.
    pub owned_columns: Vec<usize>,
}

/// The answer to `quiesce:` and to `quiesce-undo:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quiesce {
    /// From the next rebalance on.
    Ok,
    /// It is quiesced for good.
    Permanent,
}

/// The answer to `recluster:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recluster {
    /// A new round will begin.
    Ok,
    /// Only the principal acts.
    IgnoredByNonPrincipal,
    /// No cluster, or a round is under way.
    Failed,
}
