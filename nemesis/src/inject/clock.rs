//! The two times that a fault lives by.

use std::time::Duration;

use tokio::time::Instant;

/// The run's clock: events count from the run's beginning, schedules from the load's.
#[derive(Clone, Copy, Debug)]
pub(super) struct RunClock {
    run_began: Instant,
    load_began: Instant,
}

impl RunClock {
    pub(super) fn new(run_began: std::time::Instant, load_began: std::time::Instant) -> Self {
        Self { run_began: Instant::from_std(run_began), load_began: Instant::from_std(load_began) }
    }

    /// Now, in ns since the run began.
    pub(super) fn now_ns(&self) -> u64 {
        Instant::now().saturating_duration_since(self.run_began).as_nanos() as u64
    }

    /// The moment that many ms after the load began.
    pub(super) fn planned(&self, at_ms: u64) -> Instant {
        self.load_began + Duration::from_millis(at_ms)
    }
}
