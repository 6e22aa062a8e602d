//! Where nodes and clients live.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A node's id, printed as the server prints it: upper hex without leading zeros.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u64);

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}", self.0)
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}", self.0)
    }
}

impl FromStr for NodeId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

impl Serialize for NodeId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NodeId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One server of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// Its site, an index into [`Topology::sites`].
    pub site: u8,
    /// Its rack (0: none).
    pub rack: u32,
    /// The addresses it listens on, one per client site, in the order of [`Topology::sites`]
    /// (a real cluster: one address for all).
    pub addresses: Vec<String>,
}

/// The cluster's shape as faults and processes speak of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topology {
    /// The sites' names.
    pub sites: Vec<String>,
    /// The nodes; faults, routes and events name them by their position here.
    pub nodes: Vec<Node>,
}

impl Topology {
    /// The positions of the nodes of a site.
    pub fn nodes_of_site(&self, site: u8) -> impl Iterator<Item = u8> + '_ {
        (0..self.nodes.len()).filter(move |i| self.nodes[*i].site == site).map(|i| i as u8)
    }
}
