//! What nodes said of themselves during a run: a line of `observations.jsonl`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::NodeId;

/// All nodes at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// When, in ns since the run began.
    pub time_ns: u64,
    /// What each node said, in the order of the topology; `None` if it did not answer.
    pub nodes: Vec<Option<NodeObservation>>,
}

/// One node's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeObservation {
    /// Its id.
    pub node: NodeId,
    /// `cluster_size`.
    pub cluster_size: u32,
    /// `cluster_key`, as printed.
    pub cluster_key: String,
    /// `cluster_principal`, as printed.
    pub principal: String,
    /// `cluster_integrity`.
    pub integrity: bool,
    /// Its namespaces by name.
    pub namespaces: BTreeMap<String, NamespaceObservation>,
}

/// One namespace on one node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamespaceObservation {
    /// `unavailable_partitions`.
    pub unavailable_partitions: u32,
    /// `dead_partitions`.
    pub dead_partitions: u32,
    /// `migrate_tx_partitions_remaining` + `migrate_rx_partitions_remaining`.
    pub migrations_remaining: u32,
    /// `master_objects`.
    pub master_objects: u64,
    /// `prole_objects`.
    pub prole_objects: u64,
    /// `non_replica_objects`.
    pub non_replica_objects: u64,
    /// `unreplicated_records`.
    pub unreplicated_records: u64,
}
