//! A canary: a pair with a known defect, under the smallest schedule that can show it.

use emulator::defect::Defect;
use history::{AnomalyClass, Expectation};

use super::{Pair, PairRequest, cluster, pair};
use crate::config::{LoadOverrides, Settings, WindowSettings, nearest};
use crate::exit::Failure;

/// How long the load of a canary shall last at most, in ms.
const LOAD_MS: u64 = 12_000;

/// A pair with a known defect switched on in its only arm.
#[derive(Clone, Debug)]
pub(crate) struct Canary {
    pub(crate) defect: Defect,
    pub(crate) class: AnomalyClass,
    pub(crate) pair: Pair,
}

impl Canary {
    /// The canary of a defect.
    ///
    /// # Errors
    /// An unknown defect, or settings that cannot hold its schedule.
    pub(crate) fn of(settings: &Settings, name: &str, seed: u64) -> Result<Self, Failure> {
        let defect = defect(name)?;
        let entry = defect.entry();
        let schedule = &entry.schedule;
        let mut settings = settings.clone();
        settings.cluster.round_trip_us = schedule.round_trip_us;
        settings.cluster.heartbeat.interval_ms = schedule.heartbeat_interval_ms;
        let heartbeat = settings.cluster.heartbeat;
        let detection_ms = u64::from(heartbeat.interval_ms * heartbeat.timeout);
        // Each cut is noticed, and lasts long enough for what a defect does afterwards to be seen.
        let window = WindowSettings {
            before_ms: 1500,
            fault_ms: detection_ms * 3,
            between_ms: 1500,
            after_ms: 1500 + detection_ms,
        };
        settings.window = window;
        let rounds = LOAD_MS.saturating_sub(window.before_ms + window.after_ms)
            / (window.fault_ms + window.between_ms);
        let duration_ms = window.before_ms
            + rounds.max(1) * (window.fault_ms + window.between_ms)
            + window.after_ms;
        let request = PairRequest {
            workload: schedule.workload,
            nemesis: schedule.nemesis,
            arms: vec!["sc"],
            clients: Some(schedule.clients),
            load: LoadOverrides {
                processes: Some(schedule.processes),
                pinned: Some(schedule.pinned),
                keys: Some(schedule.keys),
                read_mode: Some(schedule.read_mode.to_owned()),
                writes_per_key: Some(schedule.writes_per_key),
                // Defects show in narrow windows: ask as often as can be, and mostly read.
                rate: Some(0),
                reads: Some(0.8),
                ..LoadOverrides::default()
            },
            duration_ms: Some(duration_ms),
            seed,
        };
        let mut pair = pair(&settings, &cluster(&settings)?, &request)?;
        let class = class(entry.class)?;
        for arm in &mut pair.arms {
            arm.expectation = Expectation::MustShow { class };
        }
        pair.name = format!("{name}-{}", pair.name);
        pair.defect = Some(name.to_owned());
        Ok(Self { defect, class, pair })
    }

    /// The same pair without the defect, which must raise no alarm.
    pub(crate) fn without(&self) -> Pair {
        let mut pair = self.pair.clone();
        pair.name = format!("without-{}", pair.name);
        pair.defect = None;
        for arm in &mut pair.arms {
            arm.expectation = Expectation::Valid;
        }
        pair
    }
}

/// The names of the catalogue.
fn defect_names() -> impl Iterator<Item = &'static str> {
    Defect::ALL.iter().map(|defect| defect.entry().name)
}

/// A defect by its name.
///
/// # Errors
/// An unknown name.
pub(crate) fn defect(name: &str) -> Result<Defect, Failure> {
    if let Some(defect) = Defect::ALL.iter().find(|defect| defect.entry().name == name) {
        return Ok(*defect);
    }
    let mend = nearest(name, defect_names()).map_or_else(
        || format!("there are {}", defect_names().collect::<Vec<_>>().join(", ")),
        |like| format!("did you mean `{like}`?"),
    );
    Err(Failure::Usage(format!("there is no defect `{name}`; {mend}")))
}

/// The class that an entry names; the emulator knows no checker, so it names it as text.
fn class(name: &str) -> Result<AnomalyClass, Failure> {
    serde_json::from_value(serde_json::Value::String(name.to_owned()))
        .map_err(|error| Failure::Harness(format!("the catalogue of defects is wrong: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_defect_of_the_catalogue_has_a_schedule_and_a_class() {
        let settings = crate::config::settings("quick", None).unwrap();
        for defect in Defect::ALL.into_iter().filter(|defect| defect.entry().over_sockets) {
            let canary = Canary::of(&settings, defect.entry().name, 1).unwrap();
            let quiet = defect.entry().schedule.nemesis == "none";
            assert_eq!(canary.pair.nemesis.schedule.is_empty(), quiet, "{}", defect.entry().name);
        }
    }
}
