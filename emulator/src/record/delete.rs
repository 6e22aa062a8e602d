//! Deletes of whole records. Their replies tell neither generation nor void time.

use wire::{Info2, Message, ResultCode};

use super::apply::{Effect, Outcome, Refusal};
use super::read::{check_key, check_set};
use super::sanity::check_generation;
use super::{Bins, Deletes, Record, Rules};

/// Deletes a record.
pub(super) fn delete(
    existing: Option<&Record>,
    request: &Message,
    now_ms: u64,
    rules: &Rules,
) -> Result<Outcome, Refusal> {
    let durable = request.info2.has(Info2::DURABLE_DELETE);
    check_durability(durable, rules)?;
    let record = existing.filter(|record| record.is_live(now_ms)).ok_or(ResultCode::NOT_FOUND)?;
    check_set(record, request)?;
    check_generation(record.generation, request)?;
    check_key(record, request)?;
    let effect =
        if durable { Effect::Store(tombstone(record, now_ms, rules)) } else { Effect::Expunge };
    Ok(Outcome { reply: Message::default(), effect })
}

/// Whether a namespace allows deletes that do or do not leave a tombstone.
pub(super) const fn check_durability(durable: bool, rules: &Rules) -> Result<(), ResultCode> {
    match (rules.deletes, durable) {
        (Deletes::ExpungeOnly, true) => Err(ResultCode::ENTERPRISE_ONLY),
        (Deletes::DurableOnly, false) => Err(ResultCode::FORBIDDEN),
        _ => Ok(()),
    }
}

/// What a durable delete leaves: the record's next version, without bins, for ever.
pub(super) fn tombstone(record: &Record, now_ms: u64, rules: &Rules) -> Record {
    Record {
        set: record.set.clone(),
        key: record.key.clone(),
        bins: Bins::default(),
        generation: rules.next_generation(record.generation),
        last_update_ms: now_ms.max(record.last_update_ms),
        void_time_s: 0,
    }
}
