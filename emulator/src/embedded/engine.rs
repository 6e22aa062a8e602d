//! The thread that owns the world.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use wire::Frame;

use super::EmbeddedError;
use crate::security::Caller;
use crate::world::{Answer, Ticket, World};

/// How many pieces of work are taken in before answers are handed out.
const BATCH: usize = 64;
/// How long the thread sleeps at most, when nothing is due.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// A frame's body, and who sends it where.
pub(super) struct Request {
    pub(super) node: u8,
    pub(super) site: u8,
    pub(super) caller: Caller,
    pub(super) frame: Frame,
}

enum Work {
    Request(Request, oneshot::Sender<Answer>),
    Control(Box<dyn FnOnce(&mut World) + Send>),
    Stop,
}

/// The way to the world.
pub(super) struct Engine {
    work: Sender<Work>,
}

impl Engine {
    /// Starts the thread. It ends when [`stop`](Self::stop) is called or the engine is dropped.
    pub(super) fn start(world: World) -> Result<Self, EmbeddedError> {
        let (work, received) = channel();
        thread::Builder::new()
            .name("emulator".to_owned())
            .spawn(move || run(world, &received))
            .map_err(EmbeddedError::Thread)?;
        Ok(Self { work })
    }

    /// Hands in what a client sends and waits for the answer, for as long as the link, the node or
    /// the request may take.
    pub(super) async fn request(&self, request: Request) -> Answer {
        let (answer, answered) = oneshot::channel();
        match self.work.send(Work::Request(request, answer)) {
            Ok(()) => answered.await.unwrap_or(Answer::Close),
            Err(_) => Answer::Close,
        }
    }

    /// Does something to the world, between two of its steps.
    pub(super) async fn control<R: Send + 'static>(
        &self,
        control: impl FnOnce(&mut World) -> R + Send + 'static,
    ) -> Result<R, EmbeddedError> {
        let (result, done) = oneshot::channel();
        let work = Work::Control(Box::new(move |world| {
            // Nobody waits any more: the result is of no use.
            let _ = result.send(control(world));
        }));
        self.work.send(work).map_err(|_| EmbeddedError::Stopped)?;
        done.await.map_err(|_| EmbeddedError::Stopped)
    }

    /// Ends the thread; every open request is closed.
    pub(super) fn stop(&self) {
        // An error means that it has ended already.
        let _ = self.work.send(Work::Stop);
    }
}

fn run(mut world: World, received: &Receiver<Work>) {
    // The default slack of 50 µs would add to every delay of the network; where it cannot be set,
    // delays are that much longer.
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_timerslack(1);
    let origin = Instant::now();
    let mut open: BTreeMap<Ticket, oneshot::Sender<Answer>> = BTreeMap::new();
    let mut tickets = (0..).map(Ticket);
    loop {
        let first = match received.recv_timeout(until_deadline(&world)) {
            Ok(work) => Some(work),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        world.wake(u64::try_from(origin.elapsed().as_nanos()).unwrap_or(u64::MAX));
        // `take` stops before it takes one too many out of the queue.
        for work in first.into_iter().chain(received.try_iter().take(BATCH)) {
            match work {
                Work::Request(request, answer) => {
                    let Some(ticket) = tickets.next() else { return };
                    open.insert(ticket, answer);
                    let Request { node, site, caller, frame } = request;
                    world.serve(node, site, ticket, caller, frame.frame_type, &frame.body);
                }
                Work::Control(control) => control(&mut world),
                Work::Stop => return,
            }
        }
        for (ticket, answer) in world.poll() {
            if let Some(waiting) = open.remove(&ticket) {
                // The client may have gone.
                let _ = waiting.send(answer);
            }
        }
    }
}

fn until_deadline(world: &World) -> Duration {
    world.next_deadline_ns().map_or(LONGEST_SLEEP, |deadline_ns| {
        Duration::from_nanos(deadline_ns.saturating_sub(world.now_ns())).min(LONGEST_SLEEP)
    })
}
