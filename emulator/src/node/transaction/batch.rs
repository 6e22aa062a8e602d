//! Batches: rows are transactions of their own; one reply carries all their answers.

use std::sync::Arc;

use wire::batch::{BatchRequest, last_reply, row_reply};
use wire::{FieldType, Message, ResultCode};

use super::request::{frame_of, reply_to, time_ns};
use super::table::Origin;
use crate::node::message::{Output, refusal};
use crate::node::state::Node;
use crate::security::{Caller, permits_row};
use crate::world::Ticket;

/// A batch under way.
#[derive(Debug)]
pub(super) struct Batch {
    ticket: Ticket,
    missing: usize,
    replies: Vec<Message>,
    /// Bytes of the replies.
    bytes: usize,
}

/// After how many bytes of replies the rest is told no more. Rows may have written, and so they say
/// what leaves that open.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// The time that a batch has if it does not say, in ms.
const DEFAULT_TIME_MS: u32 = 30_000;

impl Node {
    /// A batch arrives.
    pub(super) fn on_batch(
        &mut self,
        now_ns: u64,
        ticket: Ticket,
        caller: &Caller,
        message: &Message,
        out: &mut Vec<Output>,
    ) {
        let field = message.field(FieldType::BATCH).map(|field| BatchRequest::decode(&field.data));
        let Some(Ok(request)) = field else {
            reply_to(ticket, &[last_reply(ResultCode::PARAMETER)], out);
            return;
        };
        let mut parent = message.clone();
        if parent.transaction_ttl == 0 {
            parent.transaction_ttl = DEFAULT_TIME_MS;
        }
        let deadline_ns = now_ns + time_ns(&parent);
        let batch = self.transactions.next_id();
        let missing = request.rows.len();
        let open = Batch { ticket, missing, replies: Vec::with_capacity(missing + 1), bytes: 0 };
        self.transactions.batches.insert(batch, open);
        for row in &request.rows {
            let origin = Origin::Row { batch, index: row.index };
            let request = Arc::new(row.request(&parent));
            let permitted = permits_row(self, caller, &request);
            if let Err(code) = permitted.and_then(|()| self.admit(origin, request, deadline_ns)) {
                self.answer(origin, refusal(code), out);
            }
        }
        if missing == 0 {
            self.transactions.batches.remove(&batch);
            reply_to(ticket, &[last_reply(ResultCode::OK)], out);
        }
    }

    /// A row is answered; after the last one the batch is.
    pub(super) fn on_row(
        &mut self,
        id: u64,
        index: u32,
        mut reply: Message,
        out: &mut Vec<Output>,
    ) {
        let Some(batch) = self.transactions.batches.get_mut(&id) else { return };
        batch.bytes += reply.encoded_length();
        if batch.bytes > ANSWER_BYTES {
            reply = refusal(ResultCode::TIMEOUT);
        }
        batch.replies.push(row_reply(index, reply));
        batch.missing -= 1;
        if batch.missing == 0
            && let Some(batch) = self.transactions.batches.remove(&id)
        {
            // The end of a batch is a frame of its own.
            let mut bytes = frame_of(&batch.replies);
            bytes.extend(frame_of(&[last_reply(ResultCode::OK)]));
            out.push(Output::Reply { ticket: batch.ticket, bytes });
        }
    }
}
