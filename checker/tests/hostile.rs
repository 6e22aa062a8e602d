//! Histories that nobody would record: nothing panics, overflows the stack or takes for ever.

mod generated;

use aerocert_checker::linearizability::{Decision, Unseen, decide};
use generated::operation;
use history::{Call, Model, Operation, Outcome, Returned, Verdict, Workload};

mod stage;

const MANY: u64 = if cfg!(debug_assertions) { 50_000 } else { 300_000 };

fn verdict(model: Model, operations: &[Operation]) -> Decision {
    decide(model, &operations.iter().collect::<Vec<_>>(), Unseen::Impossible)
}

fn read(from: u64, to: u64, returned: Returned) -> Operation {
    Operation { returned, ..operation(Call::Read, from, to, Outcome::Ok) }
}

#[test]
fn all_operations_of_one_key_at_once() {
    let mut operations = Vec::new();
    for value in 1..=MANY {
        operations.push(operation(Call::Write { value }, 0, 10, Outcome::Ok));
        operations.push(read(0, 10, Returned::Value(value)));
    }
    assert_eq!(verdict(Model::Register, &operations), Decision::Holds);
    operations.push(read(20, 30, Returned::Value(1)));
    operations.push(read(40, 50, Returned::Value(2)));
    assert!(matches!(verdict(Model::Register, &operations), Decision::Broken(_)));
}

#[test]
fn everything_in_doubt() {
    let mut operations: Vec<Operation> =
        (1..=MANY).map(|value| operation(Call::Write { value }, value, 0, Outcome::Info)).collect();
    assert_eq!(verdict(Model::Register, &operations), Decision::Holds);
    operations.push(read(MANY + 1, MANY + 2, Returned::Value(MANY / 2)));
    operations.push(read(MANY + 3, MANY + 4, Returned::Value(1)));
    assert_eq!(verdict(Model::Register, &operations), Decision::Holds);
    operations.push(read(MANY + 5, MANY + 6, Returned::Value(MANY / 2)));
    assert!(matches!(verdict(Model::Register, &operations), Decision::Broken(_)));
}

#[test]
fn a_chain_of_compare_and_sets() {
    let cas = |value: u64, outcome| {
        let expected = (value > 1).then(|| value - 1);
        operation(Call::Cas { expected, generation: 0, value }, value, value + 2, outcome)
    };
    let mut operations: Vec<Operation> =
        (1..=MANY).map(|value| cas(value, Outcome::Info)).collect();
    assert_eq!(verdict(Model::CasRegister, &operations), Decision::Holds);
    operations.push(read(MANY + 10, MANY + 11, Returned::Value(MANY)));
    assert_eq!(verdict(Model::CasRegister, &operations), Decision::Holds);
    operations.push(read(MANY + 12, MANY + 13, Returned::Value(1)));
    assert!(matches!(verdict(Model::CasRegister, &operations), Decision::Broken(_)));
    // A ring that nobody began.
    let ring: Vec<Operation> = (1..=MANY)
        .map(|value| {
            let expected = Some(if value == 1 { MANY } else { value - 1 });
            operation(Call::Cas { expected, generation: 0, value }, 0, 1, Outcome::Ok)
        })
        .collect();
    assert!(matches!(verdict(Model::CasRegister, &ring), Decision::Broken(_)));
}

#[test]
fn values_that_are_written_again_and_again_at_once() {
    let so_many = |count: u64| -> Vec<Operation> {
        let write = |index| operation(Call::Write { value: index % 3 }, 0, 10, Outcome::Ok);
        let delete = operation(Call::Delete, 0, 0, Outcome::Info);
        (0..count).flat_map(|index| [write(index), delete.clone()]).collect()
    };
    let mut operations = so_many(2_000);
    operations.push(read(20, 30, Returned::Absent));
    operations.push(read(40, 50, Returned::Absent));
    assert_eq!(verdict(Model::Register, &operations), Decision::Holds);
    operations.push(read(60, 70, Returned::Value(2)));
    assert!(matches!(verdict(Model::Register, &operations), Decision::Broken(_)));
    let Decision::Undecided(why) = verdict(Model::Register, &so_many(MANY)) else {
        panic!("so many at once are beyond the budget")
    };
    assert!(why.contains(&format!("{MANY} operations open at once")), "{why}");
}

#[test]
fn times_and_counts_at_their_limits() {
    let mut operations = vec![
        operation(Call::Write { value: u64::MAX }, u64::MAX, u64::MAX, Outcome::Ok),
        read(u64::MAX, 0, Returned::Value(u64::MAX)),
        read(0, u64::MAX, Returned::Absent),
        read(5, 2, Returned::Value(7)),
    ];
    for model in [Model::Register, Model::CasRegister, Model::Counter, Model::Set] {
        let _ = verdict(model, &operations);
    }
    operations.clear();
    for delta in [i64::MAX, i64::MAX, i64::MIN, -1] {
        operations.push(operation(Call::Add { delta }, 1, 2, Outcome::Ok));
    }
    for count in [i64::MAX, i64::MIN, -1, 1 << 40] {
        operations.push(read(1, 3, Returned::Count(count)));
    }
    assert!(!matches!(verdict(Model::Counter, &operations), Decision::Holds));
    let positive = [operations[0].clone(), operations[1].clone(), operations[4].clone()];
    let _ = verdict(Model::Counter, &positive);
}

/// Whatever is wrong with a history, a judgement comes of it.
#[test]
fn any_mix_is_judged() {
    for workload in [
        Workload::Register,
        Workload::CasRegister,
        Workload::Counter,
        Workload::Set,
        Workload::Sightings,
    ] {
        let mut stage = stage::Stage::new(workload);
        let calls = [
            Call::Read,
            Call::Write { value: 1 },
            Call::Write { value: 1 },
            Call::Cas { expected: Some(1), generation: 7, value: 1 },
            Call::Add { delta: i64::MIN },
            Call::Add { delta: i64::MAX },
            Call::Append { element: 1 },
            Call::Append { element: 1 },
            Call::Delete,
        ];
        let results = [
            Returned::Nothing,
            Returned::Absent,
            Returned::Value(1),
            Returned::Torn(2),
            Returned::Count(i64::MIN),
            Returned::List(vec![1, 1, 2]),
        ];
        let mut at = 0_u64;
        for call in calls {
            for returned in &results {
                for outcome in [Outcome::Ok, Outcome::Fail, Outcome::Info] {
                    let times = (at, at.saturating_sub(3));
                    let made =
                        stage.operation(at as u32 % 3, call, times, outcome, returned.clone());
                    made.generation = Some(at as u32 % 5);
                    at += if at.is_multiple_of(2) { 1 } else { 50 };
                }
            }
        }
        assert!(!stage.judge().checks.is_empty());
    }
}

/// A million operations on one record, judged whole: all at once, all in doubt, all stale.
#[test]
fn a_million_operations_of_one_record_are_judged() {
    const MANY: u64 = if cfg!(debug_assertions) { 50_000 } else { 1_000_000 };
    let one = |id: u64, call, (invoked_ns, completed_ns), outcome, returned| Operation {
        id: history::OperationId(id),
        process: history::ProcessId(id as u32),
        site: history::SiteIndex(0),
        route: history::Route::Map,
        key: history::Key(1),
        call,
        invoked_ns,
        completed_ns,
        outcome,
        returned,
        generation: Some((id % 3) as u32),
        code: 0,
    };
    let write = |id, times, outcome| {
        one(id, Call::Write { value: id + 1 }, times, outcome, Returned::Nothing)
    };
    let at_once = (0..MANY).map(|id| write(id, (id, Some(MANY + id)), Outcome::Ok));
    let in_doubt = (0..MANY).map(|id| write(id, (id, None), Outcome::Info));
    let stale = (0..MANY).map(|id| {
        let times = (10 * id, Some(10 * id + 5));
        match id % 2 {
            0 => write(id, times, Outcome::Ok),
            _ => one(id, Call::Read, times, Outcome::Ok, Returned::Value(1)),
        }
    });
    let histories: [Vec<Operation>; 3] = [at_once.collect(), in_doubt.collect(), stale.collect()];
    // The first has generations that lie.
    for (operations, invalid) in histories.into_iter().zip([true, false, true]) {
        let mut stage = stage::Stage::new(Workload::Register);
        stage.operations = operations;
        assert_eq!(stage.judge().verdict == Verdict::Invalid, invalid);
    }
}
