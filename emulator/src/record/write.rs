//! Requests that write: puts, touches, and operations that write and read.

use wire::{Info1, Info2, Message, Op, OpCode, ParticleType, ResultCode, Value};

use super::apply::{Effect, Outcome, Refusal, reply_with};
use super::delete::{check_durability, tombstone};
use super::modify::{brought_value, modified_value};
use super::read::{answer, read_op};
use super::sanity::{WritePolicy, check_generation, new_set, stored_key, void_time_s};
use super::{Bins, Record, Rules, collection};

/// Writes a record.
pub(super) fn write(
    existing: Option<&Record>,
    request: &Message,
    now_ms: u64,
    rules: &Rules,
) -> Result<Outcome, Refusal> {
    let policy = WritePolicy::of(request)?;
    // An expired record is as good as none; a tombstone still has its generation.
    let existing = existing.filter(|record| !record.is_expired(now_ms));
    let is_live = existing.is_some_and(|record| !record.is_tombstone());
    let unborn = Record::default();
    let before = existing.unwrap_or(&unborn);
    let refuse = |code| Refusal::of(before, code);

    if policy.must_exist && !is_live {
        return Err(refuse(ResultCode::NOT_FOUND));
    }
    if request.info2.has(Info2::CREATE_ONLY) && is_live {
        return Err(refuse(ResultCode::RECORD_EXISTS));
    }
    check_generation(before.generation, request).map_err(refuse)?;
    let set = match existing {
        None => new_set(request).map_err(refuse)?,
        Some(record) if record.set.as_bytes() == request.set() => record.set.clone(),
        Some(_) => return Err(refuse(ResultCode::PARAMETER)),
    };
    let key = stored_key(before, request).map_err(refuse)?;
    let void_time_s = void_time_s(before, request, now_ms, rules).map_err(refuse)?;

    let mut bins = if policy.replace { Bins::default() } else { before.bins.clone() };
    let answers = run_ops(&mut bins, request).map_err(refuse)?;
    if bins.len() > Bins::MAX_COUNT {
        return Err(refuse(ResultCode::PARAMETER));
    }
    if bins.is_empty() {
        return emptied(before, request, answers, now_ms, rules).map_err(refuse);
    }
    let after = Record {
        set,
        key,
        bins,
        generation: rules.next_generation(before.generation),
        last_update_ms: now_ms.max(before.last_update_ms),
        void_time_s,
    };
    if after.stored_bytes() > rules.max_record_bytes {
        return Err(refuse(ResultCode::RECORD_TOO_BIG));
    }
    Ok(Outcome { reply: reply_with(&after, answers), effect: Effect::Store(after) })
}

/// A write that leaves no bin deletes the record; its reply has neither generation nor void time.
fn emptied(
    before: &Record,
    request: &Message,
    answers: Vec<Op>,
    now_ms: u64,
    rules: &Rules,
) -> Result<Outcome, ResultCode> {
    if before.is_tombstone() {
        return Err(ResultCode::NOT_FOUND);
    }
    let durable = request.info2.has(Info2::DURABLE_DELETE);
    check_durability(durable, rules)?;
    let effect =
        if durable { Effect::Store(tombstone(before, now_ms, rules)) } else { Effect::Expunge };
    Ok(Outcome { reply: Message { ops: answers, ..Message::default() }, effect })
}

/// Runs the operations in order and collects what they answer.
fn run_ops(bins: &mut Bins, request: &Message) -> Result<Vec<Op>, ResultCode> {
    let respond_all = request.info2.has(Info2::RESPOND_ALL_OPS);
    let get_all = request.info1.has(Info1::GET_ALL);
    let mut answers = Vec::new();
    for op in &request.ops {
        let result = match op.code {
            OpCode::TOUCH => continue,
            OpCode::READ if get_all && op.name.is_empty() => {
                answers.extend(bins.iter().map(super::Bin::to_op));
                continue;
            }
            OpCode::WRITE if op.particle_type == ParticleType::NULL => {
                bins.set(&op.name, Value::Null);
                None
            }
            OpCode::WRITE => {
                bins.set(&op.name, brought_value(op)?);
                None
            }
            OpCode::INCREMENT | OpCode::APPEND | OpCode::PREPEND => {
                let value = modified_value(bins.get(&op.name), op)?;
                bins.set(&op.name, value);
                None
            }
            OpCode::DELETE_ALL => {
                bins.clear();
                None
            }
            OpCode::CDT_MODIFY => {
                let modified = collection::modify(bins.get(&op.name), &op.data)?;
                if let Some(value) = modified.value {
                    bins.set(&op.name, value);
                }
                modified.answer
            }
            OpCode::BITS_MODIFY | OpCode::HLL_MODIFY | OpCode::EXPRESSION_MODIFY => {
                return Err(ResultCode::UNSUPPORTED_FEATURE);
            }
            // Here a read of an existing list or map always has its place.
            OpCode::CDT_READ if bins.get(&op.name).is_some() => {
                Some(read_op(bins, op)?.unwrap_or(Value::Null))
            }
            _ => read_op(bins, op)?,
        };
        match result {
            Some(value) => answers.push(answer(op, &value)),
            None if respond_all => answers.push(answer(op, &Value::Null)),
            None => {}
        }
    }
    Ok(answers)
}
