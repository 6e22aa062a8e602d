//! Nights under strong consistency are clean; nights under availability are not.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use aerocert_simulation::{Night, Recorded, draw_schedule, judge};
use history::{AnomalyClass, Outcome, Results, Verdict, Workload};

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

#[test]
fn stormy_nights_under_availability_lose_acknowledged_writes() {
    each(0..10, |seed| {
        let night = Night { mode: history::Mode::Ap, ..stormy(seed * 4) };
        let (recorded, results) = pass(&night);
        assert!(recorded.settled, "seed {seed}");
        let found = |class| results.anomalies().iter().any(|(found, _)| *found == class);
        assert!(found(AnomalyClass::LostWrite), "seed {seed}: {}", describe(&results));
        assert!(found(AnomalyClass::StaleRead), "seed {seed}: {}", describe(&results));
    });
}
