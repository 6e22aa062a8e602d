//! Random histories of one key.
#![allow(dead_code, reason = "each test file takes its share")]

use history::{
    Call, Key, Model, Operation, OperationId, Outcome, ProcessId, Returned, Route, SiteIndex,
};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// An operation with what matters; the rest is filled in by [`finish`].
pub(crate) fn operation(call: Call, invoked_ns: u64, end_ns: u64, outcome: Outcome) -> Operation {
    Operation {
        id: OperationId(0),
        process: ProcessId(0),
        site: SiteIndex(0),
        route: Route::Map,
        key: Key(0),
        call,
        invoked_ns,
        completed_ns: (outcome != Outcome::Info).then_some(end_ns),
        outcome,
        returned: Returned::Nothing,
        generation: None,
        code: 0,
    }
}

/// Sorts by invocation, numbers, and gives processes so that none has two open operations.
pub(crate) fn finish(mut operations: Vec<Operation>) -> Vec<Operation> {
    operations.sort_by_key(|one| one.invoked_ns);
    let mut free: Vec<u64> = Vec::new();
    for (id, one) in (0..).zip(&mut operations) {
        one.id = OperationId(id);
        let process = free.iter().position(|until| *until < one.invoked_ns);
        let process = process.unwrap_or_else(|| {
            free.push(u64::MAX);
            free.len() - 1
        });
        free[process] = one.completed_ns.unwrap_or(u64::MAX);
        one.process = ProcessId(process as u32);
    }
    operations
}

/// A few operations at random times with random returns: most have no order that explains them.
pub(crate) fn wild(
    model: Model,
    random: &mut ChaCha8Rng,
    most: usize,
    refusals: bool,
) -> Vec<Operation> {
    let count = random.random_range(2..=most);
    let writes = random.random_range(1..count);
    let span = if random.random_bool(0.5) { 12 } else { 40 };
    let mut operations = Vec::new();
    for index in 0..count {
        let from = random.random_range(0..span);
        let to = from + random.random_range(0..span / 2);
        let value = index as u64 + 1;
        let any = |random: &mut ChaCha8Rng| {
            let value = random.random_range(0..=writes as u64);
            (value > 0).then_some(value)
        };
        let call = match model {
            _ if index >= writes => Call::Read,
            Model::CasRegister if random.random_bool(0.6) => Call::Cas {
                expected: any(random).filter(|expected| *expected != value),
                generation: 0,
                value,
            },
            Model::Register | Model::CasRegister => Call::Write { value },
            Model::Counter => Call::Add { delta: 1 },
            Model::Set => Call::Append { element: value },
        };
        let outcome = match random.random_range(0..10) {
            0 | 1 if call.is_write() => Outcome::Info,
            2 if call.is_write() => Outcome::Fail,
            _ => Outcome::Ok,
        };
        let mut one = operation(call, from, to, outcome);
        if outcome == Outcome::Fail && refusals {
            one.code = 3;
        }
        one.returned = match (model, &one.call) {
            (Model::Register | Model::CasRegister, Call::Read) => {
                any(random).map_or(Returned::Absent, Returned::Value)
            }
            (Model::Counter, Call::Read) => Returned::Count(random.random_range(0..=writes as i64)),
            (Model::Counter, Call::Add { .. })
                if outcome == Outcome::Ok && random.random_bool(0.2) =>
            {
                Returned::Count(random.random_range(1..=writes as i64))
            }
            (Model::Set, Call::Read) => {
                let mut elements: Vec<u64> = (1..=writes as u64).collect();
                if random.random_bool(0.3) {
                    let one = random.random_range(0..elements.len());
                    let other = random.random_range(0..elements.len());
                    elements.swap(one, other);
                }
                elements.truncate(random.random_range(0..=elements.len()));
                Returned::List(elements)
            }
            _ => Returned::Nothing,
        };
        operations.push(one);
    }
    finish(operations)
}

/// A few operations over a small domain, with deletes and values written more than once.
pub(crate) fn small_domain(model: Model, random: &mut ChaCha8Rng, most: usize) -> Vec<Operation> {
    let count = random.random_range(2..=most);
    let mut operations = Vec::new();
    let maybe = |random: &mut ChaCha8Rng| {
        let value = random.random_range(0..=2);
        (value > 0).then_some(value)
    };
    for _ in 0..count {
        let from = random.random_range(0..16);
        let to = from + random.random_range(0..8);
        let value = random.random_range(1..=2);
        let call = match (model, random.random_range(0..10)) {
            (_, 0..=4) => Call::Read,
            (_, 5) => Call::Delete,
            (Model::CasRegister, 6 | 7) => {
                Call::Cas { expected: maybe(random), generation: 0, value }
            }
            (Model::Register | Model::CasRegister, _) => Call::Write { value },
            (Model::Counter, _) => Call::Add { delta: random.random_range(-1..=2) },
            (Model::Set, _) => Call::Append { element: value },
        };
        let outcome = match random.random_range(0..10) {
            0..=2 if call.is_write() => Outcome::Info,
            3 if call.is_write() => Outcome::Fail,
            _ => Outcome::Ok,
        };
        let mut one = operation(call, from, to, outcome);
        if matches!(one.call, Call::Read) {
            one.returned = match model {
                Model::Register | Model::CasRegister => {
                    maybe(random).map_or(Returned::Absent, Returned::Value)
                }
                Model::Counter => Returned::Count(random.random_range(-1..=3)),
                Model::Set => {
                    let len = random.random_range(0..=2);
                    Returned::List((0..len).map(|_| random.random_range(1..=2)).collect())
                }
            };
        }
        operations.push(one);
    }
    finish(operations)
}

/// How a [`tame`] history is made.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) operations: usize,
    pub(crate) processes: usize,
    /// Writes in doubt, in percent.
    pub(crate) in_doubt: u32,
}

/// A history with a known order: each operation takes effect at an instant within its interval, and
/// returns what was there. An operation in doubt takes effect late, or never.
pub(crate) fn tame(model: Model, random: &mut ChaCha8Rng, shape: Shape) -> Vec<Operation> {
    struct Plan {
        call: u64,
        at: Option<u64>,
        ret: u64,
        write: bool,
    }
    let mut plans = Vec::new();
    let mut free: Vec<u64> = (0..shape.processes).map(|_| random.random_range(0..1000)).collect();
    for _ in 0..shape.operations {
        let process = (0..free.len()).min_by_key(|process| free[*process]).expect("a process");
        let call = free[process] + random.random_range(1..200);
        let ret = call + random.random_range(1..2000);
        let write = random.random_bool(0.5);
        let doubt = write && random.random_range(0..100) < shape.in_doubt;
        let at = match doubt {
            false => Some(random.random_range(call..=ret)),
            true if random.random_bool(0.5) => Some(random.random_range(call..=ret + 4000)),
            true => None,
        };
        free[process] = ret;
        plans.push(Plan { call, at, ret: if doubt { u64::MAX } else { ret }, write });
    }
    let mut order: Vec<usize> = (0..plans.len()).filter(|one| plans[*one].at.is_some()).collect();
    order.sort_by_key(|one| (plans[*one].at, *one));
    let mut operations: Vec<Option<Operation>> = vec![None; plans.len()];
    let (mut held, mut list, mut count): (Option<u64>, Vec<u64>, i64) = (None, Vec::new(), 0);
    let never = (0..plans.len()).filter(|one| plans[*one].at.is_none());
    let effective: Vec<(usize, bool)> =
        order.into_iter().map(|one| (one, true)).chain(never.map(|one| (one, false))).collect();
    for (one, effect) in effective {
        let plan = &plans[one];
        let value = one as u64 + 1;
        let (call, returned) = match (plan.write, model) {
            (false, Model::Register | Model::CasRegister) => {
                (Call::Read, held.map_or(Returned::Absent, Returned::Value))
            }
            (false, Model::Counter) => (Call::Read, Returned::Count(count)),
            (false, Model::Set) => (Call::Read, Returned::List(list.clone())),
            (true, Model::CasRegister) if random.random_bool(0.7) => {
                (Call::Cas { expected: held, generation: 0, value }, Returned::Nothing)
            }
            (true, Model::Register | Model::CasRegister) => {
                (Call::Write { value }, Returned::Nothing)
            }
            (true, Model::Counter) => (Call::Add { delta: 1 }, Returned::Nothing),
            (true, Model::Set) => (Call::Append { element: value }, Returned::Nothing),
        };
        if effect && plan.write {
            held = Some(value);
            list.push(value);
            count += 1;
        }
        let outcome = if plan.ret == u64::MAX { Outcome::Info } else { Outcome::Ok };
        let mut made = operation(call, plan.call, plan.ret, outcome);
        made.returned = returned;
        operations[one] = Some(made);
    }
    finish(operations.into_iter().flatten().collect())
}

/// Adds compare-and-sets that were refused to a history of a register: each expected some value, and
/// was open at about the time of some operation. Some could find another value, some could not.
pub(crate) fn refuse(
    mut operations: Vec<Operation>,
    random: &mut ChaCha8Rng,
    refusals: usize,
) -> Vec<Operation> {
    let written = |one: &Operation| match one.call {
        Call::Write { value } | Call::Cas { value, .. } => Some(value),
        _ => None,
    };
    let most = operations.iter().filter_map(written).max().unwrap_or(0);
    let known = operations.len();
    for value in most + 1..=most + refusals as u64 {
        let near = &operations[random.random_range(0..known)];
        let from = near.invoked_ns + random.random_range(0..3_000);
        let to = from + random.random_range(0..2_000);
        // Mostly a value that was written at about that time.
        let mut expected = written(&operations[random.random_range(0..known)]);
        for _ in 0..3 {
            let other = &operations[random.random_range(0..known)];
            if other.invoked_ns <= to && other.invoked_ns + 4_000 > from {
                expected = written(other).or(expected);
            }
        }
        let call = Call::Cas { expected, generation: 0, value };
        let mut made = operation(call, from, to, Outcome::Fail);
        made.code = 3;
        operations.push(made);
    }
    finish(operations)
}

/// A history with a known order in which processes contend: each reads, and then replaces what it
/// read, unless that is gone by then; a share `blind` of the writes asks nothing.
pub(crate) fn contended(random: &mut ChaCha8Rng, shape: Shape, blind: f64) -> Vec<Operation> {
    // What each process has read, if it is to be replaced.
    let mut read: Vec<Option<Option<u64>>> = vec![None; shape.processes];
    // (instant, process, call, return): taken in the order of their instants, and a process goes on
    // after its return.
    let next = |process: usize, free: u64, random: &mut ChaCha8Rng| {
        let call = free + random.random_range(1..200);
        let ret = call + random.random_range(1..2000);
        (random.random_range(call..=ret), process, call, ret)
    };
    let mut coming: Vec<(u64, usize, u64, u64)> =
        (0..shape.processes).map(|at| next(at, 0, random)).collect();
    let mut held = None;
    let mut operations = Vec::new();
    for value in 1..=shape.operations as u64 {
        let first = (0..coming.len()).min_by_key(|at| coming[*at]).expect("a process");
        let (_, at, call, ret) = coming[first];
        let doubt = random.random_range(0..100) < shape.in_doubt;
        let known = if doubt { Outcome::Info } else { Outcome::Ok };
        let happens = !doubt || random.random_bool(0.5);
        let made = match read[at].take() {
            None => {
                read[at] = Some(held);
                let returned = held.map_or(Returned::Absent, Returned::Value);
                Operation { returned, ..operation(Call::Read, call, ret, Outcome::Ok) }
            }
            Some(_) if random.random_bool(blind) => {
                held = if happens { Some(value) } else { held };
                operation(Call::Write { value }, call, ret, known)
            }
            Some(expected) => {
                let cas = Call::Cas { expected, generation: 0, value };
                if expected == held {
                    held = if happens { Some(value) } else { held };
                    operation(cas, call, ret, known)
                } else {
                    let outcome = if doubt { Outcome::Info } else { Outcome::Fail };
                    let mut refused = operation(cas, call, ret, outcome);
                    refused.code = if doubt { 0 } else { 3 };
                    refused
                }
            }
        };
        operations.push(made);
        coming[first] = next(at, ret, random);
    }
    finish(operations)
}

/// Lets a refusal have expected a value that was read before it and after it; whether there is one.
pub(crate) fn unjustify(operations: &mut [Operation], random: &mut ChaCha8Rng) -> bool {
    let mut found = Vec::new();
    for (at, one) in operations.iter().enumerate() {
        let Some(end) = one.refused_ns() else { continue };
        let before = operations[..at].iter().rev().take(100).filter(|read| {
            read.returned != Returned::Nothing && read.completed_ns < Some(one.invoked_ns)
        });
        let after = || operations[at..].iter().take(100).filter(|read| read.invoked_ns > end);
        let stays = |read: &&Operation| after().any(|other| other.returned == read.returned);
        let values = before.filter(stays).map(|read| match read.returned {
            Returned::Value(value) => Some(value),
            _ => None,
        });
        found.extend(values.map(|value| (at, value)));
    }
    if found.is_empty() {
        return false;
    }
    let (at, value) = found[random.random_range(0..found.len())];
    let Call::Cas { expected, .. } = &mut operations[at].call else { return false };
    *expected = value;
    true
}

/// A history of up to eight operations with compare-and-sets that were refused, justly or not.
pub(crate) fn refusing(random: &mut ChaCha8Rng, kind: u64) -> Vec<Operation> {
    if kind.is_multiple_of(4) {
        return wild(Model::CasRegister, random, 8, true);
    }
    let shape = Shape {
        operations: random.random_range(2..=7),
        processes: random.random_range(1..=4),
        in_doubt: [0, 30, 60][random.random_range(0..3)],
    };
    let operations = match kind % 4 {
        1 => contended(random, shape, 0.1),
        _ => tame(Model::CasRegister, random, shape),
    };
    let refusals = random.random_range(1..=4);
    refuse(operations, random, refusals)
}

/// Operations, one short line each.
pub(crate) fn told(operations: &[Operation]) -> String {
    let line = |one: &Operation| {
        let end = one.completed_ns.map_or(String::new(), |end| end.to_string());
        let Operation { id, call, outcome, returned, invoked_ns, code, .. } = one;
        format!("{}: {invoked_ns}..{end} {call:?} {outcome:?} {returned:?} {code}", id.0)
    };
    operations.iter().map(line).collect::<Vec<_>>().join("\n")
}
