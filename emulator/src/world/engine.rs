//! The world's clock and queue.

mod disturb;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use wire::frame::encode_frame;
use wire::{FrameType, Message, ResultCode};

use super::network::{Channel, Fate, Network};
use super::{Channels, Delays, Disorder, End, Interruption, InterruptionId, Link, WorldConfig};
use crate::defect::Defects;
use crate::info;
use crate::node::message::RecordMessage;
use crate::node::{
    Change, Connections, Fabric, Input, Node, NodeConfig, Output, PeerMessage, Place, Storage,
};
use crate::partition::NodeId;
use crate::security::{self, Caller};

/// Names a request until it is answered; the driver chooses it, each once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What a client gets back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Whole frames, to be written to the connection as they are.
    Bytes(Vec<u8>),
    /// The same, and the connection has logged in: from now on, this user sends what it sends.
    LoggedIn {
        /// The user.
        user: Arc<str>,
        /// Whole frames.
        bytes: Vec<u8>,
    },
    /// The connection is closed (killed node, reset link, malformed request).
    Close,
}

impl Answer {
    /// How many bytes it has.
    fn length(&self) -> usize {
        match self {
            Self::Bytes(bytes) | Self::LoggedIn { bytes, .. } => bytes.len(),
            Self::Close => 0,
        }
    }
}

/// What cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// A link with an end that does not exist.
    #[error("a link names an end that does not exist")]
    NoSuchEnd,
    /// Not an interruption in force.
    #[error("no such interruption")]
    NoSuchInterruption,
}

/// A node's process, or what is left of it.
#[derive(Debug)]
struct Slot {
    process: Option<Node>,
    storage: Option<Storage>,
    /// Processes so far; a message to an earlier one is lost with its connection.
    epoch: u64,
    paused: bool,
    /// What arrived while the process was paused.
    inbox: VecDeque<Arrival>,
    clock_offset_ms: i64,
}

/// A message on its way.
#[derive(Debug)]
struct Flight {
    link: Link,
    channel: Channel,
    /// The process at the node's end of the link.
    epoch: u64,
    load: Load,
}

#[derive(Debug)]
enum Load {
    ToNode(Arrival),
    ToClient(Ticket, Answer),
}

#[derive(Debug)]
enum Arrival {
    Peer(Input),
    Request { ticket: Ticket, caller: Caller, message: Message },
    Info { site: u8, ticket: Ticket, caller: Caller, commands: String },
    Security { ticket: Ticket, caller: Caller, body: Vec<u8> },
}

impl Load {
    /// The client's request that the message belongs to.
    fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::ToNode(
                Arrival::Request { ticket, .. }
                | Arrival::Info { ticket, .. }
                | Arrival::Security { ticket, .. },
            )
            | Self::ToClient(ticket, _) => Some(*ticket),
            Self::ToNode(Arrival::Peer(_)) => None,
        }
    }

    /// The bytes of the answer that it is, if it is one.
    fn answer_bytes(&self) -> usize {
        match self {
            Self::ToClient(_, answer) => answer.length(),
            Self::ToNode(_) => 0,
        }
    }

    /// Whether a network that doubles messages may double this one.
    fn may_double(&self) -> bool {
        match self {
            Self::ToNode(Arrival::Peer(input)) => !matches!(
                input,
                Input::Fabric { message: Fabric::Record(RecordMessage::Proxy { .. }), .. }
            ),
            _ => false,
        }
    }
}

/// All nodes and their network.
#[derive(Debug)]
pub struct World {
    config: WorldConfig,
    places: Arc<[Place]>,
    seed: u64,
    now_ns: u64,
    woken_ns: Option<u64>,
    slots: Vec<Slot>,
    positions: BTreeMap<NodeId, u8>,
    network: Network,
    flights: BTreeMap<(u64, u64), Flight>,
    sequence: u64,
    held: BTreeMap<(Link, Channel), Vec<Flight>>,
    /// Open requests, with the node and site that they are between.
    open: BTreeMap<Ticket, (u8, u8)>,
    answers: Vec<(Ticket, Answer)>,
    /// What a step of a node brings about: empty between steps.
    outputs: Vec<Output>,
    /// Bytes of answers that are on their way.
    answer_bytes: usize,
    steps: u64,
    /// Set if only one node lives here.
    part: Option<Part>,
}

/// One node of a cluster whose others live elsewhere.
#[derive(Debug)]
struct Part {
    node: u8,
    origin_ms: i64,
    /// What the node has sent to the others.
    outbound: Vec<(u8, PeerMessage)>,
}

impl World {
    /// The most bytes of answers that are on their way to clients, on links that are cut too. What
    /// is beyond breaks its connection.
    const ANSWER_BYTES: usize = 128 * 1024 * 1024;

    /// A world at time 0, every node just started with empty storage.
    #[must_use]
    pub fn new(config: WorldConfig, seed: u64) -> Self {
        let mut world = Self::vacant(config, seed);
        for node in 0..world.slots.len() {
            world.boot(node, None, None);
        }
        world
    }

    /// One node's share of a world whose other nodes live elsewhere: what it sends them comes by
    /// [`World::outbound`], what they send goes to [`World::receive`], and the network between is
    /// real. The clock is the machine's: `origin_ms` is the Unix time at time 0. The node starts
    /// with what it kept, or has lost what the process with that number left (see [`Node::start`]).
    #[must_use]
    pub fn part(
        config: WorldConfig,
        seed: u64,
        node: u8,
        origin_ms: i64,
        kept: Result<Storage, Option<u64>>,
    ) -> Self {
        let delays = Delays { round_trip_us: 0, local_us: 0, disorder: Disorder::NONE };
        let mut world = Self::vacant(WorldConfig { delays, ..config }, seed);
        world.part = Some(Part { node, origin_ms, outbound: Vec::new() });
        let (storage, lost) = match kept {
            Ok(storage) => (Some(storage), None),
            Err(lost) => (None, lost),
        };
        world.boot(usize::from(node), storage, lost);
        world
    }

    /// Begins to note what a part's node changes of what it keeps (see [`Node::begin_journal`]).
    pub fn begin_journal(&mut self) -> Vec<Change> {
        self.part_mut().map(Node::begin_journal).unwrap_or_default()
    }

    /// A world without a process.
    fn vacant(config: WorldConfig, seed: u64) -> Self {
        let places: Arc<[Place]> = config.places.clone().into();
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(u64::MAX);
        let sites = places.iter().map(|place| place.site).collect();
        let positions = (0u8..).zip(&*places).map(|(index, place)| (place.id, index)).collect();
        let slot = || Slot {
            process: None,
            storage: None,
            epoch: 0,
            paused: false,
            inbox: VecDeque::new(),
            clock_offset_ms: 0,
        };
        Self {
            network: Network::new(config.delays, sites, random, seed),
            slots: places.iter().map(|_| slot()).collect(),
            places,
            config,
            seed,
            now_ns: 0,
            woken_ns: None,
            positions,
            flights: BTreeMap::new(),
            sequence: 0,
            held: BTreeMap::new(),
            open: BTreeMap::new(),
            answers: Vec::new(),
            outputs: Vec::new(),
            answer_bytes: 0,
            steps: 0,
            part: None,
        }
    }

    fn boot(&mut self, node: usize, storage: Option<Storage>, lost: Option<u64>) {
        let config = NodeConfig {
            id: self.places[node].id,
            cluster_name: self.config.cluster_name.clone(),
            places: Arc::clone(&self.places),
            heartbeat: self.config.heartbeat,
            namespaces: self.config.namespaces.clone(),
            security: self.config.security,
            defects: self.config.defects.of_process(self.seed ^ self.places[node].id.0),
        };
        let origin_ms = self.part.as_ref().map_or(WorldConfig::ORIGIN_MS, |part| part.origin_ms);
        let mut process = Node::start(config, storage, lost, self.seed, origin_ms, self.now_ns);
        let slot = &mut self.slots[node];
        process.set_clock_offset_ms(slot.clock_offset_ms);
        slot.process = Some(process);
        slot.epoch += 1;
    }

    /// What it is made of.
    #[must_use]
    pub fn config(&self) -> &WorldConfig {
        &self.config
    }

    /// The world's time, in ns.
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        self.now_ns
    }

    /// How many times any node was stepped.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The deliberate defect, with how often it fired.
    #[must_use]
    pub fn defects(&self) -> &Defects {
        &self.config.defects
    }

    fn next_timer(&self) -> Option<(u64, usize)> {
        let awake = |slot: &Slot| {
            slot.process.as_ref().filter(|_| !slot.paused).map(Node::next_deadline_ns)
        };
        let deadlines = self.slots.iter().enumerate();
        deadlines.filter_map(|(index, slot)| Some((awake(slot)?, index))).min()
    }

    /// When something happens next of itself, in ns of the world's time.
    #[must_use]
    pub fn next_deadline_ns(&self) -> Option<u64> {
        let flight = self.flights.first_key_value().map(|((at, _), _)| *at);
        let timer = self.next_timer().map(|(at, _)| at);
        flight.into_iter().chain(timer).min()
    }

    /// Moves the clock and lets everything happen up to then (virtual time). Messages that arrive
    /// at an instant go before timers of that instant.
    pub fn advance(&mut self, to_ns: u64) {
        loop {
            let flight = self.flights.first_key_value().map_or(u64::MAX, |((at, _), _)| *at);
            let (timer, node) = self.next_timer().unwrap_or((u64::MAX, 0));
            let at_ns = flight.min(timer);
            if at_ns > to_ns {
                break;
            }
            self.now_ns = self.now_ns.max(at_ns);
            if flight <= timer {
                if let Some((_, flight)) = self.flights.pop_first() {
                    self.arrive(flight);
                }
            } else {
                self.step(node, Input::Tick);
            }
        }
        self.now_ns = self.now_ns.max(to_ns);
    }

    /// Moves the clock by the real time since the last wake. Where all nodes share the clock, it
    /// moves at most by one heartbeat interval (a busy machine slows the world down and does not
    /// split the cluster). `monotonic_ns` is the driver's clock.
    pub fn wake(&mut self, monotonic_ns: u64) {
        let elapsed_ns = monotonic_ns.saturating_sub(self.woken_ns.unwrap_or(monotonic_ns));
        self.woken_ns = Some(monotonic_ns);
        let most_ns = match self.part {
            Some(_) => u64::MAX,
            None => self.shortest_interval_ns(),
        };
        self.advance(self.now_ns + elapsed_ns.min(most_ns));
    }

    /// The shortest heartbeat interval of the nodes that run: operators change it node by node.
    fn shortest_interval_ns(&self) -> u64 {
        let running = self.slots.iter().filter_map(|slot| slot.process.as_ref());
        let intervals = running.map(|node| node.config().heartbeat.interval_ns());
        intervals.min().unwrap_or_else(|| self.config.heartbeat.interval_ns())
    }

    /// A message from a node that lives elsewhere arrives.
    pub fn receive(&mut self, from: u8, message: PeerMessage) {
        let Some(from) = self.places.get(usize::from(from)).map(|place| place.id) else { return };
        let Some(node) = self.part.as_ref().map(|part| part.node) else { return };
        self.step(usize::from(node), arriving(from, message).1);
    }

    /// What was sent to nodes that live elsewhere since the last call, in order.
    pub fn outbound(&mut self) -> Vec<(u8, PeerMessage)> {
        self.part.as_mut().map(|part| std::mem::take(&mut part.outbound)).unwrap_or_default()
    }

    /// What the node has changed since the last call of what it keeps (see [`Node::changes`]).
    pub fn changes(&mut self) -> Vec<Change> {
        self.part_mut().map(Node::changes).unwrap_or_default()
    }

    fn part_mut(&mut self) -> Option<&mut Node> {
        let part = self.part.as_ref()?;
        self.slots[usize::from(part.node)].process.as_mut()
    }

    /// A client of `site` that has not logged in sends a data message; see [`World::serve`].
    pub fn request(&mut self, node: u8, site: u8, ticket: Ticket, body: &[u8]) {
        self.serve(node, site, ticket, Caller::Nobody, FrameType::Message, body);
    }

    /// A client of `site` that has not logged in sends an info request; see [`World::serve`].
    pub fn request_info(&mut self, node: u8, site: u8, ticket: Ticket, body: &[u8]) {
        self.serve(node, site, ticket, Caller::Nobody, FrameType::Info, body);
    }

    /// A client of `site` sends a frame to a node; `body` is what follows the frame's header. The
    /// answer comes by [`World::poll`], after the delay of the link and only over an open link. A
    /// data message that cannot be decoded is answered with a parameter error; compressed ones
    /// must be decompressed first.
    pub fn serve(
        &mut self,
        node: u8,
        site: u8,
        ticket: Ticket,
        caller: Caller,
        frame_type: FrameType,
        body: &[u8],
    ) {
        let arrival = match frame_type {
            FrameType::Message => {
                match Message::decode(body) {
                    Ok(message) => self.serve_message(node, site, ticket, caller, message),
                    // The server answers what it cannot read, and goes on.
                    Err(_) => {
                        let refusal = Message::reply(ResultCode::PARAMETER).encode();
                        self.answers.push((ticket, Answer::Bytes(refusal)));
                    }
                }
                return;
            }
            FrameType::Info => std::str::from_utf8(body).ok().map(|commands| {
                let commands = commands.to_owned();
                Arrival::Info { site, ticket, caller, commands }
            }),
            FrameType::Security => Some(Arrival::Security { ticket, caller, body: body.to_vec() }),
            FrameType::Compressed => None,
        };
        match arrival {
            Some(arrival) => self.send_request(node, site, ticket, arrival),
            None => self.answers.push((ticket, Answer::Close)),
        }
    }

    /// The same with a data message that the driver has decoded.
    pub fn serve_message(
        &mut self,
        node: u8,
        site: u8,
        ticket: Ticket,
        caller: Caller,
        message: Message,
    ) {
        self.send_request(node, site, ticket, Arrival::Request { ticket, caller, message });
    }

    fn send_request(&mut self, node: u8, site: u8, ticket: Ticket, arrival: Arrival) {
        if !self.is_running(node) {
            self.answers.push((ticket, Answer::Close));
            return;
        }
        self.open.insert(ticket, (node, site));
        let link = Link { from: End::Site(site), to: End::Node(node) };
        self.launch(link, Channel::Service, node, Load::ToNode(arrival));
    }

    fn launch(&mut self, link: Link, channel: Channel, node: u8, load: Load) {
        match self.network.copies(channel, load.may_double()) {
            0 => {
                self.answer_bytes -= load.answer_bytes();
                return;
            }
            2 => {
                if let Load::ToNode(Arrival::Peer(input)) = &load {
                    let twin = Load::ToNode(Arrival::Peer(input.clone()));
                    self.launch_once(link, channel, node, twin);
                }
            }
            _ => {}
        }
        self.launch_once(link, channel, node, load);
    }

    fn launch_once(&mut self, link: Link, channel: Channel, node: u8, load: Load) {
        let epoch = self.slots[usize::from(node)].epoch;
        let at_ns = self.network.arrival_ns(self.now_ns, link, channel);
        self.sequence += 1;
        self.flights.insert((at_ns, self.sequence), Flight { link, channel, epoch, load });
    }

    fn arrive(&mut self, flight: Flight) {
        match self.network.fate(flight.link, flight.channel) {
            Fate::Pass => self.deliver(flight),
            Fate::Hold => {
                self.held.entry((flight.link, flight.channel)).or_default().push(flight);
            }
            Fate::Reset => self.lose(&flight),
        }
    }

    /// A message is lost with its connection; a client sees that.
    fn lose(&mut self, flight: &Flight) {
        self.answer_bytes -= flight.load.answer_bytes();
        if let Some(ticket) = flight.load.ticket()
            && self.open.remove(&ticket).is_some()
        {
            self.answers.push((ticket, Answer::Close));
        }
    }

    fn deliver(&mut self, flight: Flight) {
        self.answer_bytes -= flight.load.answer_bytes();
        let arrival = match flight.load {
            Load::ToClient(ticket, answer) => {
                if self.open.remove(&ticket).is_some() {
                    self.answers.push((ticket, answer));
                }
                return;
            }
            Load::ToNode(arrival) => arrival,
        };
        let End::Node(node) = flight.link.to else { return };
        let slot = &mut self.slots[usize::from(node)];
        if slot.process.is_none() || slot.epoch != flight.epoch {
            self.lose(&Flight { load: Load::ToNode(arrival), ..flight });
        } else if slot.paused {
            slot.inbox.push_back(arrival);
        } else {
            self.take_in(node, arrival);
        }
    }

    fn take_in(&mut self, node: u8, arrival: Arrival) {
        match arrival {
            Arrival::Peer(input) => self.step(usize::from(node), input),
            Arrival::Request { ticket, caller, message } => {
                self.step(usize::from(node), Input::Request { ticket, caller, message });
            }
            Arrival::Info { site, ticket, caller, commands } => {
                let Some(process) = &mut self.slots[usize::from(node)].process else { return };
                let text = info::answer(process, self.now_ns, site, &caller, &commands);
                let bytes = encode_frame(FrameType::Info, text.as_bytes());
                self.reply(node, ticket, Answer::Bytes(bytes));
            }
            Arrival::Security { ticket, caller, body } => {
                let Some(process) = &mut self.slots[usize::from(node)].process else { return };
                let answered = security::answer(process, self.now_ns, &caller, &body);
                let bytes = answered.bytes;
                let answer = match answered.user {
                    Some(user) => Answer::LoggedIn { user, bytes },
                    None => Answer::Bytes(bytes),
                };
                self.reply(node, ticket, answer);
            }
        }
    }

    fn step(&mut self, node: usize, input: Input) {
        let Some(process) = &mut self.slots[node].process else { return };
        // Every step writes into the same memory.
        let mut outputs = std::mem::take(&mut self.outputs);
        process.step(self.now_ns, input, &mut outputs);
        self.steps += 1;
        let from = process.id();
        let position = node as u8;
        for output in outputs.drain(..) {
            match output {
                Output::Beat { to, beat } => self.send(position, from, to, PeerMessage::Beat(beat)),
                Output::Fabric { to, message } => {
                    self.send(position, from, to, PeerMessage::Fabric(message));
                }
                Output::Reply { ticket, bytes } => {
                    self.reply(position, ticket, Answer::Bytes(bytes));
                }
            }
        }
        self.outputs = outputs;
    }

    fn send(&mut self, position: u8, from: NodeId, to: NodeId, message: PeerMessage) {
        let Some(to) = self.positions.get(&to).copied() else { return };
        if let Some(part) = &mut self.part {
            part.outbound.push((to, message));
            return;
        }
        let (channel, input) = arriving(from, message);
        let link = Link { from: End::Node(position), to: End::Node(to) };
        self.launch(link, channel, to, Load::ToNode(Arrival::Peer(input)));
    }

    fn reply(&mut self, node: u8, ticket: Ticket, mut answer: Answer) {
        let Some((_, site)) = self.open.get(&ticket).copied() else { return };
        if self.answer_bytes + answer.length() > Self::ANSWER_BYTES {
            answer = Answer::Close;
        }
        self.answer_bytes += answer.length();
        let link = Link { from: End::Node(node), to: End::Site(site) };
        let load = Load::ToClient(ticket, answer);
        self.launch(link, Channel::Service, node, load);
    }

    /// What was answered since the last call, in order.
    pub fn poll(&mut self) -> Vec<(Ticket, Answer)> {
        std::mem::take(&mut self.answers)
    }

    /// A node as it is, even if it is cut off or stopped; `None` while it is killed.
    #[must_use]
    pub fn node(&self, node: u8) -> Option<&Node> {
        self.slots.get(usize::from(node))?.process.as_ref()
    }

    /// Tells a node of its clients' connections.
    pub fn note_connections(&mut self, node: u8, connections: Connections) {
        let slot = self.slots.get_mut(usize::from(node));
        if let Some(process) = slot.and_then(|slot| slot.process.as_mut()) {
            process.note_connections(connections);
        }
    }

    /// Answers info commands at once, past the network (the operator's console). This and
    /// [`World::request_info`] answer with [`info::answer`].
    pub fn info(&mut self, node: u8, commands: &str) -> Option<String> {
        let slot = self.slots.get_mut(usize::from(node))?;
        let site = self.places.get(usize::from(node))?.site;
        let process = slot.process.as_mut().filter(|_| !slot.paused)?;
        Some(info::answer(process, self.now_ns, site, &Caller::Operator, commands))
    }
}

/// What a message is to the node that it comes to, and the channel that it comes by.
fn arriving(from: NodeId, message: PeerMessage) -> (Channel, Input) {
    match message {
        PeerMessage::Beat(beat) => (Channel::Heartbeat, Input::Beat { from, beat }),
        PeerMessage::Fabric(message) => (Channel::Fabric, Input::Fabric { from, message }),
    }
}
