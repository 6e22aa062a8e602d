//! The window of the server's own version numbers: operations whose generation can still contradict
//! one that is to come.
//!
//! Whatever comes was called after the highest generation that had been returned before the
//! watermark: a lower one is a regression, the same one a fork if it names another version. So lower
//! ones can go, and of each that is left one write and one read stand for all that agree with them.

use std::collections::BTreeMap;

use history::{AnomalyClass, Call, Model, Operation, OperationId, Outcome, Returned};

use super::window::shrink;
use crate::anomalies::{Record, generation};

/// The window.
#[derive(Debug, Default)]
pub(super) struct VersionWindow {
    held: Vec<Operation>,
    /// The record was deleted, so that its generations begin anew and say nothing.
    deleted: bool,
}

impl VersionWindow {
    /// Takes the operations that ended in.
    pub(super) fn take(&mut self, fresh: &[Operation]) {
        let tells = |one: &&Operation| {
            one.outcome == Outcome::Ok
                && one.returned != Returned::Absent
                && one.generation.is_some_and(|generation| generation > 0)
        };
        self.deleted |= fresh.iter().any(deletes);
        if self.deleted {
            self.held = Vec::new();
        } else {
            self.held.extend(fresh.iter().filter(tells).cloned());
        }
    }

    /// The first lie in what was told, and then lets go of what cannot contradict anything any more.
    pub(super) fn settle(
        &mut self,
        model: Model,
        open: &[Operation],
        watermark_ns: u64,
    ) -> Option<(AnomalyClass, Vec<OperationId>)> {
        if self.held.len() < 2 || open.iter().any(deletes) {
            return None;
        }
        self.held.sort_by_key(|one| one.invoked_ns);
        let key = self.held[0].key;
        let record = Record::new(key, model, self.held.iter().collect(), Vec::new());
        if let Some(lie) = generation::find(&record).into_iter().next() {
            let told = lie.operations.iter().map(|at| self.held[*at].id).collect();
            return Some((lie.class, told));
        }
        let told = |one: &Operation| one.generation.unwrap_or(0);
        let before = self.held.iter().filter(|one| one.settled_ns() < watermark_ns);
        let highest = before.map(told).max().unwrap_or(0);
        let mut stand: BTreeMap<(u32, bool), u64> = BTreeMap::new();
        for one in &self.held {
            let ended = stand.entry((told(one), one.call.is_write())).or_insert(u64::MAX);
            *ended = (*ended).min(one.settled_ns());
        }
        self.held.retain(|one| {
            let stands = (told(one), one.call.is_write());
            told(one) >= highest && stand.get(&stands) == Some(&one.settled_ns())
        });
        shrink(&mut self.held);
        None
    }
}

fn deletes(operation: &Operation) -> bool {
    matches!(operation.call, Call::Delete) && operation.outcome != Outcome::Fail
}
