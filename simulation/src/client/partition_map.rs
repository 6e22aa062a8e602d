//! A client's map of partitions, merged from what nodes say, as the official client merges it.

use std::collections::{BTreeMap, BTreeSet};

use emulator::partition::PARTITIONS;
use wire::replicas;

use super::Peers;

/// What a node said when it was tended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tended {
    /// Its partition generation; below 0 while it has no partitions to tell of.
    pub(crate) generation: i64,
    /// Its map, if it was asked for that.
    pub(crate) replicas: Option<String>,
    /// Its peers, if it was asked for those.
    pub(crate) peers: Option<Peers>,
}

impl Tended {
    /// Reads a frame; `None` if it says no generation.
    pub(crate) fn read(frame: &[u8]) -> Option<Self> {
        let mut values = wire::info::decode_reply(frame.get(wire::frame::HEADER_LENGTH..)?).ok()?;
        let generation = values.get("partition-generation")?.parse().ok()?;
        let peers = values.get("peers-clear-std").and_then(|value| Peers::read(value));
        Some(Self { generation, replicas: values.remove("replicas"), peers })
    }
}

/// The regime in which a node claimed a partition, and the node, unless that was dropped since.
type Claimed = (u32, Option<u8>);

/// Who holds which partition, as far as the clients of one site know.
#[derive(Debug, Default)]
pub(crate) struct PartitionMap {
    /// By column and partition.
    columns: Vec<Vec<Option<Claimed>>>,
    /// The partition generation that each node had when it was asked last.
    generations: BTreeMap<u8, i64>,
}

impl PartitionMap {
    /// The node that is believed to be a partition's master.
    pub(crate) fn master(&self, partition: u16) -> Option<u8> {
        self.columns.first()?.get(usize::from(partition))?.and_then(|(_, node)| node)
    }

    /// The nodes that are believed to hold a partition, the master first.
    pub(crate) fn holders(&self, partition: u16) -> Vec<u8> {
        let slots = self.columns.iter().filter_map(|column| column.get(usize::from(partition)));
        let mut holders = Vec::new();
        for node in slots.flatten().filter_map(|(_, node)| *node) {
            if !holders.contains(&node) {
                holders.push(node);
            }
        }
        holders
    }

    /// Whether the node has changed since its map was taken in.
    pub(crate) fn is_new(&self, node: u8, generation: i64) -> bool {
        self.generations.get(&node) != Some(&generation)
    }

    /// Whether any partition is believed to be at a node.
    pub(crate) fn is_mapped(&self, node: u8) -> bool {
        let mut slots = self.columns.iter().flatten().flatten();
        slots.any(|(_, holder)| *holder == Some(node))
    }

    /// Wants a node's map again, whatever its generation.
    pub(crate) fn ask_again(&mut self, node: u8) {
        self.generations.remove(&node);
    }

    /// A node was dropped: its slots lead nowhere, also once it is known again, until somebody claims
    /// them under no lower regime.
    pub(crate) fn forget(&mut self, node: u8) {
        self.ask_again(node);
        for (_, holder) in self.columns.iter_mut().flatten().flatten() {
            holder.take_if(|holder| *holder == node);
        }
    }

    /// Takes in what a node claims in `namespace`. A claim of a lower regime than the slot's is
    /// ignored; what nobody claims stays as it was. A node whose claim loses will be asked again.
    pub(crate) fn merge(&mut self, node: u8, generation: i64, value: &str, namespace: &str) {
        let Ok(claims) = replicas::decode(value) else { return };
        self.generations.insert(node, generation);
        let mut losers = BTreeSet::new();
        for claim in claims.iter().filter(|claim| claim.namespace == namespace) {
            for (column, partitions) in claim.columns.iter().enumerate() {
                if self.columns.len() <= column {
                    self.columns.resize(column + 1, vec![None; PARTITIONS]);
                }
                for partition in partitions.iter() {
                    let slot = &mut self.columns[column][usize::from(partition)];
                    if slot.is_some_and(|(regime, _)| claim.regime < regime) {
                        continue;
                    }
                    let loser = slot.and_then(|(_, loser)| loser);
                    losers.extend(loser.filter(|loser| *loser != node));
                    *slot = Some((claim.regime, Some(node)));
                }
            }
        }
        for loser in losers {
            self.generations.remove(&loser);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::replicas::NamespaceReplicas;

    fn claim(regime: u32, partition: u16) -> String {
        let columns = vec![std::iter::once(partition).collect()];
        replicas::encode(&[NamespaceReplicas { namespace: "ns".to_owned(), regime, columns }])
    }

    #[test]
    fn the_higher_regime_wins_and_nothing_clears_a_slot() {
        let mut map = PartitionMap::default();
        map.merge(1, 7, &claim(4, 9), "ns");
        map.merge(2, 3, &claim(2, 9), "ns");
        assert_eq!(map.master(9), Some(1));
        map.merge(2, 4, &claim(6, 9), "ns");
        assert_eq!(map.master(9), Some(2));
        assert!(map.is_new(1, 7), "the loser is asked again");
        map.merge(2, 5, &claim(8, 10), "ns");
        assert_eq!(map.master(9), Some(2));
        assert_eq!(map.master(11), None);
        map.forget(2);
        assert_eq!(map.master(9), None);
        map.merge(1, 9, &claim(5, 9), "ns");
        assert_eq!(map.master(9), None, "the regime outlives the node");
        map.merge(1, 10, &claim(6, 9), "ns");
        assert_eq!((map.master(9), map.is_mapped(1), map.is_mapped(2)), (Some(1), true, false));
    }
}
