//! The clusters in which scenarios take place.

use emulator::defect::Defects;
use emulator::node::{Heartbeat, Mode, NamespaceConfig, Place, RosterEntry};
use emulator::partition::NodeId;
use emulator::world::{Delays, WorldConfig};

use crate::cluster::NAMESPACE;

/// A cluster: its sites, its nodes and its namespace.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    /// Names of the sites.
    pub(super) sites: &'static [&'static str],
    /// The nodes; everybody names them by their position here.
    pub(super) nodes: Vec<Member>,
    pub(super) mode: Mode,
    pub(super) replication_factor: usize,
    /// Whether the roster is set when the cluster starts: all nodes that are no standby.
    pub(super) rostered: bool,
}

/// A node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) id: u64,
    pub(super) site: u8,
    pub(super) rack: u32,
    /// Its process is not started, and the roster does not list it.
    pub(super) standby: bool,
    /// It is quiesced for good.
    pub(super) quiesced: bool,
}

impl Member {
    pub(super) const fn new(id: u64, site: u8, rack: u32) -> Self {
        Self { id, site, rack, standby: false, quiesced: false }
    }
}

impl Cast {
    /// An SC namespace with two copies, its roster set.
    pub(super) fn strong(sites: &'static [&'static str], nodes: Vec<Member>) -> Self {
        Self { sites, nodes, mode: Mode::Sc, replication_factor: 2, rostered: true }
    }

    /// The world of the cast.
    pub(super) fn world(&self) -> WorldConfig {
        let mut namespace = NamespaceConfig::new(NAMESPACE, self.mode);
        namespace.replication_factor = self.replication_factor;
        let entry = |member: &Member| RosterEntry { node: NodeId(member.id), rack: member.rack };
        let listed = self.nodes.iter().filter(|member| !member.standby).map(entry);
        namespace.roster = (self.rostered && self.mode == Mode::Sc).then(|| listed.collect());
        let place = |member: &Member| Place {
            id: NodeId(member.id),
            site: member.site,
            rack: member.rack,
            stay_quiesced: member.quiesced,
            addresses: Vec::new(),
            access: Default::default(),
        };
        WorldConfig {
            cluster_name: "scenario".to_owned(),
            sites: self.sites.len() as u8,
            places: self.nodes.iter().map(place).collect(),
            heartbeat: Heartbeat { interval_ms: 150, timeout: 10 },
            namespaces: vec![namespace],
            delays: Delays::default(),
            security: false,
            defects: Defects::default(),
        }
    }
}
