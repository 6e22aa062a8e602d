//! Where processes live and how they reach their keys.

use history::{LoadSettings, Route, SiteIndex, Topology};

/// A process's place for its whole life; its successors inherit it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where it lives.
    pub site: SiteIndex,
    /// How it reaches its keys.
    pub route: Route,
}

/// The places of a load's processes. The first ones follow the partition map and take turns over
/// the sites; the last [`LoadSettings::pinned`] are pinned, taking turns over the nodes, and live in
/// the site of their node. A topology without sites or nodes has room for nobody.
#[must_use]
pub fn places(load: &LoadSettings, topology: &Topology) -> Vec<Place> {
    let (sites, nodes) = (topology.sites.len(), topology.nodes.len());
    if sites == 0 || nodes == 0 {
        return Vec::new();
    }
    let pinned = load.pinned.min(load.processes) as usize;
    let mapped = load.processes as usize - pinned;
    let by_map = (0..mapped)
        .map(|index| Place { site: SiteIndex((index % sites) as u8), route: Route::Map });
    let by_node = (0..pinned).map(|index| {
        let node = index % nodes;
        Place { site: SiteIndex(topology.nodes[node].site), route: Route::Pinned(node as u8) }
    });
    by_map.chain(by_node).collect()
}

#[cfg(test)]
mod tests {
    use history::{Node, NodeId, Workload};

    use super::*;

    #[test]
    fn processes_take_turns_over_sites_and_pinned_ones_over_nodes() {
        let node = |id, site| Node { id: NodeId(id), site, rack: 0, addresses: Vec::new() };
        let topology = Topology {
            sites: vec!["london".into(), "paris".into()],
            nodes: vec![node(1, 1), node(2, 0)],
        };
        let load = LoadSettings {
            workload: Workload::Register,
            duration_ms: 0,
            rate: 0,
            processes: 6,
            pinned: 3,
            keys: 1,
            skew_milli: 0,
            writes_per_key: 0,
            reads_milli: 0,
        };
        let found: Vec<(u8, Route)> =
            places(&load, &topology).iter().map(|place| (place.site.0, place.route)).collect();
        let expected = [
            (0, Route::Map),
            (1, Route::Map),
            (0, Route::Map),
            (1, Route::Pinned(0)),
            (0, Route::Pinned(1)),
            (1, Route::Pinned(0)),
        ];
        assert_eq!(found, expected);
        assert!(places(&load, &Topology { sites: Vec::new(), nodes: Vec::new() }).is_empty());
    }
}
