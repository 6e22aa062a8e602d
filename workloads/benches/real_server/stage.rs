//! The emulated cluster, its clients, and looks at it.

use std::time::{Duration, Instant};

use aerospike::{
    Client, ClientPolicy, GenerationPolicy, Key, ReadPolicy, Value as BinValue, WritePolicy,
};
use emulator::defect::Defects;
use emulator::embedded::{Embedded, EmbeddedConfig};
use emulator::node::{ConflictResolution, Heartbeat, Mode, NamespaceConfig, Place};
use emulator::partition::NodeId;
use emulator::world::{Delays, End, Link, WorldConfig};
use tokio::time::sleep;

/// The namespace.
pub(crate) const NAMESPACE: &str = "mydata";
/// Sites of three nodes each.
pub(crate) const SITES: u8 = 2;
/// All nodes.
pub(crate) const NODES: u8 = 6;
/// The site of a node.
pub(crate) fn site_of(node: u8) -> u8 {
    node / 3
}

/// How long the cluster may take for anything.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at the nodes.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// The timeout of an operation.
const TIMEOUT_MS: u32 = 1_000;

/// Starts six nodes without racks, with the heartbeats of the recorded runs.
pub(crate) async fn start(policy: ConflictResolution, seed: u64) -> Embedded {
    let place = |node: u8| Place {
        id: NodeId(if node < 3 { 0xB11 } else { 0xB1E } + u64::from(node)),
        site: site_of(node),
        rack: 0,
        stay_quiesced: false,
        addresses: Vec::new(),
        access: Default::default(),
    };
    let mut namespace = NamespaceConfig::new(NAMESPACE, Mode::Ap);
    namespace.conflict_resolution = policy;
    let world = WorldConfig {
        cluster_name: "stretch".to_owned(),
        sites: SITES,
        places: (0..NODES).map(place).collect(),
        heartbeat: Heartbeat { interval_ms: 150, timeout: 10 },
        namespaces: vec![namespace],
        delays: Delays { round_trip_us: 200, ..Delays::default() },
        security: false,
        defects: Defects::default(),
    };
    let config = EmbeddedConfig { network: 35, ..EmbeddedConfig::new(world, seed) };
    let cluster = Embedded::start(config).await.unwrap();
    settled(&cluster).await;
    cluster
}

/// The client of a site.
pub(crate) async fn client(cluster: &Embedded, site: u8) -> Client {
    let nodes = (0..NODES).map(|node| cluster.addresses(node)[usize::from(site)].to_string());
    let hosts = nodes.collect::<Vec<_>>().join(",");
    let policy = ClientPolicy { max_error_rate: 0, ..ClientPolicy::default() };
    Client::new(&policy, &hosts).await.unwrap()
}

/// A record.
pub(crate) fn key(set: &str, key: u64) -> Key {
    Key::new(NAMESPACE, set, BinValue::Int(key as i64)).unwrap()
}

/// Reads without retries.
pub(crate) fn read_policy() -> ReadPolicy {
    let mut policy = ReadPolicy::default();
    policy.base_policy.total_timeout = TIMEOUT_MS;
    policy.base_policy.socket_timeout = TIMEOUT_MS;
    policy.base_policy.max_retries = 0;
    policy
}

/// Writes without retries, only over a generation if one is given.
pub(crate) fn write_policy(generation: Option<u32>) -> WritePolicy {
    let mut policy = WritePolicy::default();
    policy.base_policy.total_timeout = TIMEOUT_MS;
    policy.base_policy.socket_timeout = TIMEOUT_MS;
    policy.base_policy.max_retries = 0;
    if let Some(generation) = generation {
        policy.generation_policy = GenerationPolicy::ExpectGenEqual;
        policy.generation = generation;
    }
    policy
}

/// Everything between the two sites, from the second to the first and, unless `one_way`, back.
pub(crate) fn between_sites(one_way: bool) -> Vec<Link> {
    let mut ends: Vec<(u8, End)> = (0..NODES).map(|n| (site_of(n), End::Node(n))).collect();
    ends.extend((0..SITES).map(|site| (site, End::Site(site))));
    let mut links = Vec::new();
    for (from_site, from) in &ends {
        for (to_site, to) in &ends {
            let is_link = !matches!((from, to), (End::Site(_), End::Site(_)));
            let is_cut = from_site > to_site || (!one_way && from_site < to_site);
            if is_link && is_cut {
                links.push(Link { from: *from, to: *to });
            }
        }
    }
    links
}

/// How long it takes until every node counts so many members.
pub(crate) async fn until_size(cluster: &Embedded, size: u32) -> Duration {
    let begun = Instant::now();
    for node in 0..NODES {
        until(cluster, node, "statistics", |answer| {
            answer.contains(&format!(";cluster_size={size};"))
                || answer.contains(&format!("\tcluster_size={size};"))
        })
        .await;
    }
    begun.elapsed()
}

/// Waits until all six nodes are together and no migration remains.
pub(crate) async fn settled(cluster: &Embedded) {
    for node in 0..NODES {
        until(cluster, node, "cluster-stable:size=6", |answer| !answer.contains("ERROR")).await;
    }
}

async fn until(cluster: &Embedded, node: u8, command: &str, reached: impl Fn(&str) -> bool) {
    let begun = Instant::now();
    loop {
        let answer = cluster.info(node, &format!("{command}\n")).await.unwrap();
        if answer.is_some_and(|answer| reached(&answer)) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "node {node} never answers well to {command}");
        sleep(LOOK_EVERY).await;
    }
}
