//! Shortest cycles through given edges.

use std::collections::VecDeque;

use super::super::graph::{Edge, Graph, Mask, NONE};

/// Edges visited after which the best cycle so far is short enough.
const ENOUGH: usize = 5_000_000;

/// A shortest cycle that consists of one of the pivots and of a path under `mask`; the first such
/// in the order of the pivots' ends. Empty if there is none. In very large graphs only the first
/// pivots are tried, as many as a fixed number of steps allows.
pub(super) fn shortest(graph: &Graph, pivots: &[Edge], mask: Mask) -> Vec<Edge> {
    let mut pivots = pivots.to_vec();
    pivots.sort_unstable_by_key(|edge| (edge.to, edge.from, edge.kind));
    let mut paths = Paths {
        graph,
        mask,
        // A number for each search, so that nothing need be cleared.
        search: 0,
        seen: vec![0; graph.node_count()],
        goal: vec![0; graph.node_count()],
        length: vec![0; graph.node_count()],
        came_by: vec![Edge { from: NONE, to: NONE, ..pivots[0] }; graph.node_count()],
        visited: 0,
    };
    let mut best: Vec<Edge> = Vec::new();
    let mut bound = u32::MAX;
    for same_end in pivots.chunk_by(|one, other| one.to == other.to) {
        // One more transaction than the pivot's end is the least that there can be.
        if bound <= 1 || bound < u32::MAX && paths.visited > ENOUGH {
            break;
        }
        let Some((from, length)) = paths.nearest(same_end, bound) else { continue };
        bound = length;
        let pivot = same_end.iter().find(|edge| edge.from == from).unwrap_or(&same_end[0]);
        best = paths.back(pivot);
    }
    best
}

struct Paths<'a> {
    graph: &'a Graph,
    mask: Mask,
    search: u32,
    seen: Vec<u32>,
    goal: Vec<u32>,
    length: Vec<u32>,
    came_by: Vec<Edge>,
    visited: usize,
}

impl Paths<'_> {
    /// The nearest beginning of the pivots from their common end, if it is nearer than `bound`, and
    /// how far it is. To go on from a joint costs nothing.
    fn nearest(&mut self, pivots: &[Edge], bound: u32) -> Option<(u32, u32)> {
        self.search += 1;
        pivots.iter().for_each(|edge| self.goal[edge.from as usize] = self.search);
        let start = pivots[0].to;
        self.length[start as usize] = 0;
        self.seen[start as usize] = self.search;
        let mut open = VecDeque::from([(start, 0)]);
        while let Some((node, length)) = open.pop_front() {
            if self.length[node as usize] < length {
                continue;
            }
            if length >= bound {
                return None;
            }
            if self.goal[node as usize] == self.search {
                return Some((node, length));
            }
            let after = self.graph.after(node);
            self.visited += after.len();
            for (to, kind) in after {
                if kind.bit() & self.mask == 0 {
                    continue;
                }
                let at = *to as usize;
                let further = length + u32::from(!kind.is_on());
                if self.seen[at] == self.search && self.length[at] <= further {
                    continue;
                }
                self.seen[at] = self.search;
                self.length[at] = further;
                self.came_by[at] = Edge { from: node, to: *to, kind: *kind };
                if kind.is_on() {
                    open.push_front((*to, further));
                } else {
                    open.push_back((*to, further));
                }
            }
        }
        None
    }

    /// The cycle that a pivot makes with the path that was found.
    fn back(&self, pivot: &Edge) -> Vec<Edge> {
        let mut cycle = Vec::new();
        let mut at = pivot.from;
        while at != pivot.to {
            let edge = self.came_by[at as usize];
            cycle.push(edge);
            at = edge.from;
        }
        cycle.push(*pivot);
        cycle.reverse();
        cycle
    }
}
