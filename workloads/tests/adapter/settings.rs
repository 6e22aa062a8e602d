//! Settings for a test.

use std::time::Duration;

use history::{
    Arm, ClientSettings, ClusterIdentity, ClusterKind, Expectation, Floors, Heartbeat,
    LoadSettings, Manifest, Mode, NemesisSettings, ReadMode, Topology, Workload,
};

/// The seed of every test.
pub(crate) const SEED: u64 = 20_250_212;

/// A strongly consistent arm that reads linearizably, or an availability arm.
pub(crate) fn arm(mode: Mode) -> Arm {
    let sc = mode == Mode::Sc;
    Arm {
        name: if sc { "sc" } else { "ap" }.to_owned(),
        namespace: if sc { "mydata" } else { "mydata_ap" }.to_owned(),
        set: "dummy".to_owned(),
        mode,
        read_mode: sc.then_some(ReadMode::Linearize),
        conflict_resolution: None,
        defect: None,
    }
}

/// A closed loop of so many processes for so long.
pub(crate) fn load(workload: Workload, processes: u32, duration: Duration) -> LoadSettings {
    LoadSettings {
        workload,
        duration_ms: duration.as_millis() as u64,
        rate: 0,
        processes,
        pinned: 0,
        keys: 32,
        skew_milli: 0,
        writes_per_key: 0,
        reads_milli: 500,
    }
}

/// A client with a deadline.
pub(crate) fn client(timeout_ms: u32) -> ClientSettings {
    ClientSettings {
        client: aerocert_workloads::CLIENT.to_owned(),
        timeout_ms,
        tend_interval_ms: 250,
    }
}

/// A manifest that says no more than the run needs.
pub(crate) fn manifest(
    arm: &Arm,
    load: &LoadSettings,
    client: &ClientSettings,
    topology: &Topology,
) -> Manifest {
    Manifest {
        schema_version: Manifest::SCHEMA_VERSION,
        run: "test".to_owned(),
        pair: "test".to_owned(),
        started: "2025-02-12T00:00:00Z".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: SEED,
        generator: Manifest::GENERATOR.to_owned(),
        arm: arm.clone(),
        load: load.clone(),
        nemesis: NemesisSettings { name: "none".to_owned(), schedule: Vec::new() },
        client: client.clone(),
        cluster: ClusterIdentity {
            kind: ClusterKind::Emulated,
            name: "test".to_owned(),
            edition: String::new(),
            build: String::new(),
            topology: topology.clone(),
            replication_factor: 2,
            heartbeat: Heartbeat { interval_ms: 150, timeout: 10 },
            round_trip_us: None,
        },
        checks: Vec::new(),
        floors: Floors::default(),
        expectation: Expectation::Valid,
        reproduce: String::new(),
    }
}
