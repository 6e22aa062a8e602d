//! The weaker models of one record, held to their definitions by brute force on small histories.

mod generated;

use std::collections::BTreeSet;

use aerocert_checker::anomalies::Record;
use aerocert_checker::consistency::register::Program;
use aerocert_checker::consistency::{Answer, level, sequential};
use aerocert_checker::oracle;
use history::{Call, ConsistencyLevel, Key, Model, Operation, Outcome, ProcessId, Returned, Value};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const ROUNDS: u64 = if cfg!(debug_assertions) { 3_000 } else { 30_000 };

/// What a record holds.
#[derive(Clone, Debug)]
enum State {
    Register(Option<Value>),
    Counter(i64),
    List(Vec<Value>),
}

impl State {
    fn new(model: Model) -> Self {
        match model {
            Model::Register | Model::CasRegister => Self::Register(None),
            Model::Counter => Self::Counter(0),
            Model::Set => Self::List(Vec::new()),
        }
    }

    fn after(&self, operation: &Operation) -> Option<Self> {
        match (self, &operation.call, &operation.returned) {
            (Self::Register(held), Call::Read, Returned::Value(value)) => {
                (*held == Some(*value)).then(|| self.clone())
            }
            (Self::Register(held), Call::Read, _) => held.is_none().then(|| self.clone()),
            (Self::Register(_), Call::Write { value }, _) => Some(Self::Register(Some(*value))),
            (Self::Register(held), Call::Cas { expected, value, .. }, _) => {
                (held == expected).then_some(Self::Register(Some(*value)))
            }
            (Self::Counter(count), Call::Read, Returned::Count(seen)) => {
                (count == seen).then(|| self.clone())
            }
            (Self::Counter(count), Call::Add { delta }, _) => Some(Self::Counter(count + delta)),
            (Self::List(list), Call::Read, Returned::List(seen)) => {
                (list == seen).then(|| self.clone())
            }
            (Self::List(list), Call::Append { element }, _) => {
                Some(Self::List(list.iter().copied().chain([*element]).collect()))
            }
            other => panic!("{other:?} is not generated"),
        }
    }
}

/// Whether some order of all that must be placed, and any of what may, explains every read.
fn explains(
    operations: &[Operation],
    must: &BTreeSet<usize>,
    may: &BTreeSet<usize>,
    precedes: &dyn Fn(usize, usize) -> bool,
    state: &State,
) -> bool {
    if must.is_empty() {
        return true;
    }
    must.iter().chain(may).any(|next| {
        // What may be left out holds nothing up by itself; what it follows from must be placed.
        if must.iter().any(|other| other != next && precedes(*other, *next)) {
            return false;
        }
        let Some(state) = state.after(&operations[*next]) else { return false };
        let without = |set: &BTreeSet<usize>| set.iter().copied().filter(|o| o != next).collect();
        explains(operations, &without(must), &without(may), precedes, &state)
    })
}

fn is_read(operation: &Operation) -> bool {
    matches!(operation.call, Call::Read)
}

/// Writes that certainly happened: acknowledged, read, or replaced by such a compare-and-set.
fn happened(operations: &[Operation]) -> BTreeSet<usize> {
    let mut certain: BTreeSet<usize> =
        (0..operations.len()).filter(|at| operations[*at].outcome == Outcome::Ok).collect();
    loop {
        let shown: Vec<Value> = certain
            .iter()
            .filter_map(|at| match (&operations[*at].call, &operations[*at].returned) {
                (Call::Cas { expected, .. }, _) => *expected,
                (_, Returned::Value(value)) => Some(*value),
                _ => None,
            })
            .collect();
        let more = (0..operations.len()).filter(|at| {
            operations[*at].outcome == Outcome::Info
                && matches!(&operations[*at].call, Call::Write { value } | Call::Cas { value, .. }
                    if shown.contains(value))
        });
        let before = certain.len();
        let more: Vec<usize> = more.collect();
        certain.extend(more);
        if certain.len() == before {
            return certain;
        }
    }
}

/// Whether one operation comes before another in its process.
fn in_process(operations: &[Operation], one: usize, other: usize) -> bool {
    one < other
        && operations[one].process == operations[other].process
        && operations[one].outcome == Outcome::Ok
}

fn is_sequential(model: Model, operations: &[Operation]) -> bool {
    let must = happened(operations);
    let may = (0..operations.len())
        .filter(|at| operations[*at].outcome == Outcome::Info && !must.contains(at))
        .collect();
    let precedes = |one: usize, other: usize| in_process(operations, one, other);
    explains(operations, &must, &may, &precedes, &State::new(model))
}

/// For each process: all writes and its own reads, by what precedes what.
fn for_each_process(operations: &[Operation], precedes: &dyn Fn(usize, usize) -> bool) -> bool {
    let happened = happened(operations);
    let processes: BTreeSet<ProcessId> = operations.iter().map(|one| one.process).collect();
    processes.into_iter().all(|process| {
        let must = happened
            .iter()
            .copied()
            .filter(|at| !is_read(&operations[*at]) || operations[*at].process == process)
            .collect();
        explains(operations, &must, &BTreeSet::new(), precedes, &State::Register(None))
    })
}

fn is_pram(operations: &[Operation]) -> bool {
    for_each_process(operations, &|one, other| in_process(operations, one, other))
}

fn is_causal(operations: &[Operation]) -> bool {
    let count = operations.len();
    let mut causes = vec![vec![false; count]; count];
    for one in 0..count {
        for other in 0..count {
            let from = matches!((&operations[one].call, &operations[other].returned),
                (Call::Write { value }, Returned::Value(read)) if value == read)
                && operations[one].outcome != Outcome::Fail;
            causes[one][other] = from || in_process(operations, one, other);
        }
    }
    for via in 0..count {
        for one in 0..count {
            for other in 0..count {
                causes[one][other] |= causes[one][via] && causes[via][other];
            }
        }
    }
    (0..count).all(|one| !causes[one][one])
        && for_each_process(operations, &|one, other| causes[one][other])
}

/// A few operations of processes that may do several things at once, as far as times go.
fn made(model: Model, random: &mut ChaCha8Rng) -> Vec<Operation> {
    let mut operations = generated::wild(model, random, 6, false);
    operations.retain(|one| one.outcome != Outcome::Fail);
    for one in &mut operations {
        one.process = ProcessId(random.random_range(0..3));
        if model == Model::Counter && !is_read(one) {
            one.returned = Returned::Nothing;
        }
    }
    operations
}

fn agree(what: &str, expected: bool, answer: Answer, operations: &[Operation]) -> u64 {
    let found = if expected { Answer::Holds } else { Answer::Broken };
    assert_eq!(answer, found, "{what}: {operations:#?}");
    u64::from(expected)
}

fn record(model: Model, operations: &[Operation]) -> Record<'_> {
    Record::new(Key(0), model, operations.iter().collect(), Vec::new())
}

#[test]
fn sequential_consistency_agrees_with_brute_force() {
    for model in [Model::Register, Model::CasRegister, Model::Set, Model::Counter] {
        let mut random = ChaCha8Rng::seed_from_u64(700 + model as u64);
        let mut valid = 0;
        for _ in 0..ROUNDS {
            let operations = made(model, &mut random);
            let expected = is_sequential(model, &operations);
            valid +=
                agree("sequential", expected, sequential(&record(model, &operations)), &operations);
        }
        assert!((ROUNDS / 50..ROUNDS * 49 / 50).contains(&valid), "{model:?}: {valid} hold");
    }
}

#[test]
fn causality_and_pram_agree_with_brute_force() {
    for model in [Model::Register, Model::CasRegister] {
        let mut random = ChaCha8Rng::seed_from_u64(710 + model as u64);
        let (mut causal, mut pram) = (0, 0);
        for _ in 0..ROUNDS {
            let operations = made(model, &mut random);
            let program = Program::of(&operations.iter().collect::<Vec<_>>());
            pram += agree("pram", is_pram(&operations), program.pram(), &operations);
            if program.causal() != Answer::Undecided {
                let expected = is_causal(&operations);
                causal += agree("causal", expected, program.causal(), &operations);
            }
        }
        assert!(pram > ROUNDS / 50 && causal <= pram, "{model:?}: {causal}, {pram}");
        assert!(model == Model::CasRegister || causal > ROUNDS / 50);
    }
}

/// The strongest level is the first of the models, the strongest first, that brute force confirms.
#[test]
fn the_strongest_level_is_the_strongest_that_holds() {
    let mut random = ChaCha8Rng::seed_from_u64(720);
    let mut seen: BTreeSet<ConsistencyLevel> = BTreeSet::new();
    for _ in 0..ROUNDS {
        let mut operations = generated::wild(Model::Register, &mut random, 7, false);
        operations.retain(|one| one.outcome != Outcome::Fail);
        for one in &mut operations {
            one.process = ProcessId(one.process.0 % 3);
        }
        let refs: Vec<&Operation> = operations.iter().collect();
        let found = level(&record(Model::Register, &operations));
        seen.insert(found);
        let (linear, sequential) =
            (oracle::explains(Model::Register, &refs), is_sequential(Model::Register, &operations));
        match found {
            ConsistencyLevel::Linearizable => assert!(linear),
            ConsistencyLevel::Sequential => assert!(sequential && !linear),
            ConsistencyLevel::Causal => assert!(is_causal(&operations) && !sequential),
            ConsistencyLevel::Pram => assert!(is_pram(&operations) && !is_causal(&operations)),
            _ => assert!(!is_pram(&operations) && !sequential, "{operations:#?}"),
        }
    }
    assert!(seen.len() >= 5, "{seen:?}");
}
