//! Which edges are closed to a cycle by a path of other kinds, for all of them together.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::super::graph::{Edge, Graph, Kind, Mask};

/// How many ends of edges are followed at once: a bit each.
const WIDTH: usize = 64;

/// Edges visited after which what has been found is enough.
const ENOUGH: usize = 50_000_000;

/// The edges of `candidates` whose beginning is reached from their end under `mask`, under which
/// the graph has no cycle: all of them, or some if there are very many. None only if there is none.
///
/// The ends are followed in an order that all paths obey, sixty-four at a time, and only as far as
/// the beginnings lie. Candidates that point onwards in this order need not be looked at.
pub(super) fn closing(graph: &Graph, candidates: &[Edge], mask: Mask) -> Vec<Edge> {
    let order = order(graph, mask);
    let mut place = vec![0_u32; graph.node_count()];
    for (at, node) in (0..).zip(&order) {
        place[*node as usize] = at;
    }
    // Joints alone lead nobody back to itself, so the last step of a path is another one.
    let mut is_end = vec![false; graph.node_count()];
    for edge in graph.edges() {
        is_end[edge.to as usize] |= edge.kind.bit() & mask & !Kind::ReadWriteOn.bit() != 0;
    }
    let points_back = |edge: &Edge| {
        is_end[edge.from as usize] && place[edge.to as usize] < place[edge.from as usize]
    };
    let mut backwards: Vec<Edge> = candidates.iter().copied().filter(points_back).collect();
    backwards.sort_by_key(|edge| (place[edge.to as usize], place[edge.from as usize]));
    let mut found = Vec::new();
    let mut reached: Vec<u64> = Vec::new();
    let mut visited = 0;
    let mut rest = &backwards[..];
    while let Some(first) = rest.first() {
        let begin = place[first.to as usize] as usize;
        reached.clear();
        let (mut end, mut ends, mut taken) = (begin, 0, 0);
        let mut last = None;
        for edge in rest {
            if last != Some(edge.to) {
                if ends == WIDTH {
                    break;
                }
                last = Some(edge.to);
                ends += 1;
            }
            end = end.max(place[edge.from as usize] as usize);
            taken += 1;
        }
        reached.resize(end - begin + 1, 0);
        let (batch, others) = rest.split_at(taken);
        rest = others;
        let by_end = || batch.chunk_by(|one, other| one.to == other.to).enumerate();
        for (bit, edges) in by_end() {
            reached[place[edges[0].to as usize] as usize - begin] |= 1 << bit;
        }
        for at in begin..=end {
            let bits = reached[at - begin];
            if bits == 0 {
                continue;
            }
            let after = graph.after(order[at]);
            visited += after.len();
            for (to, kind) in after {
                let to = place[*to as usize] as usize;
                if kind.bit() & mask != 0 && to <= end {
                    reached[to - begin] |= bits;
                }
            }
        }
        for (bit, edges) in by_end() {
            let is_reached =
                |edge: &&Edge| reached[place[edge.from as usize] as usize - begin] & 1 << bit != 0;
            found.extend(edges.iter().filter(is_reached));
        }
        if visited > ENOUGH && !found.is_empty() {
            break;
        }
    }
    found
}

/// The nodes so that each stands behind those that precede it; the least first where there is a
/// choice, so that what is near in time stays near.
fn order(graph: &Graph, mask: Mask) -> Vec<u32> {
    let nodes = graph.node_count();
    let mut waits_for = vec![0_u32; nodes];
    for edge in graph.edges().filter(|edge| edge.kind.bit() & mask != 0) {
        waits_for[edge.to as usize] += 1;
    }
    let free = (0..nodes as u32).filter(|node| waits_for[*node as usize] == 0);
    let mut free: BinaryHeap<Reverse<u32>> = free.map(Reverse).collect();
    let mut order = Vec::with_capacity(nodes);
    while let Some(Reverse(node)) = free.pop() {
        order.push(node);
        for (to, kind) in graph.after(node) {
            if kind.bit() & mask != 0 {
                waits_for[*to as usize] -= 1;
                if waits_for[*to as usize] == 0 {
                    free.push(Reverse(*to));
                }
            }
        }
    }
    order
}
