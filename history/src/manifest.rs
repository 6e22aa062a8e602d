//! The manifest of a run: what was asked, of what, and what is to be checked.

use serde::{Deserialize, Serialize};

use crate::{AnomalyClass, FaultRecord, Topology};

/// Everything that a stored run needs to be judged and reported again without flags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this file's format.
    pub schema_version: u32,
    /// The run's name, unique in its store; also its folder's name.
    pub run: String,
    /// The runs that stood under the same faults on the same clock share this name.
    pub pair: String,
    /// When the run began, RFC 3339, UTC.
    pub started: String,
    /// aerocert's version.
    pub version: String,
    /// The seed behind every random choice of this run.
    pub seed: u64,
    /// The generator behind the seed, as `chacha8/1`.
    pub generator: String,
    /// The namespace under test and its mode.
    pub arm: Arm,
    /// What the processes do.
    pub load: LoadSettings,
    /// What is done to the cluster.
    pub nemesis: NemesisSettings,
    /// The client's settings.
    pub client: ClientSettings,
    /// What the cluster really is.
    pub cluster: ClusterIdentity,
    /// What to check.
    pub checks: Vec<Check>,
    /// What the run must hold to mean anything.
    pub floors: Floors,
    /// What the arm should show.
    pub expectation: Expectation,
    /// The command that does the run again.
    pub reproduce: String,
}

impl Manifest {
    /// The format's version that this build writes.
    pub const SCHEMA_VERSION: u32 = 1;
    /// The random generator behind every seed.
    pub const GENERATOR: &'static str = "chacha8/1";
}

/// A namespace under a mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arm {
    /// The arm's name, `sc`, `ap`, `ap-last-update-time`, …
    pub name: String,
    /// The namespace.
    pub namespace: String,
    /// The set.
    pub set: String,
    /// Strong consistency or availability.
    pub mode: Mode,
    /// The read mode under SC; `None` under AP.
    pub read_mode: Option<ReadMode>,
    /// How AP merges two versions of a record; `None` under SC.
    pub conflict_resolution: Option<ConflictResolution>,
    /// The defect that is switched on, if the arm is a canary.
    pub defect: Option<String>,
}

/// A namespace's mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Strong consistency.
    Sc,
    /// Availability.
    Ap,
}

/// The read modes of strong consistency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadMode {
    /// The latest acknowledged write.
    Linearize,
    /// Monotonic per client, reads its own writes.
    Session,
    /// May be stale, never dirty.
    AllowReplica,
    /// May be very stale, never dirty.
    AllowUnavailable,
}

/// How AP merges two versions of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictResolution {
    /// The higher generation wins.
    Generation,
    /// The later update wins.
    LastUpdateTime,
}

/// The workloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// Reads and writes of unique values.
    Register,
    /// Read, then write if the generation still holds.
    CasRegister,
    /// Adds and reads.
    Counter,
    /// Appends of unique elements to a list, and reads of it.
    Set,
    /// The sighting records of the stretch-cluster tutorial, judged as registers by their token.
    Sightings,
}

impl Workload {
    /// What its keys behave as.
    #[must_use]
    pub fn model(self) -> Model {
        match self {
            Self::Register | Self::Sightings => Model::Register,
            Self::CasRegister => Model::CasRegister,
            Self::Counter => Model::Counter,
            Self::Set => Model::Set,
        }
    }

    /// Its name, as flags and files spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::CasRegister => "cas-register",
            Self::Counter => "counter",
            Self::Set => "set",
            Self::Sightings => "sightings",
        }
    }
}

/// Sequential specifications of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// Read and write.
    Register,
    /// Read, write, compare and set.
    CasRegister,
    /// Add and read.
    Counter,
    /// Append unique elements and read them all.
    Set,
}

/// The load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadSettings {
    /// The workload.
    pub workload: Workload,
    /// How long it lasts, in ms.
    pub duration_ms: u64,
    /// Operations per second over all processes; 0: each process asks as soon as it is answered.
    pub rate: u32,
    /// Processes over all sites.
    pub processes: u32,
    /// How many of them are pinned to one node each.
    pub pinned: u32,
    /// Keys alive at a time (a worn-out key is replaced by a fresh one).
    pub keys: u32,
    /// Writes that a key is given before a fresh one replaces it; 0: as many as the workload can
    /// bear. The last write of a key that retires during a cut is never written over, so its fate
    /// shows in the final reads.
    pub writes_per_key: u32,
    /// The exponent of the keys' Zipf distribution in thousandths; 0: uniform.
    pub skew_milli: u32,
    /// The share of reads, in thousandths.
    pub reads_milli: u32,
}

/// The nemesis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NemesisSettings {
    /// Its name: `none`, `partition-racks`, …
    pub name: String,
    /// The faults that it planned, stored so that a replay survives a change of the planner.
    pub schedule: Vec<FaultRecord>,
}

/// The client's settings that stand behind every outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSettings {
    /// The client's name and version.
    pub client: String,
    /// Deadline of one operation, in ms.
    pub timeout_ms: u32,
    /// How often the client asks nodes for their maps, in ms.
    pub tend_interval_ms: u32,
}

/// What a cluster is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClusterKind {
    /// aerocert's own emulated cluster. A certificate of one says nothing about a real cluster.
    Emulated,
    /// Real servers.
    Real,
}

/// What the cluster really is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterIdentity {
    /// Emulated or real.
    pub kind: ClusterKind,
    /// Its name.
    pub name: String,
    /// `edition` as the nodes state it.
    pub edition: String,
    /// `build` as the nodes state it.
    pub build: String,
    /// Sites and nodes.
    pub topology: Topology,
    /// Copies of each record.
    pub replication_factor: u32,
    /// Heartbeats.
    pub heartbeat: Heartbeat,
    /// The round trip between two sites, in µs, where it is a setting (emulated).
    pub round_trip_us: Option<u64>,
}

/// How nodes notice that another is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Between two heartbeats, in ms.
    pub interval_ms: u32,
    /// How many may be missing.
    pub timeout: u32,
}

/// The checks, by name; only the program maps a name to code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Each key is linearizable.
    Linearizable,
    /// No acknowledged write is missing after healing.
    LostWrites,
    /// No read returns a superseded value.
    StaleReads,
    /// No read returns the value of a failed write, or one that did not survive.
    DirtyReads,
    /// Each process sees its own writes, and never goes backwards.
    SessionGuarantees,
    /// Two compare-and-sets never succeed from one version.
    LostUpdates,
    /// Counters stay within their bounds.
    Counters,
    /// Elements are neither lost, stale nor doubled.
    Sets,
    /// After migrations every site reads the same.
    Convergence,
}

impl Check {
    /// Its name, as files spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Linearizable => "linearizable",
            Self::LostWrites => "lost-writes",
            Self::StaleReads => "stale-reads",
            Self::DirtyReads => "dirty-reads",
            Self::SessionGuarantees => "session-guarantees",
            Self::LostUpdates => "lost-updates",
            Self::Counters => "counters",
            Self::Sets => "sets",
            Self::Convergence => "convergence",
        }
    }
}

/// What a run must hold so that *valid* means something; a miss makes it *unknown*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floors {
    /// Completed operations in all.
    pub completed: u64,
    /// Acknowledged operations while faults are in force.
    pub acknowledged_in_faults: u64,
    /// Acknowledged operations of each site while faults are in force.
    pub acknowledged_in_faults_per_site: u64,
    /// For how long faults must have been in force, in ms.
    pub faults_ms: u64,
}

/// What an arm should show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Expectation {
    /// Nothing: every check is valid.
    Valid,
    /// Anomalies of these classes, and only where a fault explains them, or a write that was under
    /// way: under availability reads see it at its master before its replicas have it.
    MayShow {
        /// The classes.
        classes: Vec<AnomalyClass>,
    },
    /// A canary: an anomaly of this class.
    MustShow {
        /// The class.
        class: AnomalyClass,
    },
}
