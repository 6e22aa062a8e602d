//! Replication: a master sends copies to the replicas, and they take them in.

use std::sync::Arc;

use wire::ResultCode;

use super::table::{Kind, Stage, Transactions, copy_of};
use crate::defect::Defect;
use crate::node::message::{Copy, Fabric, Output, RecordMessage};
use crate::node::round::RoundId;
use crate::node::state::Node;
use crate::node::storage::{Replication, Version};
use crate::partition::NodeId;

impl Node {
    /// Sends the stored version of a record to the replicas before it is served or built upon.
    pub(super) fn rereplicate(&mut self, now_ns: u64, id: u64, out: &mut Vec<Output>) {
        let Some(transaction) = self.transactions.get(id) else { return };
        let (namespace, partition) = (transaction.namespace, transaction.partition());
        let Some(asked) = self.replicas_to_ask(namespace, partition) else {
            self.refuse(id, ResultCode::UNAVAILABLE, out);
            return;
        };
        if let Some(transaction) = self.transactions.get_mut(id) {
            transaction.stage = Stage::Rereplicating { asked };
        }
        self.repeat(now_ns, id, out);
        self.complete_if_answered(id, out);
    }

    /// Sends the messages that a transaction waits for (again), and sees to it that they are
    /// repeated if need be.
    pub(super) fn repeat(&mut self, now_ns: u64, id: u64, out: &mut Vec<Output>) {
        let Some(transaction) = self.transactions.get(id) else { return };
        let (namespace, digest) = (transaction.namespace, transaction.digest);
        let partition = transaction.partition();
        let asked = match &transaction.stage {
            Stage::Parked => {
                self.transactions.make_ready(id);
                return;
            }
            Stage::Resolving { asked, .. }
            | Stage::Rereplicating { asked }
            | Stage::Replicating { asked, .. }
            | Stage::Pinging { asked, .. } => asked,
            Stage::Ready | Stage::Waiting | Stage::Proxied { .. } => return,
        };
        let round = asked.round;
        let replicate = |copy: Copy| RecordMessage::Replicate {
            round,
            namespace,
            digest,
            transaction: id,
            copy,
            replication: replica_state(asked.of),
        };
        let message = match &transaction.stage {
            Stage::Resolving { .. } => {
                RecordMessage::Resolve { round, namespace, digest, transaction: id }
            }
            Stage::Pinging { .. } => {
                RecordMessage::Ping { round, namespace, partition, transaction: id }
            }
            Stage::Replicating { copy, .. } => {
                let recycled = || {
                    let other = self.transactions.other_record(id)?;
                    self.config.defects.fires(Defect::RecycledMessage).then_some(other)
                };
                let record = recycled().or_else(|| copy.record.clone());
                replicate(Copy { record, ..*copy })
            }
            _ => match self.namespaces[namespace].stored(&digest) {
                Some(stored) => replicate(copy_of(stored)),
                None => return,
            },
        };
        for node in asked.waiting.clone() {
            self.send(node, Fabric::Record(message.clone()), out);
        }
        self.transactions.repeat_at(now_ns + Transactions::REPEAT_NS, id);
    }

    /// A replica is asked to store a copy.
    pub(super) fn on_replicate(
        &mut self,
        from: NodeId,
        message: RecordMessage,
        out: &mut Vec<Output>,
    ) {
        let RecordMessage::Replicate { round, namespace, digest, transaction, copy, replication } =
            message
        else {
            return;
        };
        let stored = self.stands_as_replica(round, namespace, usize::from(digest.partition()))
            || (self.is_over(round) && self.config.defects.fires(Defect::OldRegimeWriteAccepted));
        let version = copy.version;
        if stored {
            self.take_copy(namespace, digest, copy, replication);
        }
        let answer = RecordMessage::ReplicateAnswer { round, transaction, version, stored };
        self.send(from, Fabric::Record(answer), out);
    }

    /// Stores a copy as a replica unless a later one is here.
    fn take_copy(
        &mut self,
        namespace: usize,
        digest: wire::Digest,
        copy: Copy,
        replication: Replication,
    ) {
        let copy = self.as_received(namespace, &digest, copy);
        let space = &mut self.namespaces[namespace];
        let local = space.stored(&digest).map(|stored| stored.version);
        let strong = space.is_strong();
        let order = |version: Version| {
            (if strong { version.regime } else { 0 }, version.update_ms, version.generation)
        };
        match local {
            Some(local) if order(local) > order(copy.version) => {}
            Some(local) if local == copy.version => {
                if replication == Replication::Replicated {
                    space.mark(digest, replication);
                }
            }
            _ => self.keep(namespace, digest, &copy, replication),
        }
    }

    /// A copy as a replica takes it in: whole.
    fn as_received(&self, namespace: usize, digest: &wire::Digest, mut copy: Copy) -> Copy {
        let before = self.namespaces[namespace].stored(digest);
        if let (Some(record), Some(before)) = (&mut copy.record, before)
            && let Some(first) = before.record.bins.iter().next()
            && self.config.defects.fires(Defect::TornReplica)
        {
            Arc::make_mut(record).bins.set(&first.name, first.value.clone());
        }
        copy
    }

    /// A replica has answered.
    pub(super) fn on_replicate_answer(
        &mut self,
        from: NodeId,
        round: RoundId,
        id: u64,
        (version, stored): (Version, bool),
        out: &mut Vec<Output>,
    ) {
        let Some(transaction) = self.transactions.get_mut(id) else { return };
        let kept = self.namespaces[transaction.namespace].stored(&transaction.digest);
        let (asked, wanted) = match &mut transaction.stage {
            Stage::Replicating { asked, copy, .. } => (asked, Some(copy.version)),
            Stage::Rereplicating { asked } => (asked, kept.map(|stored| stored.version)),
            _ => return,
        };
        // An answer counts for its round alone: a replica may begin anew in the next. And it counts
        // for its version alone: a transaction replicates an older write before its own.
        if asked.round != round || wanted != Some(version) {
            return;
        }
        let defects = &self.config.defects;
        if !stored && !defects.fires(Defect::RefusalCountedAsStored) {
            return;
        }
        asked.waiting.retain(|node| *node != from);
        if asked.of > 1 && asked.waiting.len() == 1 && defects.fires(Defect::AckWithOneMissing) {
            asked.waiting.clear();
        }
        self.complete_if_answered(id, out);
    }

    /// Goes on with a transaction once all replicas have the record.
    pub(super) fn complete_if_answered(&mut self, id: u64, out: &mut Vec<Output>) {
        let Some(transaction) = self.transactions.get_mut(id) else { return };
        let (namespace, digest, kind) =
            (transaction.namespace, transaction.digest, transaction.kind);
        let (asked, reply) = match &mut transaction.stage {
            Stage::Replicating { asked, reply, .. } if asked.waiting.is_empty() => {
                (asked.clone(), Some(std::mem::take(reply)))
            }
            Stage::Rereplicating { asked } if asked.waiting.is_empty() => (asked.clone(), None),
            _ => return,
        };
        let space = &mut self.namespaces[namespace];
        space.mark(digest, Replication::Replicated);
        let version = space.stored(&digest).map(|stored| stored.version);
        if space.is_strong()
            && asked.of > 1
            && let Some(version) = version
        {
            self.confirm(asked.round, namespace, digest, version, out);
        }
        match reply {
            Some(reply) => self.finish(id, reply, out),
            None if kind == Kind::Heal => self.refuse(id, ResultCode::OK, out),
            None => self.transactions.make_ready(id),
        }
    }

    fn confirm(
        &mut self,
        round: RoundId,
        namespace: usize,
        digest: wire::Digest,
        version: Version,
        out: &mut Vec<Output>,
    ) {
        let partition = usize::from(digest.partition());
        let Some(plan) = self.namespace_plan(namespace) else { return };
        let me = self.id;
        for node in plan.partitions[partition].replicas.iter().filter(|node| **node != me) {
            let message = RecordMessage::Confirm { round, namespace, digest, version };
            self.send(*node, Fabric::Record(message), out);
        }
    }

    /// A message about a record arrives.
    pub(in crate::node) fn on_record(
        &mut self,
        now_ns: u64,
        from: NodeId,
        message: RecordMessage,
        out: &mut Vec<Output>,
    ) {
        if let Some(round) = round_of(&message) {
            // Who serves a round proves that everybody has prepared it.
            self.activate_if_prepared(now_ns, Some(round), out);
        }
        match message {
            RecordMessage::Replicate { .. } => self.on_replicate(from, message, out),
            RecordMessage::ReplicateAnswer { round, transaction, version, stored } => {
                self.on_replicate_answer(from, round, transaction, (version, stored), out);
            }
            RecordMessage::Confirm { round, namespace, digest, version } => {
                let partition = usize::from(digest.partition());
                let space = &mut self.namespaces[namespace];
                let same = space.stored(&digest).is_some_and(|stored| stored.version == version);
                if same && self.stands_as_replica(round, namespace, partition) {
                    self.namespaces[namespace].mark(digest, Replication::Replicated);
                }
            }
            RecordMessage::Ping { .. } | RecordMessage::PingAnswer { .. } => {
                self.on_ping(from, &message, out);
            }
            RecordMessage::Resolve { round, namespace, digest, transaction } => {
                self.on_resolve(from, round, namespace, digest, transaction, out);
            }
            RecordMessage::ResolveAnswer { round, transaction, copy } => {
                self.on_resolve_answer(now_ns, from, round, transaction, copy, out);
            }
            RecordMessage::Proxy { .. }
            | RecordMessage::ProxyAnswer { .. }
            | RecordMessage::ProxyReturn { .. } => self.on_proxy(now_ns, from, message, out),
        }
    }
}

/// How a replica may regard a copy: where others are asked too, only the master's confirmation
/// tells that they have it.
fn replica_state(asked: usize) -> Replication {
    if asked == 1 { Replication::Replicated } else { Replication::Unreplicated }
}

fn round_of(message: &RecordMessage) -> Option<RoundId> {
    match message {
        RecordMessage::Replicate { round, .. }
        | RecordMessage::Confirm { round, .. }
        | RecordMessage::Ping { round, .. }
        | RecordMessage::Resolve { round, .. } => Some(*round),
        _ => None,
    }
}
