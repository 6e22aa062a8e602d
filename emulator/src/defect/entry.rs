//! What the catalogue says of a defect.

use crate::node::Mode;

/// A defect's page in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Where such a defect was seen, or which rule's absence it is.
    pub source: &'static str,
    /// The mode that it breaks.
    pub mode: Mode,
    /// The rule that it breaks.
    pub rule: &'static str,
    /// The class of anomaly that must be found, in kebab-case.
    pub class: &'static str,
    /// The check that finds it, in kebab-case.
    pub check: &'static str,
    /// The smallest schedule that shows it.
    pub schedule: Schedule,
    /// The schedule for where it fires but rarely: full of opportunities, and such that one is seen.
    /// `None`: the smallest one does.
    pub dense: Option<Schedule>,
    /// Why nobody can see it where it fires but rarely, if that is so.
    pub unseen: Option<&'static str>,
    /// It is also tried over real sockets.
    pub over_sockets: bool,
}

/// A workload under a nemesis. Over sockets, the last five are the run's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The workload's name.
    pub workload: &'static str,
    /// The nemesis' name.
    pub nemesis: &'static str,
    /// What a partition does to clients: `keep` or `cut`.
    pub clients: &'static str,
    /// How SC reads read: `linearize`, `session`, `allow-replica` or `allow-unavailable`.
    pub read_mode: &'static str,
    /// Processes over all sites.
    pub processes: u32,
    /// How many of them are pinned to one node each.
    pub pinned: u32,
    /// Keys.
    pub keys: u32,
    /// Writes that a key is given before a fresh one replaces it; 0: as many as it can bear.
    pub writes_per_key: u32,
    /// The share of reads, in thousandths.
    pub reads_milli: u32,
    /// There and back between two sites, in µs.
    pub round_trip_us: u64,
    /// Between two heartbeats, in ms: how long a cut goes unnoticed.
    pub heartbeat_interval_ms: u32,
    /// Copies of each record.
    pub replication_factor: u32,
    /// How many nodes are on the roster; 0: all.
    pub roster: u32,
    /// The network loses, doubles and reorders messages now and then.
    pub disorder: bool,
    /// How long clients wait for an answer, in ms.
    pub timeout_ms: u32,
    /// How often clients ask nodes for their maps, in ms.
    pub tend_ms: u64,
    /// How long the load lasts, in ms.
    pub load_ms: u64,
    /// About how many operations are asked for per second.
    pub rate: u64,
    /// How long the load runs undisturbed before the faults, between them and after them, in ms.
    pub quiet_ms: u64,
}

impl Schedule {
    /// A workload under a nemesis, with what most defects need of the rest.
    #[must_use]
    pub const fn of(workload: &'static str, nemesis: &'static str, clients: &'static str) -> Self {
        Self {
            workload,
            nemesis,
            clients,
            read_mode: "linearize",
            processes: 24,
            pinned: 0,
            keys: 32,
            writes_per_key: 0,
            reads_milli: 500,
            round_trip_us: 2000,
            heartbeat_interval_ms: 50,
            replication_factor: 2,
            roster: 0,
            disorder: false,
            timeout_ms: 300,
            tend_ms: 250,
            load_ms: 10_000,
            rate: 1500,
            quiet_ms: 2000,
        }
    }

    /// A longer load under a nemesis that follows fault upon fault.
    #[must_use]
    pub const fn dense(workload: &'static str, nemesis: &'static str) -> Self {
        Self {
            keys: 400,
            writes_per_key: 3,
            load_ms: 20_000,
            quiet_ms: 1000,
            ..Self::of(workload, nemesis, "keep")
        }
    }
}
