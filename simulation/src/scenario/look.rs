//! What the operator's tools show of the cluster.

use std::collections::BTreeSet;

use emulator::node::{NamespaceView, RosterEntry, RosterView};
use emulator::partition::PARTITIONS;

use super::account::{NodeRow, NodeSays};
use super::stage::Stage;
use crate::cluster::NAMESPACE;

/// Records of several nodes, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Objects {
    pub(super) master: u64,
    pub(super) prole: u64,
    pub(super) non_replica: u64,
}

impl Stage {
    /// A node's namespace; `None` while its process is not there.
    pub(super) fn view(&self, node: u8) -> Option<NamespaceView> {
        self.world.node(node)?.namespace(NAMESPACE)
    }

    /// The partitions that these nodes serve, as they tell clients.
    pub(super) fn served(&self, nodes: &[u8]) -> BTreeSet<u16> {
        let nodes = nodes.iter().filter_map(|node| self.world.node(*node));
        let claims = nodes.filter_map(|node| node.replicas(NAMESPACE));
        claims.flat_map(|claim| claim.columns[0].iter().collect::<Vec<_>>()).collect()
    }

    /// The unavailable partitions that each of these nodes reports, if they agree; and so on.
    pub(super) fn unavailable(&self, nodes: &[u8]) -> String {
        self.agreed(nodes, |view| view.unavailable_partitions)
    }

    /// See [`Stage::unavailable`].
    pub(super) fn dead(&self, nodes: &[u8]) -> String {
        self.agreed(nodes, |view| view.dead_partitions)
    }

    fn agreed(&self, nodes: &[u8], number: impl Fn(&NamespaceView) -> u32) -> String {
        let views = nodes.iter().filter_map(|node| self.view(*node));
        let numbers: BTreeSet<u32> = views.map(|view| number(&view)).collect();
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        numbers.join(" or ")
    }

    /// Records of these nodes.
    pub(super) fn objects(&self, nodes: &[u8]) -> Objects {
        let mut sum = Objects::default();
        for view in nodes.iter().filter_map(|node| self.view(*node)) {
            sum.master += view.master_objects;
            sum.prole += view.prole_objects;
            sum.non_replica += view.non_replica_objects;
        }
        sum
    }

    /// Partitions that these nodes still have to send and to receive.
    pub(super) fn migrations(&self, nodes: &[u8]) -> u64 {
        let views = nodes.iter().filter_map(|node| self.view(*node));
        views.map(|view| view.migrate_tx_remaining + view.migrate_rx_remaining).sum()
    }

    /// Partitions that these nodes had to send and to receive at the last rebalance.
    pub(super) fn planned_migrations(&self, nodes: &[u8]) -> u64 {
        let views = nodes.iter().filter_map(|node| self.view(*node));
        views.map(|view| view.migrate_tx_initial + view.migrate_rx_initial).sum()
    }

    /// Whether these nodes form one cluster, of them alone.
    pub(super) fn is_one_cluster(&self, nodes: &[u8]) -> bool {
        let now_ns = self.world.now_ns();
        let views = nodes.iter().map(|node| self.world.node(*node).map(|one| one.cluster(now_ns)));
        let keys: Option<BTreeSet<(u64, usize)>> =
            views.map(|view| view.map(|view| (view.key, view.members.len()))).collect();
        keys.is_some_and(|keys| keys.len() == 1 && keys.first().map(|k| k.1) == Some(nodes.len()))
    }

    /// The roster in force, as a node knows it: ids in descending order, with their racks if any.
    pub(super) fn roster(&self, node: u8) -> String {
        self.listed(node, |view| &view.roster)
    }

    /// The roster that waits for the next rebalance.
    pub(super) fn pending(&self, node: u8) -> String {
        self.listed(node, |view| &view.pending)
    }

    /// The nodes of its cluster with the racks that they were configured with at the last rebalance.
    pub(super) fn observed(&self, node: u8) -> String {
        self.listed(node, |view| &view.observed)
    }

    fn listed(&self, node: u8, which: impl Fn(&RosterView) -> &Vec<RosterEntry>) -> String {
        let view = self.world.node(node).and_then(|node| node.roster(NAMESPACE));
        let mut entries = view.map_or_else(Vec::new, |view| which(&view).clone());
        entries.sort_unstable_by(|one, other| other.cmp(one));
        let print = |entry: &RosterEntry| match entry.rack {
            0 => entry.node.to_string(),
            rack => format!("{}@{rack}", entry.node),
        };
        entries.iter().map(print).collect::<Vec<_>>().join(",")
    }

    /// Primary and secondary partitions of a node, as the admin tool counts them.
    pub(super) fn shares(&self, node: u8) -> (u64, u64) {
        let Some(node) = self.world.node(node) else { return (0, 0) };
        let (mut primary, mut secondary) = (0, 0);
        for view in (0..PARTITIONS).filter_map(|partition| node.partition(NAMESPACE, partition)) {
            if view.working_master == Some(node.id()) {
                primary += 1;
            } else if view.replica == Some(0) || ['S', 'D'].contains(&view.state) {
                secondary += 1;
            }
        }
        (primary, secondary)
    }

    /// All nodes as tables show them.
    pub(super) fn rows(&self) -> Vec<NodeRow> {
        let row = |node: u8| NodeRow {
            node: self.name(node),
            site: self.cast.sites[usize::from(self.cast.nodes[usize::from(node)].site)],
            says: self.says(node),
        };
        self.all().into_iter().map(row).collect()
    }

    fn says(&self, node: u8) -> Option<NodeSays> {
        let view = self.view(node)?;
        let process = self.world.node(node)?;
        let (primary, secondary) = self.shares(node);
        Some(NodeSays {
            cluster_size: process.cluster(self.world.now_ns()).members.len() as u64,
            rack: view.rack,
            primary,
            secondary,
            unavailable: u64::from(view.unavailable_partitions),
            dead: u64::from(view.dead_partitions),
            master_objects: view.master_objects,
            prole_objects: view.prole_objects,
            non_replica_objects: view.non_replica_objects,
            migrations: view.migrate_tx_remaining + view.migrate_rx_remaining,
        })
    }
}
