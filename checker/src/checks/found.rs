//! What a check found: counts, and the few violations that are worth telling.

use std::collections::{BTreeMap, BTreeSet};

use history::{Anomaly, AnomalyClass, AnomalyGroup, Key};
use rayon::prelude::*;

use crate::anomalies::{Finding, Record, lost_write};
use crate::run::Run;

/// How many violations of a class are stored with their proofs; all are counted.
const EXAMPLES: usize = 5;

/// What one check found about one record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    /// Why it could not decide it.
    pub(crate) undecided: Option<String>,
    /// What the run's expectation does not allow, in words.
    pub(crate) unexpected: Option<String>,
    pub(crate) groups: Groups,
}

/// Violations by class.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups {
    by_class: BTreeMap<AnomalyClass, (u64, Vec<Ranked>)>,
}

/// A violation with its place among those of its class. The most telling first: a newer write beaten
/// by a higher generation, then the shortest proofs, then by key and time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ranked {
    plain: bool,
    length: usize,
    key: Key,
    at_ns: u64,
    operations: Vec<usize>,
}

impl Groups {
    /// The violations of one record.
    pub(crate) fn of_record(record: &Record<'_>, findings: &[Finding]) -> Self {
        let mut this = Self::default();
        for finding in findings {
            let (count, first) = this.by_class.entry(finding.class).or_default();
            *count += 1;
            first.push(Ranked {
                plain: !lost_write::is_beaten_by_generation(record, finding),
                length: finding.operations.len(),
                key: finding.key,
                at_ns: finding.span_ns(record).1,
                operations: finding.operations.clone(),
            });
            // Often enough to stay small, and seldom enough to cost nothing.
            if first.len() == 32 * EXAMPLES {
                keep_first(first);
            }
        }
        this.by_class.values_mut().for_each(|(_, first)| {
            keep_first(first);
            first.shrink_to_fit();
        });
        this
    }

    /// The violations of many records.
    pub(crate) fn of<'a>(records: impl Iterator<Item = &'a Self>) -> Self {
        let mut this = Self::default();
        for (class, (count, first)) in records.flat_map(|one| &one.by_class) {
            let (all, examples) = this.by_class.entry(*class).or_default();
            *all += count;
            examples.extend_from_slice(first);
            keep_first(examples);
        }
        this
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_class.is_empty()
    }

    /// The first few violations of each class.
    pub(crate) fn examples(&self) -> impl Iterator<Item = Finding> + '_ {
        self.by_class.iter().flat_map(|(class, (_, first))| {
            first.iter().map(|Ranked { key, operations, .. }| Finding {
                class: *class,
                key: *key,
                operations: operations.clone(),
            })
        })
    }

    /// The classes, each with its examples as they are told.
    pub(crate) fn told(&self, proofs: &Proofs) -> Vec<AnomalyGroup> {
        let mut examples = self.examples().peekable();
        let tell = |(class, (count, _)): (&AnomalyClass, &(u64, _))| {
            let mut told = Vec::new();
            while let Some(example) = examples.next_if(|example| example.class == *class) {
                told.extend(proofs.by_finding.get(&example).cloned());
            }
            AnomalyGroup { class: *class, count: *count, examples: told }
        };
        self.by_class.iter().map(tell).collect()
    }
}

/// Violations as they are told, each once.
#[derive(Debug)]
pub(crate) struct Proofs {
    by_finding: BTreeMap<Finding, Anomaly>,
}

impl Proofs {
    /// Tells the examples of some groups; a record is gathered once for all of its own.
    pub(crate) fn of<'a>(run: &Run<'_>, groups: impl Iterator<Item = &'a Groups>) -> Self {
        let mut by_key: BTreeMap<Key, BTreeSet<Finding>> = BTreeMap::new();
        for example in groups.flat_map(Groups::examples) {
            by_key.entry(example.key).or_default().insert(example);
        }
        let by_key: Vec<(Key, BTreeSet<Finding>)> = by_key.into_iter().collect();
        let tell = |(key, findings): (Key, BTreeSet<Finding>)| {
            let tell = |record: &Record<'_>| -> Vec<(Finding, Anomaly)> {
                let told = |finding: Finding| (finding.clone(), finding.anomaly(run, record));
                findings.into_iter().map(told).collect()
            };
            run.rank(key).map(|rank| run.with_record(rank, tell)).unwrap_or_default()
        };
        let told: Vec<Vec<(Finding, Anomaly)>> = by_key.into_par_iter().map(tell).collect();
        Self { by_finding: told.into_iter().flatten().collect() }
    }
}

fn keep_first(examples: &mut Vec<Ranked>) {
    examples.sort_unstable();
    examples.truncate(EXAMPLES);
}
