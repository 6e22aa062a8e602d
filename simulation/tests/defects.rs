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

/// Every seed is silent without the defect. One schedule need not hit every time (a cut spares half
/// of the connections), but it must more than once.
fn shows(defect: Defect) {
    const SEEDS: u64 = 6;
    let entry = defect.entry();
    let mut shown = 0;
    for seed in 1..=SEEDS {
        let night = night(&entry.schedule, seed);
        let without = judged(&night);
        let alarms = without.anomalies();
        assert_eq!(without.verdict, Verdict::Valid, "seed {seed} without it: {alarms:?}");
        let with = judged(&Night { defect: Some(defect), ..night });
        shown += u32::from(with.checks.iter().any(|check| {
            check.check.name() == entry.check
                && check.anomalies.iter().any(|group| group.class.name() == entry.class)
        }));
    }
    assert!(shown >= 2, "shown by {shown} of {SEEDS} seeds");
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
