//! The judgement of a night, by the same checker as any run's.

use history::{
    AnomalyClass, Arm, Check, ClientSettings, ClusterIdentity, ClusterKind, Expectation, Fault,
    FaultRecord, Floors, Manifest, Mode, Model, NemesisSettings, ReadMode, Results,
};

use crate::cluster::{NAMESPACE, SET, stretch};
use crate::{Night, Recorded};

/// Judges what a night left.
#[must_use]
pub fn judge(night: &Night, recorded: &Recorded) -> Results {
    checker::judge(&manifest(night, recorded), &recorded.history, &recorded.faults, &[])
}

/// What a run directory would say of the night.
#[must_use]
pub fn manifest(night: &Night, recorded: &Recorded) -> Manifest {
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
            defect: night.defect.map(|(defect, _)| defect.entry().name.to_owned()),
        },
        load: night.load(),
        nemesis: NemesisSettings { name: night.nemesis.clone(), schedule: recorded.faults.clone() },
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
            replication_factor: night.replication_factor,
            heartbeat: night.heartbeat,
            round_trip_us: Some(night.round_trip_us),
        },
        checks: checks(night.workload.model(), strong.then_some(night.read_mode)),
        floors: Floors::default(),
        expectation: expectation(night),
        reproduce: String::new(),
    }
}

/// What is checked: each read mode against its own promise, an AP arm against everything.
#[must_use]
pub fn checks(model: Model, read_mode: Option<ReadMode>) -> Vec<Check> {
    let mut checks = Vec::new();
    if matches!(read_mode, None | Some(ReadMode::Linearize)) {
        checks.push(Check::Linearizable);
        checks.push(Check::StaleReads);
    }
    if matches!(read_mode, None | Some(ReadMode::Linearize | ReadMode::Session)) {
        checks.push(Check::SessionGuarantees);
    }
    checks.extend([Check::LostWrites, Check::DirtyReads, Check::Convergence]);
    match model {
        Model::CasRegister => checks.push(Check::LostUpdates),
        Model::Counter => checks.push(Check::Counters),
        Model::Set => checks.push(Check::Sets),
        _ => {}
    }
    checks.sort_unstable();
    checks
}

/// What an AP arm may show where a fault explains it (a write under way explains reads that differ
/// on it without any). A node that dies and comes back may make reads
/// stale for a while, and loses nothing; nodes that go on apart lose what they wrote meanwhile.
#[must_use]
pub fn may_show(parted: bool) -> Vec<AnomalyClass> {
    use AnomalyClass::{
        BackwardRead, CounterDrift, DirtyRead, Duplicate, GenerationFork, GenerationRegression,
        LostUpdate, LostWrite, MonotonicWrites, NonLinearizable, ReadYourWrites, StaleRead,
        WritesFollowReads,
    };
    let mut classes = vec![
        StaleRead,
        DirtyRead,
        BackwardRead,
        ReadYourWrites,
        MonotonicWrites,
        WritesFollowReads,
        GenerationRegression,
        NonLinearizable,
    ];
    if parted {
        classes.extend([LostWrite, LostUpdate, Duplicate, CounterDrift, GenerationFork]);
    }
    classes.sort_unstable();
    classes
}

/// SC shows nothing; AP only what its faults explain.
fn expectation(night: &Night) -> Expectation {
    let parts = |record: &FaultRecord| {
        matches!(record.fault, Fault::Partition { .. } | Fault::Pause { .. })
    };
    match night.mode {
        Mode::Ap if !night.schedule.is_empty() => {
            Expectation::MayShow { classes: may_show(night.schedule.iter().any(parts)) }
        }
        _ => Expectation::Valid,
    }
}
