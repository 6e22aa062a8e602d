//! What recording costs the load: operations per second against the embedded cluster with the
//! recorder on and off in turns, five rounds each. Prints both medians and their difference.
//!
//! A round is four short turns of either kind, so that whatever else the machine does meets both.
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
/// An even number, so that each kind goes first equally often.
const TURNS: usize = 4;
const LASTING: Duration = Duration::from_millis(600);

/// How many operations of one turn were acknowledged, and in how many ms; every turn works on a set
/// of its own.
async fn turn(cluster: &Cluster, number: usize, recorded: bool) -> [u64; 2] {
    let set = format!("{number}-{recorded}");
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
    [report.operations.ok, report.lasted_ms]
}

/// Operations per second of all turns of a round.
fn rate(turns: &[[u64; 2]]) -> f64 {
    let sum = |of: usize| turns.iter().map(|turn| turn[of]).sum::<u64>() as f64;
    sum(0) * 1000.0 / sum(1)
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

#[tokio::main]
async fn main() {
    let cluster = Cluster::start(SEED).await;
    // Whatever happens once happens here.
    turn(&cluster, ROUNDS * TURNS, true).await;
    let (mut on, mut off) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut turns = [Vec::new(), Vec::new()];
        for number in round * TURNS..(round + 1) * TURNS {
            for recorded in [number % 2 == 0, number % 2 != 0] {
                let done = turn(&cluster, number, recorded).await;
                turns[usize::from(recorded)].push(done);
            }
        }
        off.push(rate(&turns[0]));
        on.push(rate(&turns[1]));
    }
    println!("recorder on:  {on:.0?} operations per second");
    println!("recorder off: {off:.0?} operations per second");
    let (on, off) = (median(on), median(off));
    println!("medians: on {on:.0}, off {off:.0}, cost {:.1} %", 100.0 * (off - on) / off);
}
