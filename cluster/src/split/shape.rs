//! The shape of a cluster at one moment.

use std::collections::BTreeMap;
use std::fmt;

use history::Observation;
use serde::Serialize;

/// What one node says of the cluster that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Who says so.
    pub node: String,
    /// How many nodes the cluster has; 0 or 1: the node is alone.
    pub size: u32,
    /// What nodes of one cluster have in common: its key, or which nodes have departed.
    pub mark: String,
}

/// One of the clusters into which a cluster has come apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// How many nodes it has.
    pub size: u32,
    /// Those that say so.
    pub nodes: Vec<String>,
}

/// How many clusters there are of what should be one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "shape")]
pub enum Shape {
    /// One, of all nodes.
    Whole,
    /// One, without so many nodes, none of which can have formed a cluster with another.
    Departed {
        /// How many.
        missing: u32,
    },
    /// Several: a split brain.
    Split {
        /// The clusters, the greatest first.
        parts: Vec<Part>,
    },
    /// One is seen. The other nodes say nothing: they may be down, or a cluster of their own.
    OutOfSight {
        /// The one that is seen.
        seen: Part,
        /// How many nodes are neither in it nor known to be alone.
        missing: u32,
    },
    /// What the nodes say does not fit together (yet).
    Changing,
}

impl Shape {
    /// Whether the cluster has certainly split; `None` if that cannot be told.
    #[must_use]
    pub fn is_split(&self) -> Option<bool> {
        match self {
            Self::Whole | Self::Departed { .. } => Some(false),
            Self::Split { .. } => Some(true),
            Self::OutOfSight { .. } | Self::Changing => None,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("one cluster of all nodes"),
            Self::Departed { missing: 1 } => {
                f.write_str("one cluster; 1 node has departed, which is no split brain")
            }
            Self::Departed { missing } => write!(f, "one cluster; {missing} nodes are each alone"),
            Self::Split { parts } => {
                let sizes: Vec<String> = parts.iter().map(|part| part.size.to_string()).collect();
                let nodes: Vec<String> = parts.iter().map(|part| part.nodes.join(" ")).collect();
                write!(f, "SPLIT BRAIN, {} nodes: {}", sizes.join(" + "), nodes.join(" | "))
            }
            Self::OutOfSight { seen, missing } => write!(
                f,
                "a cluster of {} ({}); {missing} nodes say nothing: down, or a cluster of their own",
                seen.size,
                seen.nodes.join(" ")
            ),
            Self::Changing => f.write_str("changing: the nodes do not agree"),
        }
    }
}

/// The shape of a cluster that should have `expected` nodes.
#[must_use]
pub fn shape(expected: u32, views: &[View]) -> Shape {
    let mut parts: BTreeMap<&str, Part> = BTreeMap::new();
    let mut alone = 0;
    for View { node, size, mark } in views {
        if *size < 2 {
            alone += 1;
            continue;
        }
        let part = parts.entry(mark).or_insert(Part { size: *size, nodes: Vec::new() });
        part.size = part.size.max(*size);
        part.nodes.push(node.clone());
    }
    let mut parts: Vec<Part> = parts.into_values().collect();
    parts.sort_by(|one, other| (other.size, &one.nodes).cmp(&(one.size, &other.nodes)));
    // An old view beside a new one: clusters that are apart share no node.
    let together: u32 = parts.iter().map(|part| part.size).sum();
    let crowded = parts.iter().any(|part| part.nodes.len() > part.size as usize);
    if parts.is_empty() || crowded || together + alone > expected {
        return Shape::Changing;
    }
    if parts.len() > 1 {
        return Shape::Split { parts };
    }
    let missing = expected - together;
    match (missing, missing - alone) {
        (0, _) => Shape::Whole,
        (_, 0 | 1) => Shape::Departed { missing },
        (_, unseen) => Shape::OutOfSight { seen: parts.remove(0), missing: unseen },
    }
}

/// The shape that nodes told when they were asked; all of them are expected.
#[must_use]
pub fn observed(observation: &Observation) -> Shape {
    let answered = observation.nodes.iter().flatten();
    let views: Vec<View> = answered
        .map(|node| View {
            node: node.node.to_string(),
            size: node.cluster_size,
            mark: node.cluster_key.clone(),
        })
        .collect();
    shape(u32::try_from(observation.nodes.len()).unwrap_or(u32::MAX), &views)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(expected: u32, views: &[(&str, u32, &str)]) -> Shape {
        let view = |(node, size, mark): &(&str, u32, &str)| View {
            node: (*node).to_owned(),
            size: *size,
            mark: (*mark).to_owned(),
        };
        shape(expected, &views.iter().map(view).collect::<Vec<_>>())
    }

    #[test]
    fn two_clusters_of_two_nodes_at_least_are_a_split_brain() {
        let split =
            of(5, &[("A", 2, "x"), ("B", 2, "x"), ("C", 3, "y"), ("D", 3, "y"), ("E", 3, "y")]);
        assert_eq!(split.is_split(), Some(true));
        assert_eq!(split.to_string(), "SPLIT BRAIN, 3 + 2 nodes: C D E | A B");
        // One node of either is enough.
        assert_eq!(of(6, &[("A", 3, "x"), ("D", 3, "y")]).is_split(), Some(true));
    }

    #[test]
    fn a_node_that_departs_is_none() {
        let four = [("A", 4, "x"), ("B", 4, "x"), ("C", 4, "x"), ("D", 4, "x")];
        assert_eq!(of(5, &four), Shape::Departed { missing: 1 }, "it says nothing");
        for size in [0, 1] {
            let alone = [&four[..], &[("E", size, "z")]].concat();
            assert_eq!(of(5, &alone), Shape::Departed { missing: 1 });
        }
        // Each of two is alone.
        let three = [("A", 3, "x"), ("D", 1, "y"), ("E", 0, "")];
        assert_eq!(of(5, &three), Shape::Departed { missing: 2 });
    }

    #[test]
    fn what_is_out_of_sight_is_not_judged() {
        let two = of(5, &[("A", 2, "x"), ("B", 2, "x")]);
        assert_eq!(two.is_split(), None);
        assert!(two.to_string().contains("3 nodes say nothing"), "{two}");
        assert_eq!(of(5, &[]), Shape::Changing);
    }

    #[test]
    fn old_and_new_views_of_one_cluster_are_no_split() {
        assert_eq!(of(6, &[("A", 6, "x"), ("B", 6, "y")]), Shape::Changing);
        assert_eq!(of(6, &[("A", 6, "x"), ("B", 3, "y"), ("C", 3, "y")]), Shape::Changing);
        assert_eq!(of(6, &[("A", 6, "x"), ("B", 6, "x")]), Shape::Whole);
    }
}
