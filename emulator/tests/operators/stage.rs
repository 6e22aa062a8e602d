//! The six-node stretch cluster in virtual time, with an operator and clients.

use aerocert_emulator::defect::Defects;
use aerocert_emulator::node::{Heartbeat, Mode, NamespaceConfig, Place};
use aerocert_emulator::partition::NodeId;
use aerocert_emulator::world::{Answer, Delays, Ticket, World, WorldConfig};
use wire::{Digest, Field, Info1, Info2, Message, Op, ResultCode, UserKey, Value};

/// Id, site, rack.
pub(crate) const NODES: [(u64, u8, u32); 6] = [
    (0xA882, 1, 33),
    (0xA600, 0, 32),
    (0xA517, 1, 33),
    (0xA352, 0, 32),
    (0xA129, 0, 32),
    (0xA70, 1, 33),
];
/// The roster of all of them.
pub(crate) const ROSTER: &str = "A882@33,A600@32,A517@33,A352@32,A129@32,A70@33";
pub(crate) const SC: &str = "mydata";
pub(crate) const AP: &str = "mydata_ap";
const SECOND_NS: u64 = 1_000_000_000;

/// The cluster.
pub(crate) struct Stage {
    pub(crate) world: World,
    tickets: u64,
}

impl Stage {
    /// A cluster whose SC namespace has no roster yet.
    pub(crate) fn bare() -> Self {
        let places = NODES.iter().zip(1..).map(|((id, site, rack), node)| Place {
            id: NodeId(*id),
            site: *site,
            rack: *rack,
            stay_quiesced: false,
            addresses: vec![format!("127.32.{node}.1:3000"), format!("127.32.{node}.2:3000")],
            access: Default::default(),
        });
        let config = WorldConfig {
            cluster_name: "stretch".into(),
            sites: 2,
            places: places.collect(),
            heartbeat: Heartbeat { interval_ms: 150, timeout: 10 },
            namespaces: vec![
                NamespaceConfig::new(SC, Mode::Sc),
                NamespaceConfig::new(AP, Mode::Ap),
            ],
            delays: Delays::default(),
            security: false,
            defects: Defects::default(),
        };
        let mut stage = Self { world: World::new(config, 1), tickets: 0 };
        stage.wait_s(20);
        stage
    }

    /// The same with its roster in force.
    pub(crate) fn settled() -> Self {
        let mut stage = Self::bare();
        let set = format!("roster-set:namespace={SC};nodes={ROSTER}");
        assert_eq!(stage.ask(0, &set), "ok");
        stage.recluster();
        stage
    }

    pub(crate) fn wait_s(&mut self, seconds: u64) {
        self.world.advance(self.world.now_ns() + seconds * SECOND_NS);
    }

    /// Asks every node to recluster, as operators do, and waits until migrations have ended.
    pub(crate) fn recluster(&mut self) {
        let answers: Vec<String> = (0..6).map(|node| self.ask(node, "recluster:")).collect();
        assert_eq!(answers.iter().filter(|answer| *answer == "ok").count(), 1, "{answers:?}");
        self.wait_s(20);
    }

    /// The value of one command, asked past the network.
    pub(crate) fn ask(&mut self, node: u8, command: &str) -> String {
        let body = self.world.info(node, &format!("{command}\n")).unwrap();
        let value = body.strip_prefix(command).and_then(|rest| rest.strip_prefix('\t'));
        value.unwrap().trim_end_matches('\n').to_owned()
    }

    /// One of the pairs of an answer.
    pub(crate) fn pair(&mut self, node: u8, command: &str, key: &str) -> String {
        let answer = self.ask(node, command);
        let found = answer.split([';', ':']).find_map(|pair| {
            pair.split_once('=').filter(|(name, _)| *name == key).map(|(_, value)| value)
        });
        found.unwrap_or_else(|| panic!("no {key} in {command}")).to_owned()
    }

    /// A number out of the statistics of a namespace.
    pub(crate) fn count(&mut self, node: u8, namespace: &str, key: &str) -> u64 {
        self.pair(node, &format!("namespace/{namespace}"), key).parse().unwrap()
    }

    /// Writes the number of a key to it; the code of the answer.
    pub(crate) fn put(&mut self, namespace: &str, set: &str, key: i64) -> ResultCode {
        let message = Message {
            info2: Info2::WRITE,
            ops: vec![Op::write("n", &Value::Integer(key))],
            ..Message::default()
        };
        self.send(0, namespace, set, key, message).result_code
    }

    /// Reads a key through a node; the code of the answer.
    pub(crate) fn get(&mut self, node: u8, namespace: &str, set: &str, key: i64) -> ResultCode {
        self.read(node, namespace, set, key).result_code
    }

    /// The whole answer to a read.
    pub(crate) fn read(&mut self, node: u8, namespace: &str, set: &str, key: i64) -> Message {
        let message = Message { info1: Info1::READ | Info1::GET_ALL, ..Message::default() };
        self.send(node, namespace, set, key, message)
    }

    /// Sends a message on one record through a node.
    pub(crate) fn send(
        &mut self,
        node: u8,
        namespace: &str,
        set: &str,
        key: i64,
        mut message: Message,
    ) -> Message {
        let digest = Digest::of(set, &UserKey::from(key));
        message.fields.extend([
            Field::namespace(namespace),
            Field::set(set),
            Field::digest(&digest),
        ]);
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.world.request(node, 0, ticket, &message.encode()[8..]);
        self.world.advance(self.world.now_ns() + 2 * SECOND_NS);
        let answers = self.world.poll();
        let [(answered, Answer::Bytes(bytes))] = answers.as_slice() else {
            panic!("one answer, not {answers:?}")
        };
        assert_eq!(*answered, ticket);
        Message::decode(&bytes[8..]).unwrap()
    }
}
