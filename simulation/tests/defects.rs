//! Each defect of the catalogue is found under its smallest schedule, and nothing without it.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use aerocert_simulation::{Night, judge, stretch};
use emulator::defect::{Defect, Schedule};
use history::{ClientLinks, Heartbeat, Results, Verdict};
use nemesis::schedule::{Window, plan};

/// The night of a schedule: eight seconds of load, with four of faults in the middle.
fn night(schedule: &Schedule, seed: u64) -> Night {
    assert_eq!(schedule.workload, "register");
    let night = Night {
        heartbeat: Heartbeat { interval_ms: schedule.heartbeat_interval_ms, timeout: 10 },
        round_trip_us: schedule.round_trip_us,
        processes: schedule.processes,
        pinned: schedule.pinned,
        keys: schedule.keys,
        think_us: u64::from(schedule.processes) * 1_000_000 / 1500 - 2_000,
        load_ms: 8_000,
        ..Night::new(seed)
    };
    let window = Window {
        load_ms: night.load_ms,
        quiet_before_ms: 2000,
        quiet_after_ms: 2000,
        quiet_between_ms: 2000,
        cut_ms: 4000,
        detection_ms: night.detection_ms(),
        clients: Some(match schedule.clients {
            "cut" => ClientLinks::Cut,
            _ => ClientLinks::Keep,
        }),
    };
    let schedule = plan(schedule.nemesis, &stretch(), seed, &window).unwrap();
    Night { schedule, ..night }
}

fn judged(night: &Night) -> Results {
    let recorded = night.run().unwrap();
    assert!(recorded.settled, "the cluster did not become whole");
    judge(night, &recorded)
}

fn shows(defect: Defect) {
    let entry = defect.entry();
    for seed in 1..=3 {
        let night = night(&entry.schedule, seed);
        let without = judged(&night);
        assert_eq!(
            without.verdict,
            Verdict::Valid,
            "seed {seed} without: {:?}",
            without.anomalies()
        );
        let with = judged(&Night { defect: Some(defect), ..night });
        let names: Vec<_> =
            with.anomalies().iter().map(|(class, count)| (class.name(), *count)).collect();
        assert!(names.iter().any(|(name, _)| *name == entry.class), "seed {seed}: {names:?}");
        let checks: Vec<&str> = with
            .checks
            .iter()
            .filter(|check| check.anomalies.iter().any(|group| group.class.name() == entry.class))
            .map(|check| check.check.name())
            .collect();
        assert!(checks.contains(&entry.check), "seed {seed}: {checks:?}");
    }
}

#[test]
fn ack_before_replication() {
    shows(Defect::AckBeforeReplication);
}

#[test]
fn linearize_without_regime_check() {
    shows(Defect::LinearizeWithoutRegimeCheck);
}

#[test]
fn unreplicated_served() {
    shows(Defect::UnreplicatedServed);
}

#[test]
fn proxy_resend() {
    shows(Defect::ProxyResend);
}

#[test]
fn tie_without_roster_master() {
    shows(Defect::TieWithoutRosterMaster);
}

#[test]
fn definite_error_after_apply() {
    shows(Defect::DefiniteErrorAfterApply);
}
