//! Arrival and answer.

use std::sync::Arc;

use wire::batch::last_reply;
use wire::frame::encode_frame;
use wire::{FieldType, FrameType, Info3, Message, ResultCode};

use super::table::{Kind, Origin, Stage, Transaction};
use crate::defect::Defect;
use crate::node::message::{Fabric, Output, RecordMessage, refusal};
use crate::node::state::Node;
use crate::node::storage::Replication;
use crate::record::Target;
use crate::security::{Caller, permits_row};
use crate::world::Ticket;

/// The time that a request has if it does not say (`transaction-max-ms`), in ns.
const DEFAULT_TIME_NS: u64 = 1_000_000_000;

impl Node {
    /// A client's request arrives.
    pub(in crate::node) fn on_request(
        &mut self,
        now_ns: u64,
        ticket: Ticket,
        caller: &Caller,
        message: Message,
        out: &mut Vec<Output>,
    ) {
        if let Err(code) = permits_row(self, caller, &message) {
            // As the end of an answer it is one for batches and queries, too.
            reply_to(ticket, &[last_reply(code)], out);
        } else if message.field(FieldType::BATCH).is_some() {
            self.on_batch(now_ns, ticket, caller, &message, out);
        } else if wire::query::QueryRequest::is_query(&message) {
            self.on_query(ticket, &message, out);
        } else {
            let deadline_ns = now_ns + time_ns(&message);
            let origin = Origin::Client(ticket);
            if let Err(code) = self.admit(origin, Arc::new(message), deadline_ns) {
                reply_to(ticket, &[refusal(code)], out);
            }
        }
    }

    /// Opens a transaction for a request on one record.
    pub(super) fn admit(
        &mut self,
        origin: Origin,
        request: Arc<Message>,
        deadline_ns: u64,
    ) -> Result<(), ResultCode> {
        let target = Target::of(&request, |name| self.namespace_index(name).is_some())?;
        let namespace = self.namespace_index(target.namespace).ok_or(ResultCode::NAMESPACE)?;
        let digest = target.digest;
        let kind = if request.is_write() { Kind::Write } else { Kind::Read };
        if kind == Kind::Read {
            let name = match request.info3.read_mode() {
                wire::ReadMode::Session => "read_mode_session",
                wire::ReadMode::Linearize => "read_mode_linearize",
                wire::ReadMode::AllowReplica => "read_mode_allow_replica",
                wire::ReadMode::AllowUnavailable => "read_mode_allow_unavailable",
            };
            self.namespaces[namespace].counters.count(name);
        }
        self.transactions.open(Transaction {
            origin,
            namespace,
            digest,
            request,
            kind,
            deadline_ns,
            stage: Stage::Ready,
            holds_turn: false,
            repeat_ns: None,
        });
        Ok(())
    }

    pub(in crate::node) fn namespace_index(&self, name: &str) -> Option<usize> {
        self.namespaces.iter().position(|namespace| namespace.config.name == name)
    }

    /// Ends a transaction with an answer.
    pub(super) fn finish(&mut self, id: u64, reply: Message, out: &mut Vec<Output>) {
        let Some(transaction) = self.transactions.close(id) else { return };
        self.release(&transaction);
        self.tally(&transaction, reply.result_code);
        self.answer(transaction.origin, reply, out);
    }

    /// Ends a transaction with a bare code.
    pub(super) fn refuse(&mut self, id: u64, code: ResultCode, out: &mut Vec<Output>) {
        self.finish(id, refusal(code), out);
    }

    /// Gives up a transaction's turn.
    pub(super) fn release(&mut self, transaction: &Transaction) {
        if transaction.holds_turn {
            let partition = transaction.partition();
            self.namespaces[transaction.namespace].duties[partition].in_flight -= 1;
            self.transactions.end_turn(transaction.namespace, transaction.digest);
        }
    }

    /// Gives up the turn of a transaction that goes on.
    pub(super) fn release_turn(&mut self, id: u64) {
        let Some(transaction) = self.transactions.get_mut(id) else { return };
        if !std::mem::take(&mut transaction.holds_turn) {
            return;
        }
        let (namespace, digest) = (transaction.namespace, transaction.digest);
        self.namespaces[namespace].duties[usize::from(digest.partition())].in_flight -= 1;
        self.transactions.end_turn(namespace, digest);
    }

    /// Sends an answer where it belongs.
    pub(super) fn answer(&mut self, origin: Origin, reply: Message, out: &mut Vec<Output>) {
        match origin {
            Origin::Client(ticket) => reply_to(ticket, &[reply], out),
            Origin::Proxy { from, transaction, attempt } => {
                let reply = Arc::new(reply);
                let message = RecordMessage::ProxyAnswer { transaction, attempt, reply };
                self.send(from, Fabric::Record(message), out);
            }
            Origin::Row { batch, index } => self.on_row(batch, index, reply, out),
            Origin::Nobody => {}
        }
    }

    fn tally(&mut self, transaction: &Transaction, code: ResultCode) {
        let counters = &mut self.namespaces[transaction.namespace].counters;
        let proxied = matches!(transaction.stage, Stage::Proxied { .. });
        let name = match (transaction.origin, transaction.kind, code) {
            (Origin::Nobody, Kind::Heal, ResultCode::OK) => "re_repl_success",
            (Origin::Nobody, Kind::Heal, ResultCode::TIMEOUT) => "re_repl_timeout",
            (Origin::Nobody, Kind::Heal, _) => "re_repl_error",
            (Origin::Nobody, ..) => return,
            (_, _, ResultCode::TIMEOUT) if proxied => "client_proxy_timeout",
            (_, _, ResultCode::OK) if proxied => "client_proxy_complete",
            (_, _, _) if proxied => "client_proxy_error",
            (_, Kind::Read, ResultCode::OK) => "client_read_success",
            (_, Kind::Read, ResultCode::NOT_FOUND) => "client_read_not_found",
            (_, Kind::Read, ResultCode::TIMEOUT) => "client_read_timeout",
            (_, Kind::Read, _) => "client_read_error",
            (_, _, ResultCode::OK) => "client_write_success",
            (_, _, ResultCode::TIMEOUT) => "client_write_timeout",
            _ => "client_write_error",
        };
        counters.count(name);
        match code {
            ResultCode::GENERATION => counters.count("fail_generation"),
            ResultCode::KEY_BUSY => counters.count("fail_key_busy"),
            _ => {}
        }
    }

    /// Ends what is out of time and repeats what may have been lost.
    pub(in crate::node) fn expire_transactions(&mut self, now_ns: u64, out: &mut Vec<Output>) {
        let (over, repeat) = self.transactions.due(now_ns);
        for id in over {
            let Some(transaction) = self.transactions.get(id) else { continue };
            let defects = &self.config.defects;
            let code = match &transaction.stage {
                // Nothing was done, and nothing will be.
                Stage::Parked => ResultCode::UNAVAILABLE,
                Stage::Replicating { .. } if defects.fires(Defect::DefiniteErrorAfterApply) => {
                    ResultCode::UNAVAILABLE
                }
                Stage::Proxied { .. }
                    if transaction.kind == Kind::Write
                        && defects.fires(Defect::DefiniteErrorAtProxy) =>
                {
                    ResultCode::UNAVAILABLE
                }
                _ => ResultCode::TIMEOUT,
            };
            if matches!(transaction.stage, Stage::Replicating { .. })
                && defects.fires(Defect::TimeoutMarksReplicated)
            {
                self.namespaces[transaction.namespace]
                    .mark(transaction.digest, Replication::Replicated);
            }
            self.refuse(id, code, out);
        }
        for id in repeat {
            let replicates = |one: &Transaction| matches!(one.stage, Stage::Replicating { .. });
            if self.transactions.get(id).is_some_and(replicates)
                && self.config.defects.fires(Defect::RetransmitAppliesAgain)
            {
                self.apply(now_ns, id, out);
                continue;
            }
            self.repeat(now_ns, id, out);
        }
    }
}

/// How long a node tries, in ns: an eighth less than the client waits, so that the answer that
/// time is over still reaches it (as on a real server, whose timeouts clients do get to see).
pub(super) fn time_ns(message: &Message) -> u64 {
    match message.transaction_ttl {
        0 => DEFAULT_TIME_NS,
        ms => u64::from(ms) * 1_000_000 / 8 * 7,
    }
}

/// Sends messages to a client as one frame.
pub(super) fn reply_to(ticket: Ticket, messages: &[Message], out: &mut Vec<Output>) {
    out.push(Output::Reply { ticket, bytes: frame_of(messages) });
}

/// A frame that holds messages.
pub(super) fn frame_of(messages: &[Message]) -> Vec<u8> {
    let mut body = Vec::with_capacity(64 * messages.len());
    for message in messages {
        message.encode_into(&mut body);
    }
    encode_frame(FrameType::Message, &body)
}

/// Whether a read may be served by any copy (SC).
pub(super) fn is_relaxed(message: &Message) -> bool {
    message.info3.has(Info3::SC_READ_RELAX)
}
