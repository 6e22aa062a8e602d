//! What recording costs the load: operations per second against the embedded cluster with the
//! recorder on and off in turns, five times each. Prints both medians and their difference.
//!
//! `cargo bench -p aerocert-workloads --bench recording`
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up has failed")]

#[path = "../tests/adapter/cluster.rs"]
mod cluster;
#[path = "../tests/adapter/settings.rs"]
mod settings;

use std::time::{Duration, Instant};

use aerocert_workloads::client::Load;
use cluster::Cluster;
use history::store::RunDirectory;
use history::{Arm, Mode, Recorder, Workload};
use settings::{SEED, arm, client, load, manifest};
use tokio::sync::watch;

const PROCESSES: u32 = 32;
const ROUNDS: usize = 5;
const LASTING: Duration = Duration::from_secs(2);

/// Operations per second of one round; every round works on a set of its own.
async fn round(cluster: &Cluster, round: usize, recorded: bool) -> f64 {
    let set = format!("{round}-{recorded}");
    let arm = Arm { set, ..arm(Mode::Ap) };
    let mut load = load(Workload::Register, PROCESSES, LASTING);
    load.keys = 1000;
    let client = client(5_000);
    let folder = tempfile::tempdir().unwrap();
    let manifest = manifest(&arm, &load, &client, &cluster.topology);
    let directory = RunDirectory::create(folder.path(), &manifest).unwrap();
    let origin = Instant::now();
    let recorder = if recorded {
        Recorder::create(&directory, origin).unwrap()
    } else {
        Recorder::off(origin)
    };
    let running = Load::connect(&arm, &load, &client, &cluster.topology, SEED, recorder.clone());
    let running = running.await.unwrap();
    let (_stop, stopped) = watch::channel(false);
    let report = running.run(stopped).await;
    running.close().await;
    recorder.finish().unwrap();
    report.operations.ok as f64 * 1000.0 / report.lasted_ms as f64
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

#[tokio::main]
async fn main() {
    let cluster = Cluster::start(SEED).await;
    round(&cluster, ROUNDS, true).await;
    let (mut on, mut off) = (Vec::new(), Vec::new());
    for index in 0..ROUNDS {
        // Who goes first alternates, so that a drift of the machine favours neither.
        for recorded in [index % 2 == 0, index % 2 != 0] {
            let rate = round(&cluster, index, recorded).await;
            if recorded { &mut on } else { &mut off }.push(rate);
        }
    }
    println!("recorder on:  {on:.0?} operations per second");
    println!("recorder off: {off:.0?} operations per second");
    let (on, off) = (median(on), median(off));
    println!("medians: on {on:.0}, off {off:.0}, cost {:.1} %", 100.0 * (off - on) / off);
}
