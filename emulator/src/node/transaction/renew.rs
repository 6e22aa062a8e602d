//! What becomes of open transactions when a new round begins.

use wire::ResultCode;

use super::table::{Kind, Origin, Stage, Transaction};
use crate::defect::Defect;
use crate::node::message::Output;
use crate::node::plan::Plan;
use crate::node::state::Node;
use crate::node::storage::Replication;

impl Node {
    /// Goes on with, repeats or ends every open transaction; `before` is the round that ended.
    pub(in crate::node) fn renew_transactions(
        &mut self,
        now_ns: u64,
        before: Option<&Plan>,
        out: &mut Vec<Output>,
    ) {
        for id in self.transactions.ids() {
            let Some(transaction) = self.transactions.get(id) else { continue };
            let kind = transaction.kind;
            match &transaction.stage {
                Stage::Ready | Stage::Waiting => {}
                Stage::Parked => self.transactions.make_ready(id),
                // A read may be asked again. Whether a write was done over there nobody knows: only
                // its answer may end it, or its deadline.
                Stage::Proxied { .. } => {
                    if kind == Kind::Read || self.config.defects.fires(Defect::ProxyResend) {
                        self.transactions.make_ready(id);
                    }
                }
                Stage::Pinging { .. } | Stage::Resolving { .. } | Stage::Rereplicating { .. } => {
                    self.release_turn(id);
                    self.transactions.make_ready(id);
                }
                Stage::Replicating { reply, .. } => {
                    let reply = reply.clone();
                    if self.remains_master(id, before) {
                        self.replicate_anew(now_ns, id, out);
                    } else if self.config.defects.fires(Defect::AckAtRebalance) {
                        self.finish(id, reply, out);
                    } else if self.config.defects.fires(Defect::DefiniteErrorAtRebalance) {
                        self.refuse(id, ResultCode::UNAVAILABLE, out);
                    } else {
                        self.refuse(id, ResultCode::TIMEOUT, out);
                    }
                }
            }
        }
    }

    /// Whether this node was and is the working master of the transaction's partition, with nothing
    /// in between that it may have missed.
    fn remains_master(&self, id: u64, before: Option<&Plan>) -> bool {
        let (Some(transaction), Some(now), Some(_)) =
            (self.transactions.get(id), self.membership.serving(), before)
        else {
            return false;
        };
        let planned = &now.namespaces[transaction.namespace].partitions[transaction.partition()];
        planned.working_master == Some(self.id) && planned.is_full(self.id)
    }

    fn replicate_anew(&mut self, now_ns: u64, id: u64, out: &mut Vec<Output>) {
        let Some(transaction) = self.transactions.get(id) else { return };
        let (namespace, partition) = (transaction.namespace, transaction.partition());
        let asked = self.replicas_to_ask(namespace, partition);
        let Some(transaction) = self.transactions.get_mut(id) else { return };
        match (asked, &mut transaction.stage) {
            (Some(renewed), Stage::Replicating { asked, .. }) => *asked = renewed,
            _ => {
                self.refuse(id, ResultCode::TIMEOUT, out);
                return;
            }
        }
        self.namespaces[namespace].counters.count("retransmit_all_write_repl_write");
        self.repeat(now_ns, id, out);
        self.complete_if_answered(id, out);
    }

    /// Begins to replicate records that wait for it, so that they do not wait for the next access.
    pub(in crate::node) fn heal_unreplicated(&mut self, now_ns: u64) {
        const AT_ONCE: usize = 100;
        if !self.membership.is_settled() || self.membership.serving().is_none() {
            return;
        }
        let deadline_ns = now_ns + self.config.heartbeat.quantum_ns();
        for namespace in 0..self.namespaces.len() {
            let space = &self.namespaces[namespace];
            let waiting: Vec<wire::Digest> = space
                .unreplicated
                .iter()
                .filter(|digest| {
                    let duty = &space.duties[usize::from(digest.partition())];
                    duty.working_master == Some(self.id)
                        && !duty.draining
                        && !self.transactions.is_busy(namespace, digest)
                        && space
                            .stored(digest)
                            .is_some_and(|stored| stored.replication == Replication::Unreplicated)
                })
                .take(AT_ONCE)
                .copied()
                .collect();
            for digest in waiting {
                self.transactions.open(Transaction {
                    origin: Origin::Nobody,
                    namespace,
                    digest,
                    request: std::sync::Arc::default(),
                    kind: Kind::Heal,
                    deadline_ns,
                    stage: Stage::Ready,
                    holds_turn: false,
                    repeat_ns: None,
                });
            }
        }
    }
}
