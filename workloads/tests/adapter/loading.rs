//! A load from its connection to its final reads.

use std::time::{Duration, Instant};

use aerocert_workloads::client::{Load, LoadError};
use history::{Arm, Mode, Recorder, Topology, Workload};

use crate::recording::run;
use crate::scripted::{Script, Scripted};
use crate::settings::{SEED, arm, client, load};

async fn connect(arm: &Arm, topology: &Topology) -> Result<Load, LoadError> {
    let load = load(Workload::Register, 2, Duration::from_millis(50));
    let recorder = Recorder::off(Instant::now());
    Load::connect(arm, &load, &client(150), topology, SEED, recorder).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_loop_keeps_its_rate() {
    let server = Scripted::start(Script::Code(0)).await;
    let mut load = load(Workload::Register, 4, Duration::from_millis(500));
    load.rate = 400;
    let recorded = run(&arm(Mode::Ap), &load, &client(150), &server.topology(), false).await;
    let count = recorded.history.operations.len();
    assert!((160..=204).contains(&count), "{count} operations, {:?}", recorded.report);
    assert_eq!(recorded.report.shed, 0);
    assert_eq!(recorded.report.operations, recorded.history.counts());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_loop_that_is_not_answered_tells_how_late_it_is() {
    let server = Scripted::start(Script::Silence).await;
    let mut load = load(Workload::Register, 1, Duration::from_millis(1500));
    load.rate = 100;
    let recorded = run(&arm(Mode::Ap), &load, &client(150), &server.topology(), false).await;
    assert!(recorded.report.latest_ms > 500, "{:?}", recorded.report);
    assert!(recorded.report.shed > 10, "{:?}", recorded.report);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn final_reads_visit_every_key_that_a_write_was_meant_for() {
    let server = Scripted::start(Script::Code(2)).await;
    let load = load(Workload::Register, 4, Duration::from_millis(300));
    let recorded = run(&arm(Mode::Sc), &load, &client(150), &server.topology(), true).await;
    let history = recorded.history;
    let (finals, others): (Vec<_>, Vec<_>) =
        history.operations.iter().partition(|operation| history.is_final_read(operation));
    let mut written: Vec<_> = others
        .iter()
        .filter(|operation| operation.call.is_write())
        .map(|operation| operation.key)
        .collect();
    written.sort_unstable();
    written.dedup();
    let mut read: Vec<_> = finals.iter().map(|operation| operation.key).collect();
    read.sort_unstable();
    assert_eq!(read, written);
    let report = recorded.final_reads;
    assert_eq!((report.keys, report.read), (written.len() as u64, written.len() as u64));
    assert!(report.unread.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_space_must_be_empty_before_the_load_begins() {
    for mode in [Mode::Sc, Mode::Ap] {
        let empty = Scripted::start(Script::Code(2)).await;
        let load = connect(&arm(mode), &empty.topology()).await.unwrap();
        load.assert_empty().await.unwrap();
        let dirty = Scripted::start(Script::Code(0)).await;
        let load = connect(&arm(mode), &dirty.topology()).await.unwrap();
        let error = load.assert_empty().await.unwrap_err();
        assert!(matches!(error, LoadError::NotEmpty { .. }), "{error}");
    }
    let refusing = Scripted::start(Script::Code(11)).await;
    let load = connect(&arm(Mode::Sc), &refusing.topology()).await.unwrap();
    let error = load.assert_empty().await.unwrap_err();
    assert!(matches!(error, LoadError::Unreadable { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_namespace_must_be_there_and_in_the_mode_that_the_arm_says() {
    let server = Scripted::start(Script::Code(0)).await;
    let topology = server.topology();
    let failure = async |arm: Arm| match connect(&arm, &topology).await {
        Ok(_) => panic!("it connects"),
        Err(error) => error.to_string(),
    };
    let mut wrong = arm(Mode::Ap);
    wrong.namespace = "mydata".to_owned();
    let said = failure(wrong).await;
    assert_eq!(said, "namespace mydata is strongly consistent, though the arm says it is ap");
    let mut wrong = arm(Mode::Sc);
    wrong.namespace = "mydata_ap".to_owned();
    let said = failure(wrong).await;
    assert_eq!(
        said,
        "namespace mydata_ap is not strongly consistent, though the arm says it is sc"
    );
    let mut wrong = arm(Mode::Sc);
    wrong.namespace = "nothing".to_owned();
    assert_eq!(failure(wrong).await, "the cluster has no namespace nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_is_not_there_is_an_error() {
    let mut topology = Scripted::start(Script::Code(0)).await.topology();
    topology.nodes[0].addresses = vec!["127.0.0.1:1".to_owned()];
    let Err(error) = connect(&arm(Mode::Sc), &topology).await else { panic!("it connects") };
    assert!(error.to_string().starts_with("clients of site london cannot connect to 127.0.0.1:1"));
    topology.nodes[0].addresses.clear();
    let Err(error) = connect(&arm(Mode::Sc), &topology).await else { panic!("it connects") };
    assert!(matches!(error, LoadError::NoPlace));
}
