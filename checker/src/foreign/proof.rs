//! The few operations that prove a violation, and how far the history still has an order.

use std::collections::BTreeSet;

use history::exchange::foreign::{Data, Datum, DatumId, ForeignOperation, Function};
use history::{AnomalyClass, Key, Operation, Outcome};

use super::ObjectModel;
use super::object::{Object, steps};
use crate::anomalies::{Record, non_linearizable};
use crate::evidence::irreducible;
use crate::linearizability::search::Budget;
use crate::linearizability::{Decision, Unseen, Violation};
use crate::specification::Step;

/// A proof that an object is not linearizable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The object's key; nil if the history has one object.
    pub key: DatumId,
    /// What is wrong, in a sentence.
    pub claim: String,
    /// The operations that prove it, in the order of their invocations: they have no order on
    /// their own, and none that takes the others in.
    pub operations: Vec<usize>,
    /// How many of the object's operations had ended by the point up to which there is an order;
    /// `None` if that was not decided.
    pub explained: Option<usize>,
    /// The line of the first end that no order explains.
    pub fails_at_line: Option<u32>,
}

/// Operations that may be looked at to shorten a proof: beyond them it stays longer than it need be.
const MOST_TRIED: usize = 200_000;

impl Proof {
    /// Finds the least proof within operations that are known to prove it.
    pub(super) fn find(
        object: &Object<'_>,
        operations: &[ForeignOperation],
        known: Violation,
    ) -> Self {
        let (class, positions) = of_class(object, operations)
            .unwrap_or_else(|| (AnomalyClass::NonLinearizable, least(object, operations, known)));
        let fails_at = first_failure(object, operations);
        let ended = |until: u32| operations.iter().filter(|one| one.completed < until).count();
        let refused = positions.iter().any(|at| operations[*at].refused);
        let claim = match class {
            AnomalyClass::NonLinearizable if refused => REFUSAL,
            _ => claim(class, object.model),
        };
        Self {
            key: operations[0].key,
            claim: claim.to_owned(),
            operations: positions,
            explained: fails_at.map(|one| ended(one.completed)),
            fails_at_line: fails_at.map(|one| one.completed_line),
        }
    }
}

/// What is wrong where a refusal takes part.
const REFUSAL: &str =
    "A compare-and-set was refused, and no order of these operations lets it find another value.";

/// What is wrong, for each class.
fn claim(class: AnomalyClass, model: ObjectModel) -> &'static str {
    match (class, model) {
        (AnomalyClass::StaleRead, _) => {
            "A read returned a value that had been replaced before the read began."
        }
        (AnomalyClass::LostWrite, _) => "A write that succeeded is gone.",
        (AnomalyClass::DirtyRead, _) => "A read returned the value of a write that did not last.",
        (AnomalyClass::GarbageRead, _) => "A read returned a value that nobody had written.",
        (AnomalyClass::LostUpdate, _) => "Two operations replaced one and the same value.",
        (AnomalyClass::Duplicate, _) => "An element is there twice.",
        (AnomalyClass::BackwardRead | AnomalyClass::ReadYourWrites, _) => {
            "A process went back to an older value after a newer one."
        }
        (_, ObjectModel::Counter) => "No order of the adds gives what was read.",
        (_, ObjectModel::Mutex) => "The lock was held twice, or given back twice.",
        _ => "No order of these operations explains what they returned.",
    }
}

/// The finest class that fits, where values tell their writes.
fn of_class(
    object: &Object<'_>,
    operations: &[ForeignOperation],
) -> Option<(AnomalyClass, Vec<usize>)> {
    let (records, positions) = object.records(operations);
    let tells = match object.model {
        ObjectModel::Register | ObjectModel::CasRegister | ObjectModel::List => {
            let mut written = BTreeSet::new();
            object.initial == DatumId::NIL
                && operations.iter().filter(|one| one.outcome != Outcome::Fail).all(|one| match one
                    .function
                {
                    Function::Read => true,
                    Function::Delete => false,
                    _ => {
                        let brought = brought(object.data, one);
                        brought
                            .into_iter()
                            .all(|value| value != DatumId::NIL && written.insert(value))
                    }
                })
        }
        ObjectModel::Counter => true,
        _ => false,
    };
    if !tells {
        return None;
    }
    let refs: Vec<&Operation> = records.iter().collect();
    let record = Record::new(Key(0), object.record_model(), refs, Vec::new());
    let finding = non_linearizable::find(&record).ok()??;
    let mut found: Vec<usize> = finding.operations.iter().filter_map(|at| positions[*at]).collect();
    found.sort_unstable();
    found.dedup();
    Some((finding.class, found))
}

/// The least operations that have no order, and leave out nothing that could explain them.
fn least(object: &Object<'_>, operations: &[ForeignOperation], known: Violation) -> Vec<usize> {
    if known.excerpt == Unseen::Possible {
        return known.operations;
    }
    // What is not known to take part began too late to explain anything.
    let operations: Vec<ForeignOperation> =
        known.operations.iter().map(|at| operations[*at]).collect();
    let operations = &operations[..];
    let units = units(object, operations);
    let budget = Budget { configurations: 10_000, ..Budget::default() };
    let gather = |kept: &[usize]| -> Vec<usize> {
        let mut positions: Vec<usize> = kept.iter().flat_map(|at| &units[*at]).copied().collect();
        positions.sort_unstable();
        positions
    };
    let violates = |kept: &[usize]| {
        let positions = gather(kept);
        if !leaves_out_nothing(object, operations, &positions) {
            return false;
        }
        let excerpt: Vec<ForeignOperation> = positions.iter().map(|at| operations[*at]).collect();
        matches!(object.decide(&excerpt, budget), Decision::Broken(_))
    };
    let all: Vec<usize> = (0..units.len()).collect();
    gather(&irreducible(all, MOST_TRIED, violates))
        .into_iter()
        .map(|at| known.operations[at])
        .collect()
}

/// What is left out together.
fn units(object: &Object<'_>, operations: &[ForeignOperation]) -> Vec<Vec<usize>> {
    match object.model {
        // A queue without a value is a queue.
        ObjectModel::Queue => {
            let mut by_value: Vec<(DatumId, Vec<usize>)> = Vec::new();
            for (at, one) in operations.iter().enumerate() {
                let value =
                    if one.function == Function::Enqueue { one.argument } else { one.result };
                match by_value.iter_mut().find(|(same, _)| *same == value) {
                    Some((_, unit)) if value != DatumId::NIL => unit.push(at),
                    _ => by_value.push((value, vec![at])),
                }
            }
            by_value.into_iter().map(|(_, unit)| unit).collect()
        }
        ObjectModel::Mutex => sections(operations),
        _ => (0..operations.len()).map(|at| vec![at]).collect(),
    }
}

/// The uses of a lock from one moment at which it was surely free to the next.
fn sections(operations: &[ForeignOperation]) -> Vec<Vec<usize>> {
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

/// Whether those left out could explain nothing of what is kept: an order of all, without them, is
/// an order of the rest.
fn leaves_out_nothing(
    object: &Object<'_>,
    operations: &[ForeignOperation],
    kept: &[usize],
) -> bool {
    let data = object.data;
    let mut is_kept = vec![false; operations.len()];
    kept.iter().for_each(|at| is_kept[*at] = true);
    let kept: Vec<&ForeignOperation> = kept.iter().map(|at| &operations[*at]).collect();
    let left_out = || {
        operations
            .iter()
            .zip(&is_kept)
            .filter(|(one, kept)| !**kept && one.outcome != Outcome::Fail && !is_read(one))
            .map(|(one, _)| one)
    };
    match object.model {
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
            let writes = |one: &ForeignOperation| -> Vec<Step> {
                let steps = steps(data, one.argument, false).unwrap_or_default();
                steps.into_iter().filter(|step| matches!(step, Step::Write(..))).collect()
            };
            let seen: Vec<Step> = kept
                .iter()
                .flat_map(|one| steps(data, one.result, true).unwrap_or_default())
                .collect();
            left_out().all(|one| {
                writes(one).iter().all(|write| {
                    let Step::Write(key, value) = *write else { return true };
                    !seen.contains(&Step::Read(key, value))
                })
            })
        }
        // Their units are made so that they can be left out; what is in doubt stays.
        ObjectModel::Queue => left_out().all(|one| one.settled() != u64::MAX),
        ObjectModel::Mutex => true,
        ObjectModel::Counter => left_out().next().is_none(),
    }
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

/// The value that an operation leaves in a register, or an element that it adds.
fn brought(data: &Data, one: &ForeignOperation) -> Option<DatumId> {
    match one.function {
        Function::Read => None,
        Function::Cas => data.sequence(one.argument).and_then(|pair| pair.get(1)).copied(),
        Function::Delete => Some(DatumId::NIL),
        _ => Some(one.argument),
    }
}

/// The operation whose end is the first that no order explains; `None` if a decision on the way is
/// not to be had.
fn first_failure<'a>(
    object: &Object<'_>,
    operations: &'a [ForeignOperation],
) -> Option<&'a ForeignOperation> {
    let mut ends: Vec<&ForeignOperation> =
        operations.iter().filter(|one| one.outcome != Outcome::Info).collect();
    ends.sort_unstable_by_key(|one| one.completed);
    let (mut explained, mut failing) = (0, ends.len());
    while failing > explained + 1 {
        let middle = usize::midpoint(explained, failing);
        match object.decide(&cut(operations, ends[middle - 1].completed), Budget::default()) {
            Decision::Holds => explained = middle,
            Decision::Broken(_) => failing = middle,
            Decision::Undecided(_) => return None,
        }
    }
    ends.get(failing.checked_sub(1)?).copied()
}

/// What is known after an event: later ends are not.
fn cut(operations: &[ForeignOperation], until: u32) -> Vec<ForeignOperation> {
    operations
        .iter()
        .filter(|one| one.invoked <= until)
        .map(|one| match one.completed > until {
            false => *one,
            true => ForeignOperation {
                outcome: Outcome::Info,
                refused: false,
                result: DatumId::NIL,
                ..*one
            },
        })
        .collect()
}
