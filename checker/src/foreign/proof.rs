//! The few operations that prove a violation, and how far the history still has an order.

use std::collections::BTreeSet;

use history::exchange::foreign::{Data, DatumId, ForeignOperation, Function};
use history::{AnomalyClass, Key, Operation, Outcome};
use rustc_hash::FxHashMap;

use super::object::Object;
use super::{ObjectModel, Question, claim};
use crate::anomalies::{Record, non_linearizable};
use crate::certificate::excerpt::{self, by, is_circular, leaves_out_nothing, sections};
use crate::certificate::objects::says_something;
use crate::evidence::{irreducible, minimal};
use crate::linearizability::search::Budget;
use crate::linearizability::{Decision, Unseen, Violation};
use crate::oracle;

/// A proof that an object is not linearizable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The object's key; nil if the history has one object.
    pub key: DatumId,
    /// What is wrong: [`NonLinearizable`](AnomalyClass::NonLinearizable) where no finer class fits.
    pub class: AnomalyClass,
    /// The same in a sentence.
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

/// Operations of a set whose precedence is looked at, pair by pair.
const FEW: usize = 40;

/// Operations that may be looked at to shorten a proof: beyond them it stays longer than it need be.
const MOST_TRIED: usize = 200_000;

impl Proof {
    /// Finds the least proof within operations that are known to prove it.
    pub(super) fn find(
        object: &Object<'_>,
        operations: &[ForeignOperation],
        known: Violation,
    ) -> Self {
        let fails_at = first_failure(object, operations);
        let until = fails_at.map(|one| one.completed);
        let (class, mut positions) = of_class(object, operations).unwrap_or_else(|| {
            (AnomalyClass::NonLinearizable, least(object, operations, known, until))
        });
        // Finer classes are told with all that belongs to them.
        if class == AnomalyClass::NonLinearizable {
            positions = fewest(object, operations, positions, until);
        }
        let ended = |until: u32| operations.iter().filter(|one| one.completed < until).count();
        let told: Vec<&ForeignOperation> = positions.iter().map(|at| &operations[*at]).collect();
        let claim = claim::of(object.data, object.model, class, &told);
        Self {
            key: operations[0].key,
            class,
            claim: claim.to_owned(),
            operations: positions,
            explained: fails_at.map(|one| ended(one.completed)),
            fails_at_line: fails_at.map(|one| one.completed_line),
        }
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

/// The least operations that have no order, and leave out nothing that could explain them; those of
/// what was known by the first end that no order explains, if that is decided.
fn least(
    object: &Object<'_>,
    operations: &[ForeignOperation],
    known: Violation,
    until: Option<u32>,
) -> Vec<usize> {
    if let Some(few) = circle(object, operations, &known) {
        return few;
    }
    if known.excerpt == Unseen::Possible && object.model != ObjectModel::Set {
        return least_of_records(object, operations, known);
    }
    // Later ends may need later calls.
    let Some(until) = until else { return known.operations };
    let (places, cut): (Vec<usize>, Vec<ForeignOperation>) =
        operations.iter().enumerate().filter_map(|(at, one)| Some((at, by(one, until)?))).unzip();
    let in_place = |few: Vec<usize>| few.into_iter().map(|at| places[at]).collect();
    let known = match object.decide(&cut, Budget::default()) {
        Decision::Broken(violation) if violation.excerpt == Unseen::Impossible => violation,
        Decision::Broken(violation) if object.model == ObjectModel::Set => {
            return in_place(circle(object, &cut, &violation).unwrap_or(violation.operations));
        }
        Decision::Broken(violation) => {
            return in_place(least_of_records(object, &cut, violation));
        }
        _ => return known.operations,
    };
    let all: Vec<&ForeignOperation> = cut.iter().collect();
    let units = units(object, &all);
    let budget = Budget { configurations: 10_000, ..Budget::default() };
    let gather = |kept: &[usize]| -> Vec<usize> {
        let mut positions: Vec<usize> = kept.iter().flat_map(|at| &units[*at]).copied().collect();
        positions.sort_unstable();
        positions
    };
    let violates = |kept: &[usize]| {
        let positions = gather(kept);
        if !leaves_out_nothing(object.data, object.model, &all, &positions) {
            return false;
        }
        let kept: Vec<ForeignOperation> = positions.iter().map(|at| cut[*at]).collect();
        matches!(object.decide(&kept, budget), Decision::Broken(_))
    };
    let mut takes_part = vec![false; cut.len()];
    known.operations.iter().for_each(|at| takes_part[*at] = true);
    let some = (0..units.len()).filter(|unit| units[*unit].iter().any(|at| takes_part[*at]));
    // What is known to take part may rest on what was called later.
    let attempts = [some.collect::<Vec<usize>>(), (0..units.len()).collect()];
    match attempts.into_iter().find(|kept| violates(kept)) {
        Some(kept) => in_place(gather(&irreducible(kept, MOST_TRIED, violates))),
        None => in_place(known.operations),
    }
}

/// The least operations of a set whose precedence alone leads back to where it began, of a few.
fn circle(
    object: &Object<'_>,
    operations: &[ForeignOperation],
    known: &Violation,
) -> Option<Vec<usize>> {
    if object.model != ObjectModel::Set || known.operations.len() > FEW {
        return None;
    }
    let all: Vec<&ForeignOperation> = operations.iter().collect();
    let is_one = |kept: &[usize]| {
        let kept: Vec<&ForeignOperation> = kept.iter().map(|at| all[*at]).collect();
        is_circular(object.data, &all, &kept)
    };
    is_one(&known.operations).then(|| irreducible(known.operations.clone(), MOST_TRIED, is_one))
}

/// Of a few operations those that the verifier needs, of what is known by the first end that no order
/// explains, or else of all; all of the few if it does not believe them.
fn fewest(
    object: &Object<'_>,
    operations: &[ForeignOperation],
    mut few: Vec<usize>,
    until: Option<u32>,
) -> Vec<usize> {
    if few.len() > oracle::MOST || operations.len() > MOST_TRIED {
        return few;
    }
    let question = Question { model: object.model, initial: object.initial };
    let tells = |one: &ForeignOperation| says_something(one) && !object.silence.covers(one);
    for until in [until, None] {
        let known = until.map_or_else(|| operations.to_vec(), |until| cut(operations, until));
        let (places, told): (Vec<usize>, Vec<&ForeignOperation>) =
            known.iter().enumerate().filter(|(_, one)| tells(one)).unzip();
        let proves = |kept: &[usize]| {
            let kept: Vec<usize> =
                kept.iter().filter_map(|at| places.binary_search(at).ok()).collect();
            excerpt::verify(object.history, question, &told, &kept).is_ok()
        };
        if proves(&few) {
            few = irreducible(few, MOST_TRIED, proves);
        }
    }
    few
}

/// The same where values that nobody of the operations wrote may have been written at any time.
fn least_of_records(
    object: &Object<'_>,
    operations: &[ForeignOperation],
    mut known: Violation,
) -> Vec<usize> {
    let (records, positions) = object.records(operations);
    let refs: Vec<&Operation> = records.iter().collect();
    let taken: BTreeSet<usize> = known.operations.iter().copied().collect();
    // What the object holds at the start is known of all.
    let takes_part = |at: &usize| positions[*at].is_none_or(|position| taken.contains(&position));
    known.operations = (0..refs.len()).filter(takes_part).collect();
    let few = minimal(object.record_model(), &refs, known);
    few.into_iter().filter_map(|at| positions[at]).collect()
}

/// What is left out together.
fn units(object: &Object<'_>, operations: &[&ForeignOperation]) -> Vec<Vec<usize>> {
    match object.model {
        // A queue without a value is a queue.
        ObjectModel::Queue => {
            let mut units: Vec<Vec<usize>> = Vec::new();
            let mut known: FxHashMap<DatumId, usize> = FxHashMap::default();
            for (at, one) in operations.iter().enumerate() {
                let value =
                    if one.function == Function::Enqueue { one.argument } else { one.result };
                let unit = match value {
                    DatumId::NIL => units.len(),
                    value => *known.entry(value).or_insert(units.len()),
                };
                if unit == units.len() {
                    units.push(Vec::new());
                }
                units[unit].push(at);
            }
            units
        }
        ObjectModel::Mutex => sections(operations),
        _ => (0..operations.len()).map(|at| vec![at]).collect(),
    }
}

/// The value that an operation leaves in a register, or an element that it adds.
fn brought(data: &Data, one: &ForeignOperation) -> Option<DatumId> {
    match one.function {
        Function::Cas => data.sequence(one.argument).and_then(|pair| pair.get(1)).copied(),
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
