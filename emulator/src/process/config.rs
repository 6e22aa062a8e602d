//! What a node's process is told when it starts.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::world::WorldConfig;

/// A cluster, which of its nodes this is, and where everybody is.
#[derive(Clone, Debug)]
pub struct NodeProcessConfig {
    /// The cluster. The addresses of its places are where clients reach the nodes; delays do not
    /// count, since the network is real.
    pub world: WorldConfig,
    /// The seed of everything random in the cluster.
    pub seed: u64,
    /// The position of this node among the places.
    pub node: u8,
    /// Where it serves clients.
    pub service: SocketAddr,
    /// Where the nodes reach each other, by position.
    pub peers: Vec<PeerAddress>,
    /// The folder in which it keeps its data. No other process may use it.
    pub folder: PathBuf,
}

/// Where a node is reached by the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress {
    /// For heartbeats.
    pub heartbeat: SocketAddr,
    /// For everything else.
    pub fabric: SocketAddr,
}
