//! Who wrote what to one key.

use history::{Act, Outcome};
use rustc_hash::FxHashMap;

use super::super::graph::NONE;
use super::Sink;
use super::entries::Entry;

/// A write or an append.
#[derive(Clone, Copy, Debug)]
pub(super) struct Write {
    pub(super) transaction: u32,
    pub(super) value: u64,
    pub(super) version: u64,
    /// Whether the transaction wrote nothing to the key after it.
    pub(super) is_last: bool,
    pub(super) is_aborted: bool,
    /// Whether its transaction counts.
    pub(super) counts: bool,
}

/// The writes of one key. Room for one key after the other.
#[derive(Default)]
pub(super) struct Writes {
    pub(super) all: Vec<Write>,
    /// Which write a value names, for values from `least` on.
    dense: Vec<u32>,
    least: u64,
    sparse: FxHashMap<u64, u32>,
    is_dense: bool,
}

impl Writes {
    /// Takes the writes of a key.
    ///
    /// # Errors
    /// A value that was written more than once by transactions that may all have been committed.
    pub(super) fn fill(&mut self, sink: &Sink, entries: &[Entry]) -> Result<(), u64> {
        self.all.clear();
        let (mut least, mut most) = (u64::MAX, 0);
        for entry in entries {
            let (Act::Append(value) | Act::Write(value)) = entry.act else { continue };
            if let Some(last) = self.all.last_mut()
                && last.transaction == entry.transaction
            {
                last.is_last = false;
            }
            let outcome = sink.history.get(history::TransactionId(entry.transaction)).outcome;
            self.all.push(Write {
                transaction: entry.transaction,
                value,
                version: entry.version,
                is_last: true,
                is_aborted: outcome == Outcome::Fail,
                counts: sink.members.count(entry.transaction),
            });
            least = least.min(value);
            most = most.max(value);
        }
        let count = self.all.len() as u64;
        self.is_dense = count > 0 && most - least < 8 * count + 64;
        self.least = least;
        self.dense.clear();
        self.sparse.clear();
        if self.is_dense {
            self.dense.resize((most - least) as usize + 1, NONE);
        }
        for (index, write) in (0..).zip(&self.all) {
            let place = if self.is_dense {
                &mut self.dense[(write.value - least) as usize]
            } else {
                self.sparse.entry(write.value).or_insert(NONE)
            };
            match self.all.get(*place as usize) {
                None => *place = index,
                // What is read of an aborted write that was done again is what was done again.
                Some(other) if other.is_aborted => *place = index,
                Some(_) if write.is_aborted => {}
                Some(_) => return Err(write.value),
            }
        }
        Ok(())
    }

    /// Which write a value names.
    pub(super) fn of(&self, value: u64) -> Option<u32> {
        let place = if self.is_dense {
            self.dense.get(value.checked_sub(self.least)? as usize).copied()
        } else {
            self.sparse.get(&value).copied()
        };
        place.filter(|place| *place != NONE)
    }
}
