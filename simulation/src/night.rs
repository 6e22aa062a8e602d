//! One night: a cluster, a load, a schedule of faults, and the history that comes of it.

use std::collections::BTreeMap;

use emulator::defect::Defect;
use emulator::world::{Answer, Ticket, World};
use history::{
    Call, Completion, ConflictResolution, Event, EventKind, FaultEvent, FaultRecord, FaultStage,
    Heartbeat, History, HistoryError, Invocation, Key, Mark, Mode, OperationId, ProcessId,
    ReadMode, Route, SiteIndex, Topology, Workload,
};

use crate::client::{Learned, digest, request};
use crate::cluster::{self, NAMESPACE};
use crate::faults::Faults;
use crate::load::Load;
use crate::partition_map::PartitionMap;

const MS: u64 = 1_000_000;
const SITES: u8 = 2;
const NODES: u8 = 6;
/// How long the cluster has to form before the load begins.
const FORMING_NS: u64 = 4_000 * MS;
/// How long it has to become whole again after the last fault.
const SETTLING_NS: u64 = 60_000 * MS;
/// How long a process that could not ask waits.
const BACKOFF_NS: u64 = 20 * MS;
/// Client code: no node is known for the partition.
const INVALID_NODE: i16 = -3;
/// Client code: no answer came in time.
const NO_ANSWER: i16 = -11;
/// Client code: the connection was closed.
const CLOSED: i16 = -8;

/// The settings of a night.
#[derive(Clone, Debug)]
pub struct Night {
    /// The seed behind every random choice.
    pub seed: u64,
    /// Strong consistency or availability.
    pub mode: Mode,
    /// How SC reads read.
    pub read_mode: ReadMode,
    /// How AP merges.
    pub conflict_resolution: ConflictResolution,
    /// What processes do.
    pub workload: Workload,
    /// The deliberate defect.
    pub defect: Option<Defect>,
    /// Heartbeats.
    pub heartbeat: Heartbeat,
    /// There and back between the sites, in µs.
    pub round_trip_us: u64,
    /// Processes over all sites.
    pub processes: u32,
    /// How many of them are pinned to one node each.
    pub pinned: u32,
    /// Keys alive at a time.
    pub keys: u32,
    /// How long a process thinks between two operations, in µs, on average.
    pub think_us: u64,
    /// The deadline of an operation, in ms.
    pub timeout_ms: u32,
    /// How often clients ask nodes for their maps, in ms.
    pub tend_ms: u64,
    /// How long the load lasts, in ms.
    pub load_ms: u64,
    /// The faults, in ms after the load begins.
    pub schedule: Vec<FaultRecord>,
}

impl Night {
    /// A quiet night under strong consistency.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            mode: Mode::Sc,
            read_mode: ReadMode::Linearize,
            conflict_resolution: ConflictResolution::Generation,
            workload: Workload::Register,
            defect: None,
            heartbeat: Heartbeat { interval_ms: 50, timeout: 10 },
            round_trip_us: 2000,
            processes: 12,
            pinned: 2,
            keys: 24,
            think_us: 20_000,
            timeout_ms: 300,
            tend_ms: 250,
            load_ms: 15_000,
            schedule: Vec::new(),
        }
    }

    /// How long nodes take to notice that another is gone, in ms.
    #[must_use]
    pub fn detection_ms(&self) -> u64 {
        u64::from(self.heartbeat.interval_ms) * u64::from(self.heartbeat.timeout)
    }

    /// Lets the night pass.
    ///
    /// # Errors
    /// Never for a correct simulation: events that no recorder would write.
    pub fn run(&self) -> Result<Recorded, HistoryError> {
        let mut course = Course::new(self);
        course.run();
        let Course { events, faults, world, settled, .. } = course;
        let history = History::from_events(events.iter().cloned())?;
        Ok(Recorded { events, history, faults: faults.records, settled, steps: world.steps() })
    }
}

/// What a night left.
#[derive(Debug)]
pub struct Recorded {
    /// The events in time.
    pub events: Vec<Event>,
    /// The same as a history.
    pub history: History,
    /// The faults and what became of them.
    pub faults: Vec<FaultRecord>,
    /// Whether the cluster became whole again, without migrations left.
    pub settled: bool,
    /// How many times any node was stepped.
    pub steps: u64,
}

/// Something that a client or the nemesis does at its time.
#[derive(Clone, Copy, Debug)]
enum Act {
    Ask { slot: usize },
    GiveUp { ticket: Ticket },
    Tend { site: u8 },
    Apply { fault: usize },
    Heal { fault: usize },
}

/// A place for processes, one after the other.
#[derive(Clone, Copy, Debug)]
struct Slot {
    process: ProcessId,
    site: u8,
    route: Route,
}

/// An operation under way.
#[derive(Clone, Copy, Debug)]
struct Open {
    slot: usize,
    operation: OperationId,
    call: Call,
}

struct Course<'a> {
    night: &'a Night,
    topology: Topology,
    world: World,
    load: Load,
    faults: Faults,
    maps: Vec<PartitionMap>,
    slots: Vec<Slot>,
    next_process: u32,
    next_ticket: u64,
    next_operation: u64,
    sequence: u64,
    agenda: BTreeMap<(u64, u64), Act>,
    open: BTreeMap<Ticket, Open>,
    tends: BTreeMap<Ticket, (u8, u8)>,
    events: Vec<Event>,
    began_ns: u64,
    asking: bool,
    /// The reads to make at the end, by slot.
    finals: Vec<Vec<Key>>,
    settled: bool,
}

impl<'a> Course<'a> {
    fn new(night: &'a Night) -> Self {
        let world = World::new(cluster::world(night), night.seed);
        let slots = (0..night.processes)
            .map(|index| Slot {
                process: ProcessId(index),
                site: (index % u32::from(SITES)) as u8,
                route: if index < night.pinned {
                    Route::Pinned((index % u32::from(NODES)) as u8)
                } else {
                    Route::Map
                },
            })
            .collect();
        Self {
            topology: cluster::stretch(),
            world,
            load: Load::new(night.workload, night.keys, night.seed),
            faults: Faults::new(night.schedule.clone()),
            maps: (0..SITES).map(|_| PartitionMap::default()).collect(),
            slots,
            next_process: night.processes,
            next_ticket: 0,
            next_operation: 0,
            sequence: 0,
            agenda: BTreeMap::new(),
            open: BTreeMap::new(),
            tends: BTreeMap::new(),
            events: Vec::new(),
            began_ns: 0,
            asking: false,
            finals: Vec::new(),
            settled: false,
            night,
        }
    }

    fn run(&mut self) {
        for site in 0..SITES {
            // The sites' clients do not ask in step.
            self.plan(u64::from(site) * self.night.tend_ms / 2 * MS, Act::Tend { site });
        }
        self.pass(FORMING_NS, |_| false);
        self.began_ns = self.world.now_ns();
        self.mark(Mark::LoadStarted);
        for fault in 0..self.faults.records.len() {
            let record = &self.faults.records[fault];
            let at_ns = self.began_ns + record.planned_at_ms * MS;
            let healed_ns = at_ns + record.planned_for_ms * MS;
            self.plan(at_ns, Act::Apply { fault });
            self.plan(healed_ns, Act::Heal { fault });
        }
        self.asking = true;
        for slot in 0..self.slots.len() {
            let at_ns = self.began_ns + self.load.think_ns(self.night.think_us * 1000);
            self.plan(at_ns, Act::Ask { slot });
        }
        self.pass(self.began_ns + self.night.load_ms * MS, |_| false);
        self.asking = false;
        let healed = |course: &Self| {
            course.open.is_empty()
                && course.faults.records.iter().all(|record| record.healed_ns.is_some())
        };
        self.pass(self.world.now_ns() + SETTLING_NS, healed);
        self.mark(Mark::LoadEnded);
        self.pass(self.world.now_ns() + SETTLING_NS, Self::is_whole);
        self.settled = self.is_whole();
        self.mark(Mark::MigrationsEnded);
        // Clients learn the last map.
        self.pass(self.world.now_ns() + 3 * self.night.tend_ms * MS, |_| false);
        self.mark(Mark::FinalReadsStarted);
        self.read_finally();
        self.mark(Mark::FinalReadsEnded);
    }

    /// One reader per site reads every key.
    fn read_finally(&mut self) {
        let keys: Vec<Key> = self.load.used().collect();
        self.slots.truncate(usize::from(SITES));
        for slot in &mut self.slots {
            slot.route = Route::Map;
        }
        self.finals = vec![keys; usize::from(SITES)];
        self.asking = true;
        for slot in 0..self.slots.len() {
            self.plan(self.world.now_ns(), Act::Ask { slot });
        }
        let done =
            |course: &Self| course.open.is_empty() && course.finals.iter().all(Vec::is_empty);
        self.pass(self.world.now_ns() + SETTLING_NS, done);
        self.asking = false;
    }

    /// Whether all nodes are in one cluster and no migration remains.
    fn is_whole(&self) -> bool {
        let now_ns = self.world.now_ns();
        (0..NODES).all(|node| {
            self.world.node(node).is_some_and(|node| {
                let cluster = node.cluster(now_ns);
                let settled = node.namespace(NAMESPACE).is_some_and(|namespace| {
                    namespace.migrate_tx_remaining + namespace.migrate_rx_remaining == 0
                        && namespace.unavailable_partitions == 0
                });
                cluster.members.len() == usize::from(NODES) && cluster.integrity && settled
            })
        })
    }

    fn plan(&mut self, at_ns: u64, act: Act) {
        self.sequence += 1;
        self.agenda.insert((at_ns, self.sequence), act);
    }

    fn record(&mut self, kind: EventKind) {
        self.events.push(Event { time_ns: self.world.now_ns(), kind });
    }

    fn mark(&mut self, mark: Mark) {
        self.record(EventKind::Mark(mark));
    }

    /// Lets time pass until `end_ns`, or until `done` (looked at every 100 ms).
    fn pass(&mut self, end_ns: u64, done: impl Fn(&Self) -> bool) {
        let mut look_ns = self.world.now_ns();
        loop {
            if self.world.now_ns() >= look_ns {
                if done(self) {
                    return;
                }
                look_ns += 100 * MS;
            }
            let act = self.agenda.first_key_value().map_or(u64::MAX, |((at, _), _)| *at);
            let world = self.world.next_deadline_ns().unwrap_or(u64::MAX);
            let next_ns = act.min(world).min(look_ns);
            if next_ns > end_ns {
                self.world.advance(end_ns);
                return;
            }
            self.world.advance(next_ns);
            self.hear();
            while let Some(entry) = self.agenda.first_entry() {
                if entry.key().0 > self.world.now_ns() {
                    break;
                }
                let act = entry.remove();
                self.act(act);
            }
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Ask { slot } => self.ask(slot),
            Act::GiveUp { ticket } => {
                if let Some(open) = self.open.remove(&ticket) {
                    self.complete(open, Learned::nothing(&open.call, NO_ANSWER));
                }
                self.tends.remove(&ticket);
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

    fn tend(&mut self, site: u8) {
        for node in 0..NODES {
            let ticket = self.ticket();
            self.tends.insert(ticket, (site, node));
            self.world.request_info(node, site, ticket, b"partition-generation\n");
            self.plan(self.world.now_ns() + self.night.tend_ms * MS, Act::GiveUp { ticket });
        }
        self.plan(self.world.now_ns() + self.night.tend_ms * MS, Act::Tend { site });
    }

    fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }

    fn ask(&mut self, index: usize) {
        if !self.asking {
            return;
        }
        let (key, call) = match self.finals.get_mut(index) {
            None => self.load.draw(),
            Some(keys) => match keys.last() {
                None => return,
                Some(key) => (*key, Call::Read),
            },
        };
        let slot = self.slots[index];
        let operation = OperationId(self.next_operation);
        self.next_operation += 1;
        self.record(EventKind::Invoke(Invocation {
            operation,
            process: slot.process,
            site: SiteIndex(slot.site),
            route: slot.route,
            key,
            call,
        }));
        let open = Open { slot: index, operation, call };
        let node = match slot.route {
            Route::Pinned(node) => Some(node),
            Route::Map => self.maps[usize::from(slot.site)].master(digest(key).partition()),
        };
        let Some(node) = node else {
            self.complete(open, Learned::unsent(INVALID_NODE));
            return;
        };
        let ticket = self.ticket();
        let mode = (self.night.mode == Mode::Sc).then_some(self.night.read_mode);
        let body = request(&call, key, mode, self.night.timeout_ms);
        self.open.insert(ticket, open);
        self.world.request(node, slot.site, ticket, &body);
        let deadline_ns = self.world.now_ns() + u64::from(self.night.timeout_ms) * MS;
        self.plan(deadline_ns, Act::GiveUp { ticket });
    }

    /// Takes in what was answered.
    fn hear(&mut self) {
        for (ticket, answer) in self.world.poll() {
            if let Some(open) = self.open.remove(&ticket) {
                let learned = match answer {
                    Answer::Close => Learned::nothing(&open.call, CLOSED),
                    Answer::Bytes(bytes) => {
                        Learned::from_answer(&open.call, self.night.workload, &bytes)
                    }
                };
                self.complete(open, learned);
            } else if let (Some((site, node)), Answer::Bytes(bytes)) =
                (self.tends.remove(&ticket), answer)
            {
                self.learn_map(site, node, &bytes);
            }
        }
    }

    fn learn_map(&mut self, site: u8, node: u8, bytes: &[u8]) {
        let body = bytes.get(wire::frame::HEADER_LENGTH..).unwrap_or_default();
        let Ok(values) = wire::info::decode_reply(body) else { return };
        let Some(generation) = values.get("partition-generation").and_then(|v| v.parse().ok())
        else {
            return;
        };
        let map = &mut self.maps[usize::from(site)];
        match values.get("replicas") {
            Some(value) => map.merge(node, generation, value, NAMESPACE),
            None if generation >= 0 && map.is_new(node, generation) => {
                let ticket = self.ticket();
                self.tends.insert(ticket, (site, node));
                self.world.request_info(node, site, ticket, b"replicas\npartition-generation\n");
            }
            None => {}
        }
    }

    fn complete(&mut self, open: Open, learned: Learned) {
        let in_doubt = learned.outcome == history::Outcome::Info;
        let done = learned.outcome == history::Outcome::Ok;
        self.record(EventKind::Complete(Completion {
            operation: open.operation,
            outcome: learned.outcome,
            returned: learned.returned,
            generation: learned.generation,
            code: learned.code,
        }));
        let slot = &mut self.slots[open.slot];
        if in_doubt {
            slot.process = ProcessId(self.next_process);
            self.next_process += 1;
        }
        let mut wait_ns = 0;
        if let Some(keys) = self.finals.get_mut(open.slot) {
            if done {
                keys.pop();
            } else {
                wait_ns = BACKOFF_NS;
            }
        } else {
            wait_ns = self.load.think_ns(self.night.think_us * 1000);
            if !done {
                wait_ns += BACKOFF_NS;
            }
        }
        self.plan(self.world.now_ns() + wait_ns, Act::Ask { slot: open.slot });
    }
}
