//! Why no order exists, as a cycle: each value must precede the next, and the last the first.

use std::collections::{BTreeMap, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

/// A value must precede another, because of these operations: the first ended before the second
/// began, or the second (the same as the first) replaced the one by the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Precedence<V> {
    /// The value that comes first.
    pub(crate) before: V,
    /// The value that comes after it.
    pub(crate) after: V,
    /// An operation on the former.
    pub(crate) one: usize,
    /// An operation on the latter.
    pub(crate) other: usize,
}

/// A shortest cycle of precedences, beginning with the least value on any; empty if there is none.
///
/// Components are found by Kosaraju's algorithm, which petgraph runs without recursion.
#[must_use]
pub(crate) fn shortest_cycle<V: Copy + Ord>(precedences: &[Precedence<V>]) -> Vec<Precedence<V>> {
    let mut graph: DiGraph<V, usize> = DiGraph::new();
    let mut nodes: BTreeMap<V, NodeIndex> = BTreeMap::new();
    for (index, one) in precedences.iter().enumerate() {
        let mut node = |value| *nodes.entry(value).or_insert_with(|| graph.add_node(value));
        let (before, after) = (node(one.before), node(one.after));
        graph.update_edge(before, after, index);
    }
    let mut components = kosaraju_scc(&graph);
    components.retain(|component| component.len() > 1);
    components.iter_mut().for_each(|component| component.sort_by_key(|node| graph[*node]));
    components.sort_by_key(|component| graph[component[0]]);
    let Some(component) = components.first() else { return Vec::new() };
    let cycles = component.iter().map(|start| cycle_through(&graph, *start));
    let shortest = cycles.filter(|cycle| !cycle.is_empty()).min_by_key(Vec::len);
    shortest.unwrap_or_default().into_iter().map(|index| precedences[index]).collect()
}

/// The edges of a shortest cycle through a node, by breadth-first search.
fn cycle_through<V>(graph: &DiGraph<V, usize>, start: NodeIndex) -> Vec<usize> {
    let mut came_by: BTreeMap<NodeIndex, (NodeIndex, usize)> = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(node) = open.pop_front() {
        for edge in graph.edges(node) {
            let next = edge.target();
            if came_by.contains_key(&next) {
                continue;
            }
            came_by.insert(next, (node, *edge.weight()));
            if next == start {
                let mut cycle = Vec::new();
                let mut at = start;
                loop {
                    let (before, edge) = came_by[&at];
                    cycle.push(edge);
                    at = before;
                    if at == start {
                        cycle.reverse();
                        return cycle;
                    }
                }
            }
            open.push_back(next);
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn precedences(pairs: &[(u32, u32)]) -> Vec<Precedence<u32>> {
        pairs
            .iter()
            .map(|(before, after)| Precedence { before: *before, after: *after, one: 0, other: 0 })
            .collect()
    }

    #[test]
    fn the_shortest_cycle_is_found() {
        let cycle = shortest_cycle(&precedences(&[(1, 2), (2, 3), (3, 4), (4, 1), (3, 2), (5, 1)]));
        let pairs: Vec<(u32, u32)> = cycle.iter().map(|one| (one.before, one.after)).collect();
        assert_eq!(pairs, [(2, 3), (3, 2)]);
    }

    #[test]
    fn an_order_has_no_cycle() {
        assert!(shortest_cycle(&precedences(&[(1, 2), (2, 3), (1, 3)])).is_empty());
    }
}
