//! Nights for a defect: its smallest schedule.

use emulator::defect::{Defect, Schedule};
use history::{ClientLinks, Heartbeat, Mode, ReadMode, Workload};
use nemesis::schedule::ScheduleError;

use crate::{Night, schedule};

/// How long the load of such a night lasts, in ms.
const LOAD_MS: u64 = 10_000;
/// About how many operations it asks for per second.
const RATE: u64 = 1500;

/// The night of a defect's entry under a seed, without the defect.
///
/// # Errors
/// An entry that names what is not there.
pub fn planted(defect: Defect, seed: u64) -> Result<Night, ScheduleError> {
    let entry = defect.entry();
    let schedule: &Schedule = &entry.schedule;
    let think_us = (u64::from(schedule.processes) * 1_000_000 / RATE)
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
        load_ms: LOAD_MS,
        ..Night::new(seed)
    };
    let clients = match schedule.clients {
        "cut" => ClientLinks::Cut,
        _ => ClientLinks::Keep,
    };
    schedule::plan(&mut night, schedule.nemesis, Some(clients))?;
    Ok(night)
}
