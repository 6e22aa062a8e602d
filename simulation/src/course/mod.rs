//! The passing of a night: clients, faults and the cluster on one virtual clock.

mod tend;

use std::collections::BTreeMap;
use std::sync::Arc;

use emulator::world::{Answer, Ticket, World};
use history::{
    Call, Completion, Event, EventKind, FaultEvent, FaultStage, History, Invocation, Key, Mark,
    Mode, OperationId, Outcome, ProcessId, Returned, Route, SiteIndex, Topology,
};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use wire::Digest;
use workloads::generator::{Backoff, Generator, Step, Steps, places};
use workloads::outcome::{Attempt, classify};

use self::tend::Tending;
use crate::agenda::Agenda;
use crate::client::{
    Acquaintance, CLOSED, INVALID_NODE, NO_ANSWER, PartitionMap, attempt, digest, lost, request,
    unsent,
};
use crate::cluster::{self, NAMESPACE, NODES, SITES};
use crate::faults::Faults;
use crate::script::Scripted;
use crate::{Night, Recorded};

const MS: u64 = 1_000_000;
/// How long the cluster has to form before the load begins.
const FORMING_NS: u64 = 4_000 * MS;
/// How long it has to become whole again after the last fault.
const SETTLING_NS: u64 = 60_000 * MS;
/// How long a final reader waits that could not read.
const PAUSE_NS: u64 = 20 * MS;
/// The random stream of pauses for thought.
const STREAM: u64 = 0x6c6f_6164;
/// The server's code for a compare-and-set that found another generation.
const GENERATION: i16 = 3;

/// Something that a client or the nemesis does at its time.
#[derive(Clone, Copy, Debug)]
enum Act {
    Ask { slot: usize },
    Replay { index: usize },
    GiveUp { ticket: Ticket },
    Tend { site: u8 },
    Apply { fault: usize },
    Heal { fault: usize },
}

/// A place for processes, one after the other.
struct Slot {
    process: ProcessId,
    site: u8,
    route: Route,
    role: Role,
}

/// What the processes of a slot do.
enum Role {
    /// One step after another.
    Worker { steps: Box<Steps>, backoff: Box<Backoff>, then: Option<Compare> },
    /// Read these keys, the last first.
    Reader { keys: Vec<Key> },
    /// One operation, and no more.
    Once,
}

/// The second half of a compare-and-set.
#[derive(Clone, Copy, Debug)]
struct Compare {
    key: Key,
    expected: Option<u64>,
    generation: u32,
}

/// An operation under way.
#[derive(Clone, Copy, Debug)]
struct Open {
    slot: usize,
    operation: OperationId,
    key: Key,
    call: Call,
}

pub(crate) struct Course<'a> {
    night: &'a Night,
    topology: Topology,
    world: World,
    generator: Arc<Generator>,
    random: ChaCha8Rng,
    faults: Faults,
    maps: Vec<PartitionMap>,
    known: Vec<Acquaintance>,
    tending: Vec<Tending>,
    digests: BTreeMap<Key, Digest>,
    slots: Vec<Slot>,
    next_process: u32,
    next_ticket: u64,
    next_operation: u64,
    agenda: Agenda<Act>,
    open: BTreeMap<Ticket, Open>,
    tends: BTreeMap<Ticket, (u8, u8)>,
    events: Vec<Event>,
    asking: bool,
}

impl<'a> Course<'a> {
    /// Lets a night pass.
    pub(crate) fn pass(night: &'a Night) -> Recorded {
        let mut course = Self::new(night);
        let settled = course.run();
        Recorded {
            events: course.events,
            history: History::default(),
            faults: course.faults.records,
            settled,
            steps: course.world.steps(),
            opportunities: course.world.defects().opportunities(),
            fired: course.world.defects().fired(),
        }
    }

    fn new(night: &'a Night) -> Self {
        let topology = cluster::stretch();
        let generator = Generator::new(&night.load(), night.seed);
        let places =
            if night.script.is_some() { Vec::new() } else { places(&night.load(), &topology) };
        let slots: Vec<Slot> = (0..)
            .zip(places)
            .map(|(index, place)| Slot {
                process: ProcessId(index),
                site: place.site.0,
                route: place.route,
                role: Role::Worker {
                    steps: Box::new(generator.steps(index)),
                    backoff: Box::new(Backoff::new(night.seed, index)),
                    then: None,
                },
            })
            .collect();
        let mut random = ChaCha8Rng::seed_from_u64(night.seed);
        random.set_stream(STREAM);
        Self {
            world: World::new(cluster::world(night), night.seed),
            topology,
            generator,
            random,
            faults: Faults::new(night),
            maps: (0..SITES).map(|_| PartitionMap::default()).collect(),
            known: (0..SITES).map(|_| Acquaintance::of(0..NODES)).collect(),
            tending: (0..SITES).map(|_| Tending::default()).collect(),
            digests: BTreeMap::new(),
            next_process: slots.len() as u32,
            slots,
            next_ticket: 0,
            next_operation: 0,
            agenda: Agenda::default(),
            open: BTreeMap::new(),
            tends: BTreeMap::new(),
            events: Vec::new(),
            asking: false,
            night,
        }
    }

    /// Whether the cluster became whole again.
    fn run(&mut self) -> bool {
        for site in 0..SITES {
            // The sites' clients do not ask in step.
            self.plan(u64::from(site) * self.night.tend_ms / 2 * MS, Act::Tend { site });
        }
        self.let_pass(FORMING_NS, |_| false);
        let began_ns = self.world.now_ns();
        self.mark(Mark::LoadStarted);
        for (fault, record) in self.night.schedule.iter().enumerate() {
            let at_ns = began_ns + record.planned_at_ms * MS;
            self.plan(at_ns, Act::Apply { fault });
            self.plan(at_ns + record.planned_for_ms * MS, Act::Heal { fault });
        }
        self.asking = true;
        for slot in 0..self.slots.len() {
            let at_ns = began_ns + self.think_ns();
            self.plan(at_ns, Act::Ask { slot });
        }
        let scripted = self.night.script.iter().flat_map(|script| &script.operations);
        for (index, operation) in scripted.enumerate() {
            self.plan(began_ns + operation.at_ns, Act::Replay { index });
        }
        self.let_pass(began_ns + self.night.load_ms * MS, |_| false);
        self.asking = false;
        let healed = |course: &Self| course.open.is_empty() && course.faults.are_healed();
        self.let_pass(self.world.now_ns() + SETTLING_NS, healed);
        self.mark(Mark::LoadEnded);
        self.let_pass(self.world.now_ns() + SETTLING_NS, Self::is_whole);
        let settled = self.is_whole();
        self.mark(Mark::MigrationsEnded);
        // Clients learn the last map.
        self.let_pass(self.world.now_ns() + 3 * self.night.tend_ms * MS, |_| false);
        self.mark(Mark::FinalReadsStarted);
        self.read_finally();
        self.mark(Mark::FinalReadsEnded);
        settled
    }

    /// One reader per site reads every key.
    fn read_finally(&mut self) {
        let keys = match &self.night.script {
            Some(script) => script.keys(),
            None => {
                let slots = self.generator.keys().slots();
                let mut keys = self.generator.keys().ever_written();
                keys.extend((0..u64::from(slots)).map(Key));
                keys.sort_unstable();
                keys.dedup();
                keys
            }
        };
        self.slots.clear();
        for site in 0..SITES {
            let slot = Slot {
                process: self.hire(),
                site,
                route: Route::Map,
                role: Role::Reader { keys: keys.clone() },
            };
            self.slots.push(slot);
        }
        self.asking = true;
        for slot in 0..self.slots.len() {
            self.plan(self.world.now_ns(), Act::Ask { slot });
        }
        let read = |slot: &Slot| !matches!(&slot.role, Role::Reader { keys } if !keys.is_empty());
        let done = |course: &Self| course.open.is_empty() && course.slots.iter().all(read);
        self.let_pass(self.world.now_ns() + SETTLING_NS, done);
        self.asking = false;
    }

    /// Whether all nodes are in one cluster, which serves every partition, and no migration remains.
    fn is_whole(&self) -> bool {
        let now_ns = self.world.now_ns();
        (0..NODES).all(|node| {
            self.world.node(node).is_some_and(|node| {
                let cluster = node.cluster(now_ns);
                let settled = node.namespace(NAMESPACE).is_some_and(|namespace| {
                    namespace.migrate_tx_remaining + namespace.migrate_rx_remaining == 0
                        && namespace.unavailable_partitions + namespace.dead_partitions == 0
                });
                cluster.members.len() == usize::from(NODES) && cluster.integrity && settled
            })
        })
    }

    fn plan(&mut self, at_ns: u64, act: Act) {
        self.agenda.plan(at_ns, act);
    }

    fn record(&mut self, kind: EventKind) {
        self.events.push(Event { time_ns: self.world.now_ns(), kind });
    }

    fn mark(&mut self, mark: Mark) {
        self.record(EventKind::Mark(mark));
    }

    /// Lets time pass until `end_ns`, or until `done` (looked at every 100 ms).
    fn let_pass(&mut self, end_ns: u64, done: impl Fn(&Self) -> bool) {
        let mut look_ns = self.world.now_ns();
        loop {
            if self.world.now_ns() >= look_ns {
                if done(self) {
                    return;
                }
                look_ns += 100 * MS;
            }
            let act = self.agenda.next_ns().unwrap_or(u64::MAX);
            let world = self.world.next_deadline_ns().unwrap_or(u64::MAX);
            let next_ns = act.min(world).min(look_ns);
            if next_ns > end_ns {
                self.world.advance(end_ns);
                self.hear();
                return;
            }
            self.world.advance(next_ns);
            self.hear();
            while let Some(act) = self.agenda.due(self.world.now_ns()) {
                self.act(act);
            }
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Ask { slot } => self.ask(slot),
            Act::Replay { index } => self.replay(index),
            Act::GiveUp { ticket } => {
                if let Some(open) = self.open.remove(&ticket) {
                    self.complete(open, lost(NO_ANSWER));
                }
                if let Some((site, _)) = self.tends.remove(&ticket) {
                    self.move_on(site, ticket);
                }
            }
            Act::Tend { site } => self.tend(site),
            Act::Apply { fault } => {
                self.faults.apply(fault, &mut self.world, &self.topology);
                let fault = fault as u32;
                self.record(EventKind::Fault(FaultEvent { fault, stage: FaultStage::Applied }));
            }
            Act::Heal { fault } => {
                self.faults.heal(fault, &mut self.world);
                let fault = fault as u32;
                self.record(EventKind::Fault(FaultEvent { fault, stage: FaultStage::Healed }));
            }
        }
    }

    fn timeout_ns(&self) -> u64 {
        u64::from(self.night.timeout_ms) * MS
    }

    fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }

    fn hire(&mut self) -> ProcessId {
        self.next_process += 1;
        ProcessId(self.next_process - 1)
    }

    fn ask(&mut self, index: usize) {
        if !self.asking {
            return;
        }
        let Some(slot) = self.slots.get_mut(index) else { return };
        let (key, call) = match &mut slot.role {
            Role::Worker { steps, then, .. } => match then.take() {
                Some(Compare { key, expected, generation }) => {
                    let value = self.generator.value();
                    (key, Call::Cas { expected, generation, value })
                }
                None => match steps.next(|_| true) {
                    Step::Read(key) => (key, Call::Read),
                    Step::Write(key, value) => (key, Call::Write { value }),
                    Step::Add(key) => (key, Call::Add { delta: 1 }),
                    Step::Append(key, element) => (key, Call::Append { element }),
                    Step::CompareAndSet(key) => {
                        // What the read returns decides the second half.
                        *then = Some(Compare { key, expected: None, generation: 0 });
                        (key, Call::Read)
                    }
                },
            },
            Role::Reader { keys } => match keys.last() {
                None => return,
                Some(key) => (*key, Call::Read),
            },
            Role::Once => return,
        };
        self.invoke(index, key, call);
    }

    /// Does a written operation again, as its process, or as another if that is busy.
    fn replay(&mut self, index: usize) {
        let script = self.night.script.as_ref();
        let Some(Scripted { process, site, route, key, call, .. }) =
            script.and_then(|script| script.operations.get(index)).copied()
        else {
            return;
        };
        self.next_process = self.next_process.max(process.0 + 1);
        let busy = self.open.values().any(|open| self.slots[open.slot].process == process);
        let process = if busy { self.hire() } else { process };
        self.slots.push(Slot { process, site, route, role: Role::Once });
        self.invoke(self.slots.len() - 1, key, call);
    }

    fn invoke(&mut self, index: usize, key: Key, call: Call) {
        let Slot { process, site, route, .. } = self.slots[index];
        let operation = OperationId(self.next_operation);
        self.next_operation += 1;
        self.record(EventKind::Invoke(Invocation {
            operation,
            process,
            site: SiteIndex(site),
            route,
            key,
            call,
        }));
        let open = Open { slot: index, operation, key, call };
        let digest = *self.digests.entry(key).or_insert_with(|| digest(key));
        let node = match route {
            Route::Pinned(node) => Some(node),
            Route::Map => self.mapped(site, digest.partition(), &call),
        };
        let Some(node) = node else {
            self.complete(open, unsent(INVALID_NODE));
            return;
        };
        if !self.world.is_running(node) {
            self.complete(open, unsent(CLOSED));
            return;
        }
        let ticket = self.ticket();
        let mode = (self.night.mode == Mode::Sc).then_some(self.night.read_mode);
        let body = request(&call, &digest, self.night.workload, mode, self.night.timeout_ms);
        self.open.insert(ticket, open);
        self.world.request(node, site, ticket, &body);
        self.plan(self.world.now_ns() + self.timeout_ns(), Act::GiveUp { ticket });
    }

    /// Takes in what was answered.
    fn hear(&mut self) {
        for (ticket, answer) in self.world.poll() {
            if let Some(open) = self.open.remove(&ticket) {
                let attempt = match answer {
                    Answer::Close => lost(CLOSED),
                    Answer::Bytes(bytes) | Answer::LoggedIn { bytes, .. } => {
                        attempt(&open.call, self.night.workload, &bytes)
                    }
                };
                self.complete(open, attempt);
            } else if let Some((site, node)) = self.tends.remove(&ticket) {
                if let Answer::Bytes(bytes) = answer {
                    self.learn(site, node, &bytes);
                }
                self.move_on(site, ticket);
            }
        }
    }

    fn complete(&mut self, open: Open, attempt: Attempt) {
        let conclusion = classify(&open.call, attempt);
        self.record(EventKind::Complete(Completion {
            operation: open.operation,
            outcome: conclusion.outcome,
            returned: conclusion.returned.clone(),
            generation: conclusion.generation,
            code: conclusion.code,
        }));
        let mut wait_ns = self.think_ns();
        if conclusion.outcome == Outcome::Info {
            // Its successor is another process.
            self.slots[open.slot].process = self.hire();
        }
        match &mut self.slots[open.slot].role {
            Role::Worker { backoff, then, .. } => {
                if let (Some(compare), Call::Read) = (then.as_mut(), open.call) {
                    match (conclusion.outcome, &conclusion.returned, conclusion.generation) {
                        (Outcome::Ok, Returned::Value(value), Some(generation)) => {
                            let expected = Some(*value);
                            *compare = Compare { key: open.key, expected, generation };
                        }
                        // Generation 0 asks for a record that is not there.
                        (Outcome::Ok, Returned::Absent, _) => {}
                        _ => *then = None,
                    }
                }
                if conclusion.outcome == Outcome::Fail && conclusion.code != GENERATION {
                    wait_ns += backoff.pause_us() * 1000;
                } else {
                    backoff.reset();
                }
            }
            Role::Reader { keys } => {
                wait_ns = if conclusion.outcome == Outcome::Ok {
                    keys.pop();
                    0
                } else {
                    PAUSE_NS
                };
            }
            Role::Once => return,
        }
        self.plan(self.world.now_ns() + wait_ns, Act::Ask { slot: open.slot });
    }

    /// How long a process thinks.
    fn think_ns(&mut self) -> u64 {
        let mean_ns = self.night.think_us * 1000;
        self.random.random_range(mean_ns / 2..=mean_ns * 3 / 2)
    }
}
