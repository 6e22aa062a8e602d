//! Cycles of precedence, by class.
//!
//! One pass over all edges finds the components in which every cycle lies; the finer passes look
//! only inside these. Of each component the gravest class is told: with data alone, then with the
//! order of processes and with that of real time if these make it graver. Every question here is
//! decided exactly and in polynomial time, so that the class never depends on a clock.
//!
//! Classes are after Adya 1999; that a cycle whose anti-dependencies are all apart refutes snapshot
//! isolation is theorem 1 of Cerone and Gotsman 2018.

mod reach;
mod search;

use std::collections::BTreeMap;

use super::graph::{Edge, Graph, Kind, Mask, NONE};
use super::phenomenon::{CycleClass, Phenomenon, Through};

/// A cycle of transactions, each before the next; edges through joints are whole.
pub(super) type Cycle = Vec<Edge>;

/// The classes of all components, and the shortest cycles of the first few of each class.
#[derive(Debug, Default)]
pub(super) struct Cycles {
    pub(super) counts: BTreeMap<Phenomenon, u64>,
    pub(super) examples: Vec<(Phenomenon, Cycle)>,
}

const WRITES: Mask = 1 << Kind::WriteWrite as u16;
const READS: Mask = 1 << Kind::WriteRead as u16;
const ANTI: Mask = 1 << Kind::ReadWrite as u16;
const ANTI_ON: Mask = 1 << Kind::ReadWriteOn as u16;
const SESSION: Mask = 1 << Kind::Process as u16;
const TIME: Mask = 1 << Kind::Realtime as u16 | 1 << Kind::RealtimeOn as u16;
const TIMED_ANTI: Mask = 1 << Kind::TimedReadWrite as u16;

/// The kinds of edges that may be used, by what they stand for.
#[derive(Clone, Copy)]
struct Kinds {
    writes: Mask,
    reads: Mask,
    anti: Mask,
    order: Mask,
}

impl Kinds {
    fn of(through: Through) -> Self {
        let data = Self { writes: WRITES, reads: READS, anti: ANTI, order: 0 };
        match through {
            Through::Data => data,
            Through::Process => Self { order: SESSION, ..data },
            Through::Realtime => Self { anti: ANTI | TIMED_ANTI, order: SESSION | TIME, ..data },
        }
    }

    /// All but anti-dependencies.
    fn plain(self) -> Mask {
        self.writes | self.reads | self.order
    }

    fn all(self) -> Mask {
        self.plain() | self.anti | ANTI_ON
    }
}

/// Finds the classes of all cycles, with examples of at most so many of each. Nodes below
/// `transactions` are transactions, the others joints.
pub(super) fn find(graph: &Graph, transactions: u32, examples: u64) -> Cycles {
    let mut cycles = Cycles::default();
    let mut numbers = vec![NONE; graph.node_count()];
    let all = Kinds::of(Through::Realtime).all();
    for nodes in graph.components(all) {
        let component = graph.within(&nodes, all, &mut numbers);
        let mut room = vec![NONE; nodes.len()];
        // The rank of the gravest class that was found of each node.
        let mut gravest = vec![CycleClass::ALL.len(); nodes.len()];
        for through in Through::ALL {
            let kinds = Kinds::of(through);
            for part in component.components(kinds.all()) {
                let known = part.iter().map(|node| gravest[*node as usize]).min();
                let inner = component.within(&part, kinds.all(), &mut room);
                let found = Part { graph: &inner, kinds };
                let class = found.class(known.unwrap_or(CycleClass::ALL.len()));
                let Some((rank, pivots)) = class else { continue };
                part.iter().for_each(|node| gravest[*node as usize] = rank);
                let phenomenon = Phenomenon::Cycle(CycleClass::ALL[rank], through);
                let count = cycles.counts.entry(phenomenon).or_insert(0);
                *count += 1;
                if *count <= examples {
                    let id = |node: u32| nodes[part[node as usize] as usize];
                    let path = found.shortest(rank, &pivots);
                    let cycle = whole(
                        path.iter().map(|edge| Edge {
                            from: id(edge.from),
                            to: id(edge.to),
                            kind: edge.kind,
                        }),
                        transactions,
                    );
                    cycles.examples.push((phenomenon, cycle));
                }
            }
        }
    }
    cycles.examples.sort_by_key(|(phenomenon, _)| *phenomenon);
    cycles
}

/// A strongly connected graph, and the kinds of edges that it consists of.
struct Part<'a> {
    graph: &'a Graph,
    kinds: Kinds,
}

impl Part<'_> {
    /// The rank of the gravest class among those graver than `known`, and edges of which each is
    /// on a cycle of it.
    fn class(&self, known: usize) -> Option<(usize, Vec<Edge>)> {
        (0..known).find_map(|rank| {
            let pivots = self.pivots(CycleClass::ALL[rank]);
            (!pivots.is_empty()).then_some((rank, pivots))
        })
    }

    /// Edges of which each is on a cycle of a class, if there is no graver one.
    fn pivots(&self, class: CycleClass) -> Vec<Edge> {
        let Kinds { writes, reads, anti, order } = self.kinds;
        let anti_edges = || self.graph.edges().filter(|edge| edge.kind.bit() & anti != 0);
        match class {
            CycleClass::G0 => self.inside(writes | order, writes),
            CycleClass::G1c => self.inside(writes | reads | order, reads),
            // Without anti-dependencies there is no cycle left.
            CycleClass::GSingle => reach::closing(
                self.graph,
                &anti_edges().collect::<Vec<_>>(),
                self.kinds.plain() | ANTI_ON,
            ),
            CycleClass::GNonadjacent => {
                let apart = self.apart();
                let component = component_of(&apart, !0);
                let is_on = |edge: &Edge| {
                    let (from, to) = (2 * edge.from as usize, 2 * edge.to as usize + 1);
                    component[from] != NONE && component[from] == component[to]
                };
                anti_edges().filter(is_on).collect()
            }
            CycleClass::G2Item => anti_edges().collect(),
        }
    }

    /// The edges of some kinds inside the components under some kinds.
    fn inside(&self, mask: Mask, pivots: Mask) -> Vec<Edge> {
        let component = component_of(self.graph, mask);
        let is_inside = |edge: &Edge| {
            let from = component[edge.from as usize];
            from != NONE && from == component[edge.to as usize]
        };
        self.graph.edges().filter(|edge| edge.kind.bit() & pivots != 0 && is_inside(edge)).collect()
    }

    /// The graph of pairs (node, came by an anti-dependency), in which no two of these follow each
    /// other. A shortest closed walk here visits no transaction twice: it would fall into two, one
    /// of which has its anti-dependencies apart as well, or only one.
    fn apart(&self) -> Graph {
        let mut edges = Vec::new();
        for edge in self.graph.edges() {
            let (from, to) = (2 * edge.from, 2 * edge.to);
            if edge.kind.is_read_write() {
                edges.push(Edge { from, to: to + 1, ..edge });
            } else if edge.kind == Kind::ReadWriteOn {
                edges.push(Edge { from: from + 1, to: to + 1, ..edge });
            } else {
                edges.push(Edge { from, to, ..edge });
                edges.push(Edge { from: from + 1, to, ..edge });
            }
        }
        Graph::new(2 * self.graph.node_count(), &edges)
    }

    /// A shortest cycle of a class through one of the pivots.
    fn shortest(&self, rank: usize, pivots: &[Edge]) -> Cycle {
        let Kinds { writes, reads, order, .. } = self.kinds;
        match CycleClass::ALL[rank] {
            CycleClass::G0 => search::shortest(self.graph, pivots, writes | order),
            CycleClass::G1c => search::shortest(self.graph, pivots, writes | reads | order),
            CycleClass::GSingle => {
                search::shortest(self.graph, pivots, self.kinds.plain() | ANTI_ON)
            }
            CycleClass::GNonadjacent => {
                let double = |edge: &Edge| Edge {
                    from: 2 * edge.from,
                    to: 2 * edge.to + 1,
                    kind: edge.kind,
                };
                let pivots: Vec<Edge> = pivots.iter().map(double).collect();
                let cycle = search::shortest(&self.apart(), &pivots, !0);
                cycle
                    .iter()
                    .map(|edge| Edge { from: edge.from / 2, to: edge.to / 2, ..*edge })
                    .collect()
            }
            CycleClass::G2Item => search::shortest(self.graph, pivots, self.kinds.all()),
        }
    }
}

/// Which component under some kinds each node is of, if any of more than one.
fn component_of(graph: &Graph, mask: Mask) -> Vec<u32> {
    let mut component = vec![NONE; graph.node_count()];
    for (number, nodes) in (0..).zip(graph.components(mask)) {
        nodes.iter().for_each(|node| component[*node as usize] = number);
    }
    component
}

/// A cycle with the edges through joints made whole, beginning with the least transaction.
fn whole(edges: impl Iterator<Item = Edge>, transactions: u32) -> Cycle {
    let mut edges: Vec<Edge> = edges.collect();
    // Begin where a transaction is left, so that no edge is cut.
    let begin = edges.iter().position(|edge| edge.from < transactions).unwrap_or(0);
    edges.rotate_left(begin);
    let mut cycle: Cycle = Vec::new();
    for edge in edges {
        match cycle.last_mut() {
            Some(last) if edge.from >= transactions => last.to = edge.to,
            _ => cycle.push(edge),
        }
    }
    let least = (0..cycle.len()).min_by_key(|at| cycle[*at].from).unwrap_or(0);
    cycle.rotate_left(least);
    cycle
}

#[cfg(test)]
mod tests;
