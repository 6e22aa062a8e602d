//! One night: a cluster, a load, a schedule of faults, and the history that comes of it.

use emulator::defect::Defect;
use history::{
    ConflictResolution, Event, FaultRecord, Heartbeat, History, HistoryError, LoadSettings, Mode,
    ReadMode, Workload,
};
use sha2::{Digest, Sha256};

use crate::course::Course;
use crate::script::Script;

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
    /// The deliberate defect, and at one of how many opportunities it fires.
    pub defect: Option<(Defect, u64)>,
    /// Heartbeats.
    pub heartbeat: Heartbeat,
    /// There and back between the sites, in µs.
    pub round_trip_us: u64,
    /// The network loses, doubles and reorders messages now and then.
    pub disorder: bool,
    /// Copies of each record.
    pub replication_factor: u32,
    /// How many nodes are on the roster; 0: all.
    pub roster: u32,
    /// Processes over all sites.
    pub processes: u32,
    /// How many of them are pinned to one node each.
    pub pinned: u32,
    /// Keys alive at a time.
    pub keys: u32,
    /// Writes that a key is given before a fresh one replaces it; 0: as many as it can bear.
    pub writes_per_key: u32,
    /// The share of reads, in thousandths.
    pub reads_milli: u32,
    /// How long a process thinks between two operations, in µs, on average.
    pub think_us: u64,
    /// The deadline of an operation, in ms.
    pub timeout_ms: u32,
    /// How often clients ask nodes for their maps, in ms.
    pub tend_ms: u64,
    /// How long the load lasts, in ms.
    pub load_ms: u64,
    /// The name of the schedule.
    pub nemesis: String,
    /// The faults, in ms after the load begins.
    pub schedule: Vec<FaultRecord>,
    /// The kills, by index, after which the node returns without its data.
    pub wipes: Vec<u32>,
    /// The operations, if they are not to be drawn.
    pub script: Option<Script>,
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
            disorder: false,
            replication_factor: 2,
            roster: 0,
            processes: 12,
            pinned: 2,
            keys: 24,
            writes_per_key: 0,
            reads_milli: 500,
            think_us: 20_000,
            timeout_ms: 300,
            tend_ms: 250,
            load_ms: 15_000,
            nemesis: "none".to_owned(),
            schedule: Vec::new(),
            wipes: Vec::new(),
            script: None,
        }
    }

    /// How long nodes take to notice that another is gone, in ms.
    #[must_use]
    pub fn detection_ms(&self) -> u64 {
        u64::from(self.heartbeat.interval_ms) * u64::from(self.heartbeat.timeout)
    }

    /// The load, as generators and manifests speak of it.
    #[must_use]
    pub fn load(&self) -> LoadSettings {
        LoadSettings {
            workload: self.workload,
            duration_ms: self.load_ms,
            rate: 0,
            processes: self.processes,
            pinned: self.pinned,
            keys: self.keys,
            skew_milli: 0,
            writes_per_key: self.writes_per_key,
            reads_milli: self.reads_milli,
        }
    }

    /// Lets the night pass.
    ///
    /// # Errors
    /// Never for a correct simulation: events that no recorder would write.
    pub fn run(&self) -> Result<Recorded, HistoryError> {
        let passed = Course::pass(self);
        let history = History::from_events(passed.events.iter().cloned())?;
        Ok(Recorded { history, ..passed })
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
    /// How many opportunities the defect had.
    pub opportunities: u64,
    /// At how many of them it fired.
    pub fired: u64,
}

impl Recorded {
    /// SHA-256 of the events: the same for the same history, byte for byte.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for event in &self.events {
            hash.update(format!("{event:?}\n"));
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// How many operations were invoked.
    #[must_use]
    pub fn operations(&self) -> u64 {
        let invoked = |event: &&Event| matches!(event.kind, history::EventKind::Invoke(_));
        self.events.iter().filter(invoked).count() as u64
    }

    /// How many operations had completed by a time, in ns.
    #[must_use]
    pub fn completed_by(&self, at_ns: u64) -> u64 {
        let completed = |event: &&Event| {
            event.time_ns <= at_ns && matches!(event.kind, history::EventKind::Complete(_))
        };
        self.events.iter().filter(completed).count() as u64
    }
}
