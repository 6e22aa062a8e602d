//! An order without going back: nearly linear, and mostly enough for a few transactions.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use history::{Act, TransactionId, Transactions};

use super::super::graph::{Graph, NONE};
use super::super::inference::Members;

/// The order that takes, of the transactions that may come next, the one that has to come soonest.
pub(super) fn order(history: &Transactions, graph: &Graph, members: &Members) -> Option<Vec<u32>> {
    Attempt::new(history, graph, members)?.order()
}

/// The search for an order, one transaction after the other, without going back.
struct Attempt<'a> {
    history: &'a Transactions,
    graph: &'a Graph,
    members: &'a Members,
    /// By when each node has to come: the first end of it and all that come after it.
    deadline: Vec<u64>,
    /// How many of those before each node are still to come.
    waits_for: Vec<u32>,
    /// How many reads of the value that a key holds are still to come.
    pending: Vec<u32>,
    /// Those that wait for a key to be read.
    blocked: Vec<Vec<u32>>,
    free: BinaryHeap<Reverse<(u64, u32)>>,
}

impl<'a> Attempt<'a> {
    /// `None` if transactions precede each other in a cycle.
    fn new(history: &'a Transactions, graph: &'a Graph, members: &'a Members) -> Option<Self> {
        let keys = history.key_count();
        Some(Self {
            history,
            graph,
            members,
            deadline: graph.deadlines(history.iter().map(|(_, one)| one.completed))?,
            waits_for: graph.waits_for(),
            pending: vec![0; keys],
            blocked: vec![Vec::new(); keys],
            free: BinaryHeap::new(),
        })
    }

    fn order(mut self) -> Option<Vec<u32>> {
        let reads = self.reads_of_each_write();
        self.pending.copy_from_slice(&reads.initial);
        for node in 0..self.graph.node_count() as u32 {
            if self.waits_for[node as usize] == 0 {
                self.free.push(Reverse((self.deadline[node as usize], node)));
            }
        }
        let mut order = Vec::new();
        while let Some(Reverse((_, node))) = self.free.pop() {
            if node < self.history.len() as u32 && self.members.count(node) {
                if let Some(key) = self.blocking_key(node) {
                    self.blocked[key].push(node);
                    continue;
                }
                self.take(node, &reads);
                order.push(node);
            }
            for (to, _) in self.graph.after(node) {
                let waits_for = &mut self.waits_for[*to as usize];
                *waits_for -= 1;
                if *waits_for == 0 {
                    self.free.push(Reverse((self.deadline[*to as usize], *to)));
                }
            }
        }
        let all = self.blocked.iter().all(Vec::is_empty);
        all.then_some(order)
    }

    /// A key that the transaction writes and of which others have still to read what it holds.
    fn blocking_key(&self, node: u32) -> Option<usize> {
        let operations = self.history.operations(TransactionId(node));
        operations.iter().enumerate().find_map(|(at, operation)| {
            let Act::Write(_) = operation.act else { return None };
            let key = operation.key;
            let first = operations.iter().find(|one| one.key == key);
            let reads_it = at > 0 && first.is_some_and(|one| matches!(one.act, Act::Read(_)));
            (self.pending[key.0 as usize] > u32::from(reads_it)).then_some(key.0 as usize)
        })
    }

    /// Lets a transaction take effect.
    fn take(&mut self, node: u32, reads: &ReadsOf) {
        let operations = self.history.operations(TransactionId(node));
        for (at, operation) in operations.iter().enumerate() {
            let key = operation.key.0 as usize;
            let first = operations[..at].iter().all(|one| one.key != operation.key);
            match operation.act {
                Act::Read(_) if first => {
                    self.pending[key] = self.pending[key].saturating_sub(1);
                }
                Act::Write(_) => self.pending[key] = reads.of(node, at),
                _ => {}
            }
            if self.pending[key] <= 1 {
                for one in std::mem::take(&mut self.blocked[key]) {
                    self.free.push(Reverse((self.deadline[one as usize], one)));
                }
            }
        }
    }

    /// How many other transactions read each write, and the absent record of each key.
    fn reads_of_each_write(&self) -> ReadsOf {
        let mut reads = ReadsOf::default();
        reads.initial.resize(self.history.key_count(), 0);
        let mut of: rustc_hash::FxHashMap<(u32, u64), u32> = rustc_hash::FxHashMap::default();
        for (id, _) in self.history.iter() {
            let operations = self.history.operations(id);
            for (at, operation) in operations.iter().enumerate() {
                let first = operations[..at].iter().all(|one| one.key != operation.key);
                match operation.act {
                    Act::Read(Some(value)) if first => {
                        *of.entry((operation.key.0, value)).or_insert(0) += 1;
                    }
                    Act::Read(None) if first => reads.initial[operation.key.0 as usize] += 1,
                    _ => {}
                }
            }
        }
        for (id, _) in self.history.iter() {
            reads.begins.push(reads.counts.len() as u32);
            for operation in self.history.operations(id) {
                reads.counts.push(match operation.act {
                    Act::Write(value) => of.get(&(operation.key.0, value)).copied().unwrap_or(0),
                    _ => NONE,
                });
            }
        }
        reads
    }
}

#[derive(Default)]
struct ReadsOf {
    initial: Vec<u32>,
    begins: Vec<u32>,
    counts: Vec<u32>,
}

impl ReadsOf {
    fn of(&self, transaction: u32, operation: usize) -> u32 {
        self.counts[self.begins[transaction as usize] as usize + operation]
    }
}
