//! A judgement finds what the finders find, whether or not it had to ask them about a record.

mod stage;

use std::collections::BTreeMap;

use aerocert_checker::anomalies::{
    Finding, Meeting, Record, backward_read, dirty_read, divergence, garbage_read, generation,
    lost_update, lost_write, non_linearizable, session_writes, stale_read, torn_record,
};
use history::{
    AnomalyClass, Call, Check, Key, Model, Operation, OperationId, Outcome, Returned, Workload,
};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use stage::Stage;

const CHECKS: [Check; 7] = [
    Check::Linearizable,
    Check::LostWrites,
    Check::StaleReads,
    Check::DirtyReads,
    Check::SessionGuarantees,
    Check::LostUpdates,
    Check::Convergence,
];

/// What the finders say of one record under strong consistency.
fn asked(check: Check, model: Model, operations: &[Operation]) -> BTreeMap<AnomalyClass, u64> {
    let is_final = |one: &Operation| one.call == Call::Read && one.invoked_ns >= 8_000_000_000;
    let finals = (0..operations.len())
        .filter(|at| is_final(&operations[*at]) && operations[*at].outcome == Outcome::Ok);
    let mut record = Record::new(Key(1), model, operations.iter().collect(), finals.collect());
    record.meeting = Meeting::Never;
    record.faults_ns = vec![(1_000_000_000, 5_000_000_000)];
    let finders: &[fn(&Record<'_>) -> Vec<Finding>] = match check {
        Check::Linearizable => &[torn_record::find, generation::find],
        Check::LostWrites => &[lost_write::find],
        Check::StaleReads => &[stale_read::find],
        Check::DirtyReads => &[dirty_read::find, garbage_read::find, torn_record::find],
        Check::SessionGuarantees => &[backward_read::find, session_writes::find],
        Check::LostUpdates => &[lost_update::find],
        _ => &[divergence::find],
    };
    let mut findings: Vec<Finding> = finders.iter().flat_map(|find| find(&record)).collect();
    if check == Check::Linearizable {
        findings.extend(non_linearizable::find(&record).expect("small enough to decide"));
    }
    let mut counts = BTreeMap::new();
    findings.iter().for_each(|finding| *counts.entry(finding.class).or_default() += 1);
    counts
}

/// A small run of three processes on a record that behaves, save for a few changes.
fn run(random: &mut ChaCha8Rng, workload: Workload) -> Stage {
    struct Plan {
        process: u32,
        call_ms: u64,
        end_ms: u64,
        at: u64,
        write: bool,
        outcome: Outcome,
    }
    let mut free_ms = [500, 501, 502];
    let mut plans: Vec<Plan> = Vec::new();
    for _ in 0..random.random_range(2..14) {
        let process = random.random_range(0..3_usize);
        // Now and then a call falls on the end of the one before.
        let call_ms = free_ms[process] + random.random_range(0..4);
        let end_ms = call_ms + random.random_range(1..12);
        free_ms[process] = end_ms;
        let write = random.random_bool(0.5);
        let outcome = match random.random_range(0..8) {
            0 if write => Outcome::Info,
            1 => Outcome::Fail,
            _ => Outcome::Ok,
        };
        let at = random.random_range(call_ms * 1000..=end_ms * 1000);
        plans.push(Plan { process: process as u32, call_ms, end_ms, at, write, outcome });
    }
    for process in 0..2 {
        let call_ms = 8_000 + 20 * u64::from(process);
        let (end_ms, at) = (call_ms + 10, call_ms * 1000);
        let outcome = Outcome::Ok;
        plans.push(Plan { process, call_ms, end_ms, at, write: false, outcome });
    }
    plans.sort_by_key(|plan| plan.call_ms);
    let mut order: Vec<usize> = (0..plans.len()).collect();
    order.sort_by_key(|one| plans[*one].at);
    let mut version = (None, 0_u32);
    let mut seen = vec![(None, 0); plans.len()];
    let mut expected = vec![(None, 0); plans.len()];
    for one in order {
        let plan = &plans[one];
        expected[one] = version;
        let happens = plan.outcome == Outcome::Ok
            || (plan.outcome == Outcome::Info && random.random_bool(0.5));
        if plan.write && happens {
            version = (Some(one as u64 + 1), version.1 + 1);
        }
        seen[one] = version;
    }
    let mut stage = Stage::new(workload);
    stage.manifest.checks = CHECKS.to_vec();
    for (at, plan) in plans.iter().enumerate() {
        let value = at as u64 + 1;
        let call = match (plan.write, workload) {
            (false, _) => Call::Read,
            (true, Workload::CasRegister) if random.random_bool(0.7) => {
                let (expected, generation) = expected[at];
                Call::Cas { expected, generation, value }
            }
            (true, _) => Call::Write { value },
        };
        let answered = plan.outcome == Outcome::Ok;
        let returned = match (answered && !plan.write, seen[at].0) {
            (false, _) => Returned::Nothing,
            (true, None) => Returned::Absent,
            (true, Some(value)) => Returned::Value(value),
        };
        let times = (plan.call_ms, plan.end_ms);
        let operation = stage.operation(plan.process, call, times, plan.outcome, returned);
        operation.generation = answered.then_some(seen[at].1).filter(|generation| *generation > 0);
    }
    for _ in 0..random.random_range(0..3) {
        change(random, &mut stage);
    }
    stage
}

/// One thing is not as it was.
fn change(random: &mut ChaCha8Rng, stage: &mut Stage) {
    let values = stage.operations.len() as u64 + 2;
    let at = random.random_range(0..stage.operations.len());
    let operation = &mut stage.operations[at];
    match random.random_range(0..7) {
        0 | 1 if operation.call == Call::Read => {
            operation.returned = Returned::Value(random.random_range(1..values));
        }
        2 if operation.call == Call::Read => operation.returned = Returned::Absent,
        3 => operation.generation = Some(random.random_range(0..6)),
        4 => operation.generation = Some(random.random_range(995..1005)),
        5 if operation.call.is_write() => operation.outcome = Outcome::Fail,
        6 if random.random_bool(0.2) => operation.call = Call::Delete,
        _ => {}
    }
    stage.operations[at].id = OperationId(at as u64);
}

#[test]
fn a_judgement_finds_what_the_finders_find() {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let (mut quiet, mut loud) = (0, 0);
    for case in 0..20_000 {
        let workload = [Workload::Register, Workload::CasRegister][case % 2];
        let stage = run(&mut random, workload);
        let results = stage.judge();
        let mut all = 0;
        for result in &results.checks {
            let found: BTreeMap<AnomalyClass, u64> =
                result.anomalies.iter().map(|group| (group.class, group.count)).collect();
            let expected = asked(result.check, workload.model(), &stage.operations);
            let check = result.check;
            assert_eq!(found, expected, "case {case}, {check:?}: {:#?}", stage.operations);
            all += found.values().sum::<u64>();
        }
        *(if all == 0 { &mut quiet } else { &mut loud }) += 1;
    }
    assert!(quiet > 2_000 && loud > 2_000, "{quiet} without and {loud} with findings");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let mut random = ChaCha8Rng::seed_from_u64(12);
    let mut stage = run(&mut random, Workload::Register);
    for key in 2..60 {
        let other = run(&mut random, Workload::Register);
        let moved = other.operations.into_iter().map(|one| Operation {
            key: Key(key),
            process: history::ProcessId(one.process.0 + 3 * key as u32),
            ..one
        });
        stage.operations.extend(moved);
    }
    stage.operations.sort_by_key(|one| one.invoked_ns);
    for (id, operation) in (0..).zip(&mut stage.operations) {
        operation.id = OperationId(id);
    }
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads").install(|| stage.judge())
    };
    let alone = on(1);
    assert!(alone.checks.iter().any(|check| !check.anomalies.is_empty()));
    assert_eq!(on(2), alone);
    assert_eq!(on(5), alone);
}
