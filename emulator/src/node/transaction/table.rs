//! The open transactions, their turns and their deadlines.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use wire::{Digest, Message};

use super::batch::Batch;
use crate::node::message::Copy;
use crate::node::round::RoundId;
use crate::node::storage::Version;
use crate::partition::NodeId;
use crate::record::Record;
use crate::world::Ticket;

/// A request on one record.
#[derive(Debug)]
pub(in crate::node) struct Transaction {
    pub(super) origin: Origin,
    pub(super) namespace: usize,
    pub(super) digest: Digest,
    pub(super) request: Arc<Message>,
    pub(super) kind: Kind,
    pub(super) deadline_ns: u64,
    pub(super) stage: Stage,
    /// It has its turn on the record.
    pub(super) holds_turn: bool,
    /// When its messages are repeated, if it set that last; in ns.
    pub(super) repeat_ns: Option<u64>,
}

impl Transaction {
    pub(super) fn partition(&self) -> usize {
        usize::from(self.digest.partition())
    }
}

/// Who is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A client.
    Client(Ticket),
    /// A node that passed the request on.
    Proxy { from: NodeId, transaction: u64, attempt: u32 },
    /// A batch.
    Row { batch: u64, index: u32 },
    /// Nobody.
    Nobody,
}

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A read.
    Read,
    /// A write.
    Write,
    /// An unreplicated record shall reach its replicas.
    Heal,
}

/// Where a transaction stands.
#[derive(Debug)]
pub(super) enum Stage {
    /// It has to be routed.
    Ready,
    /// Until the partition has a working master.
    Parked,
    /// Behind another one on the record.
    Waiting,
    /// Passed on to another node.
    Proxied { attempt: u32 },
    /// Duplicates are asked for their versions.
    Resolving { asked: Asked, best: Option<Copy> },
    /// An older write of the record is replicated.
    Rereplicating { asked: Asked },
    /// The write is replicated; then this is answered.
    Replicating { asked: Asked, copy: Copy, reply: Message },
    /// Replicas are asked whether the regime stands; then this is answered.
    Pinging { asked: Asked, reply: Message },
}

/// Nodes that were asked and have not answered.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) round: RoundId,
    pub(super) waiting: Vec<NodeId>,
    /// How many were asked in this round.
    pub(super) of: usize,
}

/// Whose turn it is on a record, and who waits.
#[derive(Debug, Default)]
struct Turn {
    queue: VecDeque<u64>,
}

/// All open transactions of a node.
#[derive(Debug, Default)]
pub(in crate::node) struct Transactions {
    last: u64,
    open: BTreeMap<u64, Transaction>,
    turns: BTreeMap<(usize, Digest), Turn>,
    deadlines: BTreeSet<(u64, u64)>,
    repeats: BTreeSet<(u64, u64)>,
    pub(super) ready: VecDeque<u64>,
    pub(super) batches: BTreeMap<u64, Batch>,
}

/// Whether a transaction may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TurnOutcome {
    /// It is its turn.
    Granted,
    /// It waits.
    Queued,
    /// Too many wait.
    Full,
}

impl Transactions {
    /// After which time unanswered messages are repeated, in ns.
    pub(super) const REPEAT_NS: u64 = 200_000_000;

    pub(super) fn next_id(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub(super) fn open(&mut self, transaction: Transaction) -> u64 {
        let id = self.next_id();
        self.deadlines.insert((transaction.deadline_ns, id));
        self.open.insert(id, transaction);
        self.ready.push_back(id);
        id
    }

    pub(super) fn get(&self, id: u64) -> Option<&Transaction> {
        self.open.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut Transaction> {
        self.open.get_mut(&id)
    }

    /// The record of another write that is being replicated.
    pub(super) fn other_record(&self, id: u64) -> Option<Arc<Record>> {
        self.open.iter().filter(|(other, _)| **other != id).find_map(|(_, other)| {
            match &other.stage {
                Stage::Replicating { copy, .. } => copy.record.clone(),
                _ => None,
            }
        })
    }

    pub(super) fn ids(&self) -> Vec<u64> {
        self.open.keys().copied().collect()
    }

    pub(super) fn close(&mut self, id: u64) -> Option<Transaction> {
        let transaction = self.open.remove(&id)?;
        self.deadlines.remove(&(transaction.deadline_ns, id));
        // Left behind, it would wake the node for nothing.
        if let Some(at_ns) = transaction.repeat_ns {
            self.repeats.remove(&(at_ns, id));
        }
        Some(transaction)
    }

    pub(super) fn is_busy(&self, namespace: usize, digest: &Digest) -> bool {
        self.turns.contains_key(&(namespace, *digest))
    }

    /// Asks for a transaction's turn on its record.
    pub(super) fn take_turn(&mut self, id: u64, limit: usize) -> TurnOutcome {
        let Some(transaction) = self.open.get_mut(&id) else { return TurnOutcome::Full };
        if transaction.holds_turn {
            return TurnOutcome::Granted;
        }
        let key = (transaction.namespace, transaction.digest);
        match self.turns.get_mut(&key) {
            None => {
                transaction.holds_turn = true;
                self.turns.insert(key, Turn::default());
                TurnOutcome::Granted
            }
            // The server counts those that wait, and takes one more than its limit says.
            Some(turn) if turn.queue.len() > limit => TurnOutcome::Full,
            Some(turn) => {
                transaction.stage = Stage::Waiting;
                turn.queue.push_back(id);
                TurnOutcome::Queued
            }
        }
    }

    /// Ends a turn; all who waited are routed again, in order.
    pub(super) fn end_turn(&mut self, namespace: usize, digest: Digest) {
        let Some(turn) = self.turns.remove(&(namespace, digest)) else { return };
        for id in turn.queue {
            if let Some(transaction) = self.open.get_mut(&id)
                && matches!(transaction.stage, Stage::Waiting)
            {
                transaction.stage = Stage::Ready;
                self.ready.push_back(id);
            }
        }
    }

    pub(super) fn make_ready(&mut self, id: u64) {
        if let Some(transaction) = self.open.get_mut(&id) {
            transaction.stage = Stage::Ready;
            self.ready.push_back(id);
        }
    }

    pub(super) fn repeat_at(&mut self, at_ns: u64, id: u64) {
        if let Some(transaction) = self.open.get_mut(&id) {
            transaction.repeat_ns = Some(at_ns);
            self.repeats.insert((at_ns, id));
        }
    }

    /// Transactions whose time is over, then those whose messages are to be repeated.
    pub(super) fn due(&mut self, now_ns: u64) -> (Vec<u64>, Vec<u64>) {
        let later = self.deadlines.split_off(&(now_ns + 1, 0));
        let over = std::mem::replace(&mut self.deadlines, later);
        let later = self.repeats.split_off(&(now_ns + 1, 0));
        let repeat = std::mem::replace(&mut self.repeats, later);
        let ids = |set: BTreeSet<(u64, u64)>| set.into_iter().map(|(_, id)| id).collect();
        (ids(over), ids(repeat))
    }

    pub(in crate::node) fn next_deadline_ns(&self) -> u64 {
        let first = |set: &BTreeSet<(u64, u64)>| set.first().map_or(u64::MAX, |(at, _)| *at);
        first(&self.deadlines).min(first(&self.repeats))
    }
}

/// A version with its record, as a [`Copy`].
pub(super) fn copy_of(stored: &crate::node::storage::Stored) -> Copy {
    Copy { record: Some(Arc::clone(&stored.record)), version: stored.version }
}

/// The version that follows one.
pub(super) fn next_version(before: Option<Version>, regime: u64, update_ms: u64) -> Version {
    let generation = before.map_or(0, |version| version.generation) + 1;
    let update_ms = update_ms.max(before.map_or(0, |version| version.update_ms));
    Version { regime, update_ms, generation }
}
