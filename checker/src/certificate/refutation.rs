//! Why a witness has no order: by the definition where it is small, by counting where it is not.
//!
//! In an order of the whole record the other operations can be left out, and what is left is an order
//! still, if whatever was returned can still have been returned:
//!
//! - of a register whose values are written once, if for each value that the witness observed its
//!   write stays, as one that may take effect at any time after its call, and if for each refusal
//!   something stays that can have replaced what it did not find, see [`outsiders`]. What remains is
//!   small, and brute force tries every order of it;
//! - of a list whose elements are appended once, everything has its place by the longest list that the
//!   witness read: two operations contradict it, or two lists each other;
//! - of a counter that grows by increments of one size, two sights (or one, and the beginning at 0)
//!   say how many increments lie between, and the record holds more that must, or fewer that can;
//! - of anything else, only reads can be left out: all writes must be in the witness.

use history::{Call, Model, Operation, Outcome, Returned, Value};
use rustc_hash::FxHashMap;

use crate::oracle;

/// How many sights of a counter a witness may hold; each pair is counted once through the record.
const SIGHTS: usize = 8;

/// Whether a witness, as positions of operations that did not fail or were refused, has no order.
pub(super) fn verify(
    model: Model,
    operations: &[&Operation],
    witness: &[usize],
) -> Result<(), String> {
    let witness: Vec<&Operation> = witness.iter().map(|at| operations[*at]).collect();
    let live = || operations.iter().copied().filter(|one| one.outcome != Outcome::Fail);
    let writers = writers(live());
    let increment = increment(live());
    let refuted = match (model, writers, increment) {
        (Model::Counter, _, Some(size)) => counts(live(), &witness, size)?,
        (Model::Set, Some(writers), _) => places(&writers, &witness),
        (Model::Register | Model::CasRegister, Some(writers), _) => {
            let mut excerpt: Vec<Operation> = witness.iter().map(|one| (*one).clone()).collect();
            excerpt.extend(unwritten(&writers, &witness));
            let outsiders = outsiders(live(), &writers, &excerpt);
            excerpt.extend(outsiders);
            has_no_order(model, &excerpt.iter().collect::<Vec<_>>())?
        }
        _ => {
            let missing =
                live().find(|one| one.call.is_write() && witness.iter().all(|w| w.id != one.id));
            if let Some(missing) = missing {
                return Err(format!("write {} is not in the witness", missing.id.0));
            }
            has_no_order(model, &witness)?
        }
    };
    if refuted { Ok(()) } else { Err("an order explains the witness".to_owned()) }
}

fn has_no_order(model: Model, operations: &[&Operation]) -> Result<bool, String> {
    if operations.len() > oracle::MOST {
        return Err(format!("{} operations are too many to try all orders", operations.len()));
    }
    Ok(!oracle::explains(model, operations))
}

/// Who writes each value or element; `None` if one is written twice, or anything is deleted.
fn writers<'a>(
    live: impl Iterator<Item = &'a Operation>,
) -> Option<FxHashMap<Value, &'a Operation>> {
    let mut writers = FxHashMap::default();
    for operation in live {
        match operation.call {
            Call::Read => {}
            Call::Write { value } | Call::Cas { value, .. } | Call::Append { element: value } => {
                if writers.insert(value, operation).is_some() {
                    return None;
                }
            }
            Call::Add { .. } | Call::Delete => return None,
        }
    }
    Some(writers)
}

/// The writes of values that a witness observed and does not write, free to happen late or never.
fn unwritten(writers: &FxHashMap<Value, &Operation>, witness: &[&Operation]) -> Vec<Operation> {
    let observed = witness.iter().filter_map(|one| match (&one.call, &one.returned) {
        (Call::Read, Returned::Value(value)) => Some(*value),
        (Call::Cas { expected, .. }, _) => *expected,
        _ => None,
    });
    let mut values: Vec<Value> = observed.collect();
    values.sort_unstable();
    values.dedup();
    let unseen = values.into_iter().filter_map(|value| Some((value, *writers.get(&value)?)));
    unseen
        .filter(|(_, writer)| witness.iter().all(|one| one.id != writer.id))
        .map(|(value, writer)| Operation {
            call: Call::Write { value },
            outcome: Outcome::Info,
            completed_ns: None,
            returned: Returned::Nothing,
            ..writer.clone()
        })
        .collect()
}

/// For each refusal of an excerpt a write in doubt of a value of its own, if a write that is not in the
/// excerpt can have been the first to follow the value that was not found.
///
/// In an order of the whole record, either that value is not in place before the refusal, and is not
/// without the others, or the first write after it is before the refusal, too. That one is a
/// compare-and-set that replaced this very value, or a plain write: called by the refusal's end, not
/// over when the value's own write was called, and not the one from which this made its value.
fn outsiders<'a>(
    live: impl Iterator<Item = &'a Operation> + Clone,
    writers: &FxHashMap<Value, &Operation>,
    excerpt: &[Operation],
) -> Vec<Operation> {
    let refusals = excerpt.iter().filter_map(|one| match one.call {
        Call::Cas { expected, .. } => Some((expected, one.refused_ns()?)),
        _ => None,
    });
    // By when the values of plain writes were surely in place.
    let mut shown: FxHashMap<Value, u64> = FxHashMap::default();
    for one in live.clone() {
        let value = match (&one.call, &one.returned) {
            (Call::Write { value }, _) | (Call::Read, Returned::Value(value)) => *value,
            (Call::Cas { expected: Some(value), .. }, _) => *value,
            _ => continue,
        };
        let first_ns = shown.entry(value).or_insert(u64::MAX);
        *first_ns = one.settled_ns().min(*first_ns);
    }
    let mut found = Vec::new();
    for (expected, end_ns) in refusals {
        let writer = expected.and_then(|value| writers.get(&value));
        let call_ns = writer.map_or(0, |writer| writer.invoked_ns);
        // What the value was made of, step by step; no further than there are writes.
        let mut origin = expected;
        for _ in 0..writers.len() {
            match origin.and_then(|value| writers.get(&value)).map(|writer| writer.call) {
                Some(Call::Cas { expected, .. }) => origin = expected,
                _ => break,
            }
        }
        let follows = |one: &&Operation| match one.call {
            Call::Write { value } => Some(value) != origin && shown[&value] >= call_ns,
            Call::Cas { expected: from, .. } => from == expected,
            _ => false,
        };
        let outside = |one: &&Operation| excerpt.iter().all(|other| other.id != one.id);
        let first = live
            .clone()
            .filter(|one| one.invoked_ns <= end_ns && follows(one) && outside(one))
            .min_by_key(|one| one.invoked_ns);
        found.extend(first.map(|first| Operation {
            call: Call::Write { value: u64::MAX - found.len() as u64 },
            outcome: Outcome::Info,
            completed_ns: None,
            ..first.clone()
        }));
    }
    found
}

fn places(writers: &FxHashMap<Value, &Operation>, witness: &[&Operation]) -> bool {
    let list = |one: &Operation| match (&one.call, &one.returned) {
        (Call::Read, Returned::List(elements)) => Some(elements.clone()),
        (Call::Read, Returned::Absent) => Some(Vec::new()),
        _ => None,
    };
    let lists: Vec<Vec<Value>> = witness.iter().filter_map(|one| list(one)).collect();
    let longest = lists.iter().max_by_key(|list| list.len()).cloned().unwrap_or_default();
    let mut place: FxHashMap<Value, usize> = FxHashMap::default();
    for (index, element) in longest.iter().enumerate() {
        // Twice in the list, or from nowhere.
        if place.insert(*element, index + 1).is_some() || !writers.contains_key(element) {
            return true;
        }
    }
    if lists.iter().any(|list| !longest.starts_with(list)) {
        return true;
    }
    let mut placed: Vec<(usize, &Operation)> = witness
        .iter()
        .filter_map(|one| match one.call {
            Call::Append { element } => {
                Some((place.get(&element).map_or(usize::MAX, |at| 2 * at), *one))
            }
            _ => Some((2 * list(one)?.len() + 1, *one)),
        })
        .collect();
    placed.sort_by_key(|(place, _)| *place);
    let before = |place: usize| placed.iter().take_while(move |(other, _)| *other < place);
    placed.iter().any(|(place, one)| {
        before(*place).any(|(_, earlier)| one.settled_ns() < earlier.invoked_ns)
    })
}

/// The size of all increments; `None` if it is not one, or the record is changed in other ways.
fn increment<'a>(live: impl Iterator<Item = &'a Operation>) -> Option<i64> {
    let mut size = None;
    for operation in live {
        match operation.call {
            Call::Read => {}
            Call::Add { delta } if delta > 0 && size.is_none_or(|size| size == delta) => {
                size = Some(delta);
            }
            _ => return None,
        }
    }
    Some(size.unwrap_or(1))
}

/// Something that saw a count: before it took effect, and after.
#[derive(Clone, Copy)]
struct Sight {
    before: i64,
    after: i64,
    call: u64,
    /// `None` is before everything.
    ret: Option<u64>,
}

fn sight(operation: &Operation, size: i64) -> Option<Sight> {
    let after = match (&operation.call, operation.outcome, &operation.returned) {
        (Call::Read | Call::Add { .. }, Outcome::Ok, Returned::Count(count)) => *count,
        (Call::Read, Outcome::Ok, Returned::Absent) => 0,
        _ => return None,
    };
    let before = if operation.call.is_write() { after.saturating_sub(size) } else { after };
    Some(Sight { before, after, call: operation.invoked_ns, ret: Some(operation.settled_ns()) })
}

fn counts<'a>(
    live: impl Iterator<Item = &'a Operation> + Clone,
    witness: &[&Operation],
    size: i64,
) -> Result<bool, String> {
    let sights: Vec<Sight> = witness.iter().filter_map(|one| sight(one, size)).collect();
    if sights.iter().any(|one| one.after % size != 0 || one.before < 0) {
        return Ok(true);
    }
    if sights.len() > SIGHTS {
        return Err(format!("{} sights of the counter are too many", sights.len()));
    }
    let origin = Sight { before: 0, after: 0, call: 0, ret: None };
    let ended = |one: &Sight, other: &Sight| one.ret.is_none_or(|ret| ret < other.call);
    for (at, one) in sights.iter().enumerate() {
        let others = sights.iter().enumerate().filter(|(other, _)| *other != at);
        for base in others.map(|(_, other)| *other).chain([origin]) {
            // Increments that must stand between, and those that can, by time and by what they saw.
            let (mut must, mut can) = (0, 0);
            for add in live.clone().filter(|add| add.call.is_write()) {
                let own = sight(add, size);
                let within = |to: i64| own.map(|own| own.after > base.after && own.after <= to);
                let after = base.ret.is_none_or(|ret| add.invoked_ns > ret);
                let surely = after && add.settled_ns() < one.call;
                must += i64::from(surely || within(one.before) == Some(true));
                let until = one.ret.is_none_or(|ret| add.invoked_ns <= ret);
                let perhaps = until && add.settled_ns() >= base.call;
                can += i64::from(perhaps && within(one.after) != Some(false));
            }
            let two_at_once =
                one.before < one.after && one.after == base.after && base.before < base.after;
            let gained = |to: i64| to.saturating_sub(base.after) / size;
            if two_at_once
                || (ended(&base, one) && (base.after > one.before || must > gained(one.before)))
                || (base.after < one.after && can < gained(one.after))
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
