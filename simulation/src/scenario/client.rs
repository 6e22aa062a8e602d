//! Clients of a scenario: what they know of the cluster, and what they are doing.

use emulator::partition::PARTITIONS;
use history::{Call, Outcome};

use crate::client::PartitionMap;
use crate::cluster::NAMESPACE;

/// Between two questions to every node, in ms.
pub(super) const TEND_MS: u64 = 1000;
/// How long an operation may take, in ms.
pub(super) const TOTAL_MS: u32 = 1000;
/// How long a read waits for one node before it asks another, in ms.
pub(super) const ATTEMPT_MS: u64 = 300;

/// A client at a site.
#[derive(Debug, Default)]
pub(super) struct Client {
    pub(super) site: u8,
    pub(super) map: PartitionMap,
    /// How reads choose among the copies.
    pub(super) reads: Reads,
    /// By partition: how many times its master was another one after an answer than before.
    pub(super) moves: Vec<u32>,
}

impl Client {
    /// Takes in what a node claims.
    pub(super) fn learn(&mut self, node: u8, generation: i64, claims: &str) {
        let masters = |map: &PartitionMap| -> Vec<Option<u8>> {
            (0..PARTITIONS as u16).map(|partition| map.master(partition)).collect()
        };
        let before = masters(&self.map);
        self.map.merge(node, generation, claims, NAMESPACE);
        self.moves.resize(PARTITIONS, 0);
        for ((moves, before), after) in self.moves.iter_mut().zip(before).zip(masters(&self.map)) {
            *moves += u32::from(before.is_some() && before != after);
        }
    }
}

/// How a client reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reads {
    /// From the master.
    #[default]
    Master,
    /// Relaxed: from any copy, the master first.
    Sequence,
    /// Relaxed: from the copy at the client's own site first.
    PreferSite,
}

/// An operation that has ended.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub(super) key: u64,
    pub(super) call: Call,
    pub(super) outcome: Outcome,
    /// The deciding code; 0 for success.
    pub(super) code: i16,
    /// What was read.
    pub(super) value: Option<u64>,
    /// When it ended, in ns.
    pub(super) at_ns: u64,
    pub(super) took_ns: u64,
}

/// What many operations came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) acknowledged: u64,
    /// Not sent: no node is known for the partition, or it cannot be connected to.
    pub(super) unsent: u64,
    /// Refused, or (reads) not answered.
    pub(super) failed: u64,
    pub(super) in_doubt: u64,
}

impl Tally {
    pub(super) fn of<'a>(done: impl IntoIterator<Item = &'a Done>) -> Self {
        let mut tally = Self::default();
        for one in done {
            *match one.outcome {
                Outcome::Ok => &mut tally.acknowledged,
                Outcome::Info => &mut tally.in_doubt,
                Outcome::Fail if one.code < 0 && one.call.is_write() => &mut tally.unsent,
                Outcome::Fail => &mut tally.failed,
            } += 1;
        }
        tally
    }
}
