//! The checker against brute force, on small histories of any model.

use std::sync::Arc;

use checker::linearizability::search::{Budget, Found, Interval, search};
use checker::linearizability::{Decision, Unseen, decide, decide_by_search};
use checker::oracle;
use checker::specification::{
    MultiRegister, Mutex, MutexOperation, Queue, QueueOperation, Set, SetOperation, Specification,
    Step, Text, TextOperation,
};
use history::{
    Call, Key, Model, Operation, OperationId, Outcome, ProcessId, Returned, Route, SiteIndex,
};

use crate::brute_force;
use crate::input::Input;

/// The most operations: brute force tries all their orders.
const MOST: usize = 7;

pub(crate) fn run(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    match input.below(9) {
        0 => record(Model::Register, &mut input),
        1 => record(Model::CasRegister, &mut input),
        2 => record(Model::Counter, &mut input),
        3 => record(Model::Set, &mut input),
        4 => specified(&Queue, &mut input, queue),
        5 => specified(&Mutex, &mut input, mutex),
        6 => specified(&Set, &mut input, set),
        7 => specified(&MultiRegister, &mut input, registers),
        _ => specified(&Text, &mut input, text),
    }
}

/// A record's operations, by both of the checker's ways.
fn record(model: Model, input: &mut Input<'_>) {
    let mut operations = Vec::new();
    while input.is_left() && operations.len() < MOST {
        operations.push(operation(model, input));
    }
    operations.sort_by_key(|one: &Operation| one.invoked_ns);
    let operations: Vec<&Operation> = operations.iter().collect();
    let expected = oracle::explains(model, &operations);
    for decision in [
        decide(model, &operations, Unseen::Impossible),
        decide_by_search(model, &operations, Budget::default()),
    ] {
        match decision {
            Decision::Holds => assert!(expected, "found valid: {model:?} {operations:#?}"),
            Decision::Broken(violation) => {
                assert!(!expected, "found broken: {model:?} {operations:#?}");
                assert!(violation.operations.iter().all(|at| *at < operations.len()));
            }
            Decision::Undecided(why) => panic!("{why}: {model:?} {operations:#?}"),
        }
    }
}

fn operation(model: Model, input: &mut Input<'_>) -> Operation {
    let value = |input: &mut Input<'_>| input.below(4);
    let maybe = |input: &mut Input<'_>| Some(input.below(4)).filter(|value| *value > 0);
    let call = match (model, input.below(8)) {
        (_, 0..=3) => Call::Read,
        (_, 4) => Call::Delete,
        (Model::CasRegister, 5 | 6) => {
            Call::Cas { expected: maybe(input), generation: 0, value: value(input) + 1 }
        }
        (Model::Register | Model::CasRegister, _) => Call::Write { value: value(input) + 1 },
        (Model::Counter, 7) => Call::Add { delta: value(input) as i64 - 2 },
        (Model::Counter, _) => Call::Add { delta: 1 },
        (Model::Set, _) => Call::Append { element: value(input) + 1 },
    };
    let invoked_ns = input.below(20);
    let completed_ns = invoked_ns + input.below(10);
    let outcome = match input.below(4) {
        0 => Outcome::Info,
        1 if call.is_write() => Outcome::Fail,
        _ => Outcome::Ok,
    };
    let returned = match (model, call, outcome) {
        (Model::Counter, Call::Read, Outcome::Ok) => Returned::Count(value(input) as i64 - 1),
        (Model::Set, Call::Read, Outcome::Ok) => {
            let length = input.below(4);
            Returned::List((0..length).map(|_| value(input) + 1).collect())
        }
        (_, Call::Read, Outcome::Ok) => maybe(input).map_or(Returned::Absent, Returned::Value),
        _ => Returned::Nothing,
    };
    Operation {
        id: OperationId(0),
        process: ProcessId(0),
        site: SiteIndex(0),
        route: Route::Map,
        key: Key(0),
        call,
        invoked_ns,
        completed_ns: (outcome != Outcome::Info).then_some(completed_ns),
        outcome,
        returned,
        generation: None,
        code: 0,
    }
}

/// A specification's operations, by the general search.
fn specified<S: Specification>(
    specification: &S,
    input: &mut Input<'_>,
    of: impl Fn(&mut Input<'_>, bool) -> S::Operation,
) {
    let mut operations = Vec::new();
    while input.is_left() && operations.len() < MOST {
        let call = input.below(20);
        let doubt = input.below(4) == 0;
        let ret = if doubt { u64::MAX } else { call + input.below(10) };
        let operation = of(input, doubt);
        if !(doubt && specification.observes(&operation)) {
            operations.push(Interval { call, ret, operation });
        }
    }
    operations.sort_by_key(|one| one.call);
    let expected = brute_force::explains(specification, &operations);
    match search(specification, &operations, Budget::default()) {
        Found::Order => assert!(expected, "found valid: {operations:#?}"),
        Found::Nothing { .. } => assert!(!expected, "found broken: {operations:#?}"),
        spent @ Found::Spent { .. } => panic!("{spent:?}: {operations:#?}"),
    }
}

fn queue(input: &mut Input<'_>, doubt: bool) -> QueueOperation {
    match input.below(5) {
        0 | 1 => QueueOperation::Enqueue(input.below(3)),
        2 if !doubt => QueueOperation::Empty,
        _ if doubt => QueueOperation::Take,
        _ => QueueOperation::Dequeue(input.below(3)),
    }
}

fn mutex(input: &mut Input<'_>, _: bool) -> MutexOperation {
    if input.below(2) == 0 { MutexOperation::Acquire } else { MutexOperation::Release }
}

fn set(input: &mut Input<'_>, _: bool) -> SetOperation {
    let element = input.below(3);
    match input.below(4) {
        0 => SetOperation::Add(element),
        1 => SetOperation::Remove(element),
        2 => SetOperation::Contains { element, found: input.below(2) == 0 },
        _ => SetOperation::read((0..3).filter(|one| *one < element)),
    }
}

fn registers(input: &mut Input<'_>, doubt: bool) -> Arc<[Step]> {
    let steps = 1 + input.below(3);
    (0..steps)
        .map(|_| {
            let register = input.below(2);
            let value = Some(input.below(3)).filter(|value| *value > 0);
            if input.below(2) == 0 || doubt {
                Step::Write(register, value)
            } else {
                Step::Read(register, value)
            }
        })
        .collect()
}

fn text(input: &mut Input<'_>, _: bool) -> TextOperation {
    let kind = input.below(4);
    let length = input.below(4);
    let text: String = (0..length).map(|_| if input.below(2) == 0 { 'a' } else { 'b' }).collect();
    match kind {
        0 => TextOperation::Put(text.as_str().into()),
        1 => TextOperation::Append(text.as_str().into()),
        _ => TextOperation::Get(text.as_str().into()),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    // A write and a read after it, for each model.
    (0..9).map(|model| vec![model, 5, 1, 2, 3, 2, 0, 9, 3, 2, 1, 6, 2, 12, 4, 3]).collect()
}
