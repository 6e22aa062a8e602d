//! When values and elements were seen: by which reads first and last.

use history::Value;
use rustc_hash::FxHashMap;

use super::{Record, observed};
use crate::linearizability::list;

/// The reads that returned a value, or a list with an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The one that ended first.
    pub(crate) first: usize,
    /// The one that began last.
    pub(crate) last: usize,
}

/// Who saw which value of a record. One pass over its reads.
#[derive(Debug, Default)]
pub(crate) struct Sightings {
    seen: FxHashMap<Value, Seen>,
}

impl Sightings {
    /// Gathers them.
    #[must_use]
    pub(crate) fn of(record: &Record<'_>) -> Self {
        let mut this = Self::default();
        for read in record.reads() {
            let operation = record.operations[read];
            let mut saw = |value: Value| {
                let seen = this.seen.entry(value).or_insert(Seen { first: read, last: read });
                seen.last = read;
                if operation.settled_ns() < record.operations[seen.first].settled_ns() {
                    seen.first = read;
                }
            };
            if record.is_register() {
                observed(operation).flatten().into_iter().for_each(&mut saw);
            } else {
                list::elements(operation).into_iter().flatten().copied().for_each(&mut saw);
            }
        }
        this
    }

    /// Who saw a value; `None` if nobody did.
    #[must_use]
    pub(crate) fn of_value(&self, value: Value) -> Option<Seen> {
        self.seen.get(&value).copied()
    }
}
