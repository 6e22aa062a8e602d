//! The life of one fault, from its plan to the probe that finds it gone.

use std::sync::Arc;
use std::time::Duration;

use history::{FaultOutcome, FaultRecord, FaultStage};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::clock::RunClock;
use super::look::Look;
use super::{Disturbance, Journal, JournalError, NemesisEvent, Patience, Target};

/// One fault while it lives.
pub(super) struct Life<T> {
    pub(super) record: FaultRecord,
    pub(super) target: Arc<T>,
    pub(super) journal: Journal,
    pub(super) patience: Patience,
    pub(super) clock: RunClock,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) events: mpsc::Sender<NemesisEvent>,
}

/// A fault that was asked for: what undoes it, and since when it may be in force.
struct Begun {
    disturbance: Disturbance,
    entry: u64,
    interruption: Option<u64>,
    since: Instant,
}

impl<T: Target> Life<T> {
    /// Lives it; gives the record's last line, and whether the cluster is left as it was.
    pub(super) async fn live(mut self) -> (FaultRecord, bool) {
        let healed = self.pass().await;
        (self.record, healed)
    }

    async fn pass(&mut self) -> bool {
        let begins = self.clock.planned(self.record.planned_at_ms);
        tokio::select! {
            biased;
            () = stopped(&mut self.stop) => {
                self.skip("the run was stopped before it began".to_owned()).await;
                return true;
            }
            () = sleep_until(begins) => {}
        }
        let begun = match self.begin().await {
            Ok(begun) => begun,
            Err(healed) => return healed,
        };
        if let Err(look) = self.verify(&begun).await {
            let reason = format!("it did not take: {look}");
            return self.withdraw(&begun, reason, !look.disturbed.is_empty()).await;
        }
        self.record.applied_ns = Some(self.clock.now_ns());
        self.record.outcome = FaultOutcome::Applied;
        self.emit(FaultStage::Applied).await;
        let lapsed = self.hold(&begun).await;
        self.heal(&begun, lapsed).await
    }

    /// Looks that all is whole, journals, applies. If that fails, says whether all is as it was.
    async fn begin(&mut self) -> Result<Begun, bool> {
        let disturbance = Disturbance::of(&self.record.fault, self.target.topology());
        let Patience { probe_within, probe_every, .. } = self.patience;
        let whole =
            disturbance.look_until(&self.target, Look::all_whole, probe_within, probe_every);
        match whole.await {
            Ok(look) => self.note(format!("before: {look}")),
            Err(look) => {
                self.skip(format!("what it disturbs was not whole before it: {look}")).await;
                return Err(true);
            }
        }
        let lease_ms = self.patience.lease.as_millis() as u64;
        let (fault, nemesis) = (self.record.index, self.record.nemesis.clone());
        let journalled = disturbance.clone();
        let begin =
            self.on_disk(move |journal| journal.begin(fault, &nemesis, &journalled, lease_ms));
        let entry = match begin.await {
            Ok(entry) => entry,
            Err(error) => {
                self.skip(format!("it cannot be journalled: {error}")).await;
                return Err(true);
            }
        };
        let since = Instant::now();
        let applied = disturbance.apply(&*self.target, &self.patience).await;
        let interruption = applied.as_ref().copied().unwrap_or(None);
        let begun = Begun { disturbance, entry, interruption, since };
        if let Err(error) = applied {
            let look = begun.disturbance.look(&self.target, probe_within).await;
            let reason = format!("it was refused: {error}");
            return Err(self.withdraw(&begun, reason, !look.all_whole()).await);
        }
        if interruption.is_some() {
            let applied = self.on_disk(move |journal| journal.applied(entry, interruption));
            if let Err(error) = applied.await {
                self.note(error.to_string());
            }
        }
        Ok(begun)
    }

    /// Looks until the fault is in force.
    async fn verify(&mut self, begun: &Begun) -> Result<(), Look> {
        let lasts = Duration::from_millis(self.record.planned_for_ms);
        let within = self.patience.probe_within.min(lasts);
        let every = self.patience.probe_every;
        let seen = begun.disturbance.look_until(&self.target, Look::all_disturbed, within, every);
        let look = seen.await?;
        self.note(format!("{} ms after the beginning: {look}", begun.since.elapsed().as_millis()));
        Ok(())
    }

    /// Keeps the fault in force, from when it was seen to be, until its time is over or the run is
    /// stopped. Says if it lapsed.
    async fn hold(&mut self, begun: &Begun) -> Option<String> {
        let ends = Instant::now() + Duration::from_millis(self.record.planned_for_ms);
        let target = Arc::clone(&self.target);
        let patience = self.patience;
        loop {
            let kept = async {
                sleep(patience.lease / 3).await;
                let renewed =
                    begun.disturbance.renew(&*target, begun.interruption, &patience).await;
                let look = begun.disturbance.look(&target, patience.probe_within).await;
                (renewed, look)
            };
            let (renewed, look) = tokio::select! {
                biased;
                () = stopped(&mut self.stop) => {
                    self.note("ended early: the run was stopped".to_owned());
                    return None;
                }
                () = sleep_until(ends) => return None,
                seen = kept => seen,
            };
            if !look.all_disturbed() {
                let said = renewed.err().map_or_else(String::new, |error| format!(" ({error})"));
                return Some(format!("it lapsed before its time: {look}{said}"));
            }
        }
    }

    async fn heal(&mut self, begun: &Begun, lapsed: Option<String>) -> bool {
        if let Err(reason) = self.undo(begun).await {
            self.record.outcome =
                FaultOutcome::Indeterminate(format!("it is not healed: {reason}"));
            self.emit(FaultStage::Indeterminate).await;
            return false;
        }
        self.record.healed_ns = Some(self.clock.now_ns());
        self.record.outcome = match lapsed {
            Some(reason) => FaultOutcome::Indeterminate(reason),
            None => FaultOutcome::Healed,
        };
        self.emit(FaultStage::Healed).await;
        true
    }

    /// Takes back a fault that was asked for and never seen in force.
    async fn withdraw(&mut self, begun: &Begun, reason: String, partly: bool) -> bool {
        match self.undo(begun).await {
            Ok(()) if !partly => {
                self.skip(reason).await;
                true
            }
            undone => {
                let reason = match &undone {
                    Ok(()) => reason,
                    Err(left) => format!("{reason}, and it is not healed: {left}"),
                };
                self.record.outcome = FaultOutcome::Indeterminate(reason);
                self.emit(FaultStage::Indeterminate).await;
                undone.is_ok()
            }
        }
    }

    /// Undoes the fault, sees it gone, clears the journal.
    async fn undo(&mut self, begun: &Begun) -> Result<(), String> {
        let mut patience = self.patience;
        if begun.interruption.is_none() {
            patience.heal_within += patience.lease;
        }
        let asked = Instant::now();
        let look = begun.disturbance.heal(&self.target, begun.interruption, &patience).await?;
        self.note(format!("{} ms after healing: {look}", asked.elapsed().as_millis()));
        let entry = begun.entry;
        if let Err(error) = self.on_disk(move |journal| journal.clear(entry)).await {
            self.note(error.to_string());
        }
        Ok(())
    }

    async fn skip(&mut self, reason: String) {
        self.record.outcome = FaultOutcome::Skipped(reason);
        self.emit(FaultStage::Skipped).await;
    }

    fn note(&mut self, seen: String) {
        self.record.probes.push(seen);
    }

    /// Tells the run loop. If nobody listens any more, the fault still goes its way to the end.
    async fn emit(&self, stage: FaultStage) {
        let at_ns = self.clock.now_ns();
        let event = NemesisEvent { record: self.record.clone(), stage, at_ns };
        let _ = self.events.send(event).await;
    }

    /// Writes to the journal without keeping the runtime waiting for the disk.
    async fn on_disk<V: Send + 'static>(
        &self,
        write: impl FnOnce(&Journal) -> Result<V, JournalError> + Send + 'static,
    ) -> Result<V, JournalError> {
        let journal = self.journal.clone();
        let path = journal.path().to_owned();
        let written = tokio::task::spawn_blocking(move || write(&journal)).await;
        written.unwrap_or_else(|error| {
            Err(JournalError::Io { path, source: std::io::Error::other(error) })
        })
    }
}

/// Waits for the stop signal. A sender that is gone counts as one: nobody is left to heal later.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
