//! Clients that reach both halves of a cluster that has split.

use std::time::{Duration, Instant};

use aerospike::{Client, ClientPolicy};
use emulator::world::{Channels, End, Interruption, Link};
use tokio::time::sleep;

use crate::cluster::Cluster;
use crate::settings::SEED;

/// Cuts the nodes of the sites off from each other, and no client from anybody.
async fn split(cluster: &Cluster) {
    let nodes = &cluster.topology.nodes;
    let ends =
        || (0..nodes.len() as u8).map(|node| (End::Node(node), nodes[usize::from(node)].site));
    let links: Vec<Link> = ends()
        .flat_map(|from| ends().map(move |to| (from, to)))
        .filter(|((_, here), (_, there))| here != there)
        .map(|((from, _), (to, _))| Link { from, to })
        .collect();
    cluster.embedded.interrupt(&links, Channels::ALL, Interruption::Cut).await.unwrap();
    let begun = Instant::now();
    for node in 0..nodes.len() as u8 {
        while !cluster.embedded.info(node, "statistics\n").await.unwrap().is_some_and(|answer| {
            answer.contains(";cluster_size=3;") && answer.contains(";cluster_integrity=true;")
        }) {
            assert!(begun.elapsed() < Duration::from_secs(30), "node {node} is in no cluster of 3");
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// The sites of the nodes that a client tends.
fn tended(client: &Client, cluster: &Cluster) -> Vec<u8> {
    let names: Vec<String> = client.nodes().iter().map(|node| node.name().to_owned()).collect();
    let nodes = cluster.topology.nodes.iter();
    nodes.filter(|node| names.contains(&node.id.to_string())).map(|node| node.site).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_client_tends_the_half_of_its_first_seed_and_an_old_one_both() {
    let cluster = Cluster::start(SEED).await;
    let address = |site: u8| {
        let node = cluster.topology.nodes.iter().find(|node| node.site == site).unwrap();
        node.addresses[0].clone()
    };
    let policy = ClientPolicy::default();
    let old = Client::new(&policy, &address(0)).await.unwrap();
    assert_eq!(tended(&old, &cluster).len(), 6);
    split(&cluster).await;
    // One seed: this client asks every seed that it is given, where others stop at the first that
    // answers, and with seeds in both halves it finds no map that is whole.
    for first in [0, 1] {
        let new = Client::new(&policy, &address(first)).await.unwrap();
        assert_eq!(tended(&new, &cluster), [first; 3]);
        new.close().await.unwrap();
    }
    // Some of its looks later it still knows all: each half names its own nodes.
    sleep(Duration::from_secs(3)).await;
    let sites = tended(&old, &cluster);
    assert_eq!(sites.iter().filter(|site| **site == 0).count(), 3, "{sites:?}");
    assert_eq!(sites.len(), 6, "{sites:?}");
    old.close().await.unwrap();
}
