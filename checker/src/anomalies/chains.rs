//! The order of a register's values that compare-and-sets tell: each puts its value directly behind
//! the one that it replaced.

use history::{Call, Outcome, Value};
use rustc_hash::FxHashMap;

use super::{Record, Sightings, written};

/// A value's chain, and its position there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    chain: u32,
    position: u32,
}

/// The chains of a record; none if a value does not name its write.
///
/// Only compare-and-sets that certainly happened count: those that were acknowledged, whose value was
/// read, or whose value such a one replaced. Of several that replaced the same value the first counts.
#[derive(Debug, Default)]
pub(super) struct Chains {
    links: FxHashMap<Option<Value>, Link>,
    /// Per chain, the operation that wrote each of its values but the first.
    writers: Vec<Vec<usize>>,
}

impl Chains {
    pub(super) fn of(record: &Record<'_>) -> Self {
        let mut previous: FxHashMap<Value, (Option<Value>, usize)> = FxHashMap::default();
        let mut writes: FxHashMap<Value, ()> = FxHashMap::default();
        for (at, operation) in record.operations.iter().enumerate() {
            let Some(value) = written(operation).filter(|_| operation.outcome != Outcome::Fail)
            else {
                continue;
            };
            if writes.insert(value, ()).is_some() {
                return Self::default();
            }
            if let Call::Cas { expected, .. } = operation.call {
                previous.insert(value, (expected, at));
            }
        }
        if previous.is_empty() || record.is_deleted() {
            return Self::default();
        }
        let next = certain(record, &previous);
        // A chain begins with a value that replaced none, or whose place behind another was taken.
        let mut heads: Vec<(usize, Option<Value>)> = next
            .iter()
            .filter(|(value, _)| {
                let before = value.and_then(|value| previous.get(&value));
                before.is_none_or(|(before, at)| next.get(before).is_none_or(|(_, by)| by != at))
            })
            .map(|(value, (_, by))| (*by, *value))
            .collect();
        heads.sort_unstable();
        let mut this = Self::default();
        for (chain, (_, head)) in (0..).zip(heads) {
            let mut writers = Vec::new();
            let mut value = head;
            loop {
                this.links.insert(value, Link { chain, position: writers.len() as u32 });
                let Some((after, by)) = next.get(&value) else { break };
                writers.push(*by);
                value = Some(*after);
            }
            this.writers.push(writers);
        }
        this
    }

    /// Where a value stands.
    pub(super) fn link(&self, value: Option<Value>) -> Option<Link> {
        self.links.get(&value).copied()
    }

    /// The compare-and-sets that lead from one value to a later one of its chain.
    pub(super) fn between(&self, from: Link, to: Link) -> &[usize] {
        &self.writers[from.chain as usize][from.position as usize..to.position as usize]
    }
}

/// For each value that a certain compare-and-set replaced, the value written and the operation.
fn certain(
    record: &Record<'_>,
    previous: &FxHashMap<Value, (Option<Value>, usize)>,
) -> FxHashMap<Option<Value>, (Value, usize)> {
    let sightings = Sightings::of(record);
    let mut open: Vec<Value> = record
        .operations
        .iter()
        .filter_map(|operation| {
            let value = written(operation)?;
            let acknowledged = operation.outcome == Outcome::Ok;
            (acknowledged || sightings.of_value(value).is_some()).then_some(value)
        })
        .collect();
    open.reverse();
    let mut next: FxHashMap<Option<Value>, (Value, usize)> = FxHashMap::default();
    while let Some(value) = open.pop() {
        let Some((before, at)) = previous.get(&value) else { continue };
        if let std::collections::hash_map::Entry::Vacant(free) = next.entry(*before) {
            free.insert((value, *at));
            open.extend(*before);
        }
    }
    next
}

/// The furthest value of each chain that a session knows, and by which operation.
#[derive(Debug, Default)]
pub(super) struct Known {
    furthest: FxHashMap<u32, (Link, usize)>,
}

impl Known {
    /// A later value of the same chain that the session knew, and by which operation.
    pub(super) fn beyond(&self, link: Link) -> Option<(Link, usize)> {
        let (known, how) = self.furthest.get(&link.chain)?;
        (known.position > link.position).then_some((*known, *how))
    }

    /// The session learns of a value.
    pub(super) fn learn(&mut self, link: Link, how: usize) {
        let known = self.furthest.entry(link.chain).or_insert((link, how));
        if known.0.position < link.position {
            *known = (link, how);
        }
    }
}
