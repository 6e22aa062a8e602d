//! What a history says of the order of its transactions, and what in it no order can explain.
//!
//! Keys are looked at one by one. A transaction counts if it was committed, or if it is in doubt
//! and somebody read what it wrote; what aborted transactions wrote must not be read. The rules are
//! those of Kingsbury and Alvaro 2020 ("Elle: inferring isolation anomalies from experimental
//! observations"), with what committed appends that nobody read add to them.

mod entries;
mod findings;
mod joints;
mod lists;
mod members;
mod registers;
mod time;
mod writes;
mod zones;

pub(super) use findings::Findings;
pub(super) use members::Members;

use history::{Holding, TransactionKey, Transactions};

use super::graph::{Edge, Graph, Kind};
use entries::Entries;
use joints::Joints;

/// What was inferred of a history.
#[derive(Debug)]
pub(super) struct Inference {
    /// What must precede what.
    pub(super) graph: Graph,
    /// What no order explains.
    pub(super) findings: Findings,
    /// Why something could not be inferred.
    pub(super) doubts: Vec<String>,
    /// Whether the versions of each key are in a total order, so that every order of the
    /// transactions that the graph allows explains all that was read.
    pub(super) is_total: bool,
    /// Which transactions count.
    pub(super) members: Members,
}

/// What the rules for one kind of keys find, key by key.
struct Sink<'a> {
    history: &'a Transactions,
    members: &'a Members,
    edges: Vec<Edge>,
    joints: Joints,
    findings: Findings,
    doubts: Vec<String>,
    is_total: bool,
}

impl Sink<'_> {
    /// One transaction precedes another, unless they are the same.
    fn edge(&mut self, from: u32, to: u32, kind: Kind) {
        if from != to {
            self.edges.push(Edge { from, to, kind });
        }
    }

    /// What two transactions wrote cannot be told apart.
    fn ambiguous(&mut self, key: TransactionKey, value: u64) {
        let (name, value) = (self.history.key_name(key), self.history.value_name(value));
        self.is_total = false;
        self.doubts.push(format!(
            "{value} was written to {name} more than once, so that a read of it names no \
             transaction; write each value once"
        ));
    }
}

impl Inference {
    pub(super) fn of(history: &Transactions, examples: u64) -> Self {
        let members = Members::of(history);
        let entries = Entries::of(history);
        let mut sink = Sink {
            history,
            members: &members,
            edges: Vec::with_capacity(6 * history.len()),
            joints: Joints::after(history.len() as u32),
            findings: Findings::new(examples),
            doubts: Vec::new(),
            is_total: true,
        };
        match history.holding() {
            Holding::Lists => lists::infer(&mut sink, &entries),
            Holding::Registers => registers::infer(&mut sink, &entries),
        }
        drop(entries);
        time::infer(&mut sink);
        let Sink { edges, joints, findings, doubts, is_total, .. } = sink;
        let graph = Graph::new(joints.nodes() as usize, &edges);
        Self { graph, findings, doubts, is_total, members }
    }
}
