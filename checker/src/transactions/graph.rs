//! Which transaction must precede which, as a graph that petgraph's algorithms walk.
//!
//! Nodes are the transactions, and *joints* between them: where each of many transactions must
//! precede each of many others (all that ended before all that began later; all that read a list
//! before all that appended to it unseen), they meet at joints, so that the edges stay linear in
//! number.

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::visit::{
    GraphBase, GraphRef, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, VisitMap,
    Visitable,
};

/// Why one node precedes another. The numbers are bits of a [`Mask`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Kind {
    /// Both wrote, the former first.
    WriteWrite,
    /// The latter read what the former wrote.
    WriteRead,
    /// The latter wrote over what the former read.
    ReadWrite,
    /// From a joint on, at no cost; it was come to by a [`Kind::ReadWrite`].
    ReadWriteOn,
    /// Both are of one process.
    Process,
    /// The former ended before the latter began.
    Realtime,
    /// From a joint on, at no cost; it was come to by a [`Kind::Realtime`].
    RealtimeOn,
    /// The latter wrote over what the former read or wrote, as real time says.
    TimedReadWrite,
}

/// Kinds of edges, as bits.
pub(super) type Mask = u16;

impl Kind {
    pub(super) fn bit(self) -> Mask {
        1 << self as u16
    }

    /// Whether it leads on from a joint.
    pub(super) fn is_on(self) -> bool {
        matches!(self, Self::ReadWriteOn | Self::RealtimeOn)
    }

    /// Whether it is an anti-dependency.
    pub(super) fn is_read_write(self) -> bool {
        matches!(self, Self::ReadWrite | Self::TimedReadWrite)
    }
}

/// An edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) kind: Kind,
}

/// A graph, with the edges of each node side by side, in both directions.
#[derive(Debug)]
pub(super) struct Graph {
    out: Adjacency,
    into: Adjacency,
}

#[derive(Debug)]
struct Adjacency {
    begins: Vec<u32>,
    ends: Vec<(u32, Kind)>,
}

impl Adjacency {
    fn new(nodes: usize, edges: &[Edge], from: fn(&Edge) -> u32, to: fn(&Edge) -> u32) -> Self {
        // Counted one place up, so that filling moves each begin to where it belongs.
        let mut begins = vec![0_u32; nodes + 2];
        for edge in edges {
            begins[from(edge) as usize + 2] += 1;
        }
        for node in 2..begins.len() {
            begins[node] += begins[node - 1];
        }
        let mut ends = vec![(0, Kind::WriteWrite); edges.len()];
        for edge in edges {
            let at = &mut begins[from(edge) as usize + 1];
            ends[*at as usize] = (to(edge), edge.kind);
            *at += 1;
        }
        begins.pop();
        Self { begins, ends }
    }

    fn of(&self, node: u32) -> &[(u32, Kind)] {
        let node = node as usize;
        &self.ends[self.begins[node] as usize..self.begins[node + 1] as usize]
    }
}

impl Graph {
    /// A graph of so many nodes.
    pub(super) fn new(nodes: usize, edges: &[Edge]) -> Self {
        Self {
            out: Adjacency::new(nodes, edges, |edge| edge.from, |edge| edge.to),
            into: Adjacency::new(nodes, edges, |edge| edge.to, |edge| edge.from),
        }
    }

    pub(super) fn node_count(&self) -> usize {
        self.out.begins.len() - 1
    }

    /// What a node precedes.
    pub(super) fn after(&self, node: u32) -> &[(u32, Kind)] {
        self.out.of(node)
    }

    /// All edges.
    pub(super) fn edges(&self) -> impl Iterator<Item = Edge> {
        (0..self.node_count() as u32).flat_map(|from| {
            self.after(from).iter().map(move |(to, kind)| Edge { from, to: *to, kind: *kind })
        })
    }

    /// How many edges lead to each node.
    pub(super) fn waits_for(&self) -> Vec<u32> {
        (0..self.node_count() as u32).map(|node| self.into.of(node).len() as u32).collect()
    }

    /// All nodes, each behind those that precede it (Kahn 1962); `None` if there is a cycle.
    pub(super) fn topological(&self) -> Option<Vec<u32>> {
        let mut waits_for = self.waits_for();
        let mut order: Vec<u32> =
            (0..waits_for.len() as u32).filter(|node| waits_for[*node as usize] == 0).collect();
        let mut at = 0;
        while at < order.len() {
            for (to, _) in self.after(order[at]) {
                waits_for[*to as usize] -= 1;
                if waits_for[*to as usize] == 0 {
                    order.push(*to);
                }
            }
            at += 1;
        }
        (order.len() == waits_for.len()).then_some(order)
    }

    /// By when each node has to come: the least of its own deadline, of which those behind the last
    /// have none, and of those of all that come after it; `None` if there is a cycle.
    pub(super) fn deadlines(&self, own: impl Iterator<Item = u64>) -> Option<Vec<u64>> {
        let mut deadlines: Vec<u64> = own.collect();
        deadlines.resize(self.node_count(), u64::MAX);
        for node in self.topological()?.into_iter().rev() {
            let after = self.after(node).iter().map(|(to, _)| deadlines[*to as usize]);
            let soonest = after.min().unwrap_or(u64::MAX);
            let own = &mut deadlines[node as usize];
            *own = soonest.min(*own);
        }
        Some(deadlines)
    }

    /// The same nodes, and the edges of some kinds.
    pub(super) fn only(&self, mask: Mask) -> Self {
        let edges: Vec<Edge> = self.edges().filter(|edge| edge.kind.bit() & mask != 0).collect();
        Self::new(self.node_count(), &edges)
    }

    /// The strongly connected components of more than one node under some kinds of edges: each
    /// sorted, in the order of their least nodes.
    pub(super) fn components(&self, mask: Mask) -> Vec<Vec<u32>> {
        let mut components = kosaraju_scc(View { graph: self, mask });
        components.retain(|component| component.len() > 1);
        components.iter_mut().for_each(|component| component.sort_unstable());
        components.sort_unstable();
        components
    }

    /// The graph of some nodes alone, and of the edges of some kinds between them; the nodes are
    /// numbered anew in their order. `numbers` is room for as many numbers as this graph has nodes,
    /// all [`NONE`], and is left so.
    pub(super) fn within(&self, nodes: &[u32], mask: Mask, numbers: &mut [u32]) -> Self {
        for (number, node) in (0..).zip(nodes) {
            numbers[*node as usize] = number;
        }
        let mut edges = Vec::new();
        for (from, node) in (0..).zip(nodes) {
            for (to, kind) in self.after(*node) {
                let to = numbers[*to as usize];
                if to != NONE && kind.bit() & mask != 0 {
                    edges.push(Edge { from, to, kind: *kind });
                }
            }
        }
        for node in nodes {
            numbers[*node as usize] = NONE;
        }
        Self::new(nodes.len(), &edges)
    }
}

/// No node.
pub(super) const NONE: u32 = u32::MAX;

/// The edges of some kinds of a graph.
#[derive(Clone, Copy)]
struct View<'a> {
    graph: &'a Graph,
    mask: Mask,
}

impl GraphBase for View<'_> {
    type EdgeId = ();
    type NodeId = u32;
}

impl GraphRef for View<'_> {}

impl<'a> IntoNeighbors for View<'a> {
    type Neighbors = Neighbors<'a>;

    fn neighbors(self, node: u32) -> Neighbors<'a> {
        Neighbors { ends: self.graph.out.of(node).iter(), mask: self.mask }
    }
}

impl<'a> IntoNeighborsDirected for View<'a> {
    type NeighborsDirected = Neighbors<'a>;

    fn neighbors_directed(self, node: u32, direction: Direction) -> Neighbors<'a> {
        let side = match direction {
            Direction::Outgoing => &self.graph.out,
            Direction::Incoming => &self.graph.into,
        };
        Neighbors { ends: side.of(node).iter(), mask: self.mask }
    }
}

impl IntoNodeIdentifiers for View<'_> {
    type NodeIdentifiers = std::ops::Range<u32>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        0..self.graph.node_count() as u32
    }
}

impl Visitable for View<'_> {
    type Map = Marks;

    fn visit_map(&self) -> Marks {
        Marks(vec![0; self.graph.node_count().div_ceil(64)])
    }

    fn reset_map(&self, map: &mut Marks) {
        map.0.fill(0);
    }
}

struct Neighbors<'a> {
    ends: std::slice::Iter<'a, (u32, Kind)>,
    mask: Mask,
}

impl Iterator for Neighbors<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.ends.find(|(_, kind)| kind.bit() & self.mask != 0).map(|(to, _)| *to)
    }
}

/// One bit for each node.
struct Marks(Vec<u64>);

impl VisitMap<u32> for Marks {
    fn visit(&mut self, node: u32) -> bool {
        let word = &mut self.0[node as usize / 64];
        let before = *word;
        *word |= 1 << (node % 64);
        *word != before
    }

    fn is_visited(&self, node: &u32) -> bool {
        self.0[*node as usize / 64] & 1 << (node % 64) != 0
    }

    fn unvisit(&mut self, node: u32) -> bool {
        let was = self.is_visited(&node);
        self.0[node as usize / 64] &= !(1 << (node % 64));
        was
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(nodes: usize, edges: &[(u32, u32, Kind)]) -> Graph {
        let edges: Vec<Edge> = edges
            .iter()
            .map(|(from, to, kind)| Edge { from: *from, to: *to, kind: *kind })
            .collect();
        Graph::new(nodes, &edges)
    }

    #[test]
    fn components_are_those_of_the_kinds_asked_for() {
        use Kind::{Process, ReadWrite, WriteRead, WriteWrite};
        let edges = [
            (4, 1, WriteWrite),
            (1, 4, WriteRead),
            (0, 3, ReadWrite),
            (3, 0, Process),
            (1, 0, WriteWrite),
        ];
        let graph = graph(5, &edges);
        let all = !0;
        assert_eq!(graph.components(all), [vec![0, 3], vec![1, 4]]);
        assert_eq!(graph.components(WriteWrite.bit() | WriteRead.bit()), [vec![1, 4]]);
        assert!(graph.components(WriteWrite.bit()).is_empty());
        let mut numbers = vec![NONE; 5];
        let within = graph.within(&[1, 4], all, &mut numbers);
        assert_eq!(numbers, [NONE; 5]);
        let edges: Vec<Edge> = within.edges().collect();
        assert_eq!(edges[0], Edge { from: 0, to: 1, kind: WriteRead });
        assert_eq!(edges[1], Edge { from: 1, to: 0, kind: WriteWrite });
        assert_eq!((within.node_count(), edges.len()), (2, 2));
    }

    #[test]
    fn a_chain_of_a_million_is_walked_without_recursion() {
        let nodes = 1_000_000;
        let mut edges: Vec<Edge> =
            (1..nodes).map(|to| Edge { from: to - 1, to, kind: Kind::WriteWrite }).collect();
        let mask = Kind::WriteWrite.bit();
        assert!(Graph::new(nodes as usize, &edges).components(mask).is_empty());
        edges.push(Edge { from: nodes - 1, to: 0, kind: Kind::WriteWrite });
        assert_eq!(Graph::new(nodes as usize, &edges).components(mask)[0].len(), nodes as usize);
    }
}
