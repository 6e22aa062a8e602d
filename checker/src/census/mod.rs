//! What a run shows beyond the verdicts of its checks: figures and tables over all records.

mod elements;
mod lost;
pub mod prefix;

use std::collections::BTreeMap;

use history::{
    AnomalyClass, Census, Check, ConsistencyLevel, Element, Key, LevelCount, Model, Percentiles,
    Prefix, Staleness,
};

use crate::anomalies::{Finding, Record, stale_read};
use crate::checks::{Asked, Tally};
use crate::consistency;
use crate::run::Run;
use lost::Lost;

pub use elements::fates;
pub(crate) use elements::summary;

/// How many rows of a table are stored; all are counted.
pub(crate) const ROWS: usize = 1_000;

/// For how many records the longest linearizable prefix is looked for.
const PREFIXES: usize = 16;

/// What the census takes of one record.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    key: Key,
    level: ConsistencyLevel,
    /// Answered reads, where reads can be stale.
    answered: u64,
    stale: Vec<StaleRead>,
    lost: Vec<Lost>,
    elements: Vec<Element>,
}

#[derive(Clone, Copy, Debug)]
struct StaleRead {
    staleness: stale_read::Staleness,
    in_fault: bool,
}

impl Part {
    /// What it takes of a register that is linearizable, and about which nothing was found.
    pub(crate) fn linearizable(key: Key, tally: Tally) -> Self {
        Self {
            key,
            level: ConsistencyLevel::Linearizable,
            answered: tally.answered,
            stale: Vec::new(),
            lost: Vec::new(),
            elements: Vec::new(),
        }
    }

    /// What it takes of a record about which checks found something, or could not decide it. What no
    /// check found is not looked at again, where the checks have said it all.
    pub(crate) fn of(
        run: &Run<'_>,
        asked: &[Asked],
        record: &Record<'_>,
        findings: &[&Finding],
        undecided: bool,
    ) -> Self {
        // A check that a read mode does not promise has looked at no key.
        let said = |check| asked.iter().any(|one| one.check == check && one.skipped.is_none());
        let found = |class| findings.iter().any(|finding| finding.class == class);
        let level = if undecided {
            ConsistencyLevel::Undecided
        } else if !said(Check::Linearizable) || !findings.is_empty() {
            consistency::level(record)
        } else {
            ConsistencyLevel::Linearizable
        };
        let mut stale = Vec::new();
        let can_be_stale = record.model != Model::Counter;
        if can_be_stale && (!said(Check::StaleReads) || found(AnomalyClass::StaleRead)) {
            for (read, staleness) in stale_read::measures(record) {
                let at_ns = record.operations[read].invoked_ns;
                let in_fault = run.windows.iter().any(|one| one.touches(at_ns, at_ns));
                stale.push(StaleRead { staleness, in_fault });
            }
        }
        let is_list = record.model == Model::Set;
        Self {
            key: record.key,
            level,
            answered: if can_be_stale { record.reads().count() as u64 } else { 0 },
            stale,
            lost: lost::of(run, record, findings),
            elements: if is_list { fates(record) } else { Vec::new() },
        }
    }
}

/// Takes the census of a judged run, from what it takes of each record, in the order of keys.
pub(crate) fn take(run: &Run<'_>, mut parts: Vec<Part>) -> Census {
    let (levels, prefixes) = levels(run, &parts);
    let lists = run.manifest.load.workload.model() == Model::Set;
    let elements: Vec<Vec<Element>> =
        parts.iter_mut().map(|part| std::mem::take(&mut part.elements)).collect();
    Census {
        levels,
        prefixes,
        staleness: staleness(&parts),
        lost: lost::table(parts.into_iter().flat_map(|part| part.lost)),
        elements: lists.then(|| summary(elements)),
    }
}

fn levels(run: &Run<'_>, parts: &[Part]) -> (Vec<LevelCount>, Vec<Prefix>) {
    let mut counts: BTreeMap<ConsistencyLevel, (u64, Key)> = BTreeMap::new();
    for part in parts {
        counts.entry(part.level).or_insert((0, part.key)).0 += 1;
    }
    let whole = [ConsistencyLevel::Linearizable, ConsistencyLevel::Undecided];
    let broken = parts.iter().filter(|part| !whole.contains(&part.level));
    let prefix = |part: &Part| run.with_record(run.rank(part.key)?, prefix::longest);
    let prefixes = broken.filter_map(prefix).take(PREFIXES).collect();
    let row = |(level, (keys, first))| LevelCount { level, keys, first };
    (counts.into_iter().map(row).collect(), prefixes)
}

fn staleness(parts: &[Part]) -> Option<Staleness> {
    let stale = || parts.iter().flat_map(|part| &part.stale);
    Some(Staleness {
        answered: parts.iter().map(|part| part.answered).sum(),
        in_faults: stale().filter(|one| one.in_fault).count() as u64,
        reads: stale().count() as u64,
        ns: Percentiles::of(stale().map(|one| one.staleness.ns).collect())?,
        versions: Percentiles::of(stale().map(|one| one.staleness.versions).collect())?,
    })
}
