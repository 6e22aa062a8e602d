//! The verifier of serial orders of transactions: by the definition, in linear time.

use history::{Act, Outcome, TransactionId, TransactionKey, Transactions, Value};
use rustc_hash::FxHashMap;

use crate::transactions::Level;

/// Whether an order proves that a history is of a level: it must hold each committed transaction, none
/// twice and none that was aborted; executed one after the other, they must have read what they did;
/// and the order of each process, and that of real time, must be respected as far as the level asks.
///
/// # Errors
/// What is wrong with the order, in words.
pub fn verify(history: &Transactions, level: Level, order: &[TransactionId]) -> Result<(), String> {
    let mut placed = vec![false; history.len()];
    for id in order {
        let is_placed = placed
            .get_mut(id.0 as usize)
            .ok_or_else(|| format!("T{} is not of this history", id.0))?;
        if history.get(*id).outcome == Outcome::Fail {
            return Err(format!("T{} was aborted", id.0));
        }
        if std::mem::replace(is_placed, true) {
            return Err(format!("T{} stands twice in the order", id.0));
        }
    }
    let missing = history
        .iter()
        .find(|(id, one)| one.outcome == Outcome::Ok && !placed[id.0 as usize])
        .map(|(id, _)| format!("T{} was committed and is missing", id.0));
    missing.map_or(Ok(()), Err)?;
    execute(history, order)?;
    respect(history, level, order)
}

fn execute(history: &Transactions, order: &[TransactionId]) -> Result<(), String> {
    let mut held: FxHashMap<TransactionKey, Vec<Value>> = FxHashMap::default();
    for id in order {
        for operation in history.operations(*id) {
            let held = held.entry(operation.key).or_default();
            let is_so = match operation.act {
                Act::Append(value) => {
                    held.push(value);
                    true
                }
                Act::Write(value) => {
                    held.clear();
                    held.push(value);
                    true
                }
                Act::Read(value) => held.last().copied() == value,
                Act::List(list) => history.list(operation.key, list) == held.as_slice(),
                Act::Unseen => true,
            };
            if !is_so {
                let key = history.key_name(operation.key);
                return Err(format!("T{} read something else from {key}", id.0));
            }
        }
    }
    Ok(())
}

/// Whether nobody who ended before another began, or before the same process went on, comes after it.
fn respect(history: &Transactions, level: Level, order: &[TransactionId]) -> Result<(), String> {
    if Level::Serializable.is_at_least(level) {
        return Ok(());
    }
    let in_real_time = !Level::StrongSessionSerializable.is_at_least(level);
    // The latest beginning so far, of all and of each process.
    let mut begun = 0;
    let mut begun_of: FxHashMap<u32, u64> = FxHashMap::default();
    for id in order {
        let one = history.get(*id);
        let own = begun_of.get(&one.process).copied();
        if one.outcome == Outcome::Ok {
            if in_real_time && one.completed < begun {
                return Err(format!("T{} had ended before one ahead of it began", id.0));
            }
            if own.is_some_and(|own| one.completed <= own) {
                return Err(format!("T{} had ended before its process went on", id.0));
            }
        }
        begun = begun.max(one.invoked);
        begun_of.insert(one.process, one.invoked.max(own.unwrap_or(0)));
    }
    Ok(())
}
