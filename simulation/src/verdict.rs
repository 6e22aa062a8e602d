//! The judgement of a night, by the same checker as any run's.

use history::{
    Arm, Check, ClientSettings, ClusterIdentity, ClusterKind, Expectation, Floors, LoadSettings,
    Manifest, Mode, Model, NemesisSettings, Results,
};

use crate::cluster::{NAMESPACE, SET, stretch};
use crate::{Night, Recorded};

/// Judges what a night left.
#[must_use]
pub fn judge(night: &Night, recorded: &Recorded) -> Results {
    checker::judge(&manifest(night, recorded), &recorded.history, &recorded.faults, &[])
}

fn manifest(night: &Night, recorded: &Recorded) -> Manifest {
    let strong = night.mode == Mode::Sc;
    Manifest {
        schema_version: Manifest::SCHEMA_VERSION,
        run: format!("night-{}", night.seed),
        pair: format!("night-{}", night.seed),
        started: "2026-01-01T00:00:00Z".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: night.seed,
        generator: Manifest::GENERATOR.to_owned(),
        arm: Arm {
            name: if strong { "sc" } else { "ap" }.to_owned(),
            namespace: NAMESPACE.to_owned(),
            set: SET.to_owned(),
            mode: night.mode,
            read_mode: strong.then_some(night.read_mode),
            conflict_resolution: (!strong).then_some(night.conflict_resolution),
            defect: night.defect.map(|defect| defect.entry().name.to_owned()),
        },
        load: LoadSettings {
            workload: night.workload,
            duration_ms: night.load_ms,
            rate: 0,
            processes: night.processes,
            pinned: night.pinned,
            keys: night.keys,
            skew_milli: 0,
            writes_per_key: 0,
            reads_milli: 500,
        },
        nemesis: NemesisSettings { name: "storm".to_owned(), schedule: recorded.faults.clone() },
        client: ClientSettings {
            client: "simulated".to_owned(),
            timeout_ms: night.timeout_ms,
            tend_interval_ms: night.tend_ms as u32,
        },
        cluster: ClusterIdentity {
            kind: ClusterKind::Emulated,
            name: "night".to_owned(),
            edition: "Aerospike Enterprise Edition".to_owned(),
            build: "8.1.2.0".to_owned(),
            topology: stretch(),
            replication_factor: 2,
            heartbeat: night.heartbeat,
            round_trip_us: Some(night.round_trip_us),
        },
        checks: checks(night.workload.model()),
        floors: Floors::default(),
        expectation: Expectation::Valid,
        reproduce: String::new(),
    }
}

fn checks(model: Model) -> Vec<Check> {
    match model {
        Model::Set => vec![Check::Sets, Check::LostWrites],
        Model::Counter => vec![Check::Counters],
        Model::Register | Model::CasRegister => {
            vec![Check::Linearizable, Check::LostWrites, Check::StaleReads, Check::DirtyReads]
        }
    }
}
