//! A process's next step.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use history::{Key, LoadSettings, Value, Workload};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::stream::{Concern, stream};
use super::{Keys, Popularity};

/// How often a process draws for a key that its route reaches before it takes what comes.
const DRAWS: usize = 64;

/// What the processes of a run share: the keys, and the count of values.
#[derive(Debug)]
pub struct Generator {
    workload: Workload,
    reads_milli: u32,
    seed: u64,
    keys: Keys,
    popularity: Popularity,
    values: AtomicU64,
}

/// What a process does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Read a record.
    Read(Key),
    /// Write a fresh value.
    Write(Key, Value),
    /// Read a record, then compare and set it by the generation that was read; the value is
    /// [`Generator::value`] once the read has succeeded.
    CompareAndSet(Key),
    /// Add 1.
    Add(Key),
    /// Append a fresh element.
    Append(Key, Value),
}

impl Generator {
    /// The generator of a run.
    #[must_use]
    pub fn new(load: &LoadSettings, seed: u64) -> Arc<Self> {
        Arc::new(Self {
            workload: load.workload,
            reads_milli: load.reads_milli,
            seed,
            keys: Keys::new(load.workload, load.keys, load.writes_per_key),
            popularity: Popularity::new(load.keys, load.skew_milli),
            values: AtomicU64::new(0),
        })
    }

    /// The steps of a process, by its index among the processes that the load began with.
    #[must_use]
    pub fn steps(self: &Arc<Self>, process: u32) -> Steps {
        Steps {
            generator: Arc::clone(self),
            slots: stream(self.seed, Concern::Keys, process),
            kinds: stream(self.seed, Concern::Kinds, process),
        }
    }

    /// A fresh value, unique in the run: 1, 2, 3, …
    pub fn value(&self) -> Value {
        self.values.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The keys of the run.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }
}

/// The endless steps of one process.
#[derive(Debug)]
pub struct Steps {
    generator: Arc<Generator>,
    slots: ChaCha8Rng,
    kinds: ChaCha8Rng,
}

impl Steps {
    /// The next step, on a key that the process's route reaches (if any is found soon).
    pub fn next(&mut self, reaches: impl Fn(Key) -> bool) -> Step {
        let generator = &self.generator;
        let reads = self.kinds.random_range(0..1000) < generator.reads_milli;
        let keys = &generator.keys;
        let target = |slot| if reads { keys.read(slot) } else { keys.next_written(slot) };
        let mut slot = generator.popularity.draw(&mut self.slots);
        for _ in 1..DRAWS {
            if reaches(target(slot)) {
                break;
            }
            slot = generator.popularity.draw(&mut self.slots);
        }
        if reads {
            return Step::Read(keys.read(slot));
        }
        let key = keys.write(slot);
        match generator.workload {
            Workload::Register | Workload::Sightings => Step::Write(key, generator.value()),
            Workload::CasRegister => Step::CompareAndSet(key),
            Workload::Counter => Step::Add(key),
            Workload::Set => Step::Append(key, generator.value()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn load(workload: Workload) -> LoadSettings {
        LoadSettings {
            workload,
            duration_ms: 1000,
            rate: 0,
            processes: 4,
            pinned: 0,
            keys: 16,
            skew_milli: 0,
            writes_per_key: 0,
            reads_milli: 500,
        }
    }

    fn everywhere(_: Key) -> bool {
        true
    }

    fn night(seed: u64, workload: Workload) -> Vec<Step> {
        let generator = Generator::new(&load(workload), seed);
        let mut processes: Vec<Steps> = (0..4).map(|index| generator.steps(index)).collect();
        (0..4000).map(|turn| processes[turn % 4].next(everywhere)).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_steps() {
        assert_eq!(night(1, Workload::Register), night(1, Workload::Register));
        assert_ne!(night(1, Workload::Register), night(2, Workload::Register));
    }

    #[test]
    fn what_a_process_draws_does_not_depend_on_when_others_draw() {
        let draws = |others: usize| {
            let generator = Generator::new(&load(Workload::CasRegister), 9);
            let mut other = generator.steps(1);
            let mut process = generator.steps(0);
            (0..200)
                .map(|_| {
                    for _ in 0..others {
                        let _ = other.next(everywhere);
                    }
                    process.next(everywhere)
                })
                .collect::<Vec<Step>>()
        };
        assert_eq!(draws(0), draws(3));
    }

    #[test]
    fn values_are_unique_and_dense_from_one() {
        let steps = night(3, Workload::Set);
        let values: BTreeSet<Value> = steps
            .iter()
            .filter_map(|step| match step {
                Step::Append(_, element) => Some(*element),
                _ => None,
            })
            .collect();
        let writes = steps.iter().filter(|step| !matches!(step, Step::Read(_))).count();
        assert_eq!(values.len(), writes);
        assert_eq!(values, (1..=writes as Value).collect());
    }

    #[test]
    fn the_share_of_reads_is_kept_and_each_workload_writes_in_its_own_way() {
        for workload in [
            Workload::Register,
            Workload::CasRegister,
            Workload::Counter,
            Workload::Set,
            Workload::Sightings,
        ] {
            let steps = night(4, workload);
            let reads = steps.iter().filter(|step| matches!(step, Step::Read(_))).count();
            assert!((1850..2150).contains(&reads), "{reads} of 4000");
            let fits = |step: &Step| match step {
                Step::Read(_) => true,
                Step::Write(..) => matches!(workload, Workload::Register | Workload::Sightings),
                Step::CompareAndSet(_) => workload == Workload::CasRegister,
                Step::Add(_) => workload == Workload::Counter,
                Step::Append(..) => workload == Workload::Set,
            };
            assert!(steps.iter().all(fits), "{}", workload.name());
        }
    }

    #[test]
    fn a_pinned_process_keeps_to_the_keys_that_it_reaches() {
        let generator = Generator::new(&load(Workload::Counter), 5);
        let mut steps = generator.steps(0);
        for _ in 0..1000 {
            let (Step::Read(key) | Step::Add(key)) = steps.next(|key| key.0 % 4 == 1) else {
                panic!("a counter neither writes nor appends");
            };
            assert_eq!(key.0 % 4, 1);
        }
        assert!(matches!(steps.next(|_| false), Step::Read(_) | Step::Add(_)));
    }
}
