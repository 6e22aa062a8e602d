//! How a cluster's nodes are split into two sides.

use history::Topology;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use super::ScheduleError;

/// Two sides of a partition, each in ascending order, together all nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) one: Vec<u8>,
    pub(super) other: Vec<u8>,
}

impl Sides {
    fn of(topology: &Topology, is_one: impl Fn(u8) -> bool) -> Self {
        let (one, other) = nodes(topology).into_iter().partition(|node| is_one(*node));
        Self { one, other }
    }

    fn swapped_by_coin(self, random: &mut ChaCha8Rng) -> Self {
        if random.random::<bool>() { Self { one: self.other, other: self.one } } else { self }
    }
}

/// All nodes, by position.
pub(super) fn nodes(topology: &Topology) -> Vec<u8> {
    (0..topology.nodes.len()).map(|node| node as u8).collect()
}

/// Whole sites on each side; of more than two sites a random half.
pub(super) fn by_site(
    nemesis: &str,
    topology: &Topology,
    random: &mut ChaCha8Rng,
) -> Result<Sides, ScheduleError> {
    let mut sites: Vec<u8> = (0..topology.sites.len())
        .map(|site| site as u8)
        .filter(|site| topology.nodes_of_site(*site).next().is_some())
        .collect();
    if sites.len() < 2 {
        return Err(ScheduleError::OneSite { nemesis: nemesis.to_owned() });
    }
    if sites.len() > 2 {
        sites.shuffle(random);
        sites.truncate(sites.len() / 2);
    } else {
        sites.truncate(1);
    }
    Ok(Sides::of(topology, |node| sites.contains(&topology.nodes[usize::from(node)].site)))
}

/// The smallest majority of random nodes as `other`, the rest as `one`.
pub(super) fn minority_and_majority(
    nemesis: &str,
    topology: &Topology,
    random: &mut ChaCha8Rng,
) -> Result<Sides, ScheduleError> {
    let shuffled = shuffled(nemesis, topology, 3, random)?;
    let minority = &shuffled[..(shuffled.len() - 1) / 2];
    Ok(Sides::of(topology, |node| minority.contains(&node)))
}

/// One random node as `one`, the rest as `other`.
pub(super) fn one_and_rest(
    nemesis: &str,
    topology: &Topology,
    random: &mut ChaCha8Rng,
) -> Result<Sides, ScheduleError> {
    let lonely = shuffled(nemesis, topology, 2, random)?[0];
    Ok(Sides::of(topology, |node| node == lonely))
}

/// Random halves, and which of them is `one` by coin.
pub(super) fn halves(
    nemesis: &str,
    topology: &Topology,
    random: &mut ChaCha8Rng,
) -> Result<Sides, ScheduleError> {
    let shuffled = shuffled(nemesis, topology, 2, random)?;
    let half = &shuffled[..shuffled.len() / 2];
    Ok(Sides::of(topology, |node| half.contains(&node)).swapped_by_coin(random))
}

/// All nodes in random order, if there are enough.
pub(super) fn shuffled(
    nemesis: &str,
    topology: &Topology,
    needed: usize,
    random: &mut ChaCha8Rng,
) -> Result<Vec<u8>, ScheduleError> {
    let mut nodes = nodes(topology);
    if nodes.len() < needed {
        return Err(ScheduleError::TooFewNodes {
            nemesis: nemesis.to_owned(),
            needed,
            nodes: nodes.len(),
        });
    }
    nodes.shuffle(random);
    Ok(nodes)
}
