//! Finds a running cluster and says what it is.

use std::collections::BTreeMap;

use history::{ClusterIdentity, ClusterKind, Heartbeat, Node, NodeId, Topology};

use super::peers;
use crate::observe::Answers;
use crate::{ClusterError, info};

/// The site of everything in a running cluster: the clients live where aerocert does.
const SITE: &str = "here";

/// What the cluster is that seed addresses belong to, and its namespaces.
///
/// Who names namespaces wants to load them: then every seed and every node that the seeds name must
/// answer and have them. Who names none wants to look: then one seed must answer, silent nodes are
/// kept (a seed that never said its id has id 0), and the namespaces are those that the nodes name.
pub(super) async fn identity(
    seeds: &[String],
    namespaces: &[String],
) -> Result<(ClusterIdentity, Vec<String>), ClusterError> {
    let to_load = !namespaces.is_empty();
    let mut found = Found::default();
    let mut silent = Vec::new();
    for seed in seeds {
        let address = peers::with_port(seed.trim(), peers::DEFAULT_PORT);
        match ask(&address, &["node", "cluster-name", "peers-clear-std"]).await {
            Ok(answers) => found.add(&address, &answers)?,
            Err(error) if to_load => return Err(error),
            Err(error) => silent.push((address, error)),
        }
    }
    let Some(name) = found.name else {
        return Err(silent.into_iter().next().map_or(ClusterError::NoSeeds, |(_, error)| error));
    };
    let mut namespaces = namespaces.to_vec();
    let mut nodes = Vec::new();
    // Descending, as the server's succession of a cluster is.
    for (id, address) in found.nodes.into_iter().rev() {
        match node(id, &address, &mut namespaces).await {
            Err(error) if to_load => return Err(error),
            Err(_) => nodes.push(unknown(id, address)),
            Ok(node) => nodes.push(node),
        }
    }
    nodes.extend(silent.into_iter().map(|(address, _)| unknown(NodeId(0), address)));
    let identity = describe(&found.speaker, name, nodes, &namespaces).await?;
    Ok((identity, namespaces))
}

/// What the seeds say.
#[derive(Default)]
struct Found {
    name: Option<String>,
    /// A seed that answers.
    speaker: String,
    nodes: BTreeMap<NodeId, String>,
}

impl Found {
    /// Takes in a seed's answers.
    fn add(&mut self, address: &str, answers: &Answers) -> Result<(), ClusterError> {
        let of = answers.value("cluster-name").unwrap_or_default().to_owned();
        let expected = self.name.get_or_insert_with(|| of.clone());
        if *expected != of {
            let (address, expected) = (address.to_owned(), expected.clone());
            return Err(ClusterError::TwoClusters { address, found: of, expected });
        }
        let named = answers.value("peers-clear-std").and_then(peers::parse);
        for (id, peer) in named.ok_or_else(|| foreign(address, "it names no peers"))? {
            self.nodes.entry(id).or_insert(peer);
        }
        // What the user wrote beats what a peer says of it.
        self.nodes.insert(node_id(address, answers)?, address.to_owned());
        address.clone_into(&mut self.speaker);
        Ok(())
    }
}

/// A node that does not answer.
fn unknown(id: NodeId, address: String) -> Node {
    Node { id, site: 0, rack: 0, addresses: vec![address] }
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

/// A node, asked at its own address. If `namespaces` is empty, it becomes those of the node.
async fn node(
    id: NodeId,
    address: &str,
    namespaces: &mut Vec<String>,
) -> Result<Node, ClusterError> {
    let answers = ask(address, &["node", "namespaces", "rack-ids"]).await?;
    if node_id(address, &answers)? != id {
        return Err(foreign(address, "another node answers there than the one that was announced"));
    }
    let known = answers.namespaces();
    if namespaces.is_empty() {
        namespaces.clone_from(&known);
    }
    if let Some(missing) = namespaces.iter().find(|name| !known.contains(name)) {
        let (node, namespace) = (id.to_string(), missing.clone());
        return Err(ClusterError::NoNamespace { node, namespace, known });
    }
    let racks = answers.value("rack-ids").unwrap_or_default();
    let rack = racks.split(';').find_map(|entry| {
        let (namespace, rack) = entry.split_once(':')?;
        if namespaces.first()? == namespace { rack.parse().ok() } else { None }
    });
    Ok(Node { rack: rack.unwrap_or(0), ..unknown(id, address.to_owned()) })
}

/// An emulated node owns up to it: no claim on a real cluster may rest on one that is found by its
/// addresses.
fn kind(answers: &Answers) -> ClusterKind {
    match answers.value("build_os") {
        Some("emulated") => ClusterKind::Emulated,
        _ => ClusterKind::Real,
    }
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
    let answers = ask(address, &["edition", "build", "build_os", network, &namespace]).await?;
    let said = |command| answers.value(command).unwrap_or_default().to_owned();
    let network = answers.pairs(network);
    let counted = answers.pairs(&namespace);
    Ok(ClusterIdentity {
        kind: kind(&answers),
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
