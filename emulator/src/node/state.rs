//! A node.

use super::{
    ClusterView, NamespaceConfig, NamespaceView, NodeConfig, PartitionView, Recluster, RosterEntry,
    RosterView,
};

/// One server.
#[derive(Debug)]
pub struct Node {
    config: NodeConfig,
}

impl Node {
    /// Its configuration.
    #[must_use]
    pub fn config(&self) -> &NodeConfig {
        &self.config
    }

    /// Its view of the cluster.
    #[must_use]
    pub fn cluster(&self, _now_ns: u64) -> ClusterView {
        unreachable!("being written")
    }

    /// The names of its namespaces, in the order of the configuration.
    pub fn namespaces(&self) -> impl Iterator<Item = &NamespaceConfig> {
        self.config.namespaces.iter()
    }

    /// A namespace's facts.
    #[must_use]
    pub fn namespace(&self, _name: &str) -> Option<NamespaceView> {
        None
    }

    /// A partition's facts; `None` for an unknown namespace or partition.
    #[must_use]
    pub fn partition(&self, _namespace: &str, _partition: usize) -> Option<PartitionView> {
        None
    }

    /// A namespace's roster.
    #[must_use]
    pub fn roster(&self, _namespace: &str) -> Option<RosterView> {
        None
    }

    /// Sets the pending roster of a namespace (`roster-set:`); false for an unknown or AP namespace.
    pub fn set_roster(&mut self, _namespace: &str, _roster: Vec<RosterEntry>) -> bool {
        false
    }

    /// Asks for a new round with the same members (`recluster:`).
    pub fn recluster(&mut self) -> Recluster {
        Recluster::Failed
    }
}
