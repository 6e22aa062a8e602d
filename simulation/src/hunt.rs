//! The hunt for a defect: night after night until one shows it.

use emulator::defect::Defect;
use history::{AnomalyClass, Results, Verdict};

use crate::{Night, NoTale, each, judge, planted};

/// What a hunt came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hunt {
    /// The night that showed the defect with the class of its entry.
    pub catch: Option<Catch>,
    /// Nights until then, that one included.
    pub nights: u64,
    /// Operations of the nights before it, and in it until the violation was complete.
    pub operations: u64,
    /// How many opportunities the defect had in these nights.
    pub opportunities: u64,
    /// At how many of them it fired.
    pub fired: u64,
    /// Other classes that were found in any night before.
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

/// Hunts a defect that fires at one of `one_in` opportunities through the nights of `seeds`. The
/// first night that shows it ends the hunt: nights that pass beside it count for nothing.
#[must_use]
pub fn hunt(defect: Defect, one_in: u64, seeds: std::ops::Range<u64>) -> Hunt {
    let mut hunt = Hunt::default();
    let mut next = seeds.start;
    while next < seeds.end {
        // A first night on its own often is enough.
        let beside = if hunt.nights == 0 { 1 } else { rayon::current_num_threads() as u64 };
        let batch: Vec<u64> = (next..seeds.end.min(next + beside)).collect();
        next += beside;
        for passed in each(&batch, |seed| pass(defect, one_in, *seed)) {
            hunt.nights += 1;
            match passed {
                Ok(passed) => hunt.take(passed),
                Err(error) => hunt.broken = Some(error.to_string()),
            }
            if hunt.catch.is_some() || hunt.broken.is_some() {
                return hunt;
            }
        }
    }
    hunt
}

/// What a night of a hunt showed.
struct Passed {
    catch: Option<Catch>,
    operations: u64,
    opportunities: u64,
    fired: u64,
    others: Vec<AnomalyClass>,
}

fn pass(defect: Defect, one_in: u64, seed: u64) -> Result<Passed, NoTale> {
    let entry = defect.entry();
    let night = planted(defect, one_in, seed)?;
    let night = Night { defect: Some((defect, one_in)), ..night };
    let recorded = night.run()?;
    let results = judge(&night, &recorded);
    let shown = shown(&results, entry.class, Some(entry.check));
    Ok(Passed {
        catch: shown.map(|(check, _)| Catch { seed, check }),
        operations: match shown {
            Some((_, at_ns)) => recorded.completed_by(at_ns),
            None => recorded.operations(),
        },
        opportunities: recorded.opportunities,
        fired: recorded.fired,
        others: results.anomalies().into_iter().map(|(class, _)| class).collect(),
    })
}

impl Hunt {
    fn take(&mut self, passed: Passed) {
        self.operations += passed.operations;
        self.opportunities += passed.opportunities;
        self.fired += passed.fired;
        self.catch = passed.catch;
        if self.catch.is_none() {
            self.others.extend(passed.others);
            self.others.sort_unstable();
            self.others.dedup();
        }
    }
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
