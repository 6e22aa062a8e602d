//! Heartbeats: who is there, whom they hear, and in which round they are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::metadata::Metadata;
use super::roster::RosterSetting;
use super::round::RoundId;
use super::truncation::Truncations;
use crate::partition::NodeId;
use crate::security::Directory;

/// A heartbeat.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Beat {
    /// Rises with every start of the process.
    pub incarnation: u64,
    /// Rises with every heartbeat of one process.
    pub sequence: u64,
    /// The sender's wall clock, in ms of Unix time.
    pub wall_ms: i64,
    /// Whom the sender hears.
    pub adjacency: BTreeSet<NodeId>,
    /// The round that the sender serves; `None` for an orphan that never joined or has frozen.
    pub active: Option<RoundId>,
    /// The highest round number that the sender has accepted.
    pub accepted: u64,
    /// The sender has given up its cluster and waits for a new one.
    pub orphan: bool,
    /// The roster settings that the sender knows, by namespace.
    pub rosters: Arc<[Option<Arc<RosterSetting>>]>,
    /// The truncations that the sender knows, by namespace.
    pub truncations: Arc<[Arc<Truncations>]>,
    /// The users and roles that the sender knows, in a cluster with security.
    pub directory: Option<Arc<Directory>>,
    /// The version of the metadata that the sender knows.
    pub metadata_version: u64,
    /// That metadata, while some peer may know another.
    pub metadata: Option<Arc<Metadata>>,
}

/// What a node knows of its peers from their heartbeats.
#[derive(Debug, Default)]
pub struct Peers {
    peers: BTreeMap<NodeId, Peer>,
}

#[derive(Debug)]
struct Peer {
    heard_ns: u64,
    beat: Arc<Beat>,
}

impl Peers {
    /// Takes a heartbeat in; false if it is older than one that came before it.
    pub fn hear(&mut self, now_ns: u64, from: NodeId, beat: Arc<Beat>) -> bool {
        if let Some(peer) = self.peers.get(&from) {
            let known = (peer.beat.incarnation, peer.beat.sequence);
            if (beat.incarnation, beat.sequence) <= known {
                return false;
            }
        }
        self.peers.insert(from, Peer { heard_ns: now_ns, beat });
        true
    }

    /// Gives up those who were silent for `timeout_ns`, and names them.
    pub fn expire(&mut self, now_ns: u64, timeout_ns: u64) -> Vec<NodeId> {
        let silent: Vec<NodeId> = self
            .peers
            .iter()
            .filter(|(_, peer)| now_ns >= peer.heard_ns + timeout_ns)
            .map(|(id, _)| *id)
            .collect();
        for id in &silent {
            self.peers.remove(id);
        }
        silent
    }

    /// Whom this node hears.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + '_ {
        self.peers.keys().copied()
    }

    /// Whether it hears nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.peers.is_empty()
    }

    /// The last heartbeat of a peer.
    #[must_use]
    pub fn beat(&self, node: NodeId) -> Option<&Beat> {
        self.peers.get(&node).map(|peer| &*peer.beat)
    }

    /// The highest round number that any peer has accepted.
    #[must_use]
    pub fn highest_accepted(&self) -> u64 {
        self.peers.values().map(|peer| peer.beat.accepted).max().unwrap_or(0)
    }

    /// The nodes with which a cluster can be formed, `me` among them, by descending id: every two
    /// of them hear each other.
    ///
    /// A node that does not hear `me` is out at once. Of the rest the one that misses most others
    /// goes first, ties by the lowest id, so that nodes with the same picture come to the same end.
    #[must_use]
    pub fn clique(&self, me: NodeId) -> Vec<NodeId> {
        let mut clique: Vec<NodeId> = self
            .peers
            .iter()
            .rev()
            .filter(|(_, peer)| peer.beat.adjacency.contains(&me))
            .map(|(id, _)| *id)
            .collect();
        let hears = |a: NodeId, b: NodeId| {
            self.peers.get(&a).is_some_and(|peer| peer.beat.adjacency.contains(&b))
        };
        loop {
            let missing = |a: NodeId| {
                clique.iter().filter(|b| **b != a && !(hears(a, **b) && hears(**b, a))).count()
            };
            let worst = clique.iter().map(|a| (missing(*a), std::cmp::Reverse(*a))).max();
            match worst {
                Some((missing, std::cmp::Reverse(node))) if missing > 0 => {
                    clique.retain(|id| *id != node);
                }
                _ => break,
            }
        }
        clique.push(me);
        clique.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
        clique
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beat(adjacency: &[u64]) -> Arc<Beat> {
        Arc::new(Beat {
            incarnation: 1,
            sequence: 1,
            wall_ms: 0,
            adjacency: adjacency.iter().map(|id| NodeId(*id)).collect(),
            active: None,
            accepted: 0,
            orphan: true,
            rosters: Arc::new([]),
            truncations: Arc::new([]),
            directory: None,
            metadata_version: 0,
            metadata: None,
        })
    }

    fn peers(list: &[(u64, &[u64])]) -> Peers {
        let mut peers = Peers::default();
        for (id, adjacency) in list {
            peers.hear(0, NodeId(*id), beat(adjacency));
        }
        peers
    }

    #[test]
    fn a_node_that_does_not_hear_us_is_left_out() {
        let peers = peers(&[(2, &[1, 3]), (3, &[2])]);
        assert_eq!(peers.clique(NodeId(1)), [NodeId(2), NodeId(1)]);
    }

    #[test]
    fn one_broken_link_costs_the_lower_id_of_its_ends() {
        let third = peers(&[(4, &[1, 3]), (3, &[4, 2, 1]), (2, &[3, 1])]);
        assert_eq!(third.clique(NodeId(1)), [NodeId(4), NodeId(3), NodeId(1)]);
        let lower_end = peers(&[(4, &[1, 3]), (3, &[4, 2, 1]), (1, &[4, 3, 2])]);
        assert_eq!(lower_end.clique(NodeId(2)), [NodeId(3), NodeId(2), NodeId(1)]);
    }

    #[test]
    fn silence_ends_a_peer_and_an_old_heartbeat_does_not_count() {
        let mut peers = peers(&[(2, &[1])]);
        assert!(!peers.hear(5, NodeId(2), beat(&[])));
        assert!(peers.expire(9, 10).is_empty());
        assert_eq!(peers.expire(10, 10), [NodeId(2)]);
        assert!(peers.is_empty());
    }
}
