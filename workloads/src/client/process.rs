//! A logical single-threaded client whose every call is recorded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use history::{Call, Completion, Key, OperationCounts, Outcome, ProcessId, Recorder};
use tokio::time::timeout;

use super::connection::Connection;
use crate::generator::Place;
use crate::outcome::{Attempt, Conclusion, classify};

/// What all processes of a run share.
pub(super) struct Crew {
    /// Where their operations go.
    pub(super) recorder: Recorder,
    /// When an operation is no longer waited for: later than the client's own deadline.
    deadline: Duration,
    hired: AtomicU32,
    retired: AtomicU32,
    ok: AtomicU64,
    fail: AtomicU64,
    info: AtomicU64,
}

impl Crew {
    /// A crew without processes, whose client has a deadline of its own.
    pub(super) fn new(recorder: Recorder, client_timeout: Duration) -> Self {
        Self {
            recorder,
            deadline: client_timeout + client_timeout.max(Duration::from_millis(200)) / 2,
            hired: AtomicU32::new(0),
            retired: AtomicU32::new(0),
            ok: AtomicU64::new(0),
            fail: AtomicU64::new(0),
            info: AtomicU64::new(0),
        }
    }

    /// How many operations came to what so far.
    pub(super) fn operations(&self) -> OperationCounts {
        OperationCounts {
            ok: self.ok.load(Ordering::Relaxed),
            fail: self.fail.load(Ordering::Relaxed),
            info: self.info.load(Ordering::Relaxed),
        }
    }

    /// How many processes were retired so far, each after an operation in doubt.
    pub(super) fn retired(&self) -> u32 {
        self.retired.load(Ordering::Relaxed)
    }

    fn next_id(&self) -> ProcessId {
        ProcessId(self.hired.fetch_add(1, Ordering::Relaxed))
    }

    fn count(&self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::Ok => &self.ok,
            Outcome::Fail => &self.fail,
            Outcome::Info => &self.info,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// A process and, once it is retired, its successors in the same place.
pub(super) struct Process {
    crew: Arc<Crew>,
    connection: Arc<Connection>,
    place: Place,
    id: ProcessId,
}

impl Process {
    /// A process with a fresh id.
    pub(super) fn new(crew: Arc<Crew>, connection: Arc<Connection>, place: Place) -> Self {
        let id = crew.next_id();
        Self { crew, connection, place, id }
    }

    /// Whether a key can be asked for on its route.
    pub(super) fn reaches(&self, key: Key) -> bool {
        self.connection.reaches(key)
    }

    /// Carries out one operation. That the call takes `&mut self` is why no process ever has two
    /// open ones.
    pub(super) async fn ask(&mut self, key: Key, call: Call) -> Conclusion {
        let (site, route) = (self.place.site, self.place.route);
        let operation = self.crew.recorder.invoke(self.id, site, route, key, call);
        let attempt = timeout(self.crew.deadline, self.connection.call(key, &call)).await;
        let conclusion = classify(&call, attempt.unwrap_or(Attempt::Abandoned));
        self.crew.recorder.complete(&Completion {
            operation,
            outcome: conclusion.outcome,
            returned: conclusion.returned.clone(),
            generation: conclusion.generation,
            code: conclusion.code,
        });
        self.crew.count(conclusion.outcome);
        if conclusion.outcome == Outcome::Info {
            self.crew.retired.fetch_add(1, Ordering::Relaxed);
            self.id = self.crew.next_id();
        }
        conclusion
    }
}
