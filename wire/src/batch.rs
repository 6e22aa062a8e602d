//! Batches: many single-record requests in one message, many replies in one stream.

use std::sync::Arc;

use crate::cursor::{Cursor, put_length};
use crate::digest::DIGEST_LENGTH;
use crate::message::{decode_body, encode_body};
use crate::{DecodeError, Digest, Field, FieldType, Info1, Info2, Info3, Info4, Message, Op};

/// Bits of [`BatchRequest::flags`].
pub mod flags {
    /// Serve rows in the receiving thread when data is in memory.
    pub const INLINE: u8 = 0x01;
    /// Serve rows in the receiving thread when data is on a device.
    pub const INLINE_DEVICE: u8 = 0x02;
    /// Answer every row, though an earlier one failed.
    pub const RESPOND_ALL_KEYS: u8 = 0x04;
    /// When the batch stops at a failed row, send that row and its result first.
    pub const REPORT_ERROR_ROW: u8 = 0x08;
}

/// Bits of a row's flags byte.
mod row {
    pub(super) const REPEAT: u8 = 0x01;
    pub(super) const INFO2_3: u8 = 0x02;
    pub(super) const GENERATION: u8 = 0x04;
    pub(super) const TTL: u8 = 0x08;
    pub(super) const INFO4: u8 = 0x10;
    /// Index, digest and flags: no row is shorter.
    pub(super) const MIN_LENGTH: usize = 25;
}

/// The content of a batch field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BatchRequest {
    /// How to serve it, see [`flags`].
    pub flags: u8,
    /// The rows.
    pub rows: Vec<BatchRow>,
}

/// A row of a batch: one record and what to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRow {
    /// The row's number, repeated in its reply.
    pub index: u32,
    /// The record.
    pub digest: Digest,
    /// What to do; rows that repeat the one before share it.
    pub command: Arc<BatchCommand>,
}

/// What a row does with its record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BatchCommand {
    /// What is read.
    pub info1: Info1,
    /// What is written and how, when the row says so itself; else the batch's own bits hold.
    pub info2_3: Option<(Info2, Info3)>,
    /// Transactions, when the row says so itself.
    pub info4: Option<Info4>,
    /// Expected generation.
    pub generation: Option<u16>,
    /// Time to live, as [`Message::record_ttl`].
    pub ttl: Option<u32>,
    /// The fields: namespace and set first.
    pub fields: Vec<Field>,
    /// The operations.
    pub ops: Vec<Op>,
}

impl BatchRequest {
    /// Reads the content of a field of type [`FieldType::BATCH`].
    ///
    /// # Errors
    /// Content that ends early or goes on, a first row that repeats a row.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        const WHAT: &str = "batch";
        let mut cursor = Cursor::new(data);
        let n_rows = cursor.u32(WHAT)? as usize;
        let flags = cursor.u8(WHAT)?;
        if n_rows > cursor.remaining() / row::MIN_LENGTH {
            return Err(DecodeError::Truncated(WHAT));
        }
        let mut rows: Vec<BatchRow> = Vec::with_capacity(n_rows);
        for _ in 0..n_rows {
            let index = cursor.u32(WHAT)?;
            let digest = Digest(cursor.array::<DIGEST_LENGTH>(WHAT)?);
            let bits = cursor.u8(WHAT)?;
            let command = if bits & row::REPEAT != 0 {
                let previous = rows.last().ok_or(DecodeError::Malformed("batch row"))?;
                Arc::clone(&previous.command)
            } else {
                Arc::new(BatchCommand::decode(&mut cursor, bits)?)
            };
            rows.push(BatchRow { index, digest, command });
        }
        cursor.finish(WHAT)?;
        Ok(Self { flags, rows })
    }

    /// The content of a batch field. A row that does the same as the one before repeats it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_length(&mut out, self.rows.len());
        out.push(self.flags);
        let mut previous: Option<&BatchCommand> = None;
        for row in &self.rows {
            out.extend_from_slice(&row.index.to_be_bytes());
            out.extend_from_slice(&row.digest.0);
            if previous == Some(&row.command) {
                out.push(row::REPEAT);
            } else {
                row.command.encode(&mut out);
            }
            previous = Some(&row.command);
        }
        out
    }

    /// The whole request message with a timeout in ms (0: the server's own).
    #[must_use]
    pub fn message(&self, timeout_ms: u32) -> Message {
        Message {
            info1: Info1::BATCH,
            transaction_ttl: timeout_ms,
            fields: vec![Field::new(FieldType::BATCH, self.encode())],
            ..Message::default()
        }
    }
}

impl BatchCommand {
    fn decode(cursor: &mut Cursor<'_>, bits: u8) -> Result<Self, DecodeError> {
        const WHAT: &str = "batch row";
        let info1 = Info1(cursor.u8(WHAT)?);
        let mut command = Self { info1, ..Self::default() };
        if bits & row::INFO2_3 != 0 {
            command.info2_3 = Some((Info2(cursor.u8(WHAT)?), Info3(cursor.u8(WHAT)?)));
        }
        if bits & row::INFO4 != 0 {
            command.info4 = Some(Info4(cursor.u8(WHAT)?));
        }
        if bits & row::GENERATION != 0 {
            command.generation = Some(cursor.u16(WHAT)?);
        }
        if bits & row::TTL != 0 {
            command.ttl = Some(cursor.u32(WHAT)?);
        }
        let n_fields = cursor.u16(WHAT)?;
        let n_ops = cursor.u16(WHAT)?;
        (command.fields, command.ops) = decode_body(cursor, n_fields, n_ops)?;
        Ok(command)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        let present = [
            (row::INFO2_3, self.info2_3.is_some()),
            (row::INFO4, self.info4.is_some()),
            (row::GENERATION, self.generation.is_some()),
            (row::TTL, self.ttl.is_some()),
        ];
        out.push(present.iter().filter(|(_, set)| *set).fold(0, |bits, (bit, _)| bits | bit));
        out.push(self.info1.0);
        if let Some((info2, info3)) = self.info2_3 {
            out.extend_from_slice(&[info2.0, info3.0]);
        }
        if let Some(info4) = self.info4 {
            out.push(info4.0);
        }
        if let Some(generation) = self.generation {
            out.extend_from_slice(&generation.to_be_bytes());
        }
        if let Some(ttl) = self.ttl {
            out.extend_from_slice(&ttl.to_be_bytes());
        }
        encode_body(out, &self.fields, &self.ops);
    }
}

impl BatchRow {
    /// The single-record request that the row stands for, in a batch with the header of `parent`.
    ///
    /// A row without second and third info bytes takes the parent's SC read mode; rows never answer
    /// compressed.
    #[must_use]
    pub fn request(&self, parent: &Message) -> Message {
        let command = &*self.command;
        let inherited = Info3::NONE.with_read_mode(parent.info3.read_mode());
        let (info2, info3) = command.info2_3.unwrap_or((Info2::NONE, inherited));
        let mut fields = command.fields.clone();
        fields.push(Field::digest(&self.digest));
        Message {
            info1: command.info1.without(Info1::COMPRESS_RESPONSE).without(Info1::XDR),
            info2,
            info3,
            info4: command.info4.unwrap_or_default(),
            generation: command.generation.unwrap_or_default().into(),
            record_ttl: command.ttl.unwrap_or_default(),
            transaction_ttl: parent.transaction_ttl,
            fields,
            ops: command.ops.clone(),
            ..Message::default()
        }
    }
}

/// Turns the reply of a row's request into the row's reply.
#[must_use]
pub fn row_reply(index: u32, mut reply: Message) -> Message {
    reply.transaction_ttl = index;
    reply
}

/// The message that ends a batch's or query's reply.
#[must_use]
pub fn last_reply(result_code: crate::ResultCode) -> Message {
    Message { info3: Info3::LAST, result_code, ..Message::default() }
}
