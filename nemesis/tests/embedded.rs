//! Schedules carried out against an emulated cluster over its own handles.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use aerocert_nemesis::inject::{Journal, Nemesis, NemesisEvent, NemesisSummary};
use aerocert_nemesis::schedule::{Window, plan};
use cluster::{Cluster, EmbeddedPlan, NamespacePlan};
use history::{
    ConflictResolution, FaultOutcome, FaultStage, Heartbeat, Mode, Node, NodeId, Topology,
};
use tokio::sync::{mpsc, watch};

const HEARTBEAT: Heartbeat = Heartbeat { interval_ms: 50, timeout: 8 };

/// Four nodes in two sites.
async fn cluster() -> Cluster {
    let node = |id, site: u8| Node {
        id: NodeId(id),
        site,
        rack: u32::from(site) + 1,
        addresses: Vec::new(),
    };
    let namespace = NamespacePlan {
        name: "mydata".to_owned(),
        mode: Mode::Ap,
        replication_factor: 2,
        conflict_resolution: ConflictResolution::Generation,
    };
    let topology = Topology {
        sites: vec!["london".to_owned(), "paris".to_owned()],
        nodes: vec![node(0xA1, 0), node(0xA2, 0), node(0xB1, 1), node(0xB2, 1)],
    };
    let plan = EmbeddedPlan {
        name: "disturbed".to_owned(),
        topology,
        namespaces: vec![namespace],
        heartbeat: HEARTBEAT,
        round_trip_us: 2000,
        seed: 1,
        security: false,
        defect: None,
        port: 0,
        access: Default::default(),
    };
    Cluster::embedded(plan).await.unwrap()
}

/// Carries out one round of a nemesis; gives what was told, with the sizes of the clusters that the
/// nodes were in at the end of each fault's first second.
async fn disturb(
    cluster: &Arc<Cluster>,
    name: &str,
) -> (NemesisSummary, Vec<FaultStage>, Vec<u32>) {
    let window = Window {
        load_ms: 3000,
        quiet_before_ms: 100,
        quiet_after_ms: 100,
        quiet_between_ms: 10_000,
        cut_ms: 2000,
        detection_ms: Window::detection_ms_of(HEARTBEAT),
        clients: None,
    };
    let schedule = plan(name, cluster.topology(), 1, &window).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1.journal");
    let nemesis = Nemesis::new(Arc::clone(cluster), schedule, Journal::open(&path).unwrap());
    let (_stop, stopped) = watch::channel(false);
    let (events, mut told) = mpsc::channel::<NemesisEvent>(8);
    let began = Instant::now();
    let running = tokio::spawn(nemesis.run(began, began, stopped, events));
    let (mut stages, mut sizes) = (Vec::new(), Vec::new());
    while let Some(event) = told.recv().await {
        if event.stage == FaultStage::Applied {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            let seen = cluster.observe(0).await;
            sizes = seen.nodes.iter().map(|n| n.as_ref().map_or(0, |n| n.cluster_size)).collect();
        }
        stages.push(event.stage);
    }
    // The last fault's end closes the channel; the journal goes after that.
    let summary = running.await.unwrap();
    assert!(!path.exists(), "nothing stands in the journal");
    (summary, stages, sizes)
}

#[tokio::test(flavor = "multi_thread")]
async fn sites_are_cut_apart_and_come_together_again() {
    let cluster = Arc::new(cluster().await);
    let (summary, stages, sizes) = disturb(&cluster, "partition-racks").await;
    assert_eq!(stages, [FaultStage::Applied, FaultStage::Healed], "{summary:?}");
    assert_eq!(sizes, [2, 2, 2, 2]);
    let record = &summary.records[0];
    assert_eq!(record.outcome, FaultOutcome::Healed);
    let lasted_ns = record.healed_ns.unwrap() - record.applied_ns.unwrap();
    assert!(lasted_ns >= 2_000_000_000, "{record:?}");
    cluster.wait_until_stable(Duration::from_secs(20)).await.unwrap();
    cluster.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_is_gone_and_returns() {
    let cluster = Arc::new(cluster().await);
    let (summary, stages, mut sizes) = disturb(&cluster, "kill-node").await;
    assert_eq!(stages, [FaultStage::Applied, FaultStage::Healed], "{summary:?}");
    sizes.sort_unstable();
    assert_eq!(sizes, [0, 3, 3, 3]);
    cluster.wait_until_stable(Duration::from_secs(20)).await.unwrap();
    cluster.shutdown().await;
}
