//! Why a few operations of a foreign object have no order, whatever the others do.
//!
//! An order of all operations begins with one of what was called by some time, in which whatever ended
//! later is in doubt. Of that those that could explain nothing of the few can be left out, and what
//! remains is an order of the few, see [`leaves_out_nothing`]. Brute force then tries every order of
//! them. Where values name their writes, fewer suffice: registers, counters and lists are for
//! `refutation`; of a set that only grows each operation says which others must come before and after
//! it, and a circle of those is enough.

use std::collections::{BTreeMap, BTreeSet};

use history::exchange::foreign::{Data, Datum, DatumId, Foreign, ForeignOperation, Function};
use history::{Operation, Outcome};
use rustc_hash::{FxHashMap, FxHashSet};

use super::refutation;
use super::replay::Replay;
use crate::foreign::{ObjectModel, Question, records};
use crate::oracle::{self, Fate, Timed};

/// Whether a witness, as positions of operations that say something, has no order.
///
/// # Errors
/// What stands against it, in words.
pub(crate) fn verify(
    history: &Foreign,
    question: Question,
    operations: &[&ForeignOperation],
    witness: &[usize],
) -> Result<(), String> {
    let data = &history.data;
    let kept: Vec<&ForeignOperation> = witness.iter().map(|at| operations[*at]).collect();
    if let Some((model, all)) = records(history, question, operations) {
        let all: Vec<&Operation> = all.iter().collect();
        let ids: FxHashSet<u64> = kept.iter().map(|one| u64::from(one.invoked)).collect();
        let named: Vec<usize> = (0..all.len())
            .filter(|at| ids.contains(&all[*at].id.0) || all[*at].id.0 == 0)
            .collect();
        if refutation::verify(model, &all, &named).is_ok() {
            return Ok(());
        }
    }
    if kept.len() > oracle::MOST {
        return Err(format!("{} operations are too many to try all orders", kept.len()));
    }
    let mut is_kept = vec![false; operations.len()];
    witness.iter().for_each(|at| is_kept[*at] = true);
    let ends = kept.iter().filter(|one| one.outcome != Outcome::Info).map(|one| one.completed);
    let mut ends: Vec<u32> = ends.collect();
    ends.sort_unstable();
    let mut why = "operations that are left out may explain the witness";
    for until in ends.into_iter().rev() {
        let known: Vec<(ForeignOperation, bool)> = operations
            .iter()
            .zip(&is_kept)
            .filter_map(|(one, kept)| Some((by(one, until)?, *kept)))
            .collect();
        let all: Vec<&ForeignOperation> = known.iter().map(|(one, _)| one).collect();
        let few: Vec<usize> = (0..all.len()).filter(|at| known[*at].1).collect();
        if question.model == ObjectModel::Set {
            let few: Vec<&ForeignOperation> = few.iter().map(|at| all[*at]).collect();
            if is_circular(data, &all, &few) {
                return Ok(());
            }
        }
        if leaves_out_nothing(data, question.model, &all, &few) {
            if !is_explained(data, question, few.iter().map(|at| all[*at])) {
                return Ok(());
            }
            why = "an order explains the witness";
        }
    }
    Err(why.to_owned())
}

/// What counts of an operation by a time, given what came of it later; `None` if that is nothing.
pub(crate) fn by(one: &ForeignOperation, until: u32) -> Option<ForeignOperation> {
    let is_void = one.outcome == Outcome::Fail && !one.refused;
    match one.completed > until {
        _ if is_void || one.invoked > until => None,
        false => Some(*one),
        true if one.refused || is_read(one) => None,
        // It would find nothing.
        true if one.function == Function::Dequeue
            && one.outcome == Outcome::Ok
            && one.result == DatumId::NIL =>
        {
            None
        }
        // Which value it would take is known.
        true if one.function == Function::Dequeue => {
            Some(ForeignOperation { outcome: Outcome::Info, ..*one })
        }
        true => Some(ForeignOperation { outcome: Outcome::Info, result: DatumId::NIL, ..*one }),
    }
}

fn is_explained<'a>(
    data: &Data,
    question: Question,
    few: impl Iterator<Item = &'a ForeignOperation>,
) -> bool {
    let timed = few.map(|one| Timed {
        call: one.invoked.into(),
        fate: match one.outcome {
            Outcome::Info => Fate::InDoubt,
            Outcome::Ok | Outcome::Fail => Fate::Returned(one.completed.into()),
        },
        operation: *one,
    });
    oracle::explains_object(&Replay::new(data, question), &timed.collect::<Vec<_>>())
}

/// Whether what a set's operations say of their order leads back to where it began.
pub(crate) fn is_circular(
    data: &Data,
    operations: &[&ForeignOperation],
    kept: &[&ForeignOperation],
) -> bool {
    let seen: Vec<Option<FxHashSet<DatumId>>> = kept
        .iter()
        .map(|one| {
            let read = is_read(one).then(|| data.sequence(one.result).unwrap_or_default())?;
            Some(read.iter().copied().collect())
        })
        .collect();
    let mut added: FxHashMap<DatumId, usize> = FxHashMap::default();
    for one in operations.iter().filter(|one| !is_read(one)) {
        *added.entry(one.argument).or_default() += 1;
    }
    let adds = |element: DatumId| added.get(&element).copied().unwrap_or(0);
    for (one, seen) in kept.iter().zip(&seen) {
        let Some(seen) = seen else { continue };
        let is_twice = data.sequence(one.result).unwrap_or_default().len() > seen.len();
        if is_twice || seen.iter().any(|element| adds(*element) == 0) {
            return true;
        }
    }
    let precedes = |one: usize, other: usize| {
        let in_time = kept[one].settled() < kept[other].invoked.into();
        in_time
            || match (&seen[one], &seen[other]) {
                (None, None) => false,
                (None, Some(read)) => {
                    read.contains(&kept[one].argument) && adds(kept[one].argument) == 1
                }
                (Some(read), None) => !read.contains(&kept[other].argument),
                (Some(read), Some(later)) => !later.is_subset(read),
            }
    };
    let count = kept.len();
    let mut before: Vec<Vec<bool>> = (0..count)
        .map(|one| (0..count).map(|other| one != other && precedes(one, other)).collect())
        .collect();
    for middle in 0..count {
        for one in 0..count {
            for other in 0..count {
                before[one][other] |= before[one][middle] && before[middle][other];
            }
        }
    }
    (0..count).any(|one| before[one][one])
}

/// Whether those left out could explain nothing of what is kept: an order of all, without them, is
/// an order of the rest.
pub(crate) fn leaves_out_nothing(
    data: &Data,
    model: ObjectModel,
    operations: &[&ForeignOperation],
    kept: &[usize],
) -> bool {
    let mut is_kept = vec![false; operations.len()];
    kept.iter().for_each(|at| is_kept[*at] = true);
    let kept: Vec<&ForeignOperation> = kept.iter().map(|at| operations[*at]).collect();
    let left_out = || {
        operations
            .iter()
            .zip(&is_kept)
            .filter(|(one, kept)| !**kept && one.outcome != Outcome::Fail && !is_read(one))
            .map(|(one, _)| *one)
    };
    match model {
        ObjectModel::Register | ObjectModel::CasRegister => {
            // A refusal saw some other value, whichever.
            if kept.iter().any(|one| one.refused) {
                return left_out().next().is_none();
            }
            let seen: BTreeSet<DatumId> = kept.iter().flat_map(|one| observed(data, one)).collect();
            left_out().all(|one| brought(data, one).iter().all(|value| !seen.contains(value)))
        }
        ObjectModel::Set | ObjectModel::List => {
            let seen: BTreeSet<DatumId> = kept
                .iter()
                .filter(|one| is_read(one))
                .flat_map(|one| data.sequence(one.result).unwrap_or_default())
                .copied()
                .collect();
            left_out().all(|one| one.function != Function::Delete && !seen.contains(&one.argument))
        }
        ObjectModel::KeyValue => left_out().all(|one| {
            let Datum::Text(part) = data.get(one.argument) else { return false };
            kept.iter().filter(|one| is_read(one)).all(|one| match data.get(one.result) {
                Datum::Text(whole) => !whole.contains(part),
                _ => !part.is_empty(),
            })
        }),
        ObjectModel::MultiRegister => {
            let seen: BTreeSet<(DatumId, DatumId)> =
                kept.iter().flat_map(|one| touched(data, one, true)).collect();
            left_out()
                .all(|one| touched(data, one, false).iter().all(|write| !seen.contains(write)))
        }
        ObjectModel::Queue => are_values_whole(operations, &is_kept),
        ObjectModel::Mutex => sections(operations).iter().all(|section| {
            section.iter().all(|at| is_kept[*at]) || !section.iter().any(|at| is_kept[*at])
        }),
        ObjectModel::Counter => left_out().next().is_none(),
    }
}

/// A queue without a value is a queue. Of a value that is kept and surely dequeued as often as it was
/// enqueued, another dequeue can be left out, since it cannot have happened; and only of such values
/// a dequeue in doubt took none.
fn are_values_whole(operations: &[&ForeignOperation], is_kept: &[bool]) -> bool {
    let value = |one: &ForeignOperation| match one.function {
        Function::Enqueue => one.argument,
        _ => one.result,
    };
    // Of each value that is kept, how many enqueues are left to be dequeued by others.
    let mut stays: BTreeMap<DatumId, i64> = BTreeMap::new();
    let all = || operations.iter().zip(is_kept).filter(|(one, _)| one.outcome != Outcome::Fail);
    for (one, _) in all().filter(|(_, kept)| **kept) {
        stays.insert(value(one), 0);
    }
    stays.remove(&DatumId::NIL);
    for (one, kept) in all() {
        let Some(stays) = stays.get_mut(&value(one)) else { continue };
        match one.function {
            Function::Enqueue => *stays += 1,
            _ => *stays -= i64::from(*kept && one.outcome == Outcome::Ok),
        }
    }
    all().filter(|(_, kept)| !**kept).all(|(one, _)| {
        let taken = stays.get(&value(one));
        match (one.function, one.outcome) {
            (Function::Enqueue, _) => taken.is_none(),
            (_, Outcome::Info) if one.result == DatumId::NIL => {
                stays.values().all(|stays| *stays <= 0)
            }
            _ => taken.is_none_or(|stays| *stays <= 0),
        }
    })
}

/// The uses of a lock from one moment at which it was surely free to the next.
pub(crate) fn sections(operations: &[&ForeignOperation]) -> Vec<Vec<usize>> {
    let mut sections = vec![Vec::new()];
    let (mut held, mut until) = (0_i64, 0);
    for (at, one) in operations.iter().enumerate() {
        if one.outcome == Outcome::Fail {
            continue;
        }
        if held == 0 && u64::from(one.invoked) > until {
            sections.push(Vec::new());
        }
        held += if one.function == Function::Acquire { 1 } else { -1 };
        until = until.max(one.settled());
        sections.last_mut().into_iter().for_each(|section| section.push(at));
    }
    sections.retain(|section| !section.is_empty());
    sections
}

fn is_read(one: &ForeignOperation) -> bool {
    one.function == Function::Read
}

/// The values that an operation on a register surely saw, or would have.
fn observed(data: &Data, one: &ForeignOperation) -> Option<DatumId> {
    match one.function {
        Function::Read => (one.outcome == Outcome::Ok).then_some(one.result),
        Function::Cas => data.sequence(one.argument).and_then(<[DatumId]>::first).copied(),
        _ => None,
    }
}

/// The value that an operation leaves in a register.
fn brought(data: &Data, one: &ForeignOperation) -> Option<DatumId> {
    match one.function {
        Function::Read => None,
        Function::Cas => data.sequence(one.argument).and_then(|pair| pair.get(1)).copied(),
        Function::Delete => Some(DatumId::NIL),
        _ => Some(one.argument),
    }
}

/// The registers that a transaction read, or wrote, with the values there.
fn touched(data: &Data, one: &ForeignOperation, reads: bool) -> Vec<(DatumId, DatumId)> {
    if reads && one.outcome != Outcome::Ok {
        return Vec::new();
    }
    let said = if one.result == DatumId::NIL { one.argument } else { one.result };
    let steps = data.sequence(said).unwrap_or_default().iter();
    steps
        .filter_map(|step| {
            let [name, key, value] = data.sequence(*step)? else { return None };
            let name = data.get(*name);
            let is_read = matches!(name, Datum::Word(":read" | ":r") | Datum::Text("read" | "r"));
            (is_read == reads).then_some((*key, *value))
        })
        .collect()
}
