//! A load while its sites are cut off from each other.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use aerocert_workloads::client::Load;
use emulator::world::{Channels, End, Interruption, InterruptionId, Link};
use history::store::RunDirectory;
use history::{FaultEvent, FaultStage, History, Mark, Mode, Outcome, Recorder, Workload};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::cluster::Cluster;
use crate::settings::{SEED, arm, client, load, manifest};

const BEFORE: Duration = Duration::from_millis(500);
const PARTED: Duration = Duration::from_millis(4_000);
const AFTER: Duration = Duration::from_millis(500);
const PROCESSES: u32 = 64;

/// Cuts the sites off from each other, their clients along with them.
async fn part_sites(cluster: &Cluster) -> InterruptionId {
    let nodes = &cluster.topology.nodes;
    let site_of = |end: End| match end {
        End::Node(node) => nodes[usize::from(node)].site,
        End::Site(site) => site,
    };
    let ends: Vec<End> =
        (0..nodes.len() as u8).map(End::Node).chain((0..2).map(End::Site)).collect();
    let links: Vec<Link> = ends
        .iter()
        .flat_map(|from| ends.iter().map(|to| Link { from: *from, to: *to }))
        .filter(|link| site_of(link.from) != site_of(link.to))
        .filter(|link| !matches!((link.from, link.to), (End::Site(_), End::Site(_))))
        .collect();
    cluster.embedded.interrupt(&links, Channels::ALL, Interruption::Cut).await.unwrap()
}

/// Runs a register load across a cut between the sites, and reads back what was recorded.
async fn across_a_cut(mode: Mode) -> History {
    let cluster = Cluster::start(SEED).await;
    let (arm, client) = (arm(mode), client(300));
    let mut load = load(Workload::Register, PROCESSES, BEFORE + PARTED + AFTER);
    load.keys = 200;
    let folder = tempfile::tempdir().unwrap();
    let manifest = manifest(&arm, &load, &client, &cluster.topology);
    let directory = RunDirectory::create(folder.path(), &manifest).unwrap();
    let recorder = Recorder::create(&directory, Instant::now()).unwrap();
    let running = Load::connect(&arm, &load, &client, &cluster.topology, SEED, recorder.clone());
    let running = running.await.unwrap();
    running.assert_empty().await.unwrap();
    let (_stop, stopped) = watch::channel(false);
    recorder.mark(Mark::LoadStarted);
    let cut = async {
        sleep(BEFORE).await;
        let cut = part_sites(&cluster).await;
        recorder.fault(FaultEvent { fault: 0, stage: FaultStage::Applied });
        sleep(PARTED).await;
        recorder.fault(FaultEvent { fault: 0, stage: FaultStage::Healed });
        cluster.embedded.restore(cut).await.unwrap();
    };
    let (report, ()) = tokio::join!(running.run(stopped), cut);
    recorder.mark(Mark::LoadEnded);
    assert!(report.lasted_ms < 6_000, "the load did not end: {report:?}");
    cluster.wait_until_whole().await;
    recorder.mark(Mark::FinalReadsStarted);
    let finals = running.final_reads().await;
    assert_eq!((finals.read, finals.unread.len()), (2 * finals.keys, 0));
    running.close().await;
    recorder.finish().unwrap();
    directory.history().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sites_go_on_and_what_is_in_doubt_retires_its_process() {
    for mode in [Mode::Sc, Mode::Ap] {
        let history = across_a_cut(mode).await;
        let (_, from, to) = history.fault_windows()[0];
        let within = |at: u64| (from..to).contains(&at);
        for site in 0..2 {
            let of_site = |outcome| {
                let operations = history.operations.iter();
                operations
                    .filter(|op| op.site.0 == site && op.outcome == outcome)
                    .filter(|op| within(op.invoked_ns) && op.completed_ns.is_some_and(within))
                    .count()
            };
            let (ok, fail, info) =
                (of_site(Outcome::Ok), of_site(Outcome::Fail), of_site(Outcome::Info));
            assert!(ok > 100, "{mode:?} site {site}: {ok} ok");
            assert!(info > 0, "{mode:?} site {site}: nothing in doubt");
            assert!(fail < 20 * ok, "failures drown the history");
        }
        assert_retired(&history);
    }
}

/// A process asks nothing after an operation in doubt.
fn assert_retired(history: &History) {
    let mut retired = BTreeSet::new();
    for operation in &history.operations {
        assert!(!retired.contains(&operation.process), "{operation:?}");
        if operation.outcome == Outcome::Info {
            retired.insert(operation.process);
        }
    }
    assert!(!retired.is_empty());
}
