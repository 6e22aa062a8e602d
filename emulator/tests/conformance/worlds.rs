//! The recorded clusters, emulated.

use aerocert_emulator::defect::Defects;
use aerocert_emulator::node::{Heartbeat, Mode, NamespaceConfig, Place};
use aerocert_emulator::partition::{NodeId, Preference};
use aerocert_emulator::world::{
    Answer, Channels, Delays, End, Interruption, InterruptionId, Link, Ticket, World, WorldConfig,
};
use wire::{FrameDecoder, FrameType};

/// How a cluster is set up.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) cluster_name: &'static str,
    pub(crate) namespace: &'static str,
    pub(crate) replication_factor: usize,
    /// Names as the recordings have them, ids, sites, hosts.
    pub(crate) nodes: Vec<(&'static str, u64, u8, String)>,
    pub(crate) port: u16,
}

impl Setup {
    /// The recorded node that was alone.
    pub(crate) fn single() -> Self {
        Self {
            cluster_name: "single",
            namespace: "mydata",
            replication_factor: 2,
            nodes: vec![("s1", 0xA1, 0, "127.0.0.1".to_owned())],
            port: 3000,
        }
    }

    /// The six recorded nodes.
    pub(crate) fn stretch() -> Self {
        let london = (11..14).zip(["l1", "l2", "l3"]);
        let paris = (11..14).zip(["p1", "p2", "p3"]);
        let node = |site: u8, (host, name): (u64, &'static str)| {
            let id = 0xB00 + u64::from(site) * 0x10 + 0x10 + (host - 10);
            (name, id, site, format!("172.{}.0.{host}", 32 + site))
        };
        Self {
            cluster_name: "stretch",
            nodes: london.map(|one| node(0, one)).chain(paris.map(|one| node(1, one))).collect(),
            ..Self::single()
        }
    }

    /// The cluster, just started.
    pub(crate) fn start(&self, seed: u64) -> Replay {
        let sites = 2;
        let places = self.nodes.iter().map(|(_, id, site, host)| Place {
            id: NodeId(*id),
            site: *site,
            rack: 0,
            stay_quiesced: false,
            addresses: vec![format!("{host}:{}", self.port); usize::from(sites)],
            access: Default::default(),
        });
        let namespace = NamespaceConfig {
            replication_factor: self.replication_factor,
            // As the recorded edition has it.
            preference: Preference { uniform_balance: false, active_rack: None },
            ..NamespaceConfig::new(self.namespace, Mode::Ap)
        };
        let config = WorldConfig {
            cluster_name: self.cluster_name.to_owned(),
            sites,
            places: places.collect(),
            heartbeat: Heartbeat { interval_ms: 150, timeout: 10 },
            namespaces: vec![namespace],
            delays: Delays::default(),
            security: false,
            defects: Defects::default(),
        };
        Replay { setup: self.clone(), world: World::new(config, seed), tickets: 0 }
    }
}

/// An emulated cluster that is asked what the real one was asked.
pub(crate) struct Replay {
    pub(crate) setup: Setup,
    pub(crate) world: World,
    tickets: u64,
}

impl Replay {
    pub(crate) fn node(&self, name: &str) -> u8 {
        let position = self.setup.nodes.iter().position(|node| node.0 == name);
        position.unwrap_or_default() as u8
    }

    pub(crate) fn advance_ms(&mut self, ms: u64) {
        self.world.advance(self.world.now_ns() + ms * 1_000_000);
    }

    /// Cuts every link between nodes of different sites.
    pub(crate) fn split(&mut self) -> InterruptionId {
        let ends: Vec<(End, u8)> =
            (0..).zip(&self.setup.nodes).map(|(at, node)| (End::Node(at), node.2)).collect();
        let links = ends.iter().flat_map(|(from, here)| {
            let others = ends.iter().filter(move |(_, there)| there != here);
            others.map(move |(to, _)| Link { from: *from, to: *to })
        });
        let links: Vec<Link> = links.collect();
        self.world.interrupt(&links, Channels::ALL, Interruption::Cut).expect("the nodes exist")
    }

    /// Answers an info request past the network.
    pub(crate) fn info(&mut self, node: &str, request: &str) -> String {
        let node = self.node(node);
        self.world.info(node, request).expect("the node runs")
    }

    /// Sends frames to a node, without waiting for the answer.
    pub(crate) fn send(&mut self, node: &str, frames: &[u8]) -> Ticket {
        let node = self.node(node);
        let site = self.setup.nodes[usize::from(node)].2;
        let mut decoder = FrameDecoder::default();
        decoder.push(frames);
        let frame = decoder.next_frame().expect("a good header").expect("a whole frame");
        assert_eq!(frame.frame_type, FrameType::Message);
        self.tickets += 1;
        self.world.request(node, site, Ticket(self.tickets), &frame.body);
        Ticket(self.tickets)
    }

    /// What was answered until now.
    pub(crate) fn answers(&mut self) -> Vec<(Ticket, Option<Vec<u8>>)> {
        let answers = self.world.poll().into_iter();
        answers
            .map(|(ticket, answer)| match answer {
                Answer::Bytes(bytes) | Answer::LoggedIn { bytes, .. } => (ticket, Some(bytes)),
                Answer::Close => (ticket, None),
            })
            .collect()
    }

    /// Sends frames and waits for the answer.
    pub(crate) fn exchange(&mut self, node: &str, frames: &[u8]) -> Option<Vec<u8>> {
        let ticket = self.send(node, frames);
        for _ in 0..3000 {
            self.advance_ms(1);
            if let Some((_, answer)) = self.answers().into_iter().find(|(one, _)| *one == ticket) {
                return answer;
            }
        }
        None
    }
}
