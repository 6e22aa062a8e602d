//! A small run: a script of operations, one fault, and a manifest for them.
#![allow(dead_code, reason = "each test file takes its share")]

use history::{
    Arm, Call, Check, ClientLinks, ClientSettings, ClusterIdentity, ClusterKind, Direction,
    Expectation, Fault, FaultEvent, FaultOutcome, FaultRecord, FaultStage, Floors, Heartbeat,
    History, Interruption, Key, LoadSettings, Manifest, Mark, Mode, NemesisSettings, Observation,
    Operation, OperationId, Operations, Outcome, ProcessId, ReadMode, Results, Returned, Route,
    SiteIndex, Topology, Workload,
};

pub(crate) const CHECKS: [Check; 9] = [
    Check::Linearizable,
    Check::LostWrites,
    Check::StaleReads,
    Check::DirtyReads,
    Check::SessionGuarantees,
    Check::LostUpdates,
    Check::Counters,
    Check::Sets,
    Check::Convergence,
];

/// The cut of every staged run, in ms, and when migrations have ended.
pub(crate) const CUT_MS: (u64, u64) = (1_000, 5_000);
pub(crate) const SETTLED_MS: u64 = 8_000;

pub(crate) struct Stage {
    pub(crate) manifest: Manifest,
    pub(crate) history: History,
    /// The operations, which the history gets when it is judged.
    pub(crate) operations: Vec<Operation>,
    pub(crate) faults: Vec<FaultRecord>,
}

impl Stage {
    /// A run of a workload under a cut between two sites, without operations.
    pub(crate) fn new(workload: Workload) -> Self {
        let fault = FaultRecord {
            index: 0,
            nemesis: "partition-racks".into(),
            fault: Fault::Partition {
                one: vec![0],
                other: vec![1],
                direction: Direction::Both,
                interruption: Interruption::Cut,
                clients: ClientLinks::Cut,
            },
            planned_at_ms: CUT_MS.0,
            planned_for_ms: CUT_MS.1 - CUT_MS.0,
            applied_ns: Some(CUT_MS.0 * 1_000_000),
            healed_ns: Some(CUT_MS.1 * 1_000_000),
            outcome: FaultOutcome::Healed,
            probes: Vec::new(),
        };
        let ms = |ms: u64| ms * 1_000_000;
        let stage = |stage| FaultEvent { fault: 0, stage };
        let history = History {
            operations: Operations::default(),
            faults: vec![
                (ms(CUT_MS.0), stage(FaultStage::Applied)),
                (ms(CUT_MS.1), stage(FaultStage::Healed)),
            ],
            marks: vec![
                (0, Mark::LoadStarted),
                (ms(7_000), Mark::LoadEnded),
                (ms(SETTLED_MS), Mark::MigrationsEnded),
                (ms(SETTLED_MS), Mark::FinalReadsStarted),
                (ms(9_000), Mark::FinalReadsEnded),
            ],
            ended_ns: ms(9_000),
            truncated: None,
        };
        Self {
            manifest: manifest(workload, fault.clone()),
            history,
            operations: Vec::new(),
            faults: vec![fault],
        }
    }

    /// Adds an operation: process, what, from ms, to ms, outcome, result.
    pub(crate) fn operation(
        &mut self,
        process: u32,
        call: Call,
        (from_ms, to_ms): (u64, u64),
        outcome: Outcome,
        returned: Returned,
    ) -> &mut Operation {
        self.operations.push(Operation {
            id: OperationId(self.operations.len() as u64),
            process: ProcessId(process),
            site: SiteIndex((process % 2) as u8),
            route: Route::Map,
            key: Key(1),
            call,
            invoked_ns: from_ms * 1_000_000,
            completed_ns: Some(to_ms * 1_000_000),
            outcome,
            returned,
            generation: None,
            code: if outcome == Outcome::Ok { 0 } else { 9 },
        });
        self.operations.last_mut().expect("just pushed")
    }

    pub(crate) fn write(&mut self, process: u32, value: u64, ms: (u64, u64)) -> &mut Operation {
        self.operation(process, Call::Write { value }, ms, Outcome::Ok, Returned::Nothing)
    }

    pub(crate) fn append(&mut self, process: u32, element: u64, ms: (u64, u64)) -> &mut Operation {
        self.operation(process, Call::Append { element }, ms, Outcome::Ok, Returned::Nothing)
    }

    pub(crate) fn add(&mut self, process: u32, ms: (u64, u64)) -> &mut Operation {
        self.operation(process, Call::Add { delta: 1 }, ms, Outcome::Ok, Returned::Nothing)
    }

    pub(crate) fn read(
        &mut self,
        process: u32,
        ms: (u64, u64),
        returned: Returned,
    ) -> &mut Operation {
        self.operation(process, Call::Read, ms, Outcome::Ok, returned)
    }

    pub(crate) fn judge(&self) -> Results {
        assert!(self.operations.is_sorted_by_key(|one| one.invoked_ns), "a script in order");
        self.judge_with(&[])
    }

    pub(crate) fn judge_with(&self, observations: &[Observation]) -> Results {
        let operations = self.operations.iter().cloned().collect();
        let history = History { operations, ..self.history.clone() };
        aerocert_checker::judge(&self.manifest, &history, &self.faults, observations)
    }
}

fn manifest(workload: Workload, fault: FaultRecord) -> Manifest {
    Manifest {
        schema_version: Manifest::SCHEMA_VERSION,
        run: "staged".into(),
        pair: "staged".into(),
        started: "2026-01-01T00:00:00Z".into(),
        version: "0.0.0".into(),
        seed: 1,
        generator: Manifest::GENERATOR.into(),
        arm: Arm {
            name: "sc".into(),
            namespace: "mydata".into(),
            set: "dummy".into(),
            mode: Mode::Sc,
            read_mode: Some(ReadMode::Linearize),
            conflict_resolution: None,
            defect: None,
        },
        load: LoadSettings {
            workload,
            duration_ms: 7_000,
            rate: 0,
            processes: 4,
            pinned: 0,
            keys: 1,
            skew_milli: 0,
            writes_per_key: 0,
            reads_milli: 500,
        },
        nemesis: NemesisSettings { name: "partition-racks".into(), schedule: vec![fault] },
        client: ClientSettings { client: "none".into(), timeout_ms: 300, tend_interval_ms: 250 },
        cluster: ClusterIdentity {
            kind: ClusterKind::Emulated,
            name: "staged".into(),
            edition: "none".into(),
            build: "0".into(),
            topology: Topology { sites: vec!["london".into(), "paris".into()], nodes: Vec::new() },
            replication_factor: 2,
            heartbeat: Heartbeat { interval_ms: 150, timeout: 10 },
            round_trip_us: None,
        },
        checks: CHECKS.to_vec(),
        floors: Floors::default(),
        expectation: Expectation::Valid,
        reproduce: String::new(),
    }
}
