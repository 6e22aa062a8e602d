//! The judge of a history that goes on.

use std::collections::BTreeMap;

use history::{
    AnomalyClass, Check, Event, EventKind, History, HistoryError, Key, Mark, Model, OperationId,
    Outcome, Verdict,
};
use rustc_hash::FxHashMap;

use super::register::PATIENCE;
use super::watch::Watch;
use super::window::{ended, opened};

/// How long a completion may wait until its record is decided, in ns of the history.
pub const SETTLES_WITHIN_NS: u64 = 250_000_000;

/// Judges a history while it is recorded: events in, alarms out.
///
/// ```
/// use aerocert_checker::online::Judge;
/// use history::{Event, EventKind, Mark, Model};
///
/// let mut judge = Judge::new(Model::Register, &[]);
/// let begun = Event { time_ns: 0, kind: EventKind::Mark(Mark::LoadStarted) };
/// assert!(judge.take(&begun)?.is_empty());
/// let (alarms, conclusion) = judge.finish();
/// assert!(alarms.is_empty() && conclusion.suspects.is_empty());
/// # Ok::<(), history::HistoryError>(())
/// ```
#[derive(Debug)]
pub struct Judge {
    model: Model,
    /// Something is checked that needs final reads.
    finals: bool,
    patience: usize,
    watches: FxHashMap<Key, Watch>,
    open: FxHashMap<OperationId, Key>,
    /// The records of which operations have ended since they were settled, in that order; and those
    /// of which so many have that they are settled as soon as time goes on.
    stirred: Vec<Key>,
    ripe: Vec<Key>,
    settle_at_ns: u64,
    now_ns: u64,
    events: u64,
    operations: u64,
    final_reads_ns: Option<u64>,
}

/// A record has no linearization any more, or its versions contradict each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The record.
    pub key: Key,
    /// By when it is known, in ns of the history.
    pub known_ns: u64,
    /// What is violated.
    pub violation: Violation,
}

/// What an alarm is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Its class, as far as the window shows it: a value that no order explains is
    /// [`AnomalyClass::NonLinearizable`] here, and the offline finders say what it is in particular.
    pub class: AnomalyClass,
    /// Operations that show it, as far as the window still holds them.
    pub operations: Vec<OperationId>,
}

/// Why a record must be looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// It is broken: there was an alarm.
    Broken,
    /// The budget did not suffice, or refusals left a choice for too long.
    Undecided,
    /// A value may have been written twice, or the record was deleted: an order was found, but
    /// finders that take a value for the name of its write may speak all the same.
    Ambiguous,
    /// It was written while the final reads were made, which their finders do not reckon with.
    Overlapped,
    /// It was written, and no final read of it was answered. Of several, the first.
    Unread,
}

/// What is known when a history has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conclusion {
    /// Operations that were judged.
    pub operations: u64,
    /// Records that were judged.
    pub keys: u64,
    /// Records on which the offline finders may find anything. On all others they find nothing.
    pub suspects: BTreeMap<Key, Suspicion>,
}

impl Judge {
    /// A judge of records of one model, for some checks.
    #[must_use]
    pub fn new(model: Model, checks: &[Check]) -> Self {
        Self {
            model,
            finals: checks.iter().any(|one| matches!(one, Check::LostWrites | Check::Convergence)),
            patience: PATIENCE,
            watches: FxHashMap::default(),
            open: FxHashMap::default(),
            stirred: Vec::new(),
            ripe: Vec::new(),
            settle_at_ns: 0,
            now_ns: 0,
            events: 0,
            operations: 0,
            final_reads_ns: None,
        }
    }

    /// The same with records of which so many operations may wait for what tells the choices that
    /// refusals leave, before all that may be is carried on. It changes what a judgement costs.
    #[must_use]
    pub fn with_patience(self, operations: usize) -> Self {
        Self { patience: operations, ..self }
    }

    /// Takes the next event in time, and tells what is broken now.
    ///
    /// # Errors
    /// An event that no recorder would write.
    pub fn take(&mut self, event: &Event) -> Result<Vec<Alarm>, HistoryError> {
        self.events += 1;
        let line = self.events;
        let time_ns = event.time_ns;
        if time_ns < self.now_ns {
            return Err(HistoryError::Backwards { line, time_ns, before_ns: self.now_ns });
        }
        let mut alarms = Vec::new();
        if time_ns > self.settle_at_ns {
            // Nothing else happened until it was time.
            self.now_ns = self.settle_at_ns.max(self.now_ns.saturating_add(1)).min(time_ns);
            alarms = self.settle();
            self.settle_at_ns = time_ns.saturating_add(SETTLES_WITHIN_NS);
        } else if time_ns > self.now_ns {
            self.now_ns = time_ns;
            let ripe = std::mem::take(&mut self.ripe);
            alarms = ripe.into_iter().filter_map(|key| self.settle_one(key)).collect();
        }
        self.now_ns = time_ns;
        match &event.kind {
            EventKind::Invoke(invocation) => {
                self.operations += 1;
                if self.open.insert(invocation.operation, invocation.key).is_some() {
                    return Err(HistoryError::Twice { line, operation: invocation.operation.0 });
                }
                self.watch(invocation.key).invoke(opened(invocation, time_ns));
            }
            EventKind::Complete(completion) => {
                let id = completion.operation;
                let key = self.open.remove(&id);
                let final_reads_ns = self.final_reads_ns;
                let found = key.and_then(|key| {
                    let watch = self.watch(key);
                    Some((key, watch.take_open(id)?))
                });
                let Some((key, operation)) = found else {
                    return Err(HistoryError::NotOpen { line, operation: id.0 });
                };
                let operation = ended(operation, completion, time_ns);
                let watch = self.watch(key);
                if final_reads_ns.is_some() {
                    watch.overlapped |= operation.call.is_write();
                }
                watch.read_finally |= !operation.call.is_write()
                    && operation.outcome == Outcome::Ok
                    && final_reads_ns.is_some_and(|start| operation.invoked_ns >= start);
                let (stirred, ripe) = (watch.is_stirred(), watch.is_ripe());
                watch.complete(operation);
                let (stirs, ripens) = (watch.is_stirred() && !stirred, watch.is_ripe() && !ripe);
                self.stirred.extend(stirs.then_some(key));
                self.ripe.extend(ripens.then_some(key));
            }
            EventKind::Mark(Mark::FinalReadsStarted) => {
                self.final_reads_ns.get_or_insert(time_ns);
            }
            EventKind::Mark(_) | EventKind::Fault(_) => {}
        }
        Ok(alarms)
    }

    /// Decides everything that ended before the last event, and tells what is broken.
    pub fn settle(&mut self) -> Vec<Alarm> {
        self.ripe.clear();
        let mut stirred = std::mem::take(&mut self.stirred);
        let alarms = stirred.iter().filter_map(|key| self.settle_one(*key)).collect();
        stirred.retain(|key| self.watch(*key).is_stirred());
        self.stirred = stirred;
        alarms
    }

    /// The time of the last event, in ns.
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        self.now_ns
    }

    /// The history has ended: what was still broken, and what is known.
    #[must_use]
    pub fn finish(mut self) -> (Vec<Alarm>, Conclusion) {
        let mut keys: Vec<Key> = self.watches.keys().copied().collect();
        keys.sort_unstable();
        let mut alarms = Vec::new();
        let mut suspects = BTreeMap::new();
        let mut unread = None;
        for key in &keys {
            let known_ns = self.now_ns;
            let watch = self.watch(*key);
            watch.end();
            let violation = watch.settle(u64::MAX);
            alarms.extend(violation.map(|violation| Alarm { key: *key, known_ns, violation }));
            let watch = self.watch(*key);
            suspects.extend(watch.suspicion().map(|suspicion| (*key, suspicion)));
            if unread.is_none() && watch.acknowledged && !watch.read_finally {
                unread = Some(*key);
            }
        }
        if let Some(unread) = unread.filter(|_| self.finals) {
            suspects.entry(unread).or_insert(Suspicion::Unread);
        }
        let keys = keys.len() as u64;
        (alarms, Conclusion { operations: self.operations, keys, suspects })
    }

    fn watch(&mut self, key: Key) -> &mut Watch {
        let (model, patience) = (self.model, self.patience);
        self.watches.entry(key).or_insert_with(|| Watch::new(model, patience))
    }

    fn settle_one(&mut self, key: Key) -> Option<Alarm> {
        let known_ns = self.now_ns;
        let violation = self.watch(key).settle(known_ns)?;
        Some(Alarm { key, known_ns, violation })
    }
}

impl Conclusion {
    /// What is known of linearizability without a second look.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let of = |suspicion: &Suspicion| match suspicion {
            Suspicion::Broken => Verdict::Invalid,
            Suspicion::Undecided => Verdict::Unknown,
            Suspicion::Ambiguous | Suspicion::Overlapped | Suspicion::Unread => Verdict::Valid,
        };
        self.suspects.values().map(of).fold(Verdict::Valid, Verdict::and)
    }

    /// The history of the suspects alone, from a recording that is read a second time: judged
    /// [offline](crate::judge), it shows the same verdicts and anomalies as the whole.
    ///
    /// # Errors
    /// The first event that no recorder would write.
    pub fn excerpt(
        &self,
        events: impl IntoIterator<Item = Event>,
    ) -> Result<History, HistoryError> {
        let mut open: FxHashMap<OperationId, bool> = FxHashMap::default();
        History::from_events(events.into_iter().filter(|event| match &event.kind {
            EventKind::Invoke(invocation) => {
                let suspect = self.suspects.contains_key(&invocation.key);
                open.insert(invocation.operation, suspect);
                suspect
            }
            EventKind::Complete(completion) => open.remove(&completion.operation).unwrap_or(true),
            EventKind::Fault(_) | EventKind::Mark(_) => true,
        }))
    }
}
