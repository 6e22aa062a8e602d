//! What turns a verdict: assumptions, truncated histories, read modes, expectations.

mod stage;

use history::{
    AnomalyClass, Call, Check, Expectation, Fault, FaultOutcome, Key, Mode, NodeId,
    NodeObservation, Observation, Outcome, ReadMode, Results, Returned, Verdict, Workload,
};
use stage::Stage;

/// A valid run: one write during the cut, read in the end.
fn valid() -> Stage {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 1, (2_000, 2_010));
    stage.read(0, (8_100, 8_110), Returned::Value(1));
    stage
}

/// An availability run that lost the newer of two writes made during the cut.
fn lossy() -> Stage {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 1, (2_000, 2_010));
    stage.write(1, 2, (2_100, 2_110));
    stage.read(0, (8_100, 8_110), Returned::Value(1));
    stage.manifest.arm.mode = Mode::Ap;
    stage.manifest.arm.read_mode = None;
    stage.manifest.expectation = Expectation::MayShow {
        classes: vec![
            AnomalyClass::LostWrite,
            AnomalyClass::StaleRead,
            AnomalyClass::BackwardRead,
            AnomalyClass::Divergence,
        ],
    };
    stage
}

fn failed(results: &Results) -> Vec<&str> {
    results.assumptions.iter().filter(|one| !one.held).map(|one| one.name.as_str()).collect()
}

#[track_caller]
fn unknown_because(stage: &Stage, assumption: &str) {
    let results = stage.judge();
    assert_eq!(failed(&results), [assumption]);
    assert_eq!(results.verdict, Verdict::Unknown);
    assert_eq!(results.expectation, Ok(()), "inconclusive is no broken expectation");
}

#[test]
fn a_valid_run_is_valid() {
    let results = valid().judge();
    assert_eq!(results.verdict, Verdict::Valid, "{results:#?}");
}

#[test]
fn a_run_that_misses_a_floor_is_unknown() {
    let mut stage = valid();
    stage.manifest.floors.completed = 3;
    unknown_because(&stage, "traffic");
    let mut stage = valid();
    stage.manifest.floors.acknowledged_in_faults = 2;
    unknown_because(&stage, "traffic-in-faults");
    let mut stage = valid();
    stage.manifest.floors.acknowledged_in_faults_per_site = 1;
    unknown_because(&stage, "traffic-in-faults-paris");
    let mut stage = valid();
    stage.manifest.floors.faults_ms = 4_001;
    unknown_because(&stage, "faults-in-force");
}

#[test]
fn a_run_whose_fault_did_not_take_is_unknown() {
    for outcome in [
        FaultOutcome::Planned,
        FaultOutcome::Applied,
        FaultOutcome::Skipped("no such node".into()),
        FaultOutcome::Indeterminate("the probe timed out".into()),
    ] {
        let mut stage = valid();
        stage.faults[0].outcome = outcome;
        unknown_because(&stage, "faults-applied");
    }
    let mut stage = valid();
    stage.faults.clear();
    unknown_because(&stage, "faults-applied");
}

#[test]
fn a_run_that_was_cut_short_is_unknown_but_its_anomalies_stand() {
    let mut stage = valid();
    stage.history.truncated = Some("a torn block".into());
    unknown_because(&stage, "history-complete");
    stage.history.marks.retain(|(_, mark)| *mark == history::Mark::LoadStarted);
    assert_eq!(stage.judge().verdict, Verdict::Unknown);
    stage.operations[1].returned = Returned::Absent;
    let results = stage.judge();
    assert_eq!(results.verdict, Verdict::Invalid, "a stale read is one however it ends");
    assert_eq!(results.truncated.as_deref(), Some("a torn block"));
}

#[test]
fn an_unplanned_recluster_is_unknown() {
    let observe = |time_ms: u64, cluster_key: &str| Observation {
        time_ns: time_ms * 1_000_000,
        nodes: vec![Some(NodeObservation {
            node: NodeId(0xA882),
            cluster_size: 6,
            cluster_key: cluster_key.into(),
            principal: "A882".into(),
            integrity: true,
            namespaces: Default::default(),
        })],
    };
    let mut stage = valid();
    let judge = |stage: &Stage, observations: &[Observation]| stage.judge_with(observations);
    let planned = [observe(900, "a"), observe(2_000, "b"), observe(6_000, "c")];
    assert_eq!(judge(&stage, &planned).verdict, Verdict::Valid, "the cut explains it");
    let unplanned = [observe(300, "a"), observe(600, "b")];
    let results = judge(&stage, &unplanned);
    assert_eq!(failed(&results), ["no-unplanned-recluster"]);
    assert_eq!(results.verdict, Verdict::Unknown);
    stage.operations[1].returned = Returned::Absent;
    assert_eq!(judge(&stage, &unplanned).verdict, Verdict::Invalid);
}

#[test]
fn a_process_with_two_open_operations_voids() {
    let mut stage = lossy();
    stage.operations[1].process.0 = 0;
    stage.operations[1].invoked_ns = 2_005_000_000;
    let results = stage.judge();
    assert_eq!(failed(&results), ["one-open-operation"]);
    assert_eq!(results.verdict, Verdict::Unknown);
}

#[test]
fn a_clock_that_runs_backwards_voids() {
    let mut stage = lossy();
    stage.operations[1].completed_ns = Some(2_099_000_000);
    let results = stage.judge();
    assert_eq!(failed(&results), ["monotone-clock"]);
    assert_eq!(results.verdict, Verdict::Unknown);
}

#[test]
fn a_key_space_that_was_not_empty_voids() {
    let mut stage = Stage::new(Workload::Register);
    stage.read(0, (10, 20), Returned::Value(77));
    stage.write(0, 1, (2_000, 2_010));
    stage.read(0, (8_100, 8_110), Returned::Absent);
    let results = stage.judge();
    assert_eq!(failed(&results), ["key-space-empty"]);
    assert_eq!(results.verdict, Verdict::Unknown);
    assert_eq!(results.expectation, Ok(()));
}

#[test]
fn a_record_without_a_final_read_is_unknown() {
    let mut stage = valid();
    stage.write(0, 2, (8_200, 8_210)).key = Key(2);
    let results = stage.judge();
    assert_eq!(results.verdict, Verdict::Unknown);
    let lost = results.checks.iter().find(|check| check.check == Check::LostWrites).unwrap();
    assert_eq!(lost.verdict, Verdict::Unknown);
    assert!(lost.reason.as_deref().unwrap().contains("key 2"), "{:?}", lost.reason);
}

#[test]
fn each_read_mode_is_held_to_its_own_promise() {
    let verdict = |mode: Option<ReadMode>, value: u64| {
        let mut stage = Stage::new(Workload::Register);
        stage.manifest.arm.read_mode = mode;
        stage.write(0, 1, (100, 110));
        stage.write(0, 2, (200, 210));
        stage.operation(1, Call::Write { value: 3 }, (220, 230), Outcome::Fail, Returned::Nothing);
        stage.read(1, (300, 310), Returned::Value(value));
        stage.read(0, (8_100, 8_110), Returned::Value(2));
        stage.judge().verdict
    };
    let (stale, dirty) = (1, 3);
    assert_eq!(verdict(Some(ReadMode::Linearize), stale), Verdict::Invalid);
    for mode in [ReadMode::Session, ReadMode::AllowReplica, ReadMode::AllowUnavailable] {
        assert_eq!(verdict(Some(mode), stale), Verdict::Valid, "{mode:?} may be stale");
        assert_eq!(verdict(Some(mode), dirty), Verdict::Invalid, "{mode:?} is never dirty");
    }
    assert_eq!(verdict(None, stale), Verdict::Invalid, "an availability run is held to everything");
}

#[test]
fn a_strongly_consistent_run_must_show_nothing() {
    let mut stage = lossy();
    stage.manifest.expectation = Expectation::Valid;
    let broken = stage.judge().expectation.unwrap_err();
    assert!(broken.contains("lost-writes: 1 × lost-write"), "{broken}");
}

#[test]
fn an_availability_run_may_lose_what_was_written_during_a_cut() {
    let results = lossy().judge();
    assert_eq!(results.verdict, Verdict::Invalid);
    assert_eq!(results.expectation, Ok(()));
}

#[test]
fn an_availability_run_may_not_lose_what_no_cut_touched() {
    let mut stage = lossy();
    for operation in &mut stage.operations[..2] {
        operation.invoked_ns -= 1_500_000_000;
        operation.completed_ns = operation.completed_ns.map(|end| end - 1_500_000_000);
    }
    stage.manifest.checks = vec![Check::LostWrites];
    let broken = stage.judge().expectation.unwrap_err();
    assert!(broken.contains("was not written during a cut"), "{broken}");
}

#[test]
fn an_availability_run_may_not_lose_anything_for_a_kill() {
    let mut stage = lossy();
    stage.faults[0].fault = Fault::Kill { node: 0 };
    stage.manifest.checks = vec![Check::LostWrites];
    let broken = stage.judge().expectation.unwrap_err();
    assert!(broken.contains("not written during a cut"), "{broken}");
}

#[test]
fn a_kill_may_make_reads_stale_while_it_lasts() {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 1, (900, 910));
    stage.write(1, 2, (920, 930));
    stage.read(2, (3_000, 3_010), Returned::Value(1));
    stage.read(0, (8_100, 8_110), Returned::Value(2));
    stage.manifest.arm.mode = Mode::Ap;
    stage.manifest.arm.read_mode = None;
    stage.manifest.expectation = Expectation::MayShow { classes: vec![AnomalyClass::StaleRead] };
    stage.faults[0].fault = Fault::Kill { node: 0 };
    assert_eq!(stage.judge().expectation, Ok(()));
    for mark in &mut stage.history.marks[2..4] {
        mark.0 = 5_500_000_000;
    }
    stage.operations[2].invoked_ns = 950_000_000;
    stage.operations[2].completed_ns = Some(960_000_000);
    let broken = stage.judge().expectation.unwrap_err();
    assert!(broken.contains("outside of every fault"), "{broken}");
}

#[test]
fn an_availability_run_without_faults_must_show_nothing() {
    let mut stage = lossy();
    stage.faults.clear();
    stage.history.faults.clear();
    stage.manifest.nemesis.schedule.clear();
    for check in [Check::LostWrites, Check::StaleReads] {
        stage.manifest.checks = vec![check];
        assert!(stage.judge().expectation.is_err(), "{check:?}");
    }
}

/// A write that is acknowledged at 300 ms, before any fault; another read sees it at 220, and one
/// that begins at `at_ms` does not.
fn early(workload: Workload, at_ms: u64) -> Stage {
    let mut stage = Stage::new(workload);
    let ok = Outcome::Ok;
    let (call, old, new, fin): (fn(u64) -> Call, _, _, _) = match workload {
        Workload::Counter => {
            let count = Returned::Count;
            (|_| Call::Add { delta: 1 }, count(1), count(2), count(2))
        }
        Workload::Set => {
            let list = |elements: &[u64]| Returned::List(elements.to_vec());
            (|element| Call::Append { element }, list(&[1]), list(&[1, 2]), list(&[1, 2]))
        }
        _ => (
            |value| Call::Write { value },
            Returned::Value(1),
            Returned::Value(2),
            Returned::Value(2),
        ),
    };
    stage.operation(0, call(1), (100, 110), ok, Returned::Nothing).generation = Some(1);
    stage.operation(1, call(2), (200, 300), ok, Returned::Nothing).generation = Some(2);
    stage.operation(2, Call::Read, (210, 220), ok, new).generation = Some(2);
    stage.operation(3, Call::Read, (at_ms, at_ms + 10), ok, old).generation = Some(1);
    stage.operation(0, Call::Read, (8_100, 8_110), ok, fin).generation = Some(2);
    stage.manifest.arm.mode = Mode::Ap;
    stage.manifest.arm.read_mode = None;
    stage
}

#[test]
fn an_availability_run_may_show_a_write_before_it_is_acknowledged_and_not_miss_it_after() {
    let may_show = Expectation::MayShow { classes: vec![AnomalyClass::StaleRead] };
    for workload in [Workload::Register, Workload::Set, Workload::Counter] {
        for expectation in [Expectation::Valid, may_show.clone()] {
            let mut stage = early(workload, 230);
            stage.manifest.expectation = expectation.clone();
            let results = stage.judge();
            assert_eq!(results.verdict, Verdict::Invalid, "{workload:?}");
            assert_eq!(results.expectation, Ok(()), "{workload:?}, {expectation:?}");
            let mut stage = early(workload, 310);
            stage.manifest.expectation = expectation.clone();
            assert!(stage.judge().expectation.is_err(), "{workload:?}, {expectation:?}");
            // Strong consistency shows no write before that.
            let mut stage = early(workload, 230);
            stage.manifest.arm.mode = Mode::Sc;
            stage.manifest.arm.read_mode = Some(ReadMode::Linearize);
            stage.manifest.expectation = expectation;
            assert!(stage.judge().expectation.is_err(), "{workload:?}");
        }
    }
}

#[test]
fn an_availability_run_may_not_miss_a_later_write_behind_one_that_is_in_doubt() {
    let mut stage = early(Workload::Register, 500);
    stage.operations[1].outcome = Outcome::Info;
    stage.operations[1].generation = None;
    stage.manifest.expectation = Expectation::Valid;
    assert_eq!(stage.judge().expectation, Ok(()), "nobody was told that it had happened");
    stage.operations[4].returned = Returned::Value(3);
    stage.write(4, 3, (400, 410));
    stage.operations.sort_by_key(|one| one.invoked_ns);
    let broken = stage.judge().expectation.unwrap_err();
    assert!(broken.contains("stale-read"), "{broken}");
}

#[test]
fn an_availability_run_must_have_settled_after_migrations() {
    let mut stage = lossy();
    stage.read(1, (8_105, 8_115), Returned::Value(2));
    let broken = stage.judge().expectation.unwrap_err();
    assert!(broken.contains("divergence of key 1"), "{broken}");
    let mut stage = lossy();
    stage.operations[2].returned = Returned::Value(2);
    stage.read(0, (8_120, 8_130), Returned::Value(1));
    stage.manifest.checks = vec![Check::SessionGuarantees];
    let broken = stage.judge().expectation.unwrap_err();
    assert!(broken.contains("after migrations had ended"), "{broken}");
}

#[test]
fn a_class_that_is_not_listed_breaks_the_expectation() {
    let mut stage = lossy();
    stage.manifest.expectation = Expectation::MayShow { classes: vec![AnomalyClass::LostWrite] };
    let broken = stage.judge().expectation.unwrap_err();
    assert!(broken.contains("stale-read of key 1"), "{broken}");
}

#[test]
fn a_canary_must_be_caught_by_its_class() {
    let mut stage = lossy();
    stage.manifest.expectation = Expectation::MustShow { class: AnomalyClass::LostWrite };
    assert_eq!(stage.judge().expectation, Ok(()));
    stage.manifest.expectation = Expectation::MustShow { class: AnomalyClass::Duplicate };
    let broken = stage.judge().expectation.unwrap_err();
    assert_eq!(broken, "duplicate was to be found, but lost-write, stale-read was");
}
