//! The workloads against the emulated cluster, undisturbed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use history::{
    Arm, Call, History, Key, LoadSettings, Mode, Operation, Outcome, ReadMode, Returned, Route,
    Value, Workload,
};
use wire::ReadMode as Wire;

use crate::cluster::Cluster;
use crate::recording::{Recorded, run};
use crate::settings::{SEED, arm, client, load};

const WORKLOADS: [Workload; 5] = [
    Workload::Register,
    Workload::CasRegister,
    Workload::Counter,
    Workload::Set,
    Workload::Sightings,
];
const LASTING: Duration = Duration::from_millis(500);
/// Longer than an answer takes on a busy machine.
const TIMEOUT_MS: u32 = 5_000;

/// Each run of a test gets a set of its own.
fn arm_of(mode: Mode, set: &str) -> Arm {
    Arm { set: set.to_owned(), ..arm(mode) }
}

async fn undisturbed(cluster: &Cluster, arm: &Arm, load: &LoadSettings) -> Recorded {
    let recorded = run(arm, load, &client(TIMEOUT_MS), &cluster.topology, true).await;
    let seconds = recorded.report.lasted_ms as f64 / 1000.0;
    let rate = recorded.report.operations.ok as f64 / seconds;
    println!("{} {}: {rate:.0} operations per second", arm.name, load.workload.name());
    let finals = &recorded.final_reads;
    assert_eq!(finals.read, finals.keys * cluster.topology.sites.len() as u64);
    assert!(recorded.report.operations.ok > 100, "{:?}", recorded.report);
    for operation in &recorded.history.operations {
        let is_contended = operation.code == 3 && matches!(operation.call, Call::Cas { .. });
        assert!(operation.outcome == Outcome::Ok || is_contended, "{operation:?}");
    }
    recorded
}

fn acknowledged(history: &History, key: Key) -> impl Iterator<Item = Operation> {
    let of_key = move |operation: &Operation| operation.key == key;
    history.operations.iter().filter(of_key).filter(|operation| operation.is_acknowledged_write())
}

/// What the sites read at last, by key; they must agree.
fn final_state(history: &History) -> BTreeMap<Key, Returned> {
    let mut state = BTreeMap::new();
    for operation in history.operations.iter().filter(|operation| history.is_final_read(operation))
    {
        let before = state.insert(operation.key, operation.returned.clone());
        assert!(before.is_none_or(|before| before == operation.returned), "{operation:?}");
    }
    state
}

/// Whether what was read at last is what the acknowledged writes made.
fn assert_nothing_lost(workload: Workload, history: &History) {
    for (key, returned) in final_state(history) {
        let writes = acknowledged(history, key);
        match (workload, returned) {
            (Workload::Counter, Returned::Count(count)) => {
                assert_eq!(count, writes.count() as i64, "{key:?}");
            }
            (Workload::Set, Returned::List(elements)) => {
                let found: BTreeSet<Value> = elements.iter().copied().collect();
                let written: BTreeSet<Value> = writes
                    .filter_map(|operation| match operation.call {
                        Call::Append { element } => Some(element),
                        _ => None,
                    })
                    .collect();
                assert_eq!((elements.len(), found), (written.len(), written), "{key:?}");
            }
            (_, Returned::Value(value)) => {
                let last = writes.max_by_key(|operation| operation.generation).unwrap();
                let (Call::Write { value: written } | Call::Cas { value: written, .. }) = last.call
                else {
                    panic!("{last:?}");
                };
                assert_eq!(value, written, "{key:?}");
            }
            (_, returned) => panic!("{key:?} reads {returned:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_workload_runs_in_both_modes_and_every_strong_read_carries_its_mode() {
    let cluster = Cluster::start(SEED).await;
    for workload in WORKLOADS {
        for mode in [Mode::Sc, Mode::Ap] {
            let load = load(workload, 8, LASTING);
            let arm = arm_of(mode, workload.name());
            let recorded = undisturbed(&cluster, &arm, &load).await;
            assert_nothing_lost(workload, &recorded.history);
        }
    }
    let counts = cluster.embedded.read_modes();
    assert!(counts.linearize > 0, "{counts:?}");
    assert_eq!(counts.other_than(Wire::Linearize), 0, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_read_mode_arrives_as_it_was_asked_for() {
    for (mode, expected) in [
        (ReadMode::Session, Wire::Session),
        (ReadMode::AllowReplica, Wire::AllowReplica),
        (ReadMode::AllowUnavailable, Wire::AllowUnavailable),
    ] {
        let cluster = Cluster::start(SEED).await;
        let arm = Arm { read_mode: Some(mode), ..arm_of(Mode::Sc, "modes") };
        undisturbed(&cluster, &arm, &load(Workload::Register, 4, LASTING)).await;
        let counts = cluster.embedded.read_modes();
        assert_eq!(counts.other_than(expected), 0, "{mode:?}: {counts:?}");
        assert_ne!(counts, Default::default());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pinned_processes_reach_their_keys_through_one_node() {
    let cluster = Cluster::start(SEED).await;
    for mode in [Mode::Sc, Mode::Ap] {
        let mut load = load(Workload::Register, 6, LASTING);
        load.pinned = 6;
        load.keys = 200;
        let recorded = undisturbed(&cluster, &arm_of(mode, "pinned"), &load).await;
        assert_nothing_lost(Workload::Register, &recorded.history);
        let history = &recorded.history;
        let nodes: BTreeSet<u8> = history
            .operations
            .iter()
            .filter_map(|operation| match operation.route {
                Route::Pinned(node) => Some(node),
                Route::Map => None,
            })
            .collect();
        assert_eq!(nodes, (0..6).collect());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worn_out_lists_are_replaced() {
    let cluster = Cluster::start(SEED).await;
    let mut load = load(Workload::Set, 8, Duration::from_millis(1500));
    load.keys = 1;
    load.reads_milli = 100;
    let recorded = undisturbed(&cluster, &arm_of(Mode::Ap, "lists"), &load).await;
    assert!(recorded.final_reads.keys > 1, "{:?}", recorded.report);
    for returned in final_state(&recorded.history).into_values() {
        assert!(matches!(returned, Returned::List(elements) if elements.len() <= 256));
    }
    assert_nothing_lost(Workload::Set, &recorded.history);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_processes_is_served_without_a_failure() {
    let cluster = Cluster::start(SEED).await;
    let load = load(Workload::Register, 128, LASTING);
    let recorded = undisturbed(&cluster, &arm_of(Mode::Ap, "crowd"), &load).await;
    assert_nothing_lost(Workload::Register, &recorded.history);
}
