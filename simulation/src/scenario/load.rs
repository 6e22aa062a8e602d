//! What clients do: one operation after the other, by many hands, in virtual time.

use emulator::world::{Answer, Ticket};
use history::{Call, Outcome, ReadMode, Returned, Workload};
use workloads::outcome::{Attempt, classify};

use super::client::{ATTEMPT_MS, Done, Reads, TEND_MS, TOTAL_MS};
use super::stage::{MS, Stage};
use crate::client::{
    CLOSED, INVALID_NODE, NO_ANSWER, Tended, attempt, digest, lost, request, unsent,
};

/// How many operations of a batch are under way at a time.
const HANDS: usize = 32;
/// How many nodes a read asks at most.
const ATTEMPTS: usize = 3;

/// What a worker does with its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Read,
    Write,
}

/// One operation after the other.
#[derive(Debug)]
pub(super) struct Worker {
    client: usize,
    verb: Verb,
    keys: Vec<u64>,
    next: usize,
    /// How long it pauses between two operations, and begins anew after its last key; `None`: it
    /// does each key once, at once.
    pause_ns: Option<u64>,
}

/// An operation under way.
#[derive(Debug)]
pub(super) struct Open {
    worker: usize,
    key: u64,
    call: Call,
    attempts: usize,
    began_ns: u64,
    node: u8,
}

/// Something that happens at its time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    Tend { client: usize },
    Ask { worker: usize },
    GiveUp { ticket: Ticket },
}

impl Stage {
    /// Does each key once, many at a time, and waits for all. In the order in which they ended.
    pub(super) fn each(&mut self, client: usize, verb: Verb, keys: &[u64]) -> Vec<Done> {
        let from = self.done.len();
        self.hire(client, verb, keys, HANDS, None);
        self.pass(u64::MAX, |stage| stage.open.is_empty() && !stage.has_batch());
        self.workers.clear();
        self.done.split_off(from)
    }

    /// Begins a load that goes on until [`Stage::end_load`]: each hand has keys of its own.
    pub(super) fn begin_load(&mut self, client: usize, verb: Verb, keys: &[u64], hands: usize) {
        self.hire(client, verb, keys, hands, Some(10 * MS));
    }

    /// Ends all loads; what was done.
    pub(super) fn end_load(&mut self) -> Vec<Done> {
        for worker in &mut self.workers {
            worker.keys.clear();
        }
        self.pass(u64::MAX, |stage| stage.open.is_empty());
        self.workers.clear();
        std::mem::take(&mut self.done)
    }

    fn has_batch(&self) -> bool {
        self.workers.iter().any(|one| one.pause_ns.is_none() && one.next < one.keys.len())
    }

    fn hire(&mut self, client: usize, verb: Verb, keys: &[u64], hands: usize, pause: Option<u64>) {
        for hand in 0..hands.min(keys.len()) {
            let keys = keys.iter().copied().skip(hand).step_by(hands).collect();
            self.workers.push(Worker { client, verb, keys, next: 0, pause_ns: pause });
            // Hands do not move in step.
            let at_ns = self.world.now_ns() + hand as u64 * MS / 4;
            self.plan(at_ns, Act::Ask { worker: self.workers.len() - 1 });
        }
    }

    pub(super) fn act(&mut self, act: Act) {
        match act {
            Act::Tend { client } => self.tend(client),
            Act::Ask { worker } => self.ask(worker),
            Act::GiveUp { ticket } => {
                self.tends.remove(&ticket);
                if let Some(open) = self.open.remove(&ticket) {
                    self.conclude(open, lost(NO_ANSWER));
                }
            }
        }
    }

    /// A client asks every node whether its partitions have changed.
    fn tend(&mut self, client: usize) {
        let site = self.clients[client].site;
        for node in 0..self.cast.nodes.len() as u8 {
            let ticket = self.ticket();
            self.tends.insert(ticket, (client, node));
            self.world.request_info(node, site, ticket, b"partition-generation\n");
            self.plan(self.world.now_ns() + TEND_MS * MS, Act::GiveUp { ticket });
        }
        self.plan(self.world.now_ns() + TEND_MS * MS, Act::Tend { client });
    }

    fn ask(&mut self, index: usize) {
        let Some(worker) = self.workers.get_mut(index) else { return };
        if worker.pause_ns.is_some() && worker.next == worker.keys.len() {
            worker.next = 0;
        }
        let Some(key) = worker.keys.get(worker.next).copied() else { return };
        worker.next += 1;
        let call = match worker.verb {
            Verb::Read => Call::Read,
            Verb::Write => Call::Write { value: self.book.value() },
        };
        let began_ns = self.world.now_ns();
        self.send(Open { worker: index, key, call, attempts: 0, began_ns, node: 0 });
    }

    /// Sends an operation to the next node that may answer it.
    fn send(&mut self, mut open: Open) {
        let client = &self.clients[self.workers[open.worker].client];
        let digest = digest(history::Key(open.key));
        let mut holders = client.map.holders(digest.partition());
        let relaxed = open.call == Call::Read && client.reads != Reads::Master;
        if relaxed && client.reads == Reads::PreferSite {
            holders.sort_by_key(|node| self.cast.nodes[usize::from(*node)].site != client.site);
        } else if !relaxed {
            holders.truncate(1);
        }
        let site = client.site;
        let Some(node) = holders.get(open.attempts % holders.len().max(1)).copied() else {
            self.conclude(open, unsent(INVALID_NODE));
            return;
        };
        open.attempts += 1;
        open.node = node;
        if !self.world.is_running(node) {
            self.conclude(open, unsent(CLOSED));
            return;
        }
        let mode = (self.cast.mode == emulator::node::Mode::Sc).then_some(match relaxed {
            true => ReadMode::AllowReplica,
            false => ReadMode::Linearize,
        });
        let body = request(&open.call, &digest, Workload::Register, mode, TOTAL_MS);
        let patience_ms = if relaxed { ATTEMPT_MS } else { u64::from(TOTAL_MS) };
        let ticket = self.ticket();
        self.open.insert(ticket, open);
        self.world.request(node, site, ticket, &body);
        self.plan(self.world.now_ns() + patience_ms * MS, Act::GiveUp { ticket });
    }

    /// Takes in what was answered.
    pub(super) fn hear(&mut self) {
        for (ticket, answer) in self.world.poll() {
            if let Some(open) = self.open.remove(&ticket) {
                let attempt = match answer {
                    Answer::Close => lost(CLOSED),
                    Answer::Bytes(bytes) | Answer::LoggedIn { bytes, .. } => {
                        attempt(&open.call, Workload::Register, &bytes)
                    }
                };
                self.conclude(open, attempt);
            } else if let (Some((client, node)), Answer::Bytes(bytes)) =
                (self.tends.remove(&ticket), answer)
            {
                self.learn_map(client, node, &bytes);
            }
        }
    }

    fn learn_map(&mut self, client: usize, node: u8, bytes: &[u8]) {
        let Some(Tended { generation, replicas, .. }) = Tended::read(bytes) else { return };
        let Self { clients, world, .. } = self;
        let Some(one) = clients.get_mut(client) else { return };
        match replicas {
            Some(value) => one.learn(node, generation, &value),
            None if generation >= 0 && one.map.is_new(node, generation) => {
                let site = one.site;
                self.last_ticket += 1;
                let ticket = Ticket(self.last_ticket);
                self.tends.insert(ticket, (client, node));
                world.request_info(node, site, ticket, b"replicas\npartition-generation\n");
            }
            None => {}
        }
    }

    fn conclude(&mut self, open: Open, attempt: Attempt) {
        let conclusion = classify(&open.call, attempt);
        let now_ns = self.world.now_ns();
        let relaxed = self.clients[self.workers[open.worker].client].reads != Reads::Master;
        let took_ns = now_ns - open.began_ns;
        if open.call == Call::Read
            && relaxed
            && conclusion.outcome != Outcome::Ok
            && open.attempts < ATTEMPTS
            && took_ns < u64::from(TOTAL_MS) * MS
        {
            self.send(open);
            return;
        }
        let value = match conclusion.returned {
            Returned::Value(value) => Some(value),
            _ => None,
        };
        let done = Done {
            key: open.key,
            call: open.call,
            outcome: conclusion.outcome,
            code: conclusion.code,
            value,
            at_ns: now_ns,
            took_ns,
        };
        self.book.note(&done);
        self.done.push(done);
        let pause_ns = self.workers[open.worker].pause_ns.unwrap_or(0);
        self.plan(now_ns + pause_ns, Act::Ask { worker: open.worker });
    }
}
