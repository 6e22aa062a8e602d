//! Nights for a defect: the schedules of its entry.

use emulator::defect::{Defect, Schedule};
use history::{ClientLinks, Heartbeat, Mode, ReadMode, Workload};
use nemesis::schedule::ScheduleError;

use crate::{Night, schedule};

/// The night of a defect's entry under a seed, without the defect: the smallest that shows it where
/// it fires at every opportunity, the dense one where it fires at one of more.
///
/// # Errors
/// An entry that names what is not there.
pub fn planted(defect: Defect, one_in: u64, seed: u64) -> Result<Night, ScheduleError> {
    let entry = defect.entry();
    let dense = entry.dense.as_ref().filter(|_| one_in > 1);
    let schedule: &Schedule = dense.unwrap_or(&entry.schedule);
    let think_us = (u64::from(schedule.processes) * 1_000_000 / schedule.rate.max(1))
        .saturating_sub(schedule.round_trip_us)
        .max(500);
    let mut night = Night {
        mode: match entry.mode {
            emulator::node::Mode::Sc => Mode::Sc,
            emulator::node::Mode::Ap => Mode::Ap,
        },
        read_mode: match schedule.read_mode {
            "session" => ReadMode::Session,
            "allow-replica" => ReadMode::AllowReplica,
            "allow-unavailable" => ReadMode::AllowUnavailable,
            _ => ReadMode::Linearize,
        },
        workload: match schedule.workload {
            "cas-register" => Workload::CasRegister,
            "counter" => Workload::Counter,
            "set" => Workload::Set,
            "sightings" => Workload::Sightings,
            _ => Workload::Register,
        },
        heartbeat: Heartbeat { interval_ms: schedule.heartbeat_interval_ms, timeout: 10 },
        round_trip_us: schedule.round_trip_us,
        disorder: schedule.disorder,
        replication_factor: schedule.replication_factor,
        roster: schedule.roster,
        processes: schedule.processes,
        pinned: schedule.pinned,
        keys: schedule.keys,
        writes_per_key: schedule.writes_per_key,
        reads_milli: schedule.reads_milli,
        think_us,
        timeout_ms: schedule.timeout_ms,
        tend_ms: schedule.tend_ms,
        load_ms: schedule.load_ms,
        ..Night::new(seed)
    };
    let clients = match schedule.clients {
        "cut" => ClientLinks::Cut,
        _ => ClientLinks::Keep,
    };
    schedule::plan(&mut night, schedule.nemesis, Some(clients), schedule.quiet_ms)?;
    Ok(night)
}
