//! A process at work: its steps, its pace, its pauses.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use history::{Call, Key, Outcome, Returned};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::process::Process;
use crate::generator::{Backoff, Generator, Pace, Step, Steps};
use crate::outcome::Conclusion;

/// The server's code for a compare-and-set that found another generation.
const GENERATION: i16 = 3;

/// The planned arrivals of one site, and how they were kept.
pub(super) struct Timetable {
    pace: Option<Pace>,
    /// When the load began.
    began: Instant,
    /// Arrivals that were given up.
    shed: AtomicU64,
    /// The latest beginning after its plan, in ns.
    latest_ns: AtomicU64,
}

impl Timetable {
    /// Beginning now; without a pace, whoever is free is on time.
    pub(super) fn new(pace: Option<Pace>) -> Self {
        let (shed, latest_ns) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { pace, began: Instant::now(), shed, latest_ns }
    }

    /// Arrivals that were given up so far.
    pub(super) fn shed(&self) -> u64 {
        self.shed.load(Ordering::Relaxed)
    }

    /// By how much the latest operation missed its plan, in ns.
    pub(super) fn latest_ns(&self) -> u64 {
        self.latest_ns.load(Ordering::Relaxed)
    }

    /// Takes the next turn.
    fn turn(&self) -> Option<Instant> {
        let now_ns = self.began.elapsed().as_nanos() as u64;
        let arrival = self.pace.as_ref()?.take(now_ns);
        self.shed.fetch_add(arrival.shed, Ordering::Relaxed);
        self.latest_ns.fetch_max(now_ns.saturating_sub(arrival.planned_ns), Ordering::Relaxed);
        Some(self.began + Duration::from_nanos(arrival.planned_ns))
    }
}

/// A process that does one step after another until it is told to stop.
pub(super) struct Worker {
    pub(super) process: Process,
    pub(super) generator: Arc<Generator>,
    pub(super) steps: Steps,
    pub(super) backoff: Backoff,
    pub(super) timetable: Arc<Timetable>,
    pub(super) stop: watch::Receiver<bool>,
}

impl Worker {
    /// Works until it is told to stop. An operation that has begun is waited for.
    pub(super) async fn run(mut self) {
        while !*self.stop.borrow() {
            if let Some(turn) = self.timetable.turn()
                && !self.rest_until(turn).await
            {
                return;
            }
            let conclusion = self.step().await;
            let refused = conclusion.outcome == Outcome::Fail && conclusion.code != GENERATION;
            if !refused {
                self.backoff.reset();
                continue;
            }
            let pause = Duration::from_micros(self.backoff.pause_us());
            if !self.rest_until(Instant::now() + pause).await {
                return;
            }
        }
    }

    async fn step(&mut self) -> Conclusion {
        let process = &mut self.process;
        match self.steps.next(|key| process.reaches(key)) {
            Step::Read(key) => process.ask(key, Call::Read).await,
            Step::Write(key, value) => process.ask(key, Call::Write { value }).await,
            Step::Add(key) => process.ask(key, Call::Add { delta: 1 }).await,
            Step::Append(key, element) => process.ask(key, Call::Append { element }).await,
            Step::CompareAndSet(key) => self.compare_and_set(key).await,
        }
    }

    /// Reads, then writes if the generation still holds: two operations, hence two turns.
    async fn compare_and_set(&mut self, key: Key) -> Conclusion {
        let read = self.process.ask(key, Call::Read).await;
        let (expected, generation) = match (read.outcome, &read.returned, read.generation) {
            (Outcome::Ok, Returned::Value(value), Some(generation)) => (Some(*value), generation),
            // Generation 0 asks for a record that is not there.
            (Outcome::Ok, Returned::Absent, _) => (None, 0),
            _ => return read,
        };
        let _ = self.timetable.turn();
        let value = self.generator.value();
        self.process.ask(key, Call::Cas { expected, generation, value }).await
    }

    /// Rests, and says whether work goes on.
    async fn rest_until(&mut self, instant: Instant) -> bool {
        tokio::select! {
            biased;
            // A load that is gone wants no more work either.
            _ = self.stop.wait_for(|stop| *stop) => false,
            () = sleep_until(instant) => true,
        }
    }
}
