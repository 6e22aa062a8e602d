//! Which nodes a client knows, and when it drops one, as the official client does it.
//!
//! Source: `find_nodes_to_remove`, `materialize_peers` and `Node::refresh` of the official Rust
//! client 3.0.0.

use std::collections::{BTreeMap, BTreeSet};

/// What a node says about its peers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Peers {
    /// How often they have changed.
    pub(crate) generation: u64,
    /// Their ids.
    pub(crate) ids: Vec<u64>,
}

impl Peers {
    /// Reads `generation,default port,[[ID,TLS name,[address]],…]`; `None` if it is not that.
    pub(crate) fn read(value: &str) -> Option<Self> {
        let (generation, rest) = value.split_once(',')?;
        let (_, list) = rest.split_once(",[")?;
        let ids = list.split('[').filter_map(|entry| entry.split_once(",,"));
        let ids = ids.map(|(id, _)| u64::from_str_radix(id, 16)).collect::<Result<_, _>>().ok()?;
        Some(Self { generation: generation.parse().ok()?, ids })
    }
}

/// The nodes that the client of one site knows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Acquaintance {
    /// To whom it sends, each with its failed tends in a row.
    nodes: BTreeMap<u8, u32>,
    /// How often the peers of each had changed when it answered last.
    generations: BTreeMap<u8, u64>,
    /// Who has answered in the tend under way.
    answers: BTreeMap<u8, Told>,
    /// Who was asked in the tend under way.
    asked: BTreeSet<u8>,
}

/// What a node has told in a tend.
#[derive(Clone, Debug, Default)]
struct Told {
    /// How often its partitions have changed; below 0 while it has none.
    partitions: i64,
    /// How often its peers have changed, and who they are, once it has told them, too.
    peers: Option<(u64, BTreeSet<u8>)>,
}

/// What a tend changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Nodes that are dropped.
    pub(crate) dropped: Vec<u8>,
    /// Nodes that answer again, so that their maps are wanted again.
    pub(crate) back: Vec<u8>,
    /// Whose maps may be believed, with how often their partitions have changed.
    pub(crate) maps: Vec<(u8, i64)>,
}

/// After how many tends without any answer at all a node is dropped.
const HOPELESS: u32 = 5;

impl Acquaintance {
    /// A client that has reached all its seeds.
    pub(crate) fn of(nodes: impl IntoIterator<Item = u8>) -> Self {
        Self { nodes: nodes.into_iter().map(|node| (node, 0)).collect(), ..Self::default() }
    }

    /// Whether the client would send to a node.
    pub(crate) fn knows(&self, node: u8) -> bool {
        self.nodes.contains_key(&node)
    }

    /// Begins a tend: whom it asks. Who has lost everybody begins with `seeds` again.
    pub(crate) fn begin(&mut self, seeds: impl IntoIterator<Item = u8>) -> Vec<u8> {
        self.answers.clear();
        if self.nodes.is_empty() {
            self.asked = seeds.into_iter().collect();
        } else {
            self.asked = self.nodes.keys().copied().collect();
        }
        self.asked.iter().copied().collect()
    }

    /// Takes in that a node answers, and how often its partitions have changed.
    pub(crate) fn hear(&mut self, node: u8, partitions: i64) {
        self.answers.entry(node).or_default().partitions = partitions;
    }

    /// Takes in a node's peers. Returns those that nobody has asked in this tend.
    pub(crate) fn hear_of(&mut self, node: u8, generation: u64, peers: BTreeSet<u8>) -> Vec<u8> {
        let strangers: Vec<u8> = peers.difference(&self.asked).copied().collect();
        self.answers.entry(node).or_default().peers = Some((generation, peers));
        self.asked.extend(&strangers);
        strangers
    }

    /// Who has answered in the tend under way.
    pub(crate) fn answered(&self) -> Vec<u8> {
        self.answers.keys().copied().collect()
    }

    /// Whether a node takes itself for the only one while others answer: its map says nothing.
    fn is_astray(&self, told: &Told) -> bool {
        let alone = told.peers.as_ref().is_some_and(|(_, peers)| peers.is_empty());
        alone && self.answers.len() > 1
    }

    /// Ends a tend. `is_mapped` says whether a node is believed to hold any partition.
    pub(crate) fn conclude(&mut self, is_mapped: impl Fn(u8) -> bool) -> Changes {
        let mut changes = Changes::default();
        let mut anew = false;
        let refreshed = self.nodes.keys().filter(|node| self.answers.contains_key(node)).count();
        for (node, failures) in &mut self.nodes {
            match self.answers.get(node) {
                None => {
                    *failures += 1;
                    anew = true;
                }
                Some(told) => {
                    if *failures > 0 {
                        changes.back.push(*node);
                        anew = true;
                    }
                    *failures = 0;
                    if let Some((generation, _)) = told.peers {
                        anew |= self.generations.insert(*node, generation) != Some(generation);
                    }
                }
            }
        }
        if self.nodes.is_empty() {
            self.nodes = self.answers.keys().map(|node| (*node, 0)).collect();
        } else if anew {
            changes.dropped = self.reconsider(refreshed, is_mapped);
        }
        let told = self.answers.iter().filter(|(node, told)| {
            told.partitions >= 0 && self.knows(**node) && !self.is_astray(told)
        });
        changes.maps = told.map(|(node, told)| (*node, told.partitions)).collect();
        changes
    }

    /// Drops whom nobody names any more, and meets whom somebody names and who has answered.
    fn reconsider(&mut self, refreshed: usize, is_mapped: impl Fn(u8) -> bool) -> Vec<u8> {
        let known = self.nodes.keys().filter_map(|node| self.answers.get(node));
        let peers = known.filter_map(|told| told.peers.as_ref());
        let named: BTreeSet<u8> = peers.flat_map(|(_, peers)| peers).copied().collect();
        let several = self.nodes.len() > 1;
        let mut dropped = Vec::new();
        self.nodes.retain(|node, failures| {
            let forgotten = several && refreshed >= 1 && !named.contains(node);
            let drop = if refreshed == 0 {
                *failures >= HOPELESS
            } else {
                forgotten && (*failures > 0 || !is_mapped(*node))
            };
            if drop {
                dropped.push(*node);
            }
            !drop
        });
        for node in named.into_iter().filter(|node| self.answers.contains_key(node)) {
            self.nodes.entry(node).or_insert(0);
        }
        for node in &dropped {
            self.generations.remove(node);
        }
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One tend in which these nodes answer, each with these peers.
    fn tend(client: &mut Acquaintance, generation: u64, answers: &[(u8, &[u8])]) -> Changes {
        client.begin(0..4);
        answers.iter().for_each(|(node, _)| client.hear(*node, 1));
        for (node, peers) in answers {
            client.hear_of(*node, generation, peers.iter().copied().collect());
        }
        client.conclude(|_| true)
    }

    #[test]
    fn peers_are_read_as_servers_write_them() {
        let read = Peers::read("7,3000,[[BB9030011AC4202,,[10.0.0.3]],[A2,,[10.0.0.4:3100]]]");
        assert_eq!(read, Some(Peers { generation: 7, ids: vec![0x0BB9_0300_11AC_4202, 0xA2] }));
        assert_eq!(Peers::read("7,3000,[]"), Some(Peers { generation: 7, ids: Vec::new() }));
        assert_eq!(Peers::read("nonsense"), None);
    }

    #[test]
    fn a_node_that_fails_is_dropped_once_no_peer_names_it() {
        let mut client = Acquaintance::of(0..4);
        let all: [(u8, &[u8]); 4] =
            [(0, &[1, 2, 3]), (1, &[0, 2, 3]), (2, &[0, 1, 3]), (3, &[0, 1, 2])];
        assert!(tend(&mut client, 1, &all).dropped.is_empty());
        // Cut off, and still named: kept.
        assert!(tend(&mut client, 1, &all[..2]).dropped.is_empty());
        let halves: [(u8, &[u8]); 2] = [(0, &[1]), (1, &[0])];
        assert_eq!(tend(&mut client, 2, &halves).dropped, [2, 3]);
        assert!(!client.knows(2) && client.knows(0));
        // Named again: asked and met in the same tend.
        client.begin(0..4);
        assert_eq!(client.hear_of(0, 3, [1, 2, 3].into()), [2, 3]);
        client.hear_of(2, 3, [0, 1, 3].into());
        client.conclude(|_| true);
        assert!(client.knows(2) && !client.knows(3), "the other one has not answered");
    }

    #[test]
    fn a_node_that_answers_and_is_named_by_nobody_is_kept_while_it_holds_partitions() {
        for mapped in [true, false] {
            let mut client = Acquaintance::of(0..3);
            client.begin(0..3);
            for (node, peers) in [(0, vec![1]), (1, vec![0]), (2, vec![])] {
                client.hear_of(node, 1, peers.into_iter().collect());
            }
            let changes = client.conclude(|_| mapped);
            assert_eq!(changes.dropped.is_empty(), mapped);
            assert_eq!(changes.maps, [(0, 0), (1, 0)], "who is alone among others is not believed");
        }
    }

    #[test]
    fn who_hears_nobody_keeps_all_for_a_while_and_begins_anew() {
        let mut client = Acquaintance::of(0..2);
        for _ in 1..HOPELESS {
            assert_eq!(tend(&mut client, 1, &[]), Changes::default());
        }
        assert_eq!(tend(&mut client, 1, &[]).dropped, [0, 1]);
        assert_eq!(client.begin(0..2), [0, 1], "the seeds");
        client.hear(1, 1);
        client.conclude(|_| true);
        assert!(client.knows(1) && !client.knows(0));
    }

    #[test]
    fn a_node_that_answers_again_tells_its_map_again() {
        let mut client = Acquaintance::of(0..2);
        let all: [(u8, &[u8]); 2] = [(0, &[1]), (1, &[0])];
        tend(&mut client, 1, &all);
        tend(&mut client, 1, &all[..1]);
        assert_eq!(tend(&mut client, 1, &all).back, [1]);
        assert!(tend(&mut client, 1, &all).back.is_empty());
    }
}
