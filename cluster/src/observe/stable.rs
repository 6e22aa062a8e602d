//! Whether a cluster is whole and at rest.

use history::{NodeObservation, Observation};

/// What keeps a cluster from being whole and at rest, in words; `None` if nothing does. Whole means:
/// every node answers and is in one cluster of all of them, and every namespace has all partitions
/// available and no migration under way.
#[must_use]
pub fn missing(observation: &Observation) -> Option<String> {
    let answered: Vec<&NodeObservation> = observation.nodes.iter().flatten().collect();
    let silent = observation.nodes.len() - answered.len();
    if silent > 0 {
        return Some(format!("{silent} of {} nodes do not answer", observation.nodes.len()));
    }
    apart(&answered).or_else(|| answered.iter().find_map(|node| restless(node)))
}

/// Why the nodes are not in one cluster.
fn apart(nodes: &[&NodeObservation]) -> Option<String> {
    let first = nodes.first()?;
    nodes.iter().find_map(|node| {
        let whole = node.cluster_size as usize == nodes.len()
            && node.integrity
            && node.cluster_key == first.cluster_key;
        (!whole).then(|| {
            format!(
                "node {} is in cluster {} of {} nodes{}, not in one of {}",
                node.node,
                node.cluster_key,
                node.cluster_size,
                if node.integrity { "" } else { " without integrity" },
                nodes.len()
            )
        })
    })
}

/// What a node's namespaces still have to do.
fn restless(node: &NodeObservation) -> Option<String> {
    node.namespaces.iter().find_map(|(name, namespace)| {
        let counts = [
            (namespace.unavailable_partitions, "unavailable partitions"),
            (namespace.dead_partitions, "dead partitions"),
            (namespace.migrations_remaining, "migrations remaining"),
        ];
        let (count, what) = counts.into_iter().find(|(count, _)| *count > 0)?;
        Some(format!("node {} has {count} {what} in {name}", node.node))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use history::{NamespaceObservation, NodeId};

    use super::*;

    fn whole() -> Observation {
        let node = |id| {
            Some(NodeObservation {
                node: NodeId(id),
                cluster_size: 2,
                cluster_key: "3CF08B51D327".into(),
                principal: "A2".into(),
                integrity: true,
                namespaces: BTreeMap::from([("mydata".into(), NamespaceObservation::default())]),
            })
        };
        Observation { time_ns: 0, nodes: vec![node(0xA1), node(0xA2)] }
    }

    fn missing_after(change: impl FnOnce(&mut NodeObservation)) -> String {
        let mut observation = whole();
        change(observation.nodes[1].as_mut().unwrap());
        missing(&observation).unwrap()
    }

    #[test]
    fn a_whole_cluster_misses_nothing() {
        assert_eq!(missing(&whole()), None);
    }

    #[test]
    fn everything_that_is_missing_is_named() {
        let silent = Observation { nodes: vec![None, whole().nodes.remove(0)], ..whole() };
        assert_eq!(missing(&silent).unwrap(), "1 of 2 nodes do not answer");
        assert_eq!(
            missing_after(|node| node.cluster_key = "0".into()),
            "node A2 is in cluster 0 of 2 nodes, not in one of 2"
        );
        assert!(missing_after(|node| node.cluster_size = 1).contains("of 1 nodes"));
        assert!(missing_after(|node| node.integrity = false).contains("without integrity"));
        let busy = |change: fn(&mut NamespaceObservation)| {
            missing_after(|node| change(node.namespaces.get_mut("mydata").unwrap()))
        };
        assert_eq!(
            busy(|ns| ns.unavailable_partitions = 2048),
            "node A2 has 2048 unavailable partitions in mydata"
        );
        assert!(busy(|ns| ns.dead_partitions = 1).contains("1 dead partitions"));
        assert!(busy(|ns| ns.migrations_remaining = 9).contains("9 migrations remaining"));
    }
}
