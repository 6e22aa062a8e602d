//! The hunt for a defect: night after night until one shows it.

use emulator::defect::Defect;
use history::{AnomalyClass, Results, Verdict};

use crate::{Night, judge, planted};

/// What a hunt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunt {
    /// The night that showed the defect with the class of its entry.
    pub catch: Option<Catch>,
    /// Nights until then, that one included.
    pub nights: u64,
    /// Operations of the nights before it, and in it until the violation was complete.
    pub operations: u64,
    /// Other classes that were found in any night.
    pub others: Vec<AnomalyClass>,
    /// Why the hunt ended without a catch, if a night could not be held.
    pub broken: Option<String>,
}

/// The night that showed a defect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catch {
    /// Its seed.
    pub seed: u64,
    /// The check that found it.
    pub check: history::Check,
}

/// Hunts a defect that fires at one of `one_in` opportunities through the nights of `seeds`.
#[must_use]
pub fn hunt(defect: Defect, one_in: u64, seeds: std::ops::Range<u64>) -> Hunt {
    let entry = defect.entry();
    let mut hunt = Hunt { catch: None, nights: 0, operations: 0, others: Vec::new(), broken: None };
    for seed in seeds {
        hunt.nights += 1;
        let night = match planted(defect, seed) {
            Ok(night) => Night { defect: Some((defect, one_in)), ..night },
            Err(error) => {
                hunt.broken = Some(error.to_string());
                return hunt;
            }
        };
        let recorded = match night.run() {
            Ok(recorded) => recorded,
            Err(error) => {
                hunt.broken = Some(error.to_string());
                return hunt;
            }
        };
        let results = judge(&night, &recorded);
        if let Some((check, at_ns)) = shown(&results, entry.class, Some(entry.check)) {
            hunt.operations += recorded.completed_by(at_ns);
            hunt.catch = Some(Catch { seed, check });
            return hunt;
        }
        hunt.operations += recorded.operations();
        for (class, _) in results.anomalies() {
            if !hunt.others.contains(&class) {
                hunt.others.push(class);
            }
        }
    }
    hunt
}

/// The check that found a class (the wanted one, if it did), and when the first violation of it was
/// complete. Broken evidence shows nothing.
pub(crate) fn shown(
    results: &Results,
    class: &str,
    wanted: Option<&str>,
) -> Option<(history::Check, u64)> {
    if results.verdict != Verdict::Invalid {
        return None;
    }
    let shows = results.checks.iter().filter_map(|check| {
        let group = check.anomalies.iter().find(|group| group.class.name() == class)?;
        let at_ns = group.examples.iter().map(|example| example.at_ns).min()?;
        Some((check.check, at_ns))
    });
    let all: Vec<_> = shows.collect();
    let preferred = all.iter().find(|(check, _)| Some(check.name()) == wanted);
    preferred.or(all.first()).copied()
}
