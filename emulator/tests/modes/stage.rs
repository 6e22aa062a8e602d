//! A six-node cluster, under strong consistency unless a test wants another mode, and requests to it.

use aerocert_emulator::defect::Defects;
use aerocert_emulator::node::{
    Heartbeat, Mode, NamespaceConfig, NamespaceView, Place, RosterEntry,
};
use aerocert_emulator::partition::NodeId;
use aerocert_emulator::world::{
    Answer, Channels, Delays, End, Interruption, InterruptionId, Link, Ticket, World, WorldConfig,
};
use wire::{Digest, Field, Info1, Info2, Info3, Message, Op, ReadMode, ResultCode, UserKey, Value};

pub(crate) const NODES: u8 = 6;
pub(crate) const NAMESPACE: &str = "mydata";
const SET: &str = "demo";
const SECOND_NS: u64 = 1_000_000_000;
/// How long clients wait for an answer.
const PATIENCE_NS: u64 = 2 * SECOND_NS;

/// The cluster; its client is in one site with all nodes.
pub(crate) struct Stage {
    pub(crate) world: World,
    tickets: u64,
}

impl Stage {
    /// A cluster that is whole, with what `change` makes of its namespace.
    pub(crate) fn new(change: impl FnOnce(&mut NamespaceConfig)) -> Self {
        let id = |node: u8| NodeId(0xA0 + u64::from(node));
        let place = |node: u8| Place {
            id: id(node),
            site: 0,
            rack: 0,
            stay_quiesced: false,
            addresses: Vec::new(),
            access: Default::default(),
        };
        let mut namespace = NamespaceConfig::new(NAMESPACE, Mode::Sc);
        let entry = |node: u8| RosterEntry { node: id(node), rack: 0 };
        namespace.roster = Some((0..NODES).map(entry).collect());
        change(&mut namespace);
        let config = WorldConfig {
            cluster_name: "strong".into(),
            sites: 1,
            places: (0..NODES).map(place).collect(),
            heartbeat: Heartbeat { interval_ms: 150, timeout: 10 },
            namespaces: vec![namespace],
            delays: Delays::default(),
            security: false,
            defects: Defects::default(),
        };
        let mut stage = Self { world: World::new(config, 1), tickets: 0 };
        stage.wait_ms(6_000);
        stage
    }

    pub(crate) fn wait_ms(&mut self, ms: u64) {
        self.world.advance(self.world.now_ns() + ms * 1_000_000);
    }

    /// What a node says of the namespace.
    pub(crate) fn view(&self, node: u8) -> NamespaceView {
        self.world.node(node).unwrap().namespace(NAMESPACE).unwrap()
    }

    /// How many partitions' versions on a node are marked as not to be relied on.
    pub(crate) fn untrusted(&self, node: u8) -> usize {
        let node = self.world.node(node).unwrap();
        let versions = (0..4096).map(|p| node.partition(NAMESPACE, p).unwrap().version);
        versions.filter(|version| version.ends_with('e')).count()
    }

    /// The nodes that hold a key, its master first, as the whole cluster has them.
    pub(crate) fn holders(&self, key: i64) -> Vec<u8> {
        let partition = usize::from(digest(key).partition());
        let view =
            |node: &u8| self.world.node(*node).unwrap().partition(NAMESPACE, partition).unwrap();
        let mut holders: Vec<u8> = (0..NODES).filter(|n| view(n).replica.is_some()).collect();
        holders.sort_by_key(|node| view(node).replica);
        holders
    }

    /// Cuts nodes off from all others, both ways; clients still reach all.
    pub(crate) fn part(&mut self, nodes: &[u8]) -> InterruptionId {
        let others = (0..NODES).filter(|node| !nodes.contains(node));
        let links: Vec<Link> = others
            .flat_map(|other| {
                nodes.iter().flat_map(move |node| {
                    let link = Link { from: End::Node(*node), to: End::Node(other) };
                    [link, link.reversed()]
                })
            })
            .collect();
        self.world.interrupt(&links, Channels::ALL, Interruption::Cut).unwrap()
    }

    /// Partitions' worth of data that nodes still have to send or to receive.
    pub(crate) fn migrations(&self) -> u64 {
        let views = (0..NODES).map(|node| self.view(node));
        views.map(|view| view.migrate_tx_remaining + view.migrate_rx_remaining).sum()
    }

    /// Cuts a node off from all others; its clients still reach it. `heard`: it hears them yet.
    pub(crate) fn cut_off(&mut self, node: u8, heard: bool) -> InterruptionId {
        let others = (0..NODES).filter(|other| *other != node);
        let links: Vec<Link> = others
            .flat_map(|other| {
                let out = Link { from: End::Node(node), to: End::Node(other) };
                [Some(out), (!heard).then_some(out.reversed())].into_iter().flatten()
            })
            .collect();
        self.world.interrupt(&links, Channels::ALL, Interruption::Cut).unwrap()
    }

    /// Writes a value through a node, and waits until it is answered.
    pub(crate) fn put(&mut self, node: u8, key: i64, value: i64) -> ResultCode {
        let ticket = self.ask(node, key, write(value));
        self.code(ticket)
    }

    /// Reads a key through a node.
    pub(crate) fn get(&mut self, node: u8, key: i64, mode: ReadMode) -> Result<i64, ResultCode> {
        self.get_with(node, key, Info1::default(), mode)
    }

    /// Reads a key through a node once all copies have been asked (AP).
    pub(crate) fn get_of_all(&mut self, node: u8, key: i64) -> Result<i64, ResultCode> {
        self.get_with(node, key, Info1::CONSISTENCY_ALL, ReadMode::Session)
    }

    fn get_with(
        &mut self,
        node: u8,
        key: i64,
        flags: Info1,
        mode: ReadMode,
    ) -> Result<i64, ResultCode> {
        let info3 = Info3::default().with_read_mode(mode);
        let info1 = Info1::READ | Info1::GET_ALL | flags;
        let ticket = self.ask(node, key, Message { info1, info3, ..Message::default() });
        let reply = self.answer(ticket);
        match reply.ops.first() {
            Some(op) if reply.result_code == ResultCode::OK => match op.value().unwrap() {
                Value::Integer(value) => Ok(value),
                other => panic!("{other:?}"),
            },
            _ => Err(reply.result_code),
        }
    }

    /// Deletes a key through node 0.
    pub(crate) fn delete(&mut self, key: i64, durable: bool) -> ResultCode {
        let kind = if durable { Info2::DURABLE_DELETE } else { Info2::default() };
        let info2 = Info2::WRITE | Info2::DELETE | kind;
        let ticket = self.ask(0, key, Message { info2, ..Message::default() });
        self.code(ticket)
    }

    /// Sends a request, and does not wait.
    pub(crate) fn ask(&mut self, node: u8, key: i64, mut message: Message) -> Ticket {
        let digest = digest(key);
        let (namespace, set) = (Field::namespace(NAMESPACE), Field::set(SET));
        message.fields.extend([namespace, set, Field::digest(&digest)]);
        self.tickets += 1;
        self.world.request(node, 0, Ticket(self.tickets), &message.encode()[8..]);
        Ticket(self.tickets)
    }

    /// The code of the answer to a request.
    pub(crate) fn code(&mut self, ticket: Ticket) -> ResultCode {
        self.answer(ticket).result_code
    }

    fn answer(&mut self, ticket: Ticket) -> Message {
        let begun = self.world.now_ns();
        loop {
            let answers = self.world.poll();
            if let Some((_, Answer::Bytes(bytes))) = answers.iter().find(|(to, _)| *to == ticket) {
                return Message::decode(&bytes[8..]).unwrap();
            }
            assert!(self.world.now_ns() < begun + PATIENCE_NS, "no answer to {ticket:?}");
            self.wait_ms(1);
        }
    }
}

/// A write of a value.
pub(crate) fn write(value: i64) -> Message {
    let ops = vec![Op::write("n", &Value::Integer(value))];
    Message { info2: Info2::WRITE, ops, ..Message::default() }
}

fn digest(key: i64) -> Digest {
    Digest::of(SET, &UserKey::from(key))
}
