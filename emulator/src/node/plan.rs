//! What a rebalance decides, and from what.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::roster::RosterSetting;
use super::round::Round;
use super::storage::{Claim, Lineage};
use crate::partition::{NodeId, Rows};

/// What one node tells the principal about its namespaces before a rebalance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// By namespace, in the order of the configuration.
    pub namespaces: Vec<NamespaceReport>,
}

/// What one node tells about one namespace.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NamespaceReport {
    /// The highest roster setting it knows (SC).
    pub roster: Option<Arc<RosterSetting>>,
    /// An operator has revived its copies: the best of them will do where the data are gone (SC).
    pub revived: bool,
    /// It shall hold no data while enough others can.
    pub quiesced: bool,
    /// Its rack as it is configured now.
    pub rack: u32,
    /// Its SC copies by partition; empty in AP.
    pub claims: Vec<Claim>,
    /// Its AP copies by partition; empty in SC.
    pub lineages: Vec<Option<Lineage>>,
}

/// The outcome of a rebalance; the same on every member.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// The round.
    pub round: Round,
    /// By namespace, in the order of the configuration.
    pub namespaces: Vec<Arc<NamespacePlan>>,
}

/// The outcome for one namespace.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NamespacePlan {
    /// The roster in force from now on (SC).
    pub roster: Option<Arc<RosterSetting>>,
    /// The succession rows: over the roster (SC), over the members (AP).
    pub rows: Arc<Rows>,
    /// The members that count.
    pub cluster_size: usize,
    /// All members with the racks that they are configured with.
    pub racks: Vec<(NodeId, u32)>,
    /// The members that are quiesced in the round.
    pub quiesced: Vec<NodeId>,
    /// The number of copies.
    pub effective_replication_factor: usize,
    /// By partition.
    pub partitions: Vec<PartitionPlan>,
}

impl NamespacePlan {
    /// How many partitions have a standing.
    #[must_use]
    pub fn count(&self, standing: Standing) -> u32 {
        self.partitions.iter().filter(|partition| partition.standing == standing).count() as u32
    }
}

/// Whether a partition can be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// It can.
    Available,
    /// Available, and it begins empty, since no member had a copy.
    Fresh,
    /// Not in this sub-cluster.
    Unavailable,
    /// Not though the whole roster is here: the data are gone.
    Dead,
}

/// The outcome for one partition.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PartitionPlan {
    /// Whether it can be served.
    pub standing: Standing,
    /// The nodes that shall hold copies, the master first; empty if it cannot be served.
    pub replicas: Box<[NodeId]>,
    /// Who takes writes until migrations have ended.
    pub working_master: Option<NodeId>,
    /// The replicas that still have to be filled by the working master.
    pub lacking: Box<[NodeId]>,
    /// Members with other content, to be merged into the working master's first (AP, and SC where
    /// copies were revived).
    pub duplicates: Box<[NodeId]>,
    /// Members whose copy is needed no more once migrations have ended.
    pub superfluous: Box<[NodeId]>,
}

impl PartitionPlan {
    /// A partition that cannot be served.
    #[must_use]
    pub fn closed(standing: Standing) -> Self {
        Self {
            standing,
            replicas: Box::default(),
            working_master: None,
            lacking: Box::default(),
            duplicates: Box::default(),
            superfluous: Box::default(),
        }
    }

    /// Whether it can be served.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.standing, Standing::Available | Standing::Fresh)
    }

    /// Whether the node has everything from the beginning of the round on.
    #[must_use]
    pub fn is_full(&self, node: NodeId) -> bool {
        (self.replicas.contains(&node) || self.working_master == Some(node))
            && !self.lacking.contains(&node)
    }
}
