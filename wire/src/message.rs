//! Data messages: requests on records and their replies.

use crate::cursor::Cursor;
use crate::frame::encode_frame;
use crate::{
    DecodeError, Digest, Field, FieldType, FrameType, Info1, Info2, Info3, Info4, Op, ResultCode,
};

/// Length of the message header in bytes, also its first byte.
pub const HEADER_LENGTH: usize = 22;

/// A data message, request or reply.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// What is read.
    pub info1: Info1,
    /// What is written.
    pub info2: Info2,
    /// How it is written or read.
    pub info3: Info3,
    /// Transactions.
    pub info4: Info4,
    /// Result, in replies.
    pub result_code: ResultCode,
    /// Expected generation, in requests; the record's, in replies; the partition id, in a query's
    /// partition-done row.
    pub generation: u32,
    /// Time to live in seconds or one of [`ttl`]'s values, in writes; in replies the void time,
    /// seconds since 2010-01-01 UTC.
    pub record_ttl: u32,
    /// Timeout in ms, in requests (0: the server's own); the row's index, in batch replies.
    pub transaction_ttl: u32,
    /// The fields.
    pub fields: Vec<Field>,
    /// The operations, or the bins of a reply.
    pub ops: Vec<Op>,
}

/// Values of [`Message::record_ttl`] in writes that are not seconds.
pub mod ttl {
    /// The namespace's default.
    pub const NAMESPACE_DEFAULT: u32 = 0;
    /// The record never expires.
    pub const NEVER: u32 = u32::MAX;
    /// The record keeps its void time.
    pub const KEEP: u32 = u32::MAX - 1;
}

impl Message {
    /// Reads the body of a frame of type [`FrameType::Message`].
    ///
    /// The header-size byte is ignored, as servers do.
    ///
    /// # Errors
    /// A body that ends early or goes on; a server answers these with
    /// [`ResultCode::PARAMETER`].
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new(body);
        let message = Self::decode_next(&mut cursor)?;
        cursor.finish("message")?;
        Ok(message)
    }

    /// Reads the messages that follow each other in the body of a batch's or query's reply.
    ///
    /// # Errors
    /// Those of [`decode`](Self::decode).
    pub fn decode_all(body: &[u8]) -> Result<Vec<Self>, DecodeError> {
        let mut cursor = Cursor::new(body);
        let mut messages = Vec::new();
        while cursor.remaining() > 0 {
            messages.push(Self::decode_next(&mut cursor)?);
        }
        Ok(messages)
    }

    fn decode_next(cursor: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        const WHAT: &str = "message header";
        let [_, info1, info2, info3, info4, result_code] = cursor.array(WHAT)?;
        let mut message = Self {
            info1: Info1(info1),
            info2: Info2(info2),
            info3: Info3(info3),
            info4: Info4(info4),
            result_code: ResultCode(result_code),
            generation: cursor.u32(WHAT)?,
            record_ttl: cursor.u32(WHAT)?,
            transaction_ttl: cursor.u32(WHAT)?,
            fields: Vec::new(),
            ops: Vec::new(),
        };
        let n_fields = cursor.u16(WHAT)?;
        let n_ops = cursor.u16(WHAT)?;
        (message.fields, message.ops) = decode_body(cursor, n_fields, n_ops)?;
        Ok(message)
    }

    /// Appends the message, without a frame header, to `out`.
    ///
    /// At most 65535 fields and as many operations fit; what is above is left out.
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        let header_length = u8::try_from(HEADER_LENGTH).expect("22");
        out.extend_from_slice(&[
            header_length,
            self.info1.0,
            self.info2.0,
            self.info3.0,
            self.info4.0,
            self.result_code.0,
        ]);
        out.extend_from_slice(&self.generation.to_be_bytes());
        out.extend_from_slice(&self.record_ttl.to_be_bytes());
        out.extend_from_slice(&self.transaction_ttl.to_be_bytes());
        encode_body(out, &self.fields, &self.ops);
    }

    /// How many bytes [`encode_into`](Self::encode_into) appends.
    #[must_use]
    pub fn encoded_length(&self) -> usize {
        let fields = self.fields.iter().map(|field| 5 + field.data.len());
        let ops = self.ops.iter().map(|op| 8 + op.name.len() + op.data.len());
        HEADER_LENGTH + fields.sum::<usize>() + ops.sum::<usize>()
    }

    /// The message as a whole frame.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut body = Vec::new();
        self.encode_into(&mut body);
        encode_frame(FrameType::Message, &body)
    }

    /// A reply that says only how it went.
    #[must_use]
    pub fn reply(result_code: ResultCode) -> Self {
        Self { result_code, ..Self::default() }
    }

    /// The first field of a type.
    #[must_use]
    pub fn field(&self, field_type: FieldType) -> Option<&Field> {
        self.fields.iter().find(|field| field.field_type == field_type)
    }

    /// The namespace, if the message names one.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.field(FieldType::NAMESPACE)?.as_text().ok()
    }

    /// The set's name; empty when there is none.
    #[must_use]
    pub fn set(&self) -> &[u8] {
        self.field(FieldType::SET).map_or(&[], |field| &field.data)
    }

    /// The digest, if the message carries one.
    ///
    /// # Errors
    /// A digest of another length than 20 bytes.
    pub fn digest(&self) -> Result<Option<Digest>, DecodeError> {
        self.field(FieldType::DIGEST).map(Field::as_digest).transpose()
    }

    /// True when the request writes.
    #[must_use]
    pub const fn is_write(&self) -> bool {
        self.info2.has(Info2::WRITE)
    }

    /// True when the request is a batch.
    #[must_use]
    pub const fn is_batch(&self) -> bool {
        self.info1.has(Info1::BATCH)
    }
}

/// Reads fields and operations as they follow any header.
pub(crate) fn decode_body(
    cursor: &mut Cursor<'_>,
    n_fields: u16,
    n_ops: u16,
) -> Result<(Vec<Field>, Vec<Op>), DecodeError> {
    let fields = (0..n_fields).map(|_| Field::decode(cursor)).collect::<Result<_, _>>()?;
    let ops = (0..n_ops).map(|_| Op::decode(cursor)).collect::<Result<_, _>>()?;
    Ok((fields, ops))
}

/// Appends the counts of fields and operations, then both.
pub(crate) fn encode_body(out: &mut Vec<u8>, fields: &[Field], ops: &[Op]) {
    let n_fields = u16::try_from(fields.len()).unwrap_or(u16::MAX);
    let n_ops = u16::try_from(ops.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&n_fields.to_be_bytes());
    out.extend_from_slice(&n_ops.to_be_bytes());
    fields.iter().take(usize::from(n_fields)).for_each(|field| field.encode(out));
    ops.iter().take(usize::from(n_ops)).for_each(|op| op.encode(out));
}
