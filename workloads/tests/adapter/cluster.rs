//! The six-node stretch cluster of the tutorial, emulated.

use std::time::Duration;

use emulator::defect::Defects;
use emulator::embedded::{Embedded, EmbeddedConfig};
use emulator::node::{Heartbeat, Mode, NamespaceConfig, Place, RosterEntry};
use emulator::partition::NodeId;
use emulator::world::{Delays, WorldConfig};
use history::{Node, Topology};
use tokio::time::{Instant, sleep};

/// Ids and racks, 32 in london and 33 in paris.
const NODES: [(u64, u32); 6] =
    [(0xA882, 33), (0xA600, 32), (0xA517, 33), (0xA352, 32), (0xA129, 32), (0xA70, 33)];
const LONDON: u32 = 32;
/// How long the cluster may take to form on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A cluster with the namespaces `mydata` (strongly consistent) and `mydata_ap`.
pub(crate) struct Cluster {
    pub(crate) embedded: Embedded,
    pub(crate) topology: Topology,
}

impl Cluster {
    /// Starts it and waits until it is whole.
    pub(crate) async fn start(seed: u64) -> Self {
        Self::start_with(seed, |_| {}).await
    }

    /// The same, configured further.
    pub(crate) async fn start_with(seed: u64, configure: impl FnOnce(&mut EmbeddedConfig)) -> Self {
        let site = |rack: u32| u8::from(rack != LONDON);
        let places = NODES.map(|(id, rack)| Place {
            id: NodeId(id),
            site: site(rack),
            rack,
            stay_quiesced: false,
            addresses: Vec::new(),
            access: Default::default(),
        });
        let roster = NODES.map(|(id, rack)| RosterEntry { node: NodeId(id), rack });
        let mut strong = NamespaceConfig::new("mydata", Mode::Sc);
        strong.roster = Some(roster.to_vec());
        let world = WorldConfig {
            cluster_name: "test".to_owned(),
            sites: 2,
            places: places.to_vec(),
            heartbeat: Heartbeat { interval_ms: 100, timeout: 10 },
            namespaces: vec![strong, NamespaceConfig::new("mydata_ap", Mode::Ap)],
            delays: Delays { round_trip_us: 200, ..Delays::default() },
            security: false,
            defects: Defects::default(),
        };
        let mut config = EmbeddedConfig::new(world, seed);
        configure(&mut config);
        let embedded = Embedded::start(config).await.unwrap();
        let nodes = (0_u8..).zip(NODES).map(|(index, (id, rack))| Node {
            id: history::NodeId(id),
            site: site(rack),
            rack,
            addresses: embedded.addresses(index).iter().map(ToString::to_string).collect(),
        });
        let topology = Topology {
            sites: vec!["london".to_owned(), "paris".to_owned()],
            nodes: nodes.collect(),
        };
        let cluster = Self { embedded, topology };
        cluster.wait_until_whole().await;
        cluster
    }

    /// Waits until every node says that the cluster has all nodes and no migration remains.
    pub(crate) async fn wait_until_whole(&self) {
        let end = Instant::now() + PATIENCE;
        for node in 0..NODES.len() as u8 {
            loop {
                let stable = self.embedded.info(node, "cluster-stable:size=6\n").await.unwrap();
                if stable.as_ref().is_some_and(|answer| !answer.contains("ERROR")) {
                    break;
                }
                assert!(Instant::now() < end, "node {node} after {PATIENCE:?}: {stable:?}");
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
}
