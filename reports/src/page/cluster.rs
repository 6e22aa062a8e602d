//! What the cluster, the client and the load really were, as names and facts.

use history::{ClusterKind, Manifest, Node, Topology};

use crate::view::RunView;
use crate::words;

/// A name and a fact.
pub(crate) type Fact = (&'static str, String);

/// The cluster of a run.
pub(crate) fn cluster_facts(manifest: &Manifest) -> Vec<Fact> {
    let cluster = &manifest.cluster;
    let kind = match cluster.kind {
        ClusterKind::Emulated => "emulated by aerocert, in one process on one machine",
        ClusterKind::Real => "real servers",
    };
    let heartbeat = cluster.heartbeat;
    let detection_ms = u64::from(heartbeat.interval_ms) * u64::from(heartbeat.timeout);
    let mut facts = vec![
        ("Kind", kind.to_owned()),
        ("Name", cluster.name.clone()),
        (
            "Edition and build, as the nodes state them",
            format!("{} {}", cluster.edition, cluster.build),
        ),
        (
            "Nodes",
            format!(
                "{} in {}",
                words::counted(cluster.topology.nodes.len() as u64, "node"),
                words::counted(cluster.topology.sites.len() as u64, "site")
            ),
        ),
        ("Replication factor", cluster.replication_factor.to_string()),
        (
            "Heartbeats",
            format!(
                "every {} ms, {} may be missing (a dead node is noticed after {})",
                heartbeat.interval_ms,
                heartbeat.timeout,
                words::span_ms(detection_ms as f64)
            ),
        ),
    ];
    if let Some(round_trip_us) = cluster.round_trip_us {
        let round_trip = words::span_ms(round_trip_us as f64 / 1e3);
        facts
            .push(("Round trip between sites", format!("{round_trip}, a setting of the emulator")));
    }
    facts
}

/// The namespace, the client, the load and the seed of a run.
pub(crate) fn load_facts(manifest: &Manifest) -> Vec<Fact> {
    let (arm, load, client) = (&manifest.arm, &manifest.load, &manifest.client);
    let rate = match load.rate {
        0 => "as fast as they are answered".to_owned(),
        rate => {
            format!("{} operations per second over all processes", words::count(u64::from(rate)))
        }
    };
    let skew = match load.skew_milli {
        0 => "chosen uniformly".to_owned(),
        milli => format!("Zipf exponent {}", f64::from(milli) / 1e3),
    };
    vec![
        ("Arm", format!("{}: {}", arm.name, words::arm(arm))),
        ("Namespace and set", format!("{}.{}", arm.namespace, arm.set)),
        (
            "Workload",
            format!(
                "{} for {}",
                load.workload.name(),
                words::coarse_seconds(load.duration_ms as f64 / 1e3)
            ),
        ),
        (
            "Processes",
            format!("{}, {} of them pinned to one node each", load.processes, load.pinned),
        ),
        ("Rate", rate),
        ("Keys", format!("{} alive at a time, {skew}", words::count(u64::from(load.keys)))),
        ("Reads", words::percent(f64::from(load.reads_milli) / 1e3)),
        (
            "Client",
            format!(
                "{}, timeout {} ms, tends every {} ms, no retries",
                client.client, client.timeout_ms, client.tend_interval_ms
            ),
        ),
        ("Nemesis", manifest.nemesis.name.clone()),
        ("Seed", format!("{} (generator {})", manifest.seed, manifest.generator)),
        ("Began", manifest.started.clone()),
        ("Run", manifest.run.clone()),
        ("Pair", manifest.pair.clone()),
        ("aerocert", manifest.version.clone()),
    ]
}

/// One node, and what it said of itself during the run.
#[derive(Debug)]
pub(crate) struct NodeRow {
    /// Its id.
    pub(crate) id: String,
    /// Its site.
    pub(crate) site: String,
    /// Its rack.
    pub(crate) rack: u32,
    /// Where it listens.
    pub(crate) addresses: String,
    /// How often it answered.
    pub(crate) answers: String,
    /// The cluster sizes that it saw: least and greatest.
    pub(crate) sizes: String,
    /// The most partitions that it reported unavailable in the namespace.
    pub(crate) unavailable: String,
    /// Migrations that it still had to do when it was last asked.
    pub(crate) migrations: String,
}

/// The nodes of a run.
pub(crate) fn node_rows(view: &RunView<'_>) -> Vec<NodeRow> {
    let topology = &view.manifest.cluster.topology;
    topology
        .nodes
        .iter()
        .enumerate()
        .map(|(index, node)| node_row(view, topology, index, node))
        .collect()
}

fn node_row(view: &RunView<'_>, topology: &Topology, index: usize, node: &Node) -> NodeRow {
    let asked = view.observations.len();
    let said: Vec<_> = view
        .observations
        .iter()
        .filter_map(|observation| observation.nodes.get(index)?.as_ref())
        .collect();
    let sizes = || said.iter().map(|answer| answer.cluster_size);
    let namespace = || said.iter().filter_map(|a| a.namespaces.get(&view.manifest.arm.namespace));
    let or_dash =
        |number: Option<u32>| number.map_or_else(|| "–".to_owned(), |n| words::count(u64::from(n)));
    NodeRow {
        id: node.id.to_string(),
        site: words::site(topology, node.site),
        rack: node.rack,
        addresses: node.addresses.join(", "),
        answers: format!("{} of {asked}", said.len()),
        sizes: match (sizes().min(), sizes().max()) {
            (Some(least), Some(most)) if least < most => format!("{least} to {most}"),
            (least, _) => or_dash(least),
        },
        unavailable: or_dash(namespace().map(|n| n.unavailable_partitions).max()),
        migrations: or_dash(namespace().next_back().map(|n| n.migrations_remaining)),
    }
}
