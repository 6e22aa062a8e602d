//! A violation as a finder returns it, and as results store it.

use history::{Anomaly, AnomalyClass, Key};

use super::{
    Record, backward_read, counter_drift, dirty_read, divergence, duplicate, garbage_read,
    generation, lost_update, lost_write, non_linearizable, session_writes, stale_read, torn_record,
};
use crate::evidence::Seconds;
use crate::run::Run;

/// One violation, compact: a run may hold a hundred thousand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Its class.
    pub class: AnomalyClass,
    /// The record.
    pub key: Key,
    /// Positions among the record's operations, in the order that the class's sentence takes them.
    pub operations: Vec<usize>,
}

impl Finding {
    /// A violation of a record.
    #[must_use]
    pub fn new(class: AnomalyClass, record: &Record<'_>, operations: Vec<usize>) -> Self {
        Self { class, key: record.key, operations }
    }

    /// The span of its operations in time, in ns: the first call and the last return. The last return is
    /// when the violation was complete; what never completed adds nothing.
    #[must_use]
    pub fn span_ns(&self, record: &Record<'_>) -> (u64, u64) {
        let operations = || self.operations.iter().map(|at| record.operations[*at]);
        let from = operations().map(|one| one.invoked_ns).min().unwrap_or(0);
        let to = operations().filter_map(|one| one.completed_ns).max().unwrap_or(from);
        (from, to)
    }

    /// The finding with all that proves it: a read out of a counter's bounds is found alone, since a
    /// record may have as many of them as reads.
    fn proven(&self, record: &Record<'_>) -> Self {
        match (self.class, &self.operations[..]) {
            (AnomalyClass::CounterDrift, [read]) => {
                Self { operations: counter_drift::prove(record, *read), ..self.clone() }
            }
            _ => self.clone(),
        }
    }

    /// The violation with its proof.
    #[must_use]
    pub(crate) fn anomaly(&self, run: &Run<'_>, record: &Record<'_>) -> Anomaly {
        self.proven(record).told(run, record)
    }

    fn told(&self, run: &Run<'_>, record: &Record<'_>) -> Anomaly {
        let seconds = Seconds::apart(self.operations.iter().map(|at| record.operations[*at]));
        let claim = match self.class {
            AnomalyClass::LostWrite => lost_write::claim(record, self, seconds),
            AnomalyClass::StaleRead => stale_read::claim(record, self, seconds),
            AnomalyClass::DirtyRead => dirty_read::claim(record, self, seconds),
            AnomalyClass::GarbageRead => garbage_read::claim(record, self, seconds),
            AnomalyClass::LostUpdate => lost_update::claim(record, self, seconds),
            AnomalyClass::Duplicate => duplicate::claim(record, self, seconds),
            AnomalyClass::CounterDrift => counter_drift::claim(record, self, seconds),
            AnomalyClass::BackwardRead | AnomalyClass::ReadYourWrites => {
                backward_read::claim(record, self, seconds)
            }
            AnomalyClass::MonotonicWrites | AnomalyClass::WritesFollowReads => {
                session_writes::claim(record, self, seconds)
            }
            AnomalyClass::GenerationFork | AnomalyClass::GenerationRegression => {
                generation::claim(record, self, seconds)
            }
            AnomalyClass::Divergence => divergence::claim(record, self, seconds),
            AnomalyClass::TornRecord => torn_record::claim(record, self, seconds),
            AnomalyClass::NonLinearizable => non_linearizable::claim(record, self, seconds),
        };
        let stale = stale_read::measure(record, self);
        let (from_ns, at_ns) = self.span_ns(record);
        let mut positions = self.operations.clone();
        positions.sort_unstable();
        positions.dedup();
        Anomaly {
            class: self.class,
            key: self.key,
            claim,
            operations: positions.iter().map(|at| record.operations[*at].clone()).collect(),
            at_ns,
            stale_ns: stale.map(|stale| stale.ns),
            stale_versions: stale.map(|stale| stale.versions),
            fault: self.fault(run, record, from_ns, at_ns),
        }
    }

    /// The fault that explains it: one that was in force when the violation was complete, else the
    /// last one that began before and touched its operations, else the last one that touched any
    /// write of the record.
    fn fault(&self, run: &Run<'_>, record: &Record<'_>, from_ns: u64, at_ns: u64) -> Option<u32> {
        let last = |from, to| run.windows.iter().rev().find(|w| w.touches(from, to));
        last(at_ns, at_ns)
            .or_else(|| last(from_ns, at_ns))
            .or_else(|| {
                record.operations.iter().rev().filter(|one| one.call.is_write()).find_map(|one| {
                    last(one.invoked_ns, one.completed_ns.unwrap_or(one.invoked_ns))
                })
            })
            .map(|window| window.fault)
    }
}
