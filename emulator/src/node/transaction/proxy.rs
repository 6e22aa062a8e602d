//! Requests that arrive at a node which is not the working master.

use std::sync::Arc;

use super::table::{Origin, Stage};
use crate::node::message::{Fabric, Output, RecordMessage};
use crate::node::state::Node;
use crate::partition::NodeId;

/// After which time a request that came back is routed again, in ns.
const RETRY_NS: u64 = 5_000_000;

impl Node {
    /// Passes a request on to the working master; one that came from another node goes back.
    pub(super) fn pass_on(&mut self, now_ns: u64, id: u64, master: NodeId, out: &mut Vec<Output>) {
        self.release_turn(id);
        if self.came_by_proxy(id) {
            let Some(closed) = self.transactions.close(id) else { return };
            if let Origin::Proxy { from, transaction, attempt } = closed.origin {
                let master = Some(master);
                let message = RecordMessage::ProxyReturn { transaction, attempt, master };
                self.send(from, Fabric::Record(message), out);
            }
            return;
        }
        let attempt = self.transactions.next_id() as u32;
        let Some(transaction) = self.transactions.get_mut(id) else { return };
        transaction.stage = Stage::Proxied { attempt };
        let message = RecordMessage::Proxy {
            transaction: id,
            attempt,
            namespace: transaction.namespace,
            digest: transaction.digest,
            request: Arc::clone(&transaction.request),
            remaining_ns: transaction.deadline_ns.saturating_sub(now_ns),
        };
        self.send(master, Fabric::Record(message), out);
    }

    /// A request arrives that another node passed on, or one comes back.
    pub(super) fn on_proxy(
        &mut self,
        now_ns: u64,
        from: NodeId,
        message: RecordMessage,
        out: &mut Vec<Output>,
    ) {
        match message {
            RecordMessage::Proxy { transaction, attempt, request, remaining_ns, .. } => {
                let origin = Origin::Proxy { from, transaction, attempt };
                if let Err(code) = self.admit(origin, request, now_ns + remaining_ns) {
                    self.answer(origin, crate::node::message::refusal(code), out);
                }
            }
            RecordMessage::ProxyAnswer { transaction, attempt, reply }
                if self.awaits(transaction, attempt) =>
            {
                let reply = Arc::try_unwrap(reply).unwrap_or_else(|reply| (*reply).clone());
                self.finish(transaction, reply, out);
            }
            RecordMessage::ProxyReturn { transaction, attempt, master } => {
                if !self.awaits(transaction, attempt) {
                    return;
                }
                match master.filter(|master| *master != self.id && *master != from) {
                    Some(master) => self.pass_on(now_ns, transaction, master, out),
                    None => {
                        if let Some(open) = self.transactions.get_mut(transaction) {
                            open.stage = Stage::Parked;
                        }
                        self.transactions.repeat_at(now_ns + RETRY_NS, transaction);
                    }
                }
            }
            _ => {}
        }
    }

    fn awaits(&self, id: u64, attempt: u32) -> bool {
        self.transactions
            .get(id)
            .is_some_and(|t| matches!(t.stage, Stage::Proxied { attempt: a } if a == attempt))
    }
}
