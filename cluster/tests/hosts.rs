//! A running cluster, given by its hosts: found, described, refused.

mod server;

use std::time::Duration;

use cluster::table::View;
use cluster::{Cluster, ClusterError};
use history::{ClusterKind, End, Heartbeat, Interruption, Link, Mode};
use server::{Server, pair};

async fn found(seeds: &[&Server]) -> Result<Cluster, ClusterError> {
    let seeds: Vec<String> = seeds.iter().map(|server| server.address.clone()).collect();
    Cluster::hosts(&seeds, &["mydata"]).await
}

async fn refusal(seeds: &[&Server]) -> String {
    found(seeds).await.err().map(|error| error.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn one_seed_finds_all_nodes() {
    let servers = pair().await;
    let cluster = found(&[&servers[0]]).await.unwrap();
    let identity = cluster.identity();
    assert_eq!((identity.kind, identity.name.as_str()), (ClusterKind::Real, "stretch"));
    assert_eq!(identity.edition, "Aerospike Community Edition");
    assert_eq!(identity.heartbeat, Heartbeat { interval_ms: 150, timeout: 10 });
    assert_eq!(identity.replication_factor, 2);
    let nodes: Vec<(String, &str)> = cluster
        .topology()
        .nodes
        .iter()
        .map(|node| (node.id.to_string(), node.addresses[0].as_str()))
        .collect();
    let [first, second] = &servers;
    let expected =
        [("B21".to_owned(), second.address.as_str()), ("B11".to_owned(), first.address.as_str())];
    assert_eq!(nodes, expected);
    cluster.wait_until_stable(Duration::from_secs(5)).await.unwrap();
    cluster.verify_namespace("mydata", Mode::Ap).await.unwrap();
}

#[tokio::test]
async fn it_can_only_be_loaded() {
    let cluster = found(&[&pair().await[0]]).await.unwrap();
    let link = Link { from: End::Node(0), to: End::Node(1) };
    let error = cluster.interrupt(&[link], Interruption::Cut, Duration::from_secs(1)).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("can only be loaded: cutting links needs"), "{error}");
    assert!(matches!(cluster.kill(0).await, Err(ClusterError::LoadOnly("killing nodes"))));
    assert!(matches!(cluster.info(9, &["node"]).await, Err(ClusterError::NoSuchNode(9))));
}

#[tokio::test]
async fn a_cluster_that_is_not_there_is_one_clear_error() {
    let error = Cluster::hosts(&["127.0.0.1:1".to_owned()], &["mydata"]).await.err().unwrap();
    assert!(matches!(error, ClusterError::Unreachable { .. }), "{error}");
    assert!(error.to_string().starts_with("no server answers at 127.0.0.1:1: "), "{error}");
    assert!(matches!(Cluster::hosts(&[], &[]).await, Err(ClusterError::NoSeeds)));
}

#[tokio::test]
async fn a_peer_that_does_not_answer_is_named() {
    let servers = pair().await;
    servers[0].answer("peers-clear-std", "10,3000,[[B21,,[127.0.0.1:1]]]");
    assert!(refusal(&[&servers[0]]).await.contains("127.0.0.1:1"));
}

#[tokio::test]
async fn two_clusters_and_strangers_are_refused() {
    let servers = pair().await;
    let other = pair().await;
    other[0].answer("cluster-name", "elsewhere");
    let refused = refusal(&[&servers[0], &other[0]]).await;
    assert!(refused.ends_with("belongs to cluster elsewhere, the others to stretch"), "{refused}");
    let stranger = Server::start().await;
    let refused = refusal(&[&stranger]).await;
    assert!(refused.contains("does not answer as an Aerospike server does"), "{refused}");
}

#[tokio::test]
async fn the_namespace_must_be_there_in_the_claimed_mode() {
    let servers = pair().await;
    servers[1].answer("namespaces", "other;another");
    let refused = refusal(&[&servers[0]]).await;
    assert_eq!(refused, "node B21 has no namespace mydata; it has other, another");
    servers[1].answer("namespaces", "mydata");
    let cluster = found(&[&servers[0]]).await.unwrap();
    let refused = cluster.verify_namespace("mydata", Mode::Sc).await.unwrap_err().to_string();
    assert!(refused.starts_with("namespace mydata is available (AP) on node B21"), "{refused}");
    let refused = cluster.verify_namespace("nowhere", Mode::Ap).await.unwrap_err().to_string();
    assert!(refused.contains("has no namespace nowhere; it has mydata"), "{refused}");
}

#[tokio::test]
async fn a_cluster_that_never_rests_says_what_is_missing() {
    let servers = pair().await;
    servers[0].answer(
        "namespace/mydata",
        "objects=69;strong-consistency=false;migrate_tx_partitions_remaining=7",
    );
    let cluster = found(&[&servers[0]]).await.unwrap();
    let error = cluster.wait_until_stable(Duration::from_millis(200)).await.unwrap_err();
    let expected = "node B11 has 7 migrations remaining in mydata";
    assert!(error.to_string().ends_with(expected), "{error}");
}

#[tokio::test]
async fn who_only_looks_sees_the_silent_nodes_too() {
    let servers = pair().await;
    servers[0].answer("peers-clear-std", "10,3000,[[B21,,[127.0.0.1:1]]]");
    let seeds = [servers[0].address.clone(), "127.0.0.1:2".to_owned()];
    let cluster = Cluster::hosts(&seeds, &[]).await.unwrap();
    assert_eq!(cluster.namespaces(), ["mydata"]);
    let table = View::Objects.table(&cluster.survey(View::Objects, None).await).to_string();
    let rows: Vec<&str> = table.lines().filter(|line| line.contains("127.0.0.1:")).collect();
    assert_eq!(rows.len(), 3, "{table}");
    assert!(rows[0].starts_with("~~       |127.0.0.1:1 "), "{table}");
    assert!(rows[1].starts_with("~~       |127.0.0.1:2 "), "{table}");
    assert!(rows[2].starts_with("mydata   |127.0.0.1:"), "{table}");
}
