//! Nights under strong consistency are clean; nights under availability are not.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use aerocert_simulation::{
    Limit, Night, Recorded, Sky, Tale, draw_schedule, each, judge, stretch, tell,
};
use history::{
    AnomalyClass, ConflictResolution, Fault, FaultRecord, Mode, Results, Verdict, Workload,
};
use nemesis::schedule::{Window, plan};

const SC: Sky = Sky { mode: Mode::Sc, workload: None, beyond_limits: false };

fn pass(night: &Night) -> (Recorded, Results) {
    let recorded = night.run().unwrap();
    let results = judge(night, &recorded);
    (recorded, results)
}

fn describe(results: &Results) -> String {
    let mut text = format!("{:?} {:?}\n", results.verdict, results.operations);
    for one in results.assumptions.iter().filter(|one| !one.held) {
        text += &format!("{one:?}\n");
    }
    for group in results.checks.iter().flat_map(|check| &check.anomalies) {
        text += &format!("{:?} x {}: ", group.class, group.count);
        for example in group.examples.iter().take(1) {
            text += &format!("{}\n{:#?}\n", example.claim, example.operations);
        }
    }
    text
}

#[test]
fn a_hundred_nights_under_strong_consistency_are_clean() {
    let seeds: Vec<u64> = (0..100).collect();
    for tale in each(&seeds, |seed| tell(*seed, &SC, None).unwrap()) {
        let seed = tale.seed;
        assert!(tale.as_expected, "seed {seed}: {:?} {:?}", tale.why, tale.anomalies);
        assert_eq!(tale.verdict, Verdict::Valid, "seed {seed}");
        assert!(tale.faults >= 3 && tale.operations >= 2000, "seed {seed}: {tale:?}");
    }
}

/// Nights in which a round was prepared by some and served by none, and fewer nodes then went on
/// without the others: that must not leave partitions dead.
#[test]
fn cuts_alone_leave_no_partition_dead() {
    for tale in each(&[322, 441, 861], |seed| tell(*seed, &SC, None).unwrap()) {
        let seed = tale.seed;
        assert!(tale.as_expected, "seed {seed}: {:?} {:?}", tale.why, tale.anomalies);
        assert_eq!(tale.verdict, Verdict::Valid, "seed {seed}");
    }
}

#[test]
fn a_long_cut_loses_something_under_availability_in_nearly_every_night() {
    let sky = Sky { mode: Mode::Ap, ..SC };
    let seeds: Vec<u64> = (0..40).collect();
    let tales = each(&seeds, |seed| tell(*seed, &sky, None).unwrap());
    for tale in &tales {
        assert!(tale.as_expected, "seed {}: {:?}", tale.seed, tale.why);
        assert!(tale.long_cut, "seed {}", tale.seed);
    }
    let lost = tales.iter().filter(|tale| tale.lost).count();
    assert!(lost >= 38, "{lost} of 40");
}

/// Nights in which a replica is read while a write that its master already shows is under way.
#[test]
fn a_read_may_miss_what_nobody_has_acknowledged_under_availability() {
    let sky = Sky { mode: Mode::Ap, ..SC };
    for tale in each(&[85, 649], |seed| tell(*seed, &sky, None).unwrap()) {
        assert!(tale.as_expected, "seed {}: {:?}", tale.seed, tale.why);
    }
}

#[test]
fn beyond_the_limits_nights_end_and_name_the_limit() {
    let sky = Sky { beyond_limits: true, ..SC };
    let seeds: Vec<u64> = (0..12).collect();
    let tales = each(&seeds, |seed| tell(*seed, &sky, None).unwrap());
    assert!(tales.iter().all(|tale| tale.limit.is_some() && tale.as_expected));
    let of = |limit| tales.iter().filter(move |tale| tale.limit == Some(limit));
    let shaken = |tale: &Tale| tale.verdict != Verdict::Valid;
    assert!(of(Limit::StorageLost).any(shaken), "lost storage costs nothing");
    assert!(of(Limit::Pause).count() > 0 && of(Limit::ClockSkew).count() > 0);
}

#[test]
fn the_same_seed_gives_the_same_history_on_any_number_of_threads() {
    let seeds: Vec<u64> = (0..8).collect();
    let told = || each(&seeds, |seed| tell(*seed, &SC, None).unwrap().fingerprint);
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let many = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
    let first = alone.install(told);
    assert_eq!(first, many.install(told));
    let distinct: std::collections::BTreeSet<&String> = first.iter().collect();
    assert_eq!(distinct.len(), seeds.len(), "seeds differ");
}

/// A night in which the sites are apart for five seconds.
fn parted(seed: u64) -> Night {
    let night = Night { load_ms: 10_000, think_us: 5_000, ..Night::new(seed) };
    let window = Window {
        load_ms: night.load_ms,
        quiet_before_ms: 2000,
        quiet_after_ms: 2000,
        quiet_between_ms: 2000,
        cut_ms: 5000,
        detection_ms: night.detection_ms(),
        clients: None,
    };
    let schedule = plan("partition-racks", &stretch(), seed, &window).unwrap();
    Night { schedule, ..night }
}

#[test]
fn under_availability_a_cut_loses_acknowledged_writes_under_either_policy() {
    each(&[0, 1, 2, 3, 4, 5], |&seed| {
        let cases = [
            (ConflictResolution::Generation, Workload::Register, AnomalyClass::LostWrite),
            (ConflictResolution::Generation, Workload::Register, AnomalyClass::StaleRead),
            (ConflictResolution::LastUpdateTime, Workload::Register, AnomalyClass::StaleRead),
            (ConflictResolution::Generation, Workload::Set, AnomalyClass::LostWrite),
            (ConflictResolution::LastUpdateTime, Workload::Set, AnomalyClass::LostWrite),
        ];
        for (conflict_resolution, workload, class) in cases {
            let night = Night { mode: Mode::Ap, conflict_resolution, workload, ..parted(seed) };
            let (recorded, results) = pass(&night);
            assert!(recorded.settled, "seed {seed}");
            let found = results.anomalies().iter().any(|(found, _)| *found == class);
            let case = format!("seed {seed}: no {class:?} under {conflict_resolution:?}");
            assert!(found, "{case}, {workload:?}: {}", describe(&results));
        }
    });
}

#[test]
fn the_same_cut_costs_strong_consistency_nothing() {
    each(&[0, 1, 2, 3, 4, 5], |&seed| {
        let (_, results) = pass(&parted(seed));
        assert_eq!(results.verdict, Verdict::Valid, "seed {seed}: {}", describe(&results));
    });
}

#[test]
fn availability_loses_nothing_without_faults_or_when_one_node_is_killed_and_returns() {
    each(&[0, 1, 2, 3, 4, 5], |&seed| {
        let quiet = Night { mode: Mode::Ap, think_us: 5_000, ..Night::new(seed) };
        let mut killed = quiet.clone();
        let kill = Fault::Kill { node: (seed % 6) as u8 };
        killed.schedule = vec![FaultRecord {
            fault: kill,
            planned_at_ms: 3000,
            planned_for_ms: 5000,
            ..draw_schedule(1, 15_000, 500)[0].clone()
        }];
        for night in [quiet, killed] {
            let (recorded, results) = pass(&night);
            assert!(recorded.settled, "seed {seed}");
            let lost = results.anomalies();
            let lost = lost.iter().any(|(class, _)| *class == AnomalyClass::LostWrite);
            assert!(!lost, "seed {seed}: {}", describe(&results));
        }
    });
}
