//! Nights under strong consistency are clean; nights under availability are not.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use aerocert_simulation::{Night, Recorded, draw_schedule, judge, stretch};
use history::{
    AnomalyClass, ConflictResolution, Fault, FaultRecord, Mode, Outcome, Results, Verdict, Workload,
};
use nemesis::schedule::{Window, plan};

fn stormy(seed: u64) -> Night {
    let mut night = Night::new(seed);
    night.schedule = draw_schedule(seed, night.load_ms, night.detection_ms());
    if seed % 4 == 3 {
        night.workload = Workload::Set;
    }
    night
}

fn pass(night: &Night) -> (Recorded, Results) {
    let recorded = night.run().unwrap();
    let results = judge(night, &recorded);
    (recorded, results)
}

/// Runs nights on all processors and hands each to `look`.
fn each(seeds: std::ops::Range<u64>, look: impl Fn(u64) + Sync) {
    let next = std::sync::atomic::AtomicU64::new(seeds.start);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    look(seed);
                }
            });
        }
    });
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
fn two_hundred_stormy_nights_under_strong_consistency_are_clean() {
    each(0..200, |seed| {
        let (recorded, results) = pass(&stormy(seed));
        assert!(recorded.settled, "seed {seed}: the cluster did not become whole");
        assert_eq!(results.verdict, Verdict::Valid, "seed {seed}: {}", describe(&results));
        let acknowledged =
            recorded.history.operations.iter().filter(|op| op.outcome == Outcome::Ok).count();
        assert!(acknowledged > 1000, "seed {seed}: {:?}", results.operations);
    });
}

#[test]
fn the_same_seed_gives_the_same_history() {
    for seed in [0, 3] {
        let text = |recorded: Recorded| format!("{:?}", recorded.events);
        assert_eq!(text(stormy(seed).run().unwrap()), text(stormy(seed).run().unwrap()));
    }
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
    each(0..6, |seed| {
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
    each(0..6, |seed| {
        let (_, results) = pass(&parted(seed));
        assert_eq!(results.verdict, Verdict::Valid, "seed {seed}: {}", describe(&results));
    });
}

#[test]
fn availability_loses_nothing_without_faults_or_when_one_node_is_killed_and_returns() {
    each(0..6, |seed| {
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
