use wire::{FieldType, Info1, Info2, Message, Op, ResultCode};

use super::{Record, Rules, delete, read, write};

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The reply to the client, to be sent once the effect is as safe as the mode promises.
    pub reply: Message,
    /// What happens to the record.
    pub effect: Effect,
}

/// What a request does to its record.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Nothing: it read, or was refused.
    Nothing,
    /// The record, or a tombstone of it, takes the place of the one before.
    Store(Record),
    /// The record is removed without a trace.
    Expunge,
}

/// Applies a request for one record.
///
/// `existing` is what is stored, tombstones and expired records too; `now_ms` the node's clock in
/// ms since [`super::EPOCH_UNIX_MS`].
#[must_use]
pub fn apply(existing: Option<&Record>, request: &Message, now_ms: u64, rules: &Rules) -> Outcome {
    let applied = unsupported(request).and_then(|()| {
        if request.info2.has(Info2::WRITE | Info2::DELETE) {
            delete::delete(existing, request, now_ms, rules)
        } else if request.info2.has(Info2::WRITE) {
            write::write(existing, request, now_ms, rules)
        } else if request.info1.has(Info1::READ) {
            read::read(existing, request, now_ms, rules)
        } else {
            Err(Refusal::from(ResultCode::PARAMETER))
        }
    });
    applied.unwrap_or_else(|refusal| Outcome { reply: refusal.reply(), effect: Effect::Nothing })
}

/// Refuses what this server does not do: transactions, filters, user-defined functions.
fn unsupported(request: &Message) -> Result<(), Refusal> {
    let has = |field_type| request.field(field_type).is_some();
    if has(FieldType::MRT_ID) {
        return Err(ResultCode::ENTERPRISE_ONLY.into());
    }
    if has(FieldType::FILTER) || has(FieldType::UDF_FUNCTION) {
        return Err(ResultCode::UNSUPPORTED_FEATURE.into());
    }
    Ok(())
}

/// Why a request is refused, and what the reply tells of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: ResultCode,
    pub(super) generation: u16,
    pub(super) void_time_s: u32,
}

impl From<ResultCode> for Refusal {
    fn from(code: ResultCode) -> Self {
        Self { code, generation: 0, void_time_s: 0 }
    }
}

impl Refusal {
    /// A refusal that tells the record's generation and void time.
    pub(super) fn of(record: &Record, code: ResultCode) -> Self {
        Self { code, generation: record.generation, void_time_s: record.void_time_s }
    }

    fn reply(self) -> Message {
        Message {
            generation: self.generation.into(),
            record_ttl: self.void_time_s,
            ..Message::reply(self.code)
        }
    }
}

/// The reply that tells of a record and some of its bins.
pub(super) fn reply_with(record: &Record, ops: Vec<Op>) -> Message {
    Message {
        generation: record.generation.into(),
        record_ttl: record.void_time_s,
        ops,
        ..Message::default()
    }
}
