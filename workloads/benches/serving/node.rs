//! One emulated node.

use std::sync::Arc;
use std::time::Duration;

use emulator::defect::Defects;
use emulator::embedded::{Embedded, EmbeddedConfig};
use emulator::node::{Heartbeat, Mode, NamespaceConfig, Place};
use emulator::partition::NodeId;
use emulator::world::{Delays, WorldConfig};

/// The namespace, which is an available one.
pub(crate) const NAMESPACE: &str = "mydata_ap";

/// Starts it and waits until it serves.
pub(crate) async fn start() -> Arc<Embedded> {
    let place = Place {
        id: NodeId(0xA1),
        site: 0,
        rack: 0,
        stay_quiesced: false,
        addresses: Vec::new(),
        access: Default::default(),
    };
    let world = WorldConfig {
        cluster_name: "one".to_owned(),
        sites: 1,
        places: vec![place],
        heartbeat: Heartbeat { interval_ms: 150, timeout: 10 },
        namespaces: vec![NamespaceConfig::new(NAMESPACE, Mode::Ap)],
        delays: Delays { round_trip_us: 0, local_us: 0, ..Delays::default() },
        security: false,
        defects: Defects::default(),
    };
    let node = Embedded::start(EmbeddedConfig { network: 34, ..EmbeddedConfig::new(world, 1) });
    let node = node.await.unwrap();
    while node.info(0, "partition-generation\n").await.unwrap().unwrap().contains("-1") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Arc::new(node)
}
