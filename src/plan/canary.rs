//! A canary: a pair with a known defect, under the smallest schedule that can show it.

use emulator::defect::Defect;
use history::{AnomalyClass, Expectation};

use super::{Pair, PairRequest, cluster, pair};
use crate::config::{LoadOverrides, Settings, nearest};
use crate::exit::Failure;

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
        let request = PairRequest {
            workload: schedule.workload,
            nemesis: schedule.nemesis,
            arms: vec!["sc"],
            clients: Some(schedule.clients),
            load: LoadOverrides {
                processes: Some(schedule.processes),
                pinned: Some(schedule.pinned),
                keys: Some(schedule.keys),
                ..LoadOverrides::default()
            },
            duration_ms: None,
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
pub(crate) fn defect_names() -> impl Iterator<Item = &'static str> {
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
        for defect in Defect::ALL {
            let canary = Canary::of(&settings, defect.entry().name, 1).unwrap();
            assert!(!canary.pair.nemesis.schedule.is_empty(), "{}", defect.entry().name);
        }
    }
}
