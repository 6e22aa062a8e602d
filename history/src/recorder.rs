//! Records a history while it happens.
//!
//! The load pays for one clock reading and one push into memory per event, under one short lock. A
//! thread of its own takes what has gathered, encodes it and writes it, at least twice a second, so
//! that a kill -9 costs at most the last second. Clock and queue share the lock, hence the order in
//! the file is the order in time, and since an invocation is queued before its request is sent,
//! whatever part of a recording survives is a prefix of what happened.

use std::io::{self, Write};
use std::mem;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::store::{EventWriter, RunDirectory, StoreError};
use crate::{
    Call, Completion, Event, EventKind, FaultEvent, Invocation, Key, Mark, OperationCounts,
    OperationId, Outcome, ProcessId, Route, SiteIndex,
};

/// How long an event may wait to be written.
const FLUSH_INTERVAL: Duration = Duration::from_millis(500);
/// How many events may wait to be written before the writer is woken early.
const FLUSH_EVENTS: usize = 1 << 15;

/// Writes the history of one run. Clones share it; [`Recorder::finish`] ends it for all of them.
#[derive(Clone, Debug)]
pub struct Recorder {
    shared: Arc<Shared>,
    writer: Arc<Mutex<Option<Writer>>>,
}

/// What a recording came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecorderSummary {
    /// Events recorded.
    pub events: u64,
    /// Completions by outcome.
    pub operations: OperationCounts,
    /// Blocks written.
    pub blocks: u32,
    /// Bytes written.
    pub bytes: u64,
}

/// What the load and the writer share.
#[derive(Debug)]
struct Shared {
    origin: Instant,
    /// Whether events are kept for a writer.
    keeps: bool,
    queue: Mutex<Queue>,
    /// Tells the writer that much has gathered, or that the recording ends.
    wake: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    invoked: u64,
    events: u64,
    operations: OperationCounts,
    waiting: Vec<Event>,
    ended: bool,
}

impl Recorder {
    /// Begins the history of a run. Times count from `origin`; recorders of twin runs share theirs.
    ///
    /// # Errors
    /// If the run has a history already, or if the file system refuses.
    pub fn create(run: &RunDirectory, origin: Instant) -> Result<Self, StoreError> {
        Self::create_followed(run, origin, None)
    }

    /// Begins the history of a run that somebody follows: what has been written is handed on, in
    /// order, at least twice a second. A follower whose queue is full is left behind: its stream
    /// ends, the recording does not wait for it.
    ///
    /// # Errors
    /// As [`Recorder::create`].
    pub fn create_followed(
        run: &RunDirectory,
        origin: Instant,
        follower: Option<SyncSender<Vec<Event>>>,
    ) -> Result<Self, StoreError> {
        let path = run.history_path();
        let file = run.write_history()?;
        let shared = Arc::new(Shared::new(origin, true));
        let thread = thread::Builder::new().name("recorder".into()).spawn({
            let shared = Arc::clone(&shared);
            move || {
                let (summary, file) = shared.write(file, follower)?;
                file.sync_all()?;
                Ok(summary)
            }
        });
        let thread =
            thread.map_err(|source| StoreError::Io { action: "start writing", path, source })?;
        let writer = Some(Writer { shared: Arc::clone(&shared), thread: Some(thread) });
        Ok(Self { shared, writer: Arc::new(Mutex::new(writer)) })
    }

    /// A recorder that gives out ids and counts, and keeps nothing: what recording is measured
    /// against.
    #[must_use]
    pub fn off(origin: Instant) -> Self {
        Self { shared: Arc::new(Shared::new(origin, false)), writer: Arc::new(Mutex::new(None)) }
    }

    /// Records that a process is about to ask. Call it before the request is sent.
    pub fn invoke(
        &self,
        process: ProcessId,
        site: SiteIndex,
        route: Route,
        key: Key,
        call: Call,
    ) -> OperationId {
        let mut queue = self.shared.lock();
        let operation = OperationId(queue.invoked);
        queue.invoked += 1;
        let invocation = Invocation { operation, process, site, route, key, call };
        self.shared.push(queue, EventKind::Invoke(invocation));
        operation
    }

    /// Records what an operation came to. Call it after the reply has arrived.
    pub fn complete(&self, completion: &Completion) {
        // Lists are copied before the lock is taken.
        let event = EventKind::Complete(completion.clone());
        let mut queue = self.shared.lock();
        match completion.outcome {
            Outcome::Ok => queue.operations.ok += 1,
            Outcome::Fail => queue.operations.fail += 1,
            Outcome::Info => queue.operations.info += 1,
        }
        self.shared.push(queue, event);
    }

    /// Records that a fault changed its stage.
    pub fn fault(&self, fault: FaultEvent) {
        self.shared.push(self.shared.lock(), EventKind::Fault(fault));
    }

    /// Records that the run enters a phase.
    pub fn mark(&self, mark: Mark) {
        self.shared.push(self.shared.lock(), EventKind::Mark(mark));
    }

    /// The recording's time, in ns since its origin.
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        self.shared.now_ns()
    }

    /// What was recorded so far; nothing is said of blocks and bytes.
    #[must_use]
    pub fn progress(&self) -> RecorderSummary {
        self.shared.lock().summary()
    }

    /// Ends the recording: whatever is recorded later is dropped, what was recorded is on disk when
    /// this returns.
    ///
    /// # Errors
    /// What the file system said when it first refused; the history ends there. Also if the
    /// recording was ended before.
    pub fn finish(&self) -> io::Result<RecorderSummary> {
        if !self.shared.keeps {
            return Ok(self.progress());
        }
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        writer.ok_or_else(|| io::Error::other("the recording has ended before"))?.join()
    }
}

impl Queue {
    fn summary(&self) -> RecorderSummary {
        RecorderSummary { events: self.events, operations: self.operations, ..Default::default() }
    }
}

impl Shared {
    fn new(origin: Instant, keeps: bool) -> Self {
        Self { origin, keeps, queue: Mutex::default(), wake: Condvar::new() }
    }

    fn now_ns(&self) -> u64 {
        self.origin.elapsed().as_nanos() as u64
    }

    /// Nothing that holds the lock can leave the queue half-changed, so a poisoned one is as good.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stamps an event and queues it.
    fn push(&self, mut queue: MutexGuard<'_, Queue>, kind: EventKind) {
        if queue.ended {
            return;
        }
        queue.events += 1;
        let time_ns = self.now_ns();
        if self.keeps {
            queue.waiting.push(Event { time_ns, kind });
            if queue.waiting.len() == FLUSH_EVENTS {
                self.wake.notify_one();
            }
        }
    }

    fn end(&self) {
        self.lock().ended = true;
        self.wake.notify_one();
    }

    /// Writes until the recording ends; gives the file back.
    fn write<W: Write>(
        &self,
        mut file: EventWriter<W>,
        mut follower: Option<SyncSender<Vec<Event>>>,
    ) -> io::Result<(RecorderSummary, W)> {
        let mut events = Vec::with_capacity(FLUSH_EVENTS);
        loop {
            let ended = self.take(&mut events);
            let written = events.iter().try_for_each(|event| file.push(event));
            if let Err(error) = written.and_then(|()| file.flush()) {
                // Nothing more can be kept; the load goes on, and `finish` tells.
                self.lock().ended = true;
                return Err(error);
            }
            // The follower keeps what it is given; nobody else needs it any more.
            let follows = follower.as_ref().is_some_and(|follower| {
                let written = mem::replace(&mut events, Vec::with_capacity(FLUSH_EVENTS));
                follower.try_send(written).is_ok()
            });
            if !follows {
                follower = None;
                events.clear();
            }
            if ended {
                break;
            }
        }
        let (blocks, bytes) = (file.blocks(), file.bytes());
        let summary = RecorderSummary { blocks, bytes, ..self.lock().summary() };
        Ok((summary, file.finish()?))
    }

    /// Waits until it is time to write and swaps what has gathered for the empty `events`, whose
    /// memory the load then fills. Says whether the recording has ended.
    fn take(&self, events: &mut Vec<Event>) -> bool {
        let idle = |queue: &mut Queue| !queue.ended && queue.waiting.len() < FLUSH_EVENTS;
        let waited = self.wake.wait_timeout_while(self.lock(), FLUSH_INTERVAL, idle);
        let (mut queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        mem::swap(&mut queue.waiting, events);
        queue.ended
    }
}

/// The writer's thread, ended when it is dropped.
#[derive(Debug)]
struct Writer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<io::Result<RecorderSummary>>>,
}

impl Writer {
    fn join(mut self) -> io::Result<RecorderSummary> {
        self.shared.end();
        let thread = self.thread.take().expect("only `join` and `drop` take the thread");
        thread.join().map_err(|_| io::Error::other("the recorder's thread panicked"))?
    }
}

impl Drop for Writer {
    /// A recorder that is dropped without `finish` still writes what it has.
    fn drop(&mut self) {
        self.shared.end();
        if let Some(thread) = self.thread.take() {
            // There is nobody left to tell; the history's reader will see where it ends.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// A disk that is full after so many bytes.
    struct Disk(usize);

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_ends_the_recording_and_not_the_load() {
        let shared = Arc::new(Shared::new(Instant::now(), true));
        let writing = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                shared.write(EventWriter::new(Disk(20)).unwrap(), None).map(|(summary, _)| summary)
            }
        });
        for _ in 0..2 * FLUSH_EVENTS {
            shared.push(shared.lock(), EventKind::Mark(Mark::LoadStarted));
        }
        assert_eq!(writing.join().unwrap().unwrap_err().kind(), io::ErrorKind::StorageFull);
        let kept = shared.lock().waiting.len();
        shared.push(shared.lock(), EventKind::Mark(Mark::LoadEnded));
        assert_eq!(shared.lock().waiting.len(), kept, "nothing gathers that nobody will write");
    }

    #[test]
    fn a_follower_gets_every_event_and_one_that_sleeps_is_left_behind() {
        for (room, all) in [(64, true), (1, false)] {
            let shared = Arc::new(Shared::new(Instant::now(), true));
            let (follower, followed) = mpsc::sync_channel(room);
            let writing = thread::spawn({
                let shared = Arc::clone(&shared);
                move || shared.write(EventWriter::new(Vec::new()).unwrap(), Some(follower))
            });
            for _ in 0..3 {
                for _ in 0..FLUSH_EVENTS {
                    shared.push(shared.lock(), EventKind::Mark(Mark::LoadStarted));
                }
                thread::sleep(2 * FLUSH_INTERVAL);
            }
            shared.end();
            let (summary, _) = writing.join().unwrap().unwrap();
            assert_eq!(summary.events, 3 * FLUSH_EVENTS as u64, "the recording never waits");
            let got: usize = followed.iter().map(|batch: Vec<Event>| batch.len()).sum();
            assert_eq!(got as u64 == summary.events, all, "{got} events");
        }
    }
}
