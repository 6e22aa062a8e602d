//! The six-node stretch cluster in which nights take place.

use emulator::defect::Defects;
use emulator::node::{
    ConflictResolution, Heartbeat, MigrationRate, Mode, NamespaceConfig, Place, RosterEntry,
};
use emulator::partition::NodeId;
use emulator::world::{Delays, Disorder, WorldConfig};
use history::{Node, Topology};

use crate::Night;

/// Ids, sites and racks.
const PLACES: [(u64, u8, u32); 6] = [
    (0xA882, 1, 33),
    (0xA600, 0, 32),
    (0xA517, 1, 33),
    (0xA352, 0, 32),
    (0xA129, 0, 32),
    (0xA70, 1, 33),
];

/// The nodes of the two sites.
pub(crate) const AT_SITE: [[u8; 3]; 2] = [[1, 3, 4], [0, 2, 5]];
/// How many nodes there are.
pub(crate) const NODES: u8 = PLACES.len() as u8;
/// How many sites.
pub(crate) const SITES: u8 = 2;
/// How many messages of a million meet with each kind of disorder.
const DISORDER: Disorder = Disorder { lost: 5_000, doubled: 20_000, overtaken: 50_000 };

/// The namespace of a night.
pub(crate) const NAMESPACE: &str = "mydata";
/// The set of a night.
pub(crate) const SET: &str = "dummy";

/// The stretch cluster as faults and histories speak of it: two sites, three nodes each.
#[must_use]
pub fn stretch() -> Topology {
    let node =
        |(id, site, rack)| Node { id: history::NodeId(id), site, rack, addresses: Vec::new() };
    Topology {
        sites: vec!["london".to_owned(), "paris".to_owned()],
        nodes: PLACES.map(node).to_vec(),
    }
}

/// The cluster of a night.
pub(crate) fn world(night: &Night) -> WorldConfig {
    let mode = match night.mode {
        history::Mode::Sc => Mode::Sc,
        history::Mode::Ap => Mode::Ap,
    };
    let mut namespace = NamespaceConfig::new(NAMESPACE, mode);
    namespace.conflict_resolution = match night.conflict_resolution {
        history::ConflictResolution::Generation => ConflictResolution::Generation,
        history::ConflictResolution::LastUpdateTime => ConflictResolution::LastUpdateTime,
    };
    let entry = |(id, _, rack)| RosterEntry { node: NodeId(id), rack };
    let listed = match night.roster {
        0 => PLACES.len(),
        count => PLACES.len().min(count as usize),
    };
    namespace.migration = MigrationRate { partitions_per_second: 200, records_per_second: 20_000 };
    namespace.replication_factor = night.replication_factor as usize;
    namespace.roster =
        (mode == Mode::Sc).then(|| PLACES[..listed].iter().copied().map(entry).collect());
    let place = |(id, site, rack)| Place {
        id: NodeId(id),
        site,
        rack,
        stay_quiesced: false,
        // Nobody listens there; a server does not tell clients of a peer that has no address.
        addresses: vec![format!("{id:x}.night:3000"); usize::from(SITES)],
        access: Default::default(),
    };
    WorldConfig {
        cluster_name: "night".to_owned(),
        sites: 2,
        places: PLACES.map(place).to_vec(),
        heartbeat: Heartbeat {
            interval_ms: night.heartbeat.interval_ms,
            timeout: night.heartbeat.timeout,
        },
        namespaces: vec![namespace],
        delays: Delays {
            round_trip_us: night.round_trip_us,
            disorder: if night.disorder { DISORDER } else { Disorder::NONE },
            ..Delays::default()
        },
        security: false,
        defects: night
            .defect
            .map_or_else(Defects::default, |(defect, one_in)| Defects::one_in(defect, one_in)),
    }
}
