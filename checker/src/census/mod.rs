//! What a run shows beyond the verdicts of its checks: figures and tables over all records.

mod elements;
mod lost;
pub mod prefix;

use std::collections::{BTreeMap, BTreeSet};

use history::{
    AnomalyClass, Census, Check, ConsistencyLevel, Key, LevelCount, Model, Percentiles, Prefix,
    Staleness,
};

use crate::anomalies::{Record, stale_read};
use crate::checks::Checked;
use crate::consistency;
use crate::run::Run;

pub use elements::{fates, summary};

/// How many rows of a table are stored; all are counted.
pub(crate) const ROWS: usize = 1_000;

/// For how many records the longest linearizable prefix is looked for.
const PREFIXES: usize = 16;

/// Takes the census of a judged run. Records that no check found anything about are not looked at
/// again, where the checks have said it all.
pub(crate) fn take(run: &Run<'_>, records: &[Record<'_>], checked: &[Checked]) -> Census {
    let (levels, prefixes) = levels(records, checked);
    let lists = run.manifest.load.workload.model() == Model::Set;
    Census {
        levels,
        prefixes,
        staleness: staleness(run, records, checked),
        lost: lost::table(run, records, checked),
        elements: lists.then(|| elements::table(records)),
    }
}

/// The keys that findings of some classes are about.
fn keys_of(checked: &[Checked], of: impl Fn(AnomalyClass) -> bool) -> BTreeSet<Key> {
    let findings = checked.iter().flat_map(|checked| &checked.findings);
    findings.filter(|finding| of(finding.class)).map(|finding| finding.key).collect()
}

fn asked(checked: &[Checked], check: Check) -> bool {
    // A check that a read mode does not promise has looked at no key.
    checked.iter().any(|one| one.result.check == check && one.result.keys > 0)
}

fn levels(records: &[Record<'_>], checked: &[Checked]) -> (Vec<LevelCount>, Vec<Prefix>) {
    let all = !asked(checked, Check::Linearizable);
    let suspects = keys_of(checked, |_| true);
    let undecided: BTreeSet<Key> =
        checked.iter().flat_map(|checked| &checked.undecided).copied().collect();
    let mut counts: BTreeMap<ConsistencyLevel, (u64, Key)> = BTreeMap::new();
    let mut prefixes = Vec::new();
    for record in records {
        let level = if undecided.contains(&record.key) {
            ConsistencyLevel::Undecided
        } else if all || suspects.contains(&record.key) {
            consistency::level(record)
        } else {
            ConsistencyLevel::Linearizable
        };
        counts.entry(level).or_insert((0, record.key)).0 += 1;
        let broken = !matches!(level, ConsistencyLevel::Linearizable | ConsistencyLevel::Undecided);
        if broken && prefixes.len() < PREFIXES {
            prefixes.extend(prefix::longest(record));
        }
    }
    let row = |(level, (keys, first))| LevelCount { level, keys, first };
    (counts.into_iter().map(row).collect(), prefixes)
}

fn staleness(run: &Run<'_>, records: &[Record<'_>], checked: &[Checked]) -> Option<Staleness> {
    let all = !asked(checked, Check::StaleReads);
    let suspects = keys_of(checked, |class| class == AnomalyClass::StaleRead);
    let (mut ns, mut versions) = (Vec::new(), Vec::new());
    let mut this = Staleness::default();
    for record in records.iter().filter(|record| record.model != Model::Counter) {
        this.answered += record.reads().count() as u64;
        if !all && !suspects.contains(&record.key) {
            continue;
        }
        for (read, stale) in stale_read::measures(record) {
            let at_ns = record.operations[read].invoked_ns;
            this.in_faults += u64::from(run.windows.iter().any(|one| one.touches(at_ns, at_ns)));
            ns.push(stale.ns);
            versions.push(stale.versions);
        }
    }
    this.reads = ns.len() as u64;
    this.ns = Percentiles::of(ns)?;
    this.versions = Percentiles::of(versions)?;
    Some(this)
}
