//! The anomalies of a run by class, and the proofs that its page shows.

use std::collections::BTreeMap;

use history::{Anomaly, AnomalyClass};

use super::Proof;
use crate::view::RunView;
use crate::words;

/// Proofs per class on the page of a run.
const PER_CLASS: usize = 3;

/// What a run's page says of its anomalies.
#[derive(Debug)]
pub(crate) struct Proofs {
    /// A row per class.
    pub(crate) classes: Vec<ClassRow>,
    /// The proofs, class by class.
    pub(crate) proofs: Vec<Proof>,
}

/// The anomalies of one class.
#[derive(Debug)]
pub(crate) struct ClassRow {
    /// The class.
    pub(crate) class: &'static str,
    /// What it means.
    pub(crate) meaning: &'static str,
    /// How many were found.
    pub(crate) count: String,
    /// The checks that found them.
    pub(crate) checks: String,
    /// When the first shown one was complete.
    pub(crate) first: String,
    /// The anchors of its proofs.
    pub(crate) anchors: Vec<String>,
}

/// The anomalies of one class over all checks.
#[derive(Default)]
struct Found<'a> {
    count: u64,
    checks: Vec<&'static str>,
    examples: Vec<&'a Anomaly>,
}

impl Proofs {
    /// Collects them. A class that several checks found counts once, with its greatest number.
    pub(crate) fn of(view: &RunView<'_>) -> Self {
        let mut found: BTreeMap<AnomalyClass, Found<'_>> = BTreeMap::new();
        for check in &view.results.checks {
            for group in &check.anomalies {
                let class = found.entry(group.class).or_default();
                class.count = class.count.max(group.count);
                class.checks.push(check.check.name());
                for example in &group.examples {
                    if !class.examples.contains(&example) {
                        class.examples.push(example);
                    }
                }
            }
        }
        let bands = view.bands();
        let mut proofs = Vec::new();
        let mut classes = Vec::new();
        for (class, found) in found {
            let mut anchors = Vec::new();
            for (index, anomaly) in found.examples.iter().take(PER_CLASS).enumerate() {
                let id = anchor(class, index);
                let heading = format!("{} {}", class.name(), index + 1);
                proofs.push(Proof::of(view, &bands, anomaly, id.clone(), heading));
                anchors.push(id);
            }
            let first_ns = found.examples.iter().map(|anomaly| anomaly.at_ns).min();
            classes.push(ClassRow {
                class: class.name(),
                meaning: words::class_meaning(class),
                count: words::count(found.count),
                checks: found.checks.join(", "),
                first: first_ns
                    .map_or_else(|| "–".to_owned(), |ns| words::seconds(view.seconds(ns))),
                anchors,
            });
        }
        Self { classes, proofs }
    }
}

/// The anchor of a class's proof on the page of its run, counted from 1: `anomaly-stale-read-1`.
pub(crate) fn anchor(class: AnomalyClass, index: usize) -> String {
    format!("anomaly-{}-{}", class.name(), index + 1)
}
