//! Joints: where many transactions that each precede many others meet.

use super::super::graph::{Edge, Kind};

/// Up to so many pairs are told one by one.
const FEW: usize = 4;

/// Numbers joints, from behind the transactions on.
pub(super) struct Joints {
    next: u32,
}

impl Joints {
    pub(super) fn after(transactions: u32) -> Self {
        Self { next: transactions }
    }

    /// How many nodes there are, transactions included.
    pub(super) fn nodes(&self) -> u32 {
        self.next
    }

    /// A new joint.
    pub(super) fn joint(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    /// Each of `readers` precedes each of `writers` (sorted, each once) but itself, with a number
    /// of edges that is linear in both: a chain of joints leads to all from one writer on, and
    /// another one, backwards, to all before one.
    pub(super) fn all_but_self(
        &mut self,
        edges: &mut Vec<Edge>,
        readers: &[u32],
        writers: &[u32],
        kind: Kind,
    ) {
        if readers.len() <= 1 || writers.len() <= 1 || readers.len() * writers.len() <= FEW {
            for reader in readers {
                let others = writers.iter().filter(|writer| *writer != reader);
                edges.extend(others.map(|to| Edge { from: *reader, to: *to, kind }));
            }
            return;
        }
        let on = Kind::ReadWriteOn;
        let chain =
            |joints: &mut Self, edges: &mut Vec<Edge>, order: &mut dyn Iterator<Item = u32>| {
                let mut last = None;
                let made = order.map(|to| {
                    let from = joints.joint();
                    edges.push(Edge { from, to, kind: on });
                    if let Some(to) = last {
                        edges.push(Edge { from, to, kind: on });
                    }
                    last = Some(from);
                    from
                });
                made.collect::<Vec<u32>>()
            };
        let up_to = chain(self, edges, &mut writers.iter().copied());
        let mut from_on = chain(self, edges, &mut writers.iter().rev().copied());
        from_on.reverse();
        for reader in readers {
            let mut lead = |to: u32| edges.push(Edge { from: *reader, to, kind });
            match writers.binary_search(reader) {
                Ok(at) => {
                    if at > 0 {
                        lead(up_to[at - 1]);
                    }
                    if at + 1 < writers.len() {
                        lead(from_on[at + 1]);
                    }
                }
                Err(_) => lead(from_on[0]),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reader_is_led_to_all_writers_but_itself() {
        let (readers, writers) = ([0, 2, 3, 9], [1, 2, 3, 5, 9]);
        let (mut joints, mut edges) = (Joints::after(10), Vec::new());
        joints.all_but_self(&mut edges, &readers, &writers, Kind::ReadWrite);
        for reader in readers {
            let mut open = vec![reader];
            let mut reached = Vec::new();
            while let Some(node) = open.pop() {
                for edge in edges.iter().filter(|edge| edge.from == node) {
                    assert_eq!(edge.kind == Kind::ReadWrite, edge.from == reader);
                    if edge.to < 10 {
                        reached.push(edge.to);
                    } else {
                        open.push(edge.to);
                    }
                }
            }
            reached.sort_unstable();
            let others: Vec<u32> = writers.into_iter().filter(|one| *one != reader).collect();
            assert_eq!(reached, others, "from {reader}");
        }
    }
}
