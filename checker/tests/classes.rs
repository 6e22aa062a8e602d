//! Each class of anomaly by a history of a few operations, with its proof and its sentence.

mod stage;

use history::{
    Anomaly, AnomalyClass, Call, ConflictResolution, Mode, Outcome, ReadMode, Results, Returned,
    Verdict, Workload,
};
use stage::Stage;

fn only(results: &Results, class: AnomalyClass) -> Anomaly {
    assert_eq!(results.verdict, Verdict::Invalid);
    let groups = results.checks.iter().flat_map(|check| &check.anomalies);
    let group = groups.into_iter().find(|group| group.class == class);
    let group = group.unwrap_or_else(|| panic!("{class:?} among {:?}", results.anomalies()));
    assert_eq!(group.count, 1, "{group:#?}");
    group.examples[0].clone()
}

fn classes(results: &Results) -> Vec<AnomalyClass> {
    results.anomalies().into_iter().map(|(class, _)| class).collect()
}

#[test]
fn a_quiet_run_is_valid() {
    let mut stage = Stage::new(Workload::Register);
    stage.read(0, (10, 20), Returned::Absent);
    stage.write(0, 1, (30, 40));
    stage.write(1, 2, (35, 50));
    stage.read(0, (60, 70), Returned::Value(1));
    stage.read(0, (8_100, 8_110), Returned::Value(1));
    let results = stage.judge();
    assert_eq!(results.verdict, Verdict::Valid, "{results:#?}");
    assert_eq!(results.expectation, Ok(()));
    assert!(results.anomalies().is_empty());
}

#[test]
fn a_stale_read_is_measured_in_time_and_versions() {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 12, (3_000, 3_100));
    stage.write(3, 16, (3_110, 3_120));
    stage.write(3, 17, (3_130, 3_201));
    stage.read(4, (3_250, 3_260), Returned::Value(12));
    stage.read(0, (8_100, 8_110), Returned::Value(17));
    let results = stage.judge();
    let stale = only(&results, AnomalyClass::StaleRead);
    assert_eq!(stale.stale_ns, Some(130_000_000), "since the first write that it missed");
    assert_eq!(stale.stale_versions, Some(2));
    assert_eq!(stale.fault, Some(0));
    assert_eq!(stale.operations.len(), 3);
    assert_eq!(
        stale.claim,
        "The write of 16 by process 3 was acknowledged at 3.120 s; the read by process 4, begun at \
         3.250 s, returned 12, which it had replaced (write of 12 by process 0 shows it in place by \
         3.100 s)."
    );
    assert_eq!(classes(&results), [AnomalyClass::StaleRead]);
}

#[test]
fn a_newer_write_lost_to_a_higher_generation_is_told() {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 12, (3_000, 3_100)).generation = Some(9);
    stage.write(1, 16, (3_110, 3_120)).generation = Some(6);
    stage.write(1, 17, (3_130, 3_201)).generation = Some(7);
    stage.read(1, (3_300, 3_310), Returned::Value(17)).generation = Some(7);
    stage.read(0, (8_100, 8_110), Returned::Value(12)).generation = Some(9);
    stage.read(1, (8_100, 8_110), Returned::Value(12)).generation = Some(9);
    let results = stage.judge();
    let lost = only(&results, AnomalyClass::LostWrite);
    assert_eq!(
        lost.claim,
        "The write of 17 by process 1 was acknowledged at 3.201 s. After healing and migrations the \
         read by process 0, begun at 8.100 s, returned 12, which was there before (write of 12 by \
         process 0 shows it by 3.100 s), and no concurrent or later write explains that. The older \
         write survived with generation 9; the newer one had only 7. The write was last read at 3.300 s."
    );
    assert_eq!(lost.operations.len(), 3);
    assert!(classes(&results).contains(&AnomalyClass::GenerationRegression));
}

#[test]
fn a_concurrent_or_later_write_explains_what_is_gone() {
    for survivor in [(3_150, 3_300), (3_250, 3_300)] {
        let mut stage = Stage::new(Workload::Register);
        stage.write(1, 17, (3_130, 3_201));
        stage.write(0, 12, survivor);
        stage.read(0, (8_100, 8_110), Returned::Value(12));
        assert_eq!(stage.judge().verdict, Verdict::Valid, "{survivor:?}");
    }
}

#[test]
fn a_write_in_doubt_may_take_effect_at_any_later_time() {
    let mut stage = Stage::new(Workload::Register);
    stage.operation(0, Call::Write { value: 12 }, (100, 400), Outcome::Info, Returned::Nothing);
    stage.write(1, 17, (3_130, 3_201));
    stage.read(0, (8_100, 8_110), Returned::Value(12));
    assert_eq!(stage.judge().verdict, Verdict::Valid);
}

#[test]
fn elements_are_lost_doubled_or_stale() {
    let mut stage = Stage::new(Workload::Set);
    stage.append(0, 1, (100, 110));
    stage.append(1, 2, (120, 130));
    stage.append(0, 3, (140, 150));
    stage.read(0, (8_100, 8_110), Returned::List(vec![1, 3, 3]));
    let results = stage.judge();
    let lost = only(&results, AnomalyClass::LostWrite);
    assert_eq!(lost.operations.len(), 2);
    assert!(lost.claim.contains("append of 2 by process 1"), "{}", lost.claim);
    assert!(lost.claim.ends_with("The write was never read."), "{}", lost.claim);
    only(&results, AnomalyClass::Duplicate);
    assert_eq!(only(&results, AnomalyClass::StaleRead).stale_versions, Some(1));
}

#[test]
fn a_failed_write_must_not_be_read() {
    let mut stage = Stage::new(Workload::Register);
    stage.operation(0, Call::Write { value: 1 }, (100, 110), Outcome::Fail, Returned::Nothing);
    stage.read(1, (200, 210), Returned::Value(1));
    let dirty = only(&stage.judge(), AnomalyClass::DirtyRead);
    assert_eq!(
        dirty.claim,
        "The write of 1 by process 0 had failed for certain at 0.110 s, and the read by process 1, \
         begun at 0.200 s, returned 1: a value that was never to be."
    );
}

#[test]
fn a_read_that_may_be_stale_does_not_show_that_a_value_vanished() {
    // The read of 1 is old, and the read of 2 may be: 3 followed both.
    let relaxed = |survivor: u64, begun_ms: u64| {
        let mut stage = Stage::new(Workload::Register);
        stage.manifest.arm.read_mode = Some(ReadMode::AllowReplica);
        stage.write(0, 1, (100, 110));
        let doubt = (begun_ms, begun_ms + 300);
        stage.operation(0, Call::Write { value: 2 }, doubt, Outcome::Info, Returned::Nothing);
        stage.write(1, 3, (130, 140));
        stage.operations.sort_by_key(|one| one.invoked_ns);
        for (one, id) in stage.operations.iter_mut().zip(0..) {
            one.id = history::OperationId(id);
        }
        stage.read(2, (600, 610), Returned::Value(2));
        stage.read(2, (700, 710), Returned::Value(1));
        stage.read(2, (8_100, 8_110), Returned::Value(survivor));
        stage.judge()
    };
    assert_eq!(relaxed(3, 120).anomalies(), [], "2 may have been written before 3");
    assert_eq!(relaxed(2, 200).anomalies(), [], "2 survived");
    let vanished = relaxed(3, 200);
    let dirty = only(&vanished, AnomalyClass::DirtyRead);
    assert!(dirty.claim.contains("begun at 8.100 s, returned 3"), "{}", dirty.claim);
    // An element that was seen may be missing from a stale read, and from no final one.
    let of_list = |last_ms: u64| {
        let mut stage = Stage::new(Workload::Set);
        stage.manifest.arm.read_mode = Some(ReadMode::Session);
        let doubt = Call::Append { element: 2 };
        stage.operation(0, doubt, (200, 500), Outcome::Info, Returned::Nothing);
        stage.read(1, (600, 610), Returned::List(vec![2]));
        stage.read(2, (last_ms, last_ms + 10), Returned::List(vec![]));
        stage.judge()
    };
    let dirty = |results: &Results| {
        results.anomalies().iter().any(|(class, _)| *class == AnomalyClass::DirtyRead)
    };
    assert!(!dirty(&of_list(700)));
    assert!(dirty(&of_list(8_100)));
}

#[test]
fn an_unacknowledged_write_that_was_read_must_survive() {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 1, (100, 110));
    stage.operation(0, Call::Write { value: 2 }, (200, 500), Outcome::Info, Returned::Nothing);
    stage.read(1, (600, 610), Returned::Value(2));
    stage.read(1, (8_100, 8_110), Returned::Value(1));
    let results = stage.judge();
    let dirty = only(&results, AnomalyClass::DirtyRead);
    assert_eq!(dirty.operations.len(), 4, "{dirty:#?}");
    assert!(dirty.claim.contains("was never acknowledged"), "{}", dirty.claim);
    // The same of a list.
    let mut stage = Stage::new(Workload::Set);
    stage.operation(0, Call::Append { element: 2 }, (200, 500), Outcome::Info, Returned::Nothing);
    stage.read(1, (600, 610), Returned::List(vec![2]));
    stage.read(1, (8_100, 8_110), Returned::List(vec![]));
    assert_eq!(only(&stage.judge(), AnomalyClass::DirtyRead).operations.len(), 3);
}

#[test]
fn a_value_that_nobody_wrote_is_garbage() {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 1, (100, 110));
    stage.read(1, (200, 210), Returned::Value(7));
    let garbage = only(&stage.judge(), AnomalyClass::GarbageRead);
    assert!(garbage.claim.ends_with("with 7, which nobody ever wrote."), "{}", garbage.claim);
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 1, (100, 110));
    stage.read(1, (200, 210), Returned::Value(7));
    stage.write(0, 7, (220, 230));
    let garbage = only(&stage.judge(), AnomalyClass::GarbageRead);
    assert!(garbage.claim.contains("began only at 0.220 s"), "{}", garbage.claim);
}

#[test]
fn two_compare_and_sets_from_one_version_lose_an_update() {
    let mut stage = Stage::new(Workload::CasRegister);
    let cas = |expected, value| Call::Cas { expected, generation: 0, value };
    stage.operation(0, cas(None, 1), (100, 110), Outcome::Ok, Returned::Nothing);
    stage.operation(0, cas(Some(1), 2), (200, 210), Outcome::Ok, Returned::Nothing);
    stage.operation(1, cas(Some(1), 3), (205, 220), Outcome::Ok, Returned::Nothing);
    stage.read(1, (8_100, 8_110), Returned::Value(3));
    let results = stage.judge();
    let lost = only(&results, AnomalyClass::LostUpdate);
    assert_eq!(lost.operations.len(), 2);
    assert!(lost.claim.starts_with("Both replaced the version that held 1"), "{}", lost.claim);
}

#[test]
fn a_counter_must_hold_every_acknowledged_add() {
    let mut stage = Stage::new(Workload::Counter);
    stage.read(0, (50, 60), Returned::Absent);
    stage.add(0, (100, 110));
    stage.add(1, (120, 130));
    stage.read(1, (200, 210), Returned::Count(2));
    stage.add(0, (300, 310));
    stage.read(1, (8_100, 8_110), Returned::Count(2));
    let results = stage.judge();
    let drift = only(&results, AnomalyClass::CounterDrift);
    assert_eq!(
        drift.claim,
        "The read by process 1, begun at 0.200 s, returned 2; 1 add (the add of 1 by process 0, \
         acknowledged at 0.310 s) was acknowledged after that; the read by process 1, begun at \
         8.100 s, returned 2, 1 too few."
    );
    assert_eq!(drift.operations.len(), 3);
    only(&results, AnomalyClass::LostWrite);
}

#[test]
fn a_counter_must_not_count_an_add_twice() {
    let mut stage = Stage::new(Workload::Counter);
    stage.add(0, (100, 110));
    stage.read(1, (200, 210), Returned::Count(2));
    stage.read(1, (8_100, 8_110), Returned::Count(2));
    let results = stage.judge();
    let groups = results.checks.iter().flat_map(|check| &check.anomalies);
    let drift = groups.into_iter().find(|g| g.class == AnomalyClass::CounterDrift).unwrap();
    assert_eq!(
        drift.examples[0].claim,
        "The counter began at 0; at most 1 add can have happened since; the read by process 1, \
         begun at 0.200 s, returned 2."
    );
}

#[test]
fn a_session_must_not_go_backwards() {
    let mut stage = Stage::new(Workload::Register);
    stage.manifest.arm.read_mode = Some(ReadMode::Session);
    stage.write(0, 1, (100, 110));
    stage.write(0, 2, (120, 130));
    stage.read(1, (200, 210), Returned::Value(2));
    stage.read(1, (220, 230), Returned::Value(1));
    stage.read(1, (8_100, 8_110), Returned::Value(2));
    let results = stage.judge();
    assert_eq!(
        classes(&results),
        [AnomalyClass::BackwardRead],
        "stale reads are not promised away"
    );
    assert_eq!(only(&results, AnomalyClass::BackwardRead).operations.len(), 4);
}

#[test]
fn a_session_must_read_its_own_writes() {
    let mut stage = Stage::new(Workload::Register);
    stage.manifest.arm.read_mode = Some(ReadMode::Session);
    stage.write(1, 1, (100, 110));
    stage.write(0, 2, (120, 130));
    stage.read(0, (220, 230), Returned::Value(1));
    stage.read(1, (8_100, 8_110), Returned::Value(2));
    let results = stage.judge();
    assert_eq!(classes(&results), [AnomalyClass::ReadYourWrites]);
}

#[test]
fn generations_must_not_lie() {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 1, (100, 120)).generation = Some(4);
    stage.write(1, 2, (110, 130)).generation = Some(4);
    stage.read(1, (8_100, 8_110), Returned::Value(2)).generation = Some(4);
    let results = stage.judge();
    assert_eq!(classes(&results), [AnomalyClass::GenerationFork]);
    assert_eq!(only(&results, AnomalyClass::GenerationFork).operations.len(), 2);
}

#[test]
fn sites_must_agree_after_migrations() {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 1, (100, 120));
    stage.write(1, 2, (110, 130));
    stage.read(0, (8_100, 8_110), Returned::Value(1));
    stage.read(1, (8_105, 8_115), Returned::Value(2));
    let results = stage.judge();
    only(&results, AnomalyClass::Divergence);
}

#[test]
fn a_flicker_between_two_writes_is_explained_as_a_cycle() {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 1, (100, 500));
    stage.write(1, 2, (110, 500));
    stage.read(2, (120, 130), Returned::Value(1));
    stage.read(3, (140, 150), Returned::Value(2));
    stage.read(4, (160, 170), Returned::Value(1));
    let results = stage.judge();
    let broken = only(&results, AnomalyClass::NonLinearizable);
    assert_eq!(broken.operations.len(), 3, "{broken:#?}");
    assert_eq!(
        broken.claim,
        "Each value is written once, yet 1 came before 2, since the read by process 2 (which \
         returned 1) ended at 0.130 s and the read by process 3 (which returned 2) began at 0.140 s; \
         and 2 came before 1, since the read by process 3 (which returned 2) ended at 0.150 s and \
         the read by process 4 (which returned 1) began at 0.160 s."
    );
}

#[test]
fn a_torn_record_is_found() {
    let mut stage = Stage::new(Workload::Sightings);
    stage.write(0, 1, (100, 120));
    stage.read(1, (130, 140), Returned::Torn(1));
    stage.read(1, (8_100, 8_110), Returned::Value(1));
    only(&stage.judge(), AnomalyClass::TornRecord);
}

#[test]
fn results_are_the_same_bytes_each_time() {
    let mut stage = Stage::new(Workload::Set);
    for element in 0..40 {
        stage.append(element as u32 % 3, element + 1, (100 + element * 10, 105 + element * 10));
    }
    stage.read(3, (8_100, 8_110), Returned::List((1..30).collect()));
    let print = || format!("{:?}", stage.judge());
    assert_eq!(print(), print());
    let lost = stage.judge().anomalies();
    assert!(lost.contains(&(AnomalyClass::LostWrite, 11)), "{lost:?}");
    let stored = stage
        .judge()
        .checks
        .iter()
        .flat_map(|check| check.anomalies.clone())
        .map(|group| group.examples.len())
        .max();
    assert_eq!(stored, Some(5), "all are counted, the first five are stored");
}

#[test]
fn a_write_that_a_later_one_was_not_put_on_top_of_is_lost() {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 1, (100, 110)).generation = Some(4);
    stage.write(0, 2, (200, 210)).generation = Some(5);
    stage.write(1, 3, (300, 310)).generation = Some(5);
    stage.read(1, (8_100, 8_110), Returned::Value(3)).generation = Some(5);
    let results = stage.judge();
    assert_eq!(
        only(&results, AnomalyClass::LostWrite).claim,
        "The write of 2 by process 0 was acknowledged at 0.210 s with generation 5; the write of 3 \
         by process 1, begun at 0.300 s, was acknowledged with generation 5: it was put on top of a \
         record without the former, which no read returned any more."
    );
    // In availability mode two versions may stand side by side for a while.
    stage.manifest.arm.mode = Mode::Ap;
    stage.manifest.arm.read_mode = None;
    assert!(!classes(&stage.judge()).contains(&AnomalyClass::LostWrite));
}

#[test]
fn a_loss_that_later_writes_hide_is_proven_by_the_higher_generation() {
    let mut stage = Stage::new(Workload::Register);
    stage.manifest.arm.mode = Mode::Ap;
    stage.manifest.arm.read_mode = None;
    stage.manifest.arm.conflict_resolution = Some(ConflictResolution::Generation);
    stage.write(0, 12, (3_000, 3_100)).generation = Some(9);
    stage.write(1, 17, (3_130, 3_201)).generation = Some(7);
    stage.read(1, (5_300, 5_310), Returned::Value(12)).generation = Some(9);
    stage.write(1, 18, (6_000, 6_010)).generation = Some(10);
    stage.read(0, (8_100, 8_110), Returned::Value(18)).generation = Some(10);
    let lost = only(&stage.judge(), AnomalyClass::LostWrite);
    assert!(lost.claim.contains("The older write survived with generation 9"), "{}", lost.claim);
    assert!(lost.claim.contains("After healing the read by process 1"), "{}", lost.claim);
    // While the cut lasts, or if the write shows up again, it proves nothing.
    stage.operations[2].invoked_ns = 4_000_000_000;
    assert!(!classes(&stage.judge()).contains(&AnomalyClass::LostWrite));
    stage.operations[2].invoked_ns = 5_300_000_000;
    stage.read(0, (8_120, 8_130), Returned::Value(17)).generation = Some(7);
    assert!(!classes(&stage.judge()).contains(&AnomalyClass::LostWrite));
}

#[test]
fn a_write_in_doubt_is_over_once_it_was_read() {
    let mut stage = Stage::new(Workload::Register);
    stage.write(0, 1, (100, 110));
    stage.operation(0, Call::Write { value: 2 }, (200, 500), Outcome::Info, Returned::Nothing);
    stage.read(1, (600, 610), Returned::Value(2));
    stage.read(1, (700, 710), Returned::Value(1));
    stage.read(1, (8_100, 8_110), Returned::Value(2));
    let stale = only(&stage.judge(), AnomalyClass::StaleRead);
    assert_eq!((stale.operations.len(), stale.stale_versions), (4, Some(1)));
    assert_eq!(stale.stale_ns, Some(90_000_000));
    assert_eq!(
        stale.claim,
        "The write of 2 by process 0 was never acknowledged, but the read by process 1 had returned \
         it by 0.610 s; the read by process 1, begun at 0.700 s, returned 1, which it had replaced \
         (write of 1 by process 0 shows it in place by 0.110 s)."
    );
}

#[test]
fn a_sessions_writes_must_stay_in_order() {
    let mut stage = Stage::new(Workload::Set);
    stage.manifest.arm.read_mode = Some(ReadMode::Session);
    stage.append(0, 1, (100, 110));
    stage.append(0, 2, (120, 130));
    stage.read(1, (200, 210), Returned::List(vec![2, 1]));
    stage.read(1, (8_100, 8_110), Returned::List(vec![2, 1]));
    let broken = only(&stage.judge(), AnomalyClass::MonotonicWrites);
    assert_eq!(
        broken.claim,
        "The append of 1 by process 0 was acknowledged at 0.110 s; then the same process began the \
         append of 2 by process 0 at 0.120 s. Yet the read by process 1, begun at 0.200 s, returned \
         [2, 1], without the former before the latter."
    );
    let mut stage = Stage::new(Workload::Register);
    stage.manifest.arm.read_mode = Some(ReadMode::Session);
    stage.write(0, 1, (100, 110)).generation = Some(7);
    stage.write(0, 2, (120, 130)).generation = Some(3);
    stage.read(1, (8_100, 8_110), Returned::Value(2)).generation = Some(3);
    let broken = only(&stage.judge(), AnomalyClass::MonotonicWrites);
    assert!(broken.claim.contains("with generation 3, not above 7"), "{}", broken.claim);
}

#[test]
fn a_sessions_writes_must_follow_what_it_read() {
    let mut stage = Stage::new(Workload::Set);
    stage.manifest.arm.read_mode = Some(ReadMode::Session);
    stage.append(0, 1, (100, 110));
    stage.read(1, (120, 130), Returned::List(vec![1]));
    stage.append(1, 2, (140, 150));
    stage.read(2, (200, 210), Returned::List(vec![2]));
    stage.read(3, (8_100, 8_110), Returned::List(vec![1, 2]));
    let results = stage.judge();
    assert_eq!(only(&results, AnomalyClass::WritesFollowReads).operations.len(), 3);
    // By compare-and-sets: 2 became 1, which the process had read before it wrote 2.
    let mut stage = Stage::new(Workload::CasRegister);
    stage.manifest.arm.read_mode = Some(ReadMode::Session);
    let cas = Call::Cas { expected: Some(2), generation: 0, value: 1 };
    stage.operation(0, cas, (100, 400), Outcome::Ok, Returned::Nothing);
    stage.read(1, (120, 130), Returned::Value(1));
    stage.write(1, 2, (140, 150));
    stage.read(1, (8_100, 8_110), Returned::Value(1));
    let broken = only(&stage.judge(), AnomalyClass::WritesFollowReads);
    assert!(broken.claim.ends_with("led from its value to what the process knew."));
}

#[test]
fn a_counters_proof_is_the_smallest_there_is() {
    let mut stage = Stage::new(Workload::Counter);
    for at in 0..20 {
        stage.add(0, (100 + at * 20, 110 + at * 20));
    }
    stage.read(1, (600, 610), Returned::Count(20));
    stage.add(0, (700, 710));
    for at in 0..30 {
        stage.read(1, (800 + at * 20, 810 + at * 20), Returned::Count(20));
    }
    stage.read(1, (8_100, 8_110), Returned::Count(21));
    let results = stage.judge();
    let groups = results.checks.iter().find(|one| one.check == history::Check::Counters).unwrap();
    assert_eq!(groups.anomalies[0].count, 30, "each read is found");
    assert_eq!(groups.anomalies[0].examples[0].operations.len(), 3);
}
