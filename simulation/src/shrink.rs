//! A failing night made small: the fewest faults and operations that still fail.
//!
//! Delta debugging (Zeller, Hildebrandt 2002) over the faults, then over the operations, each of
//! which is written down with its time and done again. The same night always fails alike, so every
//! step is sure.

use std::collections::BTreeSet;

use history::{Anomaly, Event, FaultRecord, Key, Results};

use crate::hunt::shown;
use crate::{Night, Script, Scripted, judge};

/// How many nights are held at most before what is left is called the smallest.
const NIGHTS: u32 = 400;

/// What is left of a night.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The night: its faults, and its script.
    pub night: Night,
    /// What happens in it.
    pub events: Vec<Event>,
    /// The class of anomaly that it still shows.
    pub class: String,
    /// The first anomaly of that class.
    pub anomaly: Anomaly,
    /// Faults before and after.
    pub faults: (usize, usize),
    /// Operations before, and after with the final reads.
    pub operations: (usize, usize),
    /// Nights that were held.
    pub nights: u32,
}

/// Shrinks a night that shows an anomaly of a class; `None` if it does not.
#[must_use]
pub fn shrink(night: &Night, class: &str) -> Option<Shrunk> {
    let mut shrinker = Shrinker { class, nights: 0 };
    let first = shrinker.hold(night)?;
    let faults = night.schedule.len();
    let mut best = Case { night: night.clone(), ..first };
    let operations = best.operations;
    shrinker.drop_faults(&mut best);
    shrinker.keep_one_key(&mut best);
    shrinker.drop_operations(&mut best);
    shrinker.drop_faults(&mut best);
    shrinker.drop_operations(&mut best);
    Some(Shrunk {
        class: class.to_owned(),
        faults: (faults, best.night.schedule.len()),
        operations: (operations, best.operations),
        nights: shrinker.nights,
        anomaly: best.anomaly,
        events: best.events,
        night: best.night,
    })
}

/// A night that fails.
struct Case {
    night: Night,
    events: Vec<Event>,
    /// What was done in it.
    script: Script,
    /// How many operations that were, final reads included.
    operations: usize,
    anomaly: Anomaly,
    /// The records of the anomalies.
    keys: Vec<Key>,
}

struct Shrinker<'a> {
    class: &'a str,
    nights: u32,
}

impl Shrinker<'_> {
    /// Holds a night; `None` if it does not fail.
    fn hold(&mut self, night: &Night) -> Option<Case> {
        if self.nights == NIGHTS {
            return None;
        }
        self.nights += 1;
        let recorded = night.run().ok()?;
        let results = judge(night, &recorded);
        let (check, _) = shown(&results, self.class, None)?;
        let examples = examples(&results, check, self.class);
        let anomaly = examples.iter().min_by_key(|one| one.operations.len())?.clone();
        let keys: BTreeSet<Key> = examples.iter().map(|example| example.key).collect();
        let mut keys: Vec<Key> = keys.into_iter().collect();
        keys.sort_by_key(|key| *key != anomaly.key);
        Some(Case {
            night: night.clone(),
            script: Script::of(&recorded.events),
            operations: recorded.operations() as usize,
            events: recorded.events,
            anomaly,
            keys,
        })
    }

    /// Takes a smaller night for the best if it fails too.
    fn try_smaller(&mut self, best: &mut Case, night: &Night) -> bool {
        match self.hold(night) {
            Some(case) => {
                *best = case;
                true
            }
            None => false,
        }
    }

    fn drop_faults(&mut self, best: &mut Case) {
        let wiping = |one: &FaultRecord| best.night.wipes.contains(&one.index);
        let faults = best.night.schedule.iter().map(|one| (one.clone(), wiping(one))).collect();
        self.reduce(best, faults, |night, faults: &[(FaultRecord, bool)]| {
            let numbered = faults.iter().zip(0..);
            let wipes = numbered.clone().filter(|((_, wipes), _)| *wipes);
            Night {
                wipes: wipes.map(|(_, index)| index).collect(),
                schedule: numbered
                    .map(|((one, _), index)| FaultRecord { index, ..one.clone() })
                    .collect(),
                ..night.clone()
            }
        });
    }

    /// Writes the operations down, if possible those of one record alone.
    fn keep_one_key(&mut self, best: &mut Case) {
        for key in best.keys.clone() {
            let mut script = best.script.clone();
            script.operations.retain(|one| one.key == key);
            let night = Night { script: Some(script), ..best.night.clone() };
            if self.try_smaller(best, &night) {
                return;
            }
        }
        let night = Night { script: Some(best.script.clone()), ..best.night.clone() };
        self.try_smaller(best, &night);
    }

    fn drop_operations(&mut self, best: &mut Case) {
        let Some(script) = best.night.script.clone() else { return };
        // What proves the anomaly may be enough.
        let proof: BTreeSet<_> =
            best.anomaly.operations.iter().map(|one| one.call.name()).collect();
        let proving: Vec<Scripted> = script
            .operations
            .iter()
            .filter(|one| proof.contains(one.call.name()) && is_proof(one, &best.anomaly))
            .copied()
            .collect();
        let night = Night { script: Some(Script { operations: proving }), ..best.night.clone() };
        if !self.try_smaller(best, &night) {
            self.reduce(best, script.operations, |night, operations| Night {
                script: Some(Script { operations: operations.to_vec() }),
                ..night.clone()
            });
        }
    }

    /// Leaves out as many items as can be, in ever smaller pieces.
    fn reduce<T: Clone>(
        &mut self,
        best: &mut Case,
        mut items: Vec<T>,
        with: impl Fn(&Night, &[T]) -> Night,
    ) {
        let mut piece = items.len().div_ceil(2);
        while piece > 0 {
            let mut from = 0;
            let mut smaller = false;
            while from < items.len() {
                let to = (from + piece).min(items.len());
                let rest: Vec<T> = items[..from].iter().chain(&items[to..]).cloned().collect();
                if self.try_smaller(best, &with(&best.night, &rest)) {
                    items = rest;
                    smaller = true;
                } else {
                    from = to;
                }
            }
            if piece == 1 && !smaller {
                break;
            }
            piece = if piece == 1 { 1 } else { piece.div_ceil(2) };
        }
    }
}

fn examples(results: &Results, check: history::Check, class: &str) -> Vec<Anomaly> {
    let checked = results.checks.iter().filter(|one| one.check == check);
    let groups = checked.flat_map(|one| &one.anomalies).filter(|group| group.class.name() == class);
    groups.flat_map(|group| group.examples.iter().cloned()).collect()
}

/// Whether a written operation is among those that prove an anomaly.
fn is_proof(scripted: &Scripted, anomaly: &Anomaly) -> bool {
    anomaly.operations.iter().any(|one| {
        one.call == scripted.call
            && one.key == scripted.key
            && (one.call.is_write() || one.process == scripted.process)
    })
}
