//! Which links a fault interrupts.

use std::collections::BTreeSet;

use history::{ClientLinks, Direction, End, Fault, Link, Topology};

/// The links that a fault interrupts, sorted; none if it is no fault of the network.
///
/// With [`ClientLinks::Cut`] the clients of a site stand on the side that holds most of the site's
/// nodes (on a tie: the larger side), and lose the nodes of the other side as the nodes do.
#[must_use]
pub fn links(fault: &Fault, topology: &Topology) -> Vec<Link> {
    let Fault::Partition { one, other, direction, clients, .. } = fault else {
        return Vec::new();
    };
    let mut links = BTreeSet::new();
    let mut cut = |from: End, to: End| {
        links.insert(Link { from, to });
        if *direction == Direction::Both {
            links.insert(Link { from: to, to: from });
        }
    };
    for (a, b) in pairs(one, other) {
        cut(End::Node(a), End::Node(b));
    }
    if *clients == ClientLinks::Cut {
        for site in 0..topology.sites.len() as u8 {
            match side_of_site(topology, site, one, other) {
                Some(Side::One) => {
                    other.iter().for_each(|node| cut(End::Site(site), End::Node(*node)));
                }
                Some(Side::Other) => {
                    one.iter().for_each(|node| cut(End::Node(*node), End::Site(site)));
                }
                None => {}
            }
        }
    }
    links.into_iter().collect()
}

enum Side {
    One,
    Other,
}

fn side_of_site(topology: &Topology, site: u8, one: &[u8], other: &[u8]) -> Option<Side> {
    let count = |side: &[u8]| topology.nodes_of_site(site).filter(|n| side.contains(n)).count();
    match (count(one), count(other)) {
        (0, 0) => None,
        (in_one, in_other) if (in_one, one.len()) > (in_other, other.len()) => Some(Side::One),
        _ => Some(Side::Other),
    }
}

fn pairs<'a>(one: &'a [u8], other: &'a [u8]) -> impl Iterator<Item = (u8, u8)> + 'a {
    one.iter().flat_map(move |a| other.iter().map(move |b| (*a, *b)))
}

#[cfg(test)]
mod tests {
    use history::Interruption;

    use super::*;
    use crate::fixture::stretch;

    fn partition(one: &[u8], other: &[u8], direction: Direction, clients: ClientLinks) -> Fault {
        Fault::Partition {
            one: one.to_vec(),
            other: other.to_vec(),
            direction,
            interruption: Interruption::Cut,
            clients,
        }
    }

    #[test]
    fn a_cut_by_site_takes_each_sites_clients_along() {
        let fault = partition(&[1, 3, 4], &[0, 2, 5], Direction::Both, ClientLinks::Cut);
        let links = links(&fault, &stretch());
        let nodes = links.iter().filter(|link| matches!(link.from, End::Node(_)));
        assert_eq!(nodes.count(), 18 + 6, "both ways between nodes, and from nodes to sites");
        assert!(links.contains(&Link { from: End::Site(0), to: End::Node(0) }));
        assert!(links.contains(&Link { from: End::Node(1), to: End::Site(1) }));
        assert!(!links.contains(&Link { from: End::Site(0), to: End::Node(1) }));
    }

    #[test]
    fn an_isolated_node_loses_all_clients_but_they_keep_the_rest() {
        let fault = partition(&[1], &[0, 2, 3, 4, 5], Direction::Both, ClientLinks::Cut);
        let links = links(&fault, &stretch());
        assert_eq!(links.len(), 10 + 4);
        assert!(links.iter().all(|link| link.from == End::Node(1) || link.to == End::Node(1)));
    }

    #[test]
    fn one_way_stops_only_what_one_sends() {
        let fault = partition(&[1, 3, 4], &[0, 2, 5], Direction::OneToOther, ClientLinks::Cut);
        let links = links(&fault, &stretch());
        assert_eq!(links.len(), 9 + 3 + 3);
        assert!(links.contains(&Link { from: End::Node(1), to: End::Site(1) }));
        assert!(!links.contains(&Link { from: End::Site(1), to: End::Node(1) }));
    }

    #[test]
    fn kept_clients_and_other_faults_lose_no_link() {
        let fault = partition(&[1], &[0], Direction::Both, ClientLinks::Keep);
        assert_eq!(links(&fault, &stretch()).len(), 2);
        assert!(links(&Fault::Kill { node: 1 }, &stretch()).is_empty());
    }
}
