//! A manifest, a fault and results as a run may have them.

use history::{
    Arm, ClientLinks, ClientSettings, ClusterIdentity, ClusterKind, Direction, Expectation, Fault,
    FaultOutcome, FaultRecord, Floors, Heartbeat, Interruption, LoadSettings, Manifest, Mode,
    NemesisSettings, OperationCounts, ReadMode, Results, Topology, Verdict, Workload,
};

/// The manifest of a run of this name.
pub(crate) fn manifest(run: &str) -> Manifest {
    Manifest {
        schema_version: Manifest::SCHEMA_VERSION,
        run: run.into(),
        pair: "pair".into(),
        started: "2026-01-01T00:00:00Z".into(),
        version: "0.1.0".into(),
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
            workload: Workload::Register,
            duration_ms: 1000,
            rate: 0,
            processes: 4,
            pinned: 0,
            keys: 10,
            skew_milli: 0,
            writes_per_key: 0,
            reads_milli: 500,
        },
        nemesis: NemesisSettings { name: "partition-racks".into(), schedule: vec![fault()] },
        client: ClientSettings { client: "none".into(), timeout_ms: 300, tend_interval_ms: 250 },
        cluster: ClusterIdentity {
            kind: ClusterKind::Emulated,
            name: "stretch".into(),
            edition: String::new(),
            build: "8.1.2.0".into(),
            topology: Topology { sites: vec!["london".into()], nodes: vec![] },
            replication_factor: 2,
            heartbeat: Heartbeat { interval_ms: 150, timeout: 10 },
            round_trip_us: Some(2000),
        },
        checks: vec![],
        floors: Floors::default(),
        expectation: Expectation::Valid,
        reproduce: "aerocert run".into(),
    }
}

/// A planned cut.
pub(crate) fn fault() -> FaultRecord {
    FaultRecord {
        index: 0,
        nemesis: "partition-racks".into(),
        fault: Fault::Partition {
            one: vec![0, 1],
            other: vec![2],
            direction: Direction::Both,
            interruption: Interruption::Cut,
            clients: ClientLinks::Cut,
        },
        planned_at_ms: 100,
        planned_for_ms: 500,
        applied_ns: None,
        healed_ns: None,
        outcome: FaultOutcome::Planned,
        probes: vec![],
    }
}

/// Results that say so.
pub(crate) fn results(verdict: Verdict, expectation: Result<(), String>) -> Results {
    Results {
        schema_version: Results::SCHEMA_VERSION,
        verdict,
        expectation,
        operations: OperationCounts::default(),
        assumptions: vec![],
        checks: vec![],
        truncated: None,
        census: history::Census::default(),
    }
}
