//! Reads at the working master, and relaxed reads of a copy.

use wire::{Info1, ReadMode, ResultCode};

use super::table::{Asked, Stage, TurnOutcome};
use crate::defect::Defect;
use crate::node::message::{Fabric, Output, RecordMessage};
use crate::node::state::Node;
use crate::node::storage::Replication;
use crate::record;

impl Node {
    /// Reads as the working master.
    pub(super) fn read(&mut self, now_ns: u64, id: u64, out: &mut Vec<Output>) {
        let Some(transaction) = self.transactions.get(id) else { return };
        let space = &self.namespaces[transaction.namespace];
        let (namespace, digest) = (transaction.namespace, transaction.digest);
        let mode = transaction.request.info3.read_mode();
        if !space.is_strong() {
            let duplicates = &space.duties[transaction.partition()].duplicates;
            let all = transaction.request.info1.has(Info1::CONSISTENCY_ALL);
            if mode == ReadMode::Linearize {
                self.refuse(id, ResultCode::ENTERPRISE_ONLY, out);
            } else if all && !duplicates.is_empty() {
                if self.begin_turn(id, out) {
                    self.resolve(now_ns, id, out);
                }
            } else {
                self.answer_read(now_ns, id, out);
            }
            return;
        }
        // A write under way is not to be seen before its replicas have it.
        let busy = self.transactions.is_busy(namespace, &digest);
        let passes = busy && self.config.defects.fires(Defect::UncommittedRead);
        if (busy || self.is_unreplicated(namespace, &digest)) && !passes {
            if !self.begin_turn(id, out) {
                return;
            }
            if self.must_rereplicate(namespace, &digest) {
                self.rereplicate(now_ns, id, out);
                return;
            }
        }
        if mode == ReadMode::Linearize
            && !self.config.defects.fires(Defect::LinearizeWithoutRegimeCheck)
        {
            self.ping(now_ns, id, out);
        } else {
            self.answer_read(now_ns, id, out);
        }
    }

    /// Whether a record's last write must reach its replicas before anything else is done with it.
    pub(super) fn must_rereplicate(&self, namespace: usize, digest: &wire::Digest) -> bool {
        self.is_unreplicated(namespace, digest)
            && !self.config.defects.fires(Defect::UnreplicatedServed)
    }

    fn is_unreplicated(&self, namespace: usize, digest: &wire::Digest) -> bool {
        self.namespaces[namespace]
            .stored(digest)
            .is_some_and(|stored| stored.replication == Replication::Unreplicated)
    }

    /// Asks for the transaction's turn; answers it if too many wait. True: it is its turn.
    pub(super) fn begin_turn(&mut self, id: u64, out: &mut Vec<Output>) -> bool {
        let Some(transaction) = self.transactions.get(id) else { return false };
        let (namespace, partition) = (transaction.namespace, transaction.partition());
        let held = transaction.holds_turn;
        let limit = self.namespaces[namespace].config.pending_limit;
        match self.transactions.take_turn(id, limit) {
            TurnOutcome::Granted => {
                if !held {
                    self.namespaces[namespace].duties[partition].in_flight += 1;
                }
                true
            }
            TurnOutcome::Queued => false,
            TurnOutcome::Full => {
                self.refuse(id, ResultCode::KEY_BUSY, out);
                false
            }
        }
    }

    fn reply_of(&self, now_ns: u64, id: u64) -> Option<wire::Message> {
        let transaction = self.transactions.get(id)?;
        let space = &self.namespaces[transaction.namespace];
        let existing = space.stored(&transaction.digest).map(|stored| &*stored.record);
        let now_ms = self.clock.update_time_ms(now_ns);
        Some(record::apply(existing, &transaction.request, now_ms, &space.rules).reply)
    }

    /// Answers a read with what is stored.
    pub(super) fn answer_read(&mut self, now_ns: u64, id: u64, out: &mut Vec<Output>) {
        if let Some(reply) = self.reply_of(now_ns, id) {
            self.finish(id, reply, out);
        }
    }

    /// Reads now, and answers once every replica has said that it knows no higher regime: so the
    /// value was the latest when it was read.
    fn ping(&mut self, now_ns: u64, id: u64, out: &mut Vec<Output>) {
        let Some(transaction) = self.transactions.get(id) else { return };
        let (namespace, partition) = (transaction.namespace, transaction.partition());
        let Some(reply) = self.reply_of(now_ns, id) else { return };
        let Some(asked) = self.replicas_to_ask(namespace, partition) else {
            self.refuse(id, ResultCode::UNAVAILABLE, out);
            return;
        };
        if asked.waiting.is_empty() {
            self.finish(id, reply, out);
            return;
        }
        if let Some(transaction) = self.transactions.get_mut(id) {
            transaction.stage = Stage::Pinging { asked, reply };
        }
        self.repeat(now_ns, id, out);
    }

    /// The replicas but this node; `None` if there are fewer copies than SC demands.
    pub(super) fn replicas_to_ask(&self, namespace: usize, partition: usize) -> Option<Asked> {
        let plan = self.membership.serving()?;
        let space = &self.namespaces[namespace];
        let replicas = &plan.namespaces[namespace].partitions[partition].replicas;
        if space.is_strong() && replicas.len() < space.config.replication_factor {
            return None;
        }
        let waiting: Vec<_> = replicas.iter().copied().filter(|node| *node != self.id).collect();
        Some(Asked { round: plan.round.id, of: waiting.len(), waiting })
    }

    /// A replica is asked whether a regime stands, or says so.
    pub(super) fn on_ping(
        &mut self,
        from: crate::partition::NodeId,
        message: &RecordMessage,
        out: &mut Vec<Output>,
    ) {
        match *message {
            RecordMessage::Ping { round, namespace, partition, transaction } => {
                let stands = self.stands_as_replica(round, namespace, partition)
                    || (self.is_over(round)
                        && self.config.defects.fires(Defect::OldRegimePingAccepted));
                let answer = RecordMessage::PingAnswer { round, transaction, stands };
                self.send(from, Fabric::Record(answer), out);
            }
            RecordMessage::PingAnswer { round, transaction, stands } => {
                let Some(open) = self.transactions.get_mut(transaction) else { return };
                let Stage::Pinging { asked, reply } = &mut open.stage else { return };
                if asked.round != round {
                    return;
                }
                if !stands {
                    self.refuse(transaction, ResultCode::UNAVAILABLE, out);
                    return;
                }
                asked.waiting.retain(|node| *node != from);
                if asked.waiting.is_empty() {
                    let reply = std::mem::take(reply);
                    self.finish(transaction, reply, out);
                }
            }
            _ => {}
        }
    }

    /// Whether this node is a replica of the partition in that round, and has promised itself to no
    /// later one.
    pub(super) fn stands_as_replica(
        &self,
        round: crate::node::round::RoundId,
        namespace: usize,
        partition: usize,
    ) -> bool {
        self.membership.prepared.is_none()
            && self.membership.serving().is_some_and(|plan| {
                plan.round.id == round
                    && plan.namespaces[namespace].partitions[partition].replicas.contains(&self.id)
            })
    }

    /// Whether this node serves a later round.
    pub(super) fn is_over(&self, round: crate::node::round::RoundId) -> bool {
        self.membership.active_id().is_some_and(|active| active.number > round.number)
    }

    /// A relaxed read of this node's copy, which routing has found to be shown.
    pub(super) fn read_copy(&mut self, id: u64, out: &mut Vec<Output>) {
        let Some(transaction) = self.transactions.get(id) else { return };
        let space = &self.namespaces[transaction.namespace];
        let copy = space.copy(transaction.partition());
        let stored = match copy.records.get(&transaction.digest) {
            Some(stored) => Some(stored),
            None => copy.stale.get(&transaction.digest),
        };
        let existing = stored.map(|stored| &*stored.record);
        let reply = record::apply(existing, &transaction.request, 0, &space.rules).reply;
        self.finish(id, reply, out);
    }
}
