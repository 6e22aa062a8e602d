//! A history: as it is recorded, and with its operations paired.

use serde::{Deserialize, Serialize};

use crate::pairing::{Pairing, Part};
use crate::{Completion, Invocation, Operation, Operations, Outcome};

/// One line of a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When, in ns of one monotonic clock, since the run began.
    pub time_ns: u64,
    /// What.
    pub kind: EventKind,
}

/// What an event tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// A process begins an operation.
    Invoke(Invocation),
    /// An operation ends.
    Complete(Completion),
    /// A fault changes its stage.
    Fault(FaultEvent),
    /// The run enters a phase.
    Mark(Mark),
}

/// A fault of the schedule changes its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultEvent {
    /// Its position in `faults.jsonl`, from 0.
    pub fault: u32,
    /// The stage that it enters.
    pub stage: FaultStage,
}

/// The stages of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultStage {
    /// In force, by a probe.
    Applied,
    /// Gone, by a probe.
    Healed,
    /// It was not applied, and why stands in `faults.jsonl`.
    Skipped,
    /// Whether it is in force cannot be told.
    Indeterminate,
}

/// The phases of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// The key space was found empty, the load begins.
    LoadStarted,
    /// The load has ended, every fault is healed.
    LoadEnded,
    /// The cluster is whole and no migration remains.
    MigrationsEnded,
    /// Every read invoked after this is a final read.
    FinalReadsStarted,
    /// The history is complete.
    FinalReadsEnded,
}

/// A history with its operations paired, in the order of their invocations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The operations; `operations[i].id` is `i` in a history of ours.
    pub operations: Operations,
    /// The faults' stages, in time.
    pub faults: Vec<(u64, FaultEvent)>,
    /// The phases, in time.
    pub marks: Vec<(u64, Mark)>,
    /// The time of the last event, in ns.
    pub ended_ns: u64,
    /// Why the history ends before its [`Mark::FinalReadsEnded`], if it was cut short.
    pub truncated: Option<String>,
}

/// Why events do not make a history. Each voids the evidence: a recorder never writes such a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// A completion without an open invocation.
    #[error("event {line}: operation {operation} completes without being open")]
    NotOpen {
        /// The event's number, from 1.
        line: u64,
        /// The operation's id.
        operation: u64,
    },
    /// Two open operations of one process.
    #[error("event {line}: process {process} invokes while another operation of it is open")]
    TwoOpen {
        /// The event's number, from 1.
        line: u64,
        /// The process's id.
        process: u32,
    },
    /// An id used twice.
    #[error("event {line}: operation {operation} is invoked twice")]
    Twice {
        /// The event's number, from 1.
        line: u64,
        /// The operation's id.
        operation: u64,
    },
    /// The clock ran backwards.
    #[error("event {line}: the clock runs backwards ({time_ns} ns after {before_ns} ns)")]
    Backwards {
        /// The event's number, from 1.
        line: u64,
        /// The event's time.
        time_ns: u64,
        /// The time of the event before it.
        before_ns: u64,
    },
}

impl History {
    /// Pairs events.
    ///
    /// # Errors
    /// The first event that no recorder would write.
    pub fn from_events(events: impl IntoIterator<Item = Event>) -> Result<Self, HistoryError> {
        let mut part = Part::default();
        events.into_iter().for_each(|event| part.push(event));
        let mut pairing = Pairing::default();
        pairing.append(part)?;
        Ok(pairing.finish())
    }

    /// When a phase began, in ns.
    #[must_use]
    pub fn marked_ns(&self, mark: Mark) -> Option<u64> {
        self.marks.iter().find(|(_, m)| *m == mark).map(|(at, _)| *at)
    }

    /// The windows in which faults were in force, as (fault, applied ns, healed ns or the end).
    #[must_use]
    pub fn fault_windows(&self) -> Vec<(u32, u64, u64)> {
        let mut windows = Vec::new();
        for (at, event) in &self.faults {
            if event.stage == FaultStage::Applied {
                let healed = self.faults.iter().find(|(end, e)| {
                    end >= at && e.fault == event.fault && e.stage == FaultStage::Healed
                });
                windows.push((event.fault, *at, healed.map_or(self.ended_ns, |(end, _)| *end)));
            }
        }
        windows
    }

    /// Whether an operation is one of the reads made after healing and migrations.
    #[must_use]
    pub fn is_final_read(&self, operation: &Operation) -> bool {
        !operation.call.is_write()
            && self
                .marked_ns(Mark::FinalReadsStarted)
                .is_some_and(|start| operation.invoked_ns >= start)
    }

    /// How many operations completed ok, failed, and are in doubt.
    #[must_use]
    pub fn counts(&self) -> crate::OperationCounts {
        let mut counts = crate::OperationCounts::default();
        for operation in self.operations.iter_packed() {
            match operation.outcome() {
                Outcome::Ok => counts.ok += 1,
                Outcome::Fail => counts.fail += 1,
                Outcome::Info => counts.info += 1,
            }
        }
        counts
    }
}
