//! The world and who moves it.
//!
//! Whoever brings work and finds the world free serves all that waits, there and then: a request
//! that is answered at once costs no change of threads. Who finds it taken leaves the work to its
//! holder, so that no task ever waits for a thread. A thread of its own moves the world when
//! something is due of itself.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, TryLockError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio_util::sync::CancellationToken;
use wire::{Frame, Message};

use super::EmbeddedError;
use super::room::{Part, Room};
use crate::node::PeerMessage;
use crate::process::Surroundings;
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

/// A frame, decoded as far as the connection did it: the world is what all wait for.
pub(super) enum Content {
    Message(Message),
    Frame(Frame),
}

/// What a request takes of its node's room until it is answered, though its client may go first.
pub(super) struct Stay {
    room: Arc<Room>,
    _connection: Option<Arc<OwnedSemaphorePermit>>,
    _request: [Part; 3],
}

impl Stay {
    /// A request that takes nothing.
    pub(super) fn of(room: Arc<Room>) -> Self {
        Self { room, _connection: None, _request: [None, None, None] }
    }

    /// A request of a connection, with what it takes.
    pub(super) fn with(
        room: Arc<Room>,
        connection: Arc<OwnedSemaphorePermit>,
        request: [Part; 3],
    ) -> Self {
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
    Peer(u8, PeerMessage),
    Stop,
}

/// The way to the world.
pub(crate) struct Engine {
    shared: Arc<Shared>,
    /// Cancelled when the world has stopped.
    ended: CancellationToken,
}

struct Shared {
    work: Sender<Work>,
    /// Pieces of work that were brought and not taken in.
    brought: AtomicUsize,
    /// Whoever holds this moves the world.
    turn: Mutex<Turn>,
    /// The thread that moves it when something is due.
    timer: OnceLock<Thread>,
}

/// The world, and what its holder needs.
struct Turn {
    /// `None`: it has stopped.
    world: Option<World>,
    /// Where what a node alone keeps and sends goes.
    surroundings: Option<Surroundings>,
    ended: CancellationToken,
    work: Receiver<Work>,
    origin: Instant,
    open: BTreeMap<Ticket, Waiting>,
    next_ticket: u64,
    /// When the world was moved last, and when the thread does it next, in ns since the origin.
    moved_ns: u64,
    planned_ns: u64,
}

impl Engine {
    /// Starts the thread. It ends when [`stop`](Self::stop) is called or the engine is dropped.
    pub(super) fn start(world: World) -> Result<Self, EmbeddedError> {
        Self::spawn(world, None)
    }

    /// The same for one node whose peers are elsewhere.
    pub(crate) fn surrounded(
        world: World,
        surroundings: Surroundings,
    ) -> Result<Self, EmbeddedError> {
        Self::spawn(world, Some(surroundings))
    }

    fn spawn(world: World, surroundings: Option<Surroundings>) -> Result<Self, EmbeddedError> {
        let (work, received) = channel();
        let ended = CancellationToken::new();
        let turn = Turn {
            world: Some(world),
            surroundings,
            ended: ended.clone(),
            work: received,
            origin: Instant::now(),
            open: BTreeMap::new(),
            next_ticket: 0,
            moved_ns: 0,
            planned_ns: 0,
        };
        let shared = Arc::new(Shared {
            work,
            brought: AtomicUsize::new(0),
            turn: Mutex::new(turn),
            timer: OnceLock::new(),
        });
        let of_thread = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("emulator".to_owned())
            .spawn(move || of_thread.keep_time())
            .map_err(EmbeddedError::Thread)?;
        // Until now nothing was due any earlier than the thread looks at first.
        let _ = shared.timer.set(thread.thread().clone());
        Ok(Self { shared, ended })
    }

    /// Hands in what a client sends and waits for the answer, for as long as the link, the node or
    /// the request may take.
    pub(super) async fn request(&self, request: Request) -> Answered {
        let (answer, answered) = oneshot::channel();
        self.shared.bring(Work::Request(request, answer));
        answered.await.unwrap_or(Answered::CLOSE)
    }

    /// Does something to the world, between two of its steps.
    pub(crate) async fn control<R: Send + 'static>(
        &self,
        control: impl FnOnce(&mut World) -> R + Send + 'static,
    ) -> Result<R, EmbeddedError> {
        let (result, done) = oneshot::channel();
        self.shared.bring(Work::Control(Box::new(move |world| {
            // Nobody waits any more: the result is of no use.
            let _ = result.send(control(world));
        })));
        done.await.map_err(|_| EmbeddedError::Stopped)
    }

    /// Hands in what another node says; false if the world has stopped.
    pub(crate) fn receive(&self, from: u8, message: PeerMessage) -> bool {
        self.shared.bring(Work::Peer(from, message));
        !self.ended.is_cancelled()
    }

    /// Does something as long as the world goes on; `None` if it stopped before that was done.
    pub(crate) async fn while_it_runs<F: Future>(&self, doing: F) -> Option<F::Output> {
        self.ended.run_until_cancelled(doing).await
    }

    /// Returns when the world has stopped.
    pub(crate) async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Ends the thread; every open request is closed.
    pub(crate) fn stop(&self) {
        self.shared.bring(Work::Stop);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    /// Brings work, and does it unless somebody else is about to.
    fn bring(&self, work: Work) {
        self.brought.fetch_add(1, Ordering::SeqCst);
        // The receiver lives as long as this.
        let _ = self.work.send(work);
        self.take_while_brought();
    }

    /// Takes in what was brought, as long as the world is free: whoever holds it looks here again
    /// after giving it back.
    fn take_while_brought(&self) {
        while self.brought.load(Ordering::SeqCst) > 0 {
            match self.turn.try_lock() {
                Ok(turn) => self.take(turn),
                Err(TryLockError::WouldBlock) => return,
                Err(TryLockError::Poisoned(error)) => self.take(stopped(error.into_inner())),
            };
        }
    }

    /// Lets the world go on in time, until it stops.
    fn keep_time(&self) {
        // The default slack of 50 µs would add to every delay of the network; where it cannot be
        // set, delays are that much longer.
        #[cfg(target_os = "linux")]
        let _ = nix::sys::prctl::set_timerslack(1);
        loop {
            let mut turn = self.turn.lock().unwrap_or_else(|error| stopped(error.into_inner()));
            turn.planned_ns = u64::MAX;
            let Some(due) = self.take(turn) else { return };
            // What others bring from here on ends the sleep if it is due earlier.
            self.take_while_brought();
            thread::park_timeout(due.saturating_duration_since(Instant::now()));
        }
    }

    /// Moves the world to now and takes in what was brought. When something is due next, or `None`
    /// if the world has stopped.
    fn take(&self, mut turn: MutexGuard<'_, Turn>) -> Option<Instant> {
        let taken = turn.take_in();
        self.brought.fetch_sub(taken, Ordering::SeqCst);
        let due_ns = turn.due_ns()?;
        let due = turn.origin + Duration::from_nanos(due_ns);
        let earlier = due_ns < turn.planned_ns;
        if earlier {
            turn.planned_ns = due_ns;
        }
        drop(turn);
        if earlier
            && let Some(timer) = self.timer.get()
            && timer.id() != thread::current().id()
        {
            timer.unpark();
        }
        Some(due)
    }
}

/// A world whose step panicked stops: nobody knows what it is like.
fn stopped(mut turn: MutexGuard<'_, Turn>) -> MutexGuard<'_, Turn> {
    turn.stop();
    turn
}

impl Turn {
    /// Takes in work and hands out answers; how many pieces were taken in.
    fn take_in(&mut self) -> usize {
        let now_ns = u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.moved_ns = now_ns;
        let Some(world) = &mut self.world else {
            // Who waits for these learns that nobody answers.
            return self.work.try_iter().count();
        };
        world.wake(now_ns);
        let mut taken = 0;
        for work in self.work.try_iter().take(BATCH) {
            taken += 1;
            match work {
                Work::Request(request, answer) => {
                    let ticket = Ticket(self.next_ticket);
                    self.next_ticket += 1;
                    let Request { node, site, caller, content, stay } = request;
                    self.open.insert(ticket, Waiting { answer, stay });
                    match content {
                        Content::Message(message) => {
                            world.serve_message(node, site, ticket, caller, message);
                        }
                        Content::Frame(Frame { frame_type, body }) => {
                            world.serve(node, site, ticket, caller, frame_type, &body);
                        }
                    }
                }
                Work::Control(control) => control(world),
                Work::Peer(from, message) => world.receive(from, message),
                Work::Stop => {
                    self.stop();
                    return taken;
                }
            }
        }
        // What takes no time happens now.
        world.advance(world.now_ns());
        if self.surroundings.as_mut().is_some_and(|all| !all.attend(world)) {
            self.stop();
            return taken;
        }
        for (ticket, answer) in world.poll() {
            if let Some(waiting) = self.open.remove(&ticket) {
                let answer = Answered::within(answer, &waiting.stay.room);
                // The client may have gone.
                let _ = waiting.answer.send(answer);
            }
        }
        taken
    }

    fn stop(&mut self) {
        self.world = None;
        self.surroundings = None;
        self.open.clear();
        self.ended.cancel();
    }

    /// When something is due next, by the driver's clock; `None` once the world has stopped.
    fn due_ns(&self) -> Option<u64> {
        let world = self.world.as_ref()?;
        let longest_ns = LONGEST_SLEEP.as_nanos() as u64;
        let wait_ns = world
            .next_deadline_ns()
            .map_or(longest_ns, |due_ns| due_ns.saturating_sub(world.now_ns()).min(longest_ns));
        Some(self.moved_ns + wait_ns)
    }
}
