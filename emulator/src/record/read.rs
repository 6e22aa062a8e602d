//! Requests that only read.

use wire::{FieldType, Info1, Info2, Message, Op, OpCode, ReadMode, ResultCode, Value};

use super::apply::{Effect, Outcome, Refusal, reply_with};
use super::sanity::{MAX_OPS, check_bin_name};
use super::{Bins, Record, Rules, collection};

/// Reads a record.
pub(super) fn read(
    existing: Option<&Record>,
    request: &Message,
    now_ms: u64,
    rules: &Rules,
) -> Result<Outcome, Refusal> {
    if !rules.strong_consistency && request.info3.read_mode() != ReadMode::Session {
        return Err(ResultCode::ENTERPRISE_ONLY.into());
    }
    let record = existing.ok_or(ResultCode::NOT_FOUND)?;
    let refuse = |code| Refusal::of(record, code);
    check_set(record, request).map_err(refuse)?;
    if !record.is_live(now_ms) {
        return Err(refuse(ResultCode::NOT_FOUND));
    }
    check_key(record, request).map_err(refuse)?;
    let bins = wanted_bins(record, request).map_err(refuse)?;
    Ok(Outcome { reply: reply_with(record, bins), effect: Effect::Nothing })
}

fn wanted_bins(record: &Record, request: &Message) -> Result<Vec<Op>, ResultCode> {
    if request.info1.has(Info1::NO_BINS) {
        return Ok(Vec::new());
    }
    if request.ops.len() > MAX_OPS {
        return Err(ResultCode::PARAMETER);
    }
    if request.info1.has(Info1::GET_ALL) {
        return Ok(record.bins.iter().map(super::Bin::to_op).collect());
    }
    if request.ops.is_empty() {
        return Err(ResultCode::PARAMETER);
    }
    let respond_all = request.info2.has(Info2::RESPOND_ALL_OPS);
    let mut answers = Vec::new();
    for op in &request.ops {
        check_bin_name(&op.name)?;
        match read_op(&record.bins, op)? {
            Some(value) => answers.push(answer(op, &value)),
            None if respond_all => answers.push(answer(op, &Value::Null)),
            None => {}
        }
    }
    Ok(answers)
}

/// The value that a reading operation yields, if it yields one.
pub(super) fn read_op(bins: &Bins, op: &Op) -> Result<Option<Value>, ResultCode> {
    match op.code {
        OpCode::READ => Ok(bins.get(&op.name).cloned()),
        OpCode::CDT_READ => match bins.get(&op.name) {
            Some(value) => collection::read(value, &op.data),
            None => Ok(None),
        },
        OpCode::BITS_READ | OpCode::HLL_READ | OpCode::EXPRESSION_READ => {
            Err(ResultCode::UNSUPPORTED_FEATURE)
        }
        _ => Err(ResultCode::PARAMETER),
    }
}

/// An operation's place in the reply: its code and bin with a value.
pub(super) fn answer(op: &Op, value: &Value) -> Op {
    Op::new(op.code, op.name.clone(), value)
}

/// A request need not name the set, but must not name another.
pub(super) fn check_set(record: &Record, request: &Message) -> Result<(), ResultCode> {
    let set = request.set();
    if set.is_empty() || set == record.set.as_bytes() { Ok(()) } else { Err(ResultCode::PARAMETER) }
}

/// A key that the request carries must be the stored one, if one is stored.
pub(super) fn check_key(record: &Record, request: &Message) -> Result<(), ResultCode> {
    let (Some(stored), Some(field)) = (&record.key, request.field(FieldType::KEY)) else {
        return Ok(());
    };
    match field.data.split_first() {
        Some((&particle_type, bytes))
            if particle_type == stored.particle_type.0 && bytes == stored.bytes =>
        {
            Ok(())
        }
        _ => Err(ResultCode::KEY_MISMATCH),
    }
}
