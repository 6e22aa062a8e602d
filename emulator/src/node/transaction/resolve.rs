//! Duplicate resolution (AP): before a write, or a read that asks for it, while copies differ.

use super::table::{Asked, Kind, Stage, copy_of};
use crate::node::message::{Copy, Fabric, Output, RecordMessage};
use crate::node::round::RoundId;
use crate::node::state::Node;
use crate::node::storage::Replication;
use crate::partition::NodeId;

impl Node {
    /// Asks all duplicates of a record's partition for their versions.
    pub(super) fn resolve(&mut self, now_ns: u64, id: u64, out: &mut Vec<Output>) {
        let Some(round) = self.membership.active_id() else { return };
        let Some(transaction) = self.transactions.get_mut(id) else { return };
        let duty = &self.namespaces[transaction.namespace].duties[transaction.partition()];
        let waiting = duty.duplicates.clone();
        let asked = Asked { round, of: waiting.len(), waiting };
        transaction.stage = Stage::Resolving { asked, best: None };
        self.namespaces[transaction.namespace].counters.count("dup_res_ask");
        self.repeat(now_ns, id, out);
    }

    /// A duplicate is asked for its version.
    pub(super) fn on_resolve(
        &mut self,
        from: NodeId,
        round: RoundId,
        namespace: usize,
        digest: wire::Digest,
        transaction: u64,
        out: &mut Vec<Output>,
    ) {
        if self.membership.prepared.is_some() || self.membership.active_id() != Some(round) {
            return;
        }
        let space = &mut self.namespaces[namespace];
        let copy = space.stored(&digest).map(copy_of);
        space.counters.count("dup_res_respond_read");
        let answer = RecordMessage::ResolveAnswer { round, transaction, copy };
        self.send(from, Fabric::Record(answer), out);
    }

    /// A duplicate has answered; after the last one the best version is the record.
    pub(super) fn on_resolve_answer(
        &mut self,
        now_ns: u64,
        from: NodeId,
        round: RoundId,
        id: u64,
        copy: Option<Copy>,
        out: &mut Vec<Output>,
    ) {
        let Some(transaction) = self.transactions.get_mut(id) else { return };
        let (namespace, digest, kind) =
            (transaction.namespace, transaction.digest, transaction.kind);
        let policy = self.namespaces[namespace].config.conflict_resolution;
        let Stage::Resolving { asked, best } = &mut transaction.stage else { return };
        if asked.round != round {
            return;
        }
        asked.waiting.retain(|node| *node != from);
        if let Some(copy) = copy
            && best.as_ref().is_none_or(|best| copy.version.beats(&best.version, policy))
        {
            *best = Some(copy);
        }
        if !asked.waiting.is_empty() {
            return;
        }
        if let Some(best) = best.take() {
            let local = self.namespaces[namespace].stored(&digest).map(|stored| stored.version);
            if local.is_none_or(|local| best.version.beats(&local, policy)) {
                self.keep(namespace, digest, &best, Replication::Replicated);
            }
        }
        match kind {
            Kind::Read => self.answer_read(now_ns, id, out),
            Kind::Write | Kind::Heal => self.apply(now_ns, id, out),
        }
    }
}
