//! Finds a running cluster and says what it is.

use std::collections::BTreeMap;

use history::{ClusterIdentity, ClusterKind, Heartbeat, Node, NodeId, Topology};

use super::peers;
use crate::observe::Answers;
use crate::{ClusterError, info};

/// The site of everything in a running cluster: the clients live where aerocert does.
const SITE: &str = "here";

/// What the cluster is that seed addresses belong to. All of them must be of one cluster, and every
/// node that they name must answer and have the namespaces.
pub(super) async fn identity(
    seeds: &[String],
    namespaces: &[String],
) -> Result<ClusterIdentity, ClusterError> {
    let mut found = BTreeMap::new();
    let mut name: Option<String> = None;
    for seed in seeds {
        let address = peers::with_port(seed.trim(), peers::DEFAULT_PORT);
        let answers = ask(&address, &["node", "cluster-name", "peers-clear-std"]).await?;
        let of = answers.value("cluster-name").unwrap_or_default().to_owned();
        let expected = name.get_or_insert_with(|| of.clone());
        if *expected != of {
            let expected = expected.clone();
            return Err(ClusterError::TwoClusters { address, found: of, expected });
        }
        let named = answers.value("peers-clear-std").and_then(peers::parse);
        for (id, peer) in named.ok_or_else(|| foreign(&address, "it names no peers"))? {
            found.entry(id).or_insert(peer);
        }
        // What the user wrote beats what a peer says of it.
        found.insert(node_id(&address, &answers)?, address);
    }
    // Descending, as the server's succession of a cluster is.
    let mut nodes = Vec::new();
    for (id, address) in found.into_iter().rev() {
        nodes.push(node(id, address, namespaces).await?);
    }
    let first = nodes.first().ok_or(ClusterError::NoSeeds)?.addresses[0].clone();
    describe(&first, name.unwrap_or_default(), nodes, namespaces).await
}

async fn ask(address: &str, commands: &[&str]) -> Result<Answers, ClusterError> {
    let commands: Vec<String> = commands.iter().map(|command| (*command).to_owned()).collect();
    Ok(Answers::new(info::ask(address, &commands).await?))
}

fn foreign(address: &str, why: &str) -> ClusterError {
    ClusterError::Foreign { address: address.to_owned(), why: why.to_owned() }
}

fn node_id(address: &str, answers: &Answers) -> Result<NodeId, ClusterError> {
    let id = answers.value("node").and_then(|id| id.parse().ok());
    id.ok_or_else(|| foreign(address, "it names no node id"))
}

/// A node, asked at its own address.
async fn node(id: NodeId, address: String, namespaces: &[String]) -> Result<Node, ClusterError> {
    let answers = ask(&address, &["node", "namespaces", "rack-ids"]).await?;
    if node_id(&address, &answers)? != id {
        return Err(foreign(
            &address,
            "another node answers there than the one that was announced",
        ));
    }
    let known = answers.namespaces();
    if let Some(missing) = namespaces.iter().find(|name| !known.contains(name)) {
        let (node, namespace) = (id.to_string(), missing.clone());
        return Err(ClusterError::NoNamespace { node, namespace, known });
    }
    let racks = answers.value("rack-ids").unwrap_or_default();
    let rack = racks.split(';').find_map(|entry| {
        let (namespace, rack) = entry.split_once(':')?;
        namespaces.first().is_none_or(|first| first == namespace).then(|| rack.parse().ok())?
    });
    Ok(Node { id, site: 0, rack: rack.unwrap_or(0), addresses: vec![address] })
}

/// What one node says of the whole cluster.
async fn describe(
    address: &str,
    name: String,
    nodes: Vec<Node>,
    namespaces: &[String],
) -> Result<ClusterIdentity, ClusterError> {
    let network = "get-config:context=network";
    let namespace = format!("namespace/{}", namespaces.first().map_or("", String::as_str));
    let answers = ask(address, &["edition", "build", network, &namespace]).await?;
    let said = |command| answers.value(command).unwrap_or_default().to_owned();
    let network = answers.pairs(network);
    let counted = answers.pairs(&namespace);
    Ok(ClusterIdentity {
        kind: ClusterKind::Real,
        name: if name == "null" { String::new() } else { name },
        edition: said("edition"),
        build: said("build"),
        topology: Topology { sites: vec![SITE.to_owned()], nodes },
        replication_factor: counted.parsed("effective_replication_factor").unwrap_or(0),
        heartbeat: Heartbeat {
            interval_ms: network.parsed("heartbeat.interval").unwrap_or(0),
            timeout: network.parsed("heartbeat.timeout").unwrap_or(0),
        },
        round_trip_us: None,
    })
}
