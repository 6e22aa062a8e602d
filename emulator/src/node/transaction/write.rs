//! Writes at the working master.

use std::sync::Arc;

use wire::{Info1, Info2, Info3, ResultCode};

use super::table::{Asked, Kind, Origin, Stage, next_version};
use crate::defect::Defect;
use crate::node::clock::Skew;
use crate::node::message::{Copy, Output};
use crate::node::state::Node;
use crate::node::storage::{Replication, Stored, Version};
use crate::record::{self, Effect};

impl Node {
    /// Writes as the working master (or heals an unreplicated record).
    pub(super) fn write(&mut self, now_ns: u64, id: u64, out: &mut Vec<Output>) {
        let Some(transaction) = self.transactions.get(id) else { return };
        let (namespace, digest, kind) =
            (transaction.namespace, transaction.digest, transaction.kind);
        if kind == Kind::Write && self.is_skewed(namespace) {
            self.refuse(id, ResultCode::FORBIDDEN, out);
            return;
        }
        if kind == Kind::Write
            && let Some(code) = self.refusal_of_write(id)
        {
            self.refuse(id, code, out);
            return;
        }
        if !self.begin_turn(id, out) {
            return;
        }
        let space = &self.namespaces[namespace];
        if space.is_strong() {
            match (self.must_rereplicate(namespace, &digest), kind) {
                (true, _) => self.rereplicate(now_ns, id, out),
                (false, Kind::Heal) => self.refuse(id, ResultCode::OK, out),
                (false, _) => self.apply(now_ns, id, out),
            }
        } else if space.settings.disable_write_dup_res
            || space.duties[usize::from(digest.partition())].duplicates.is_empty()
        {
            self.apply(now_ns, id, out);
        } else {
            self.resolve(now_ns, id, out);
        }
    }

    /// Why the namespace's settings refuse a write, if they do. Deletes free memory.
    fn refusal_of_write(&self, id: u64) -> Option<ResultCode> {
        let transaction = self.transactions.get(id)?;
        let settings = &self.namespaces[transaction.namespace].settings;
        let request = &transaction.request;
        let rejected = if request.info1.has(Info1::XDR) {
            settings.reject_xdr_writes
        } else {
            settings.reject_non_xdr_writes
        };
        if rejected {
            Some(ResultCode::FORBIDDEN)
        } else if settings.stops_writes() && !request.info2.has(Info2::DELETE) {
            Some(ResultCode::OUT_OF_SPACE)
        } else {
            None
        }
    }

    /// Whether clocks differ so much that an SC namespace takes no writes.
    pub(in crate::node) fn is_skewed(&self, namespace: usize) -> bool {
        self.namespaces[namespace].is_strong()
            && self.skew.spread_ms(&self.members()) > Skew::stop_writes_ms(self.config.heartbeat)
    }

    /// Applies a write here and sends it to the replicas.
    pub(super) fn apply(&mut self, now_ns: u64, id: u64, out: &mut Vec<Output>) {
        let Some(transaction) = self.transactions.get(id) else { return };
        let (namespace, digest, mut request) =
            (transaction.namespace, transaction.digest, Arc::clone(&transaction.request));
        if request.info2.has(Info2::GENERATION)
            && self.config.defects.fires(Defect::CasWithoutGenerationCheck)
        {
            let request = Arc::make_mut(&mut request);
            request.info2 = request.info2.without(Info2::GENERATION);
        }
        let now_ms = self.clock.update_time_ms(now_ns);
        let space = &self.namespaces[namespace];
        let before = space.stored(&digest);
        let outcome =
            record::apply(before.map(|stored| &*stored.record), &request, now_ms, &space.rules);
        if outcome.effect == Effect::Nothing {
            self.finish(id, outcome.reply, out);
            return;
        }
        let Some(asked) = self.replicas_to_ask(namespace, usize::from(digest.partition())) else {
            self.refuse(id, ResultCode::UNAVAILABLE, out);
            return;
        };
        let regime = asked.round.number;
        let before = before.map(|stored| stored.version);
        let strong = space.is_strong();
        let record = match outcome.effect {
            Effect::Store(record) => Some(Arc::new(record)),
            Effect::Expunge | Effect::Nothing => None,
        };
        let mut version = match &record {
            Some(record) if !strong => Version {
                regime: 0,
                update_ms: record.last_update_ms,
                generation: u32::from(record.generation),
            },
            Some(record) => next_version(before, regime, record.last_update_ms),
            None => next_version(before, if strong { regime } else { 0 }, now_ms),
        };
        let falls = strong && now_ms < version.update_ms;
        if falls && self.config.defects.fires(Defect::UpdateTimeMayFall) {
            version.update_ms = now_ms;
        }
        let copy = Copy { record, version };
        self.keep(namespace, digest, &copy, Replication::Unreplicated);
        self.send_write(now_ns, id, asked, copy, outcome.reply, out);
    }

    /// Stores a copy here.
    pub(super) fn keep(
        &mut self,
        namespace: usize,
        digest: wire::Digest,
        copy: &Copy,
        replication: Replication,
    ) {
        let space = &mut self.namespaces[namespace];
        match &copy.record {
            Some(record) => {
                let record = Arc::clone(record);
                space.store(digest, Stored { record, version: copy.version, replication });
            }
            None => space.expunge(&digest),
        }
    }

    fn send_write(
        &mut self,
        now_ns: u64,
        id: u64,
        asked: Asked,
        copy: Copy,
        reply: wire::Message,
        out: &mut Vec<Output>,
    ) {
        let Some(transaction) = self.transactions.get_mut(id) else { return };
        let strong = self.namespaces[transaction.namespace].is_strong();
        let at_once = (!strong && transaction.request.info3.has(Info3::COMMIT_LEVEL_MASTER))
            || self.config.defects.fires(Defect::AckBeforeReplication);
        let origin = transaction.origin;
        transaction.stage = Stage::Replicating { asked, copy, reply: reply.clone() };
        if at_once {
            transaction.origin = Origin::Nobody;
            self.answer(origin, reply, out);
        }
        self.repeat(now_ns, id, out);
        self.complete_if_answered(id, out);
    }
}
