//! The thread that owns the world.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, oneshot};
use wire::{Frame, Message};

use super::EmbeddedError;
use super::room::{Part, Room};
use crate::security::Caller;
use crate::world::{Answer, Ticket, World};

/// How many pieces of work are taken in before answers are handed out.
const BATCH: usize = 64;
/// How long the thread sleeps at most, when nothing is due.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// A frame, and who sends it where.
pub(super) struct Request {
    pub(super) node: u8,
    pub(super) site: u8,
    pub(super) caller: Caller,
    pub(super) content: Content,
    pub(super) stay: Stay,
}

/// A frame, decoded as far as the connection did it: this thread is the one that all wait for.
pub(super) enum Content {
    Message(Message),
    Frame(Frame),
}

/// What a request takes of its node's room until it is answered, though its client may go first.
pub(super) struct Stay {
    room: Arc<Room>,
    _connection: Option<Arc<OwnedSemaphorePermit>>,
    _request: Vec<OwnedSemaphorePermit>,
}

impl Stay {
    /// A request that takes nothing.
    pub(super) fn of(room: Arc<Room>) -> Self {
        Self { room, _connection: None, _request: Vec::new() }
    }

    /// A request of a connection, with what it takes.
    pub(super) fn with(
        room: Arc<Room>,
        connection: Arc<OwnedSemaphorePermit>,
        request: [Part; 3],
    ) -> Self {
        let request = request.into_iter().flatten().collect();
        Self { room, _connection: Some(connection), _request: request }
    }
}

/// An answer, and what it takes of the node's room until the client has it.
pub(super) struct Answered {
    pub(super) answer: Answer,
    _room: Part,
}

impl Answered {
    /// An answer that there is room for.
    fn within(answer: Answer, room: &Room) -> Self {
        let bytes = match &answer {
            Answer::Bytes(bytes) | Answer::LoggedIn { bytes, .. } => bytes.len(),
            Answer::Close => 0,
        };
        match room.answer(bytes) {
            Ok(part) => Self { answer, _room: part },
            Err(_) => Self::CLOSE,
        }
    }

    const CLOSE: Self = Self { answer: Answer::Close, _room: None };
}

/// Who waits for an answer.
struct Waiting {
    answer: oneshot::Sender<Answered>,
    stay: Stay,
}

enum Work {
    Request(Request, oneshot::Sender<Answered>),
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
    pub(super) async fn request(&self, request: Request) -> Answered {
        let (answer, answered) = oneshot::channel();
        match self.work.send(Work::Request(request, answer)) {
            Ok(()) => answered.await.unwrap_or(Answered::CLOSE),
            Err(_) => Answered::CLOSE,
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
    let mut open: BTreeMap<Ticket, Waiting> = BTreeMap::new();
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
                    let Request { node, site, caller, content, stay } = request;
                    open.insert(ticket, Waiting { answer, stay });
                    match content {
                        Content::Message(message) => {
                            world.serve_message(node, site, ticket, caller, message);
                        }
                        Content::Frame(Frame { frame_type, body }) => {
                            world.serve(node, site, ticket, caller, frame_type, &body);
                        }
                    }
                }
                Work::Control(control) => control(&mut world),
                Work::Stop => return,
            }
        }
        for (ticket, answer) in world.poll() {
            if let Some(waiting) = open.remove(&ticket) {
                let answer = Answered::within(answer, &waiting.stay.room);
                // The client may have gone.
                let _ = waiting.answer.send(answer);
            }
        }
    }
}

fn until_deadline(world: &World) -> Duration {
    world.next_deadline_ns().map_or(LONGEST_SLEEP, |deadline_ns| {
        Duration::from_nanos(deadline_ns.saturating_sub(world.now_ns())).min(LONGEST_SLEEP)
    })
}
