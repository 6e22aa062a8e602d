//! The six-node stretch cluster of the tests.

use aerocert_emulator::defect::Defects;
use aerocert_emulator::node::{Heartbeat, Mode, NamespaceConfig, Place, RosterEntry};
use aerocert_emulator::partition::{NodeId, PARTITIONS};
use aerocert_emulator::world::{
    Channels, Delays, End, Interruption, InterruptionId, Link, World, WorldConfig,
};

pub(crate) const SC: &str = "mydata";
pub(crate) const AP: &str = "mydata_ap";
pub(crate) const SECOND: u64 = 1_000_000_000;

/// Ids, sites and racks of the nodes.
const NODES: [(u64, u8, u32); 6] = [
    (0xA882, 1, 33),
    (0xA600, 0, 32),
    (0xA517, 1, 33),
    (0xA352, 0, 32),
    (0xA129, 0, 32),
    (0xA70, 1, 33),
];

pub(crate) struct Stretch {
    pub(crate) world: World,
}

impl Stretch {
    pub(crate) fn new(seed: u64) -> Self {
        let place = |(id, site, rack)| Place {
            id: NodeId(id),
            site,
            rack,
            stay_quiesced: false,
            addresses: Vec::new(),
            access: Default::default(),
        };
        let mut strong = NamespaceConfig::new(SC, Mode::Sc);
        let entry = |(id, _, rack)| RosterEntry { node: NodeId(id), rack };
        strong.roster = Some(NODES.map(entry).to_vec());
        let config = WorldConfig {
            cluster_name: "stretch".into(),
            sites: 2,
            places: NODES.map(place).to_vec(),
            heartbeat: Heartbeat { interval_ms: 150, timeout: 10 },
            namespaces: vec![strong, NamespaceConfig::new(AP, Mode::Ap)],
            delays: Delays::default(),
            security: false,
            defects: Defects::default(),
        };
        Self { world: World::new(config, seed) }
    }

    pub(crate) fn run_for(&mut self, ns: u64) {
        self.world.advance(self.world.now_ns() + ns);
    }

    pub(crate) fn cut(&mut self, one: &[u8], other: &[u8], kind: Interruption) -> InterruptionId {
        self.interrupt(one, other, Channels::ALL, kind)
    }

    pub(crate) fn interrupt(
        &mut self,
        one: &[u8],
        other: &[u8],
        channels: Channels,
        kind: Interruption,
    ) -> InterruptionId {
        let mut links = Vec::new();
        for a in one {
            for b in other {
                let link = Link { from: End::Node(*a), to: End::Node(*b) };
                links.extend([link, link.reversed()]);
            }
        }
        self.world.interrupt(&links, channels, kind).unwrap()
    }

    pub(crate) fn assert_one_cluster(&self, size: usize) {
        let views: Vec<_> =
            (0..6).filter_map(|n| self.world.node(n)).map(|n| n.cluster(0)).collect();
        for view in &views {
            assert_eq!(view.members.len(), size, "{view:?}");
            assert_eq!(view.key, views[0].key);
            assert!(view.integrity, "{view:?}");
        }
    }

    pub(crate) fn masters(&self, node: u8, namespace: &str) -> usize {
        let node = self.world.node(node).unwrap();
        (0..PARTITIONS)
            .filter(|p| node.partition(namespace, *p).unwrap().working_master == Some(node.id()))
            .count()
    }

    pub(crate) fn migrations(&self) -> u64 {
        let mut remaining = 0;
        for node in (0..6).filter_map(|node| self.world.node(node)) {
            for namespace in [SC, AP] {
                let view = node.namespace(namespace).unwrap();
                remaining += view.migrate_tx_remaining + view.migrate_rx_remaining;
            }
        }
        remaining
    }
}
