//! What the emulated node costs its clients: operations per second against one emulated node and
//! against a bare server that answers the same frames with stored bytes, in turns. Prints medians
//! and their ratio, for the official client and for one that does nothing but send and receive
//! frames; then what six idle nodes take.
//!
//! `cargo bench -p aerocert-workloads --bench serving`
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up has failed")]

#[path = "serving/bare.rs"]
mod bare;
#[path = "../tests/adapter/cluster.rs"]
#[expect(dead_code, reason = "idle nodes need no topology")]
mod cluster;
#[path = "serving/frames.rs"]
mod frames;
#[path = "serving/node.rs"]
mod node;
#[path = "serving/official.rs"]
mod official;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bare::Bare;

/// Rounds with each server.
const ROUNDS: usize = 7;
/// How long a round lasts.
const LASTING: Duration = Duration::from_millis(1_000);
/// How many processes send at a time.
const PROCESSES: [usize; 3] = [1, 16, 64];
/// What the emulated node must reach of the bare server's rate, in percent.
const FLOOR_PCT: f64 = 70.0;
/// For how long the idle cluster is looked at.
const IDLE: Duration = Duration::from_secs(10);

/// Who sends.
#[derive(Clone, Copy, Debug)]
enum Sender {
    Official,
    Frames,
}

async fn rate(sender: Sender, server: SocketAddr, processes: usize) -> f64 {
    let begun = Instant::now();
    let operations = match sender {
        Sender::Official => official::load(server, processes, LASTING).await,
        Sender::Frames => frames::load(server, processes, LASTING).await,
    };
    operations as f64 / begun.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// The ratio of the medians, in percent.
async fn compare(sender: Sender, emulated: SocketAddr, bare: SocketAddr, processes: usize) -> f64 {
    let (mut of_emulated, mut of_bare) = (Vec::new(), Vec::new());
    rate(sender, emulated, processes).await;
    for round in 0..ROUNDS {
        // Who goes first alternates, so that a drift of the machine favours neither.
        for is_emulated in [round % 2 == 0, round % 2 != 0] {
            let server = if is_emulated { emulated } else { bare };
            let rate = rate(sender, server, processes).await;
            if is_emulated { &mut of_emulated } else { &mut of_bare }.push(rate);
        }
    }
    let (emulated, bare) = (median(of_emulated), median(of_bare));
    let ratio = 100.0 * emulated / bare;
    let sender = format!("{sender:?}").to_lowercase();
    println!(
        "{sender:<9} {processes:>3} processes: emulated {emulated:>7.0}, bare {bare:>7.0} operations per second: {ratio:.0} %"
    );
    ratio
}

/// Processor time and memory of this process: seconds and bytes.
fn taken() -> (f64, f64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kilobytes: f64 = resident.trim().trim_end_matches(" kB").parse().unwrap();
    (ticks / 100.0, kilobytes * 1024.0)
}

async fn idle() {
    let cluster = cluster::Cluster::start(1).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (before_s, _) = taken();
    tokio::time::sleep(IDLE).await;
    let (after_s, resident) = taken();
    let core_pct = 100.0 * (after_s - before_s) / IDLE.as_secs_f64();
    println!(
        "six idle nodes: {core_pct:.1} % of a core (below 5), {:.0} MB (below 300)",
        resident / 1e6
    );
    drop(cluster);
}

#[tokio::main]
async fn main() {
    idle().await;
    let node = node::start().await;
    let emulated = node.addresses(0)[0];
    let bare = Bare::start(Arc::clone(&node)).await;
    let mut short = 0;
    for sender in [Sender::Official, Sender::Frames] {
        for processes in PROCESSES {
            let ratio = compare(sender, emulated, bare.address(), processes).await;
            short += usize::from(ratio < FLOOR_PCT);
        }
    }
    println!("{short} of {} ratios below {FLOOR_PCT} %", 2 * PROCESSES.len());
}
