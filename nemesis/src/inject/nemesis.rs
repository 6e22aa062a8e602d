//! The nemesis: a schedule, carried out.

use std::sync::Arc;
use std::time::Instant;

use history::{FaultRecord, FaultStage};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::clock::RunClock;
use super::life::Life;
use super::{Journal, Patience, Target};

/// A fault has come to a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NemesisEvent {
    /// The fault as it is now: a line of `faults.jsonl`.
    pub record: FaultRecord,
    /// The stage that it has come to.
    pub stage: FaultStage,
    /// When, in ns since the run began.
    pub at_ns: u64,
}

/// What became of a schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NemesisSummary {
    /// The faults, in the order of the schedule, as they ended.
    pub records: Vec<FaultRecord>,
    /// The positions of the faults that no probe has found gone. They stand in the journal.
    pub unhealed: Vec<u32>,
}

/// A schedule with the cluster that it is for.
#[derive(Debug)]
pub struct Nemesis<T> {
    target: Arc<T>,
    schedule: Vec<FaultRecord>,
    journal: Journal,
    patience: Patience,
}

impl<T: Target> Nemesis<T> {
    /// A nemesis with the usual patience.
    #[must_use]
    pub fn new(target: Arc<T>, schedule: Vec<FaultRecord>, journal: Journal) -> Self {
        Self { target, schedule, journal, patience: Patience::default() }
    }

    /// The same with another patience.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Carries out the schedule, which counts from `load_began`, and tells `events` what happens, in
    /// ns since `run_began`. Ends when every fault is over and healed. A stop signal (or the loss of
    /// its sender) skips what has not begun and heals the rest at once. It never fails: what could
    /// not be applied or healed is told by the events and the summary.
    pub async fn run(
        self,
        run_began: Instant,
        load_began: Instant,
        stop: watch::Receiver<bool>,
        events: mpsc::Sender<NemesisEvent>,
    ) -> NemesisSummary {
        let clock = RunClock::new(run_began, load_began);
        let mut lives = JoinSet::new();
        for record in self.schedule {
            let life = Life {
                record,
                target: Arc::clone(&self.target),
                journal: self.journal.clone(),
                patience: self.patience,
                clock,
                stop: stop.clone(),
                events: events.clone(),
            };
            lives.spawn(life.live());
        }
        drop(events);
        let mut ended = lives.join_all().await;
        ended.sort_by_key(|(record, _)| record.index);
        let mut summary = NemesisSummary::default();
        for (record, healed) in ended {
            if !healed {
                summary.unhealed.push(record.index);
            }
            summary.records.push(record);
        }
        // A journal that cannot be removed holds no standing fault, or says which.
        let _ = self.journal.close();
        summary
    }
}
