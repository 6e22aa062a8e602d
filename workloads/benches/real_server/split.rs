//! The sites are cut from each other and meet again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aerospike::Client;
use emulator::embedded::Embedded;
use emulator::node::ConflictResolution;
use emulator::world::{Channels, Interruption};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::losses::{Found, Last, Moments, judge};
use crate::stage::{self, SITES, between_sites, settled, until_size};
use crate::worker::{self, KEYS, Notes};

/// Workers of each site.
const WORKERS: u64 = 4;
/// Before, during and after the fault.
pub(crate) const PART: Duration = Duration::from_secs(10);

/// How long workers pause between two operations, in µs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) london_us: u64,
    pub(crate) paris_us: u64,
}

/// One experiment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Experiment {
    pub(crate) policy: ConflictResolution,
    pub(crate) pace: Pace,
    pub(crate) one_way: bool,
    pub(crate) seed: u64,
}

/// Runs it.
pub(crate) async fn run(experiment: Experiment) -> Found {
    let cluster = stage::start(experiment.policy, experiment.seed).await;
    let crew = Crew::begin(&cluster, experiment.pace, experiment.seed).await;
    sleep(PART).await;
    let links = between_sites(experiment.one_way);
    let fault = Instant::now();
    let cut = cluster.interrupt(&links, Channels::ALL, Interruption::Cut).await.unwrap();
    until_size(&cluster, 3).await;
    let split = Instant::now();
    sleep((fault + PART).saturating_duration_since(Instant::now())).await;
    let heal = Instant::now();
    cluster.restore(cut).await.unwrap();
    until_size(&cluster, 6).await;
    let rejoin = Instant::now();
    settled(&cluster).await;
    let ended = Instant::now();
    sleep((heal + PART).saturating_duration_since(Instant::now())).await;
    let moments = Moments { fault, split, heal, rejoin, settled: ended };
    let (notes, last) = crew.end().await;
    judge(notes, last, moments)
}

/// All workers and their clients.
pub(crate) struct Crew {
    clients: Vec<Arc<Client>>,
    workers: JoinSet<Notes>,
    stop: watch::Sender<bool>,
}

impl Crew {
    /// Sets them to work.
    pub(crate) async fn begin(cluster: &Embedded, pace: Pace, seed: u64) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut clients = Vec::new();
        let mut workers = JoinSet::new();
        for (site, pause_us) in (0..SITES).zip([pace.london_us, pace.paris_us]) {
            let client = Arc::new(stage::client(cluster, site).await);
            for number in 0..WORKERS {
                let worker = u64::from(site) * WORKERS + number + 1;
                let pause = Duration::from_micros(pause_us);
                let (client, stopped) = (Arc::clone(&client), stopped.clone());
                workers.spawn(worker::work(client, worker, pause, seed, stopped));
            }
            clients.push(client);
        }
        Self { clients, workers, stop }
    }

    /// Stops them and reads every record from both sites.
    pub(crate) async fn end(self) -> (Vec<Notes>, Last) {
        self.stop.send_replace(true);
        let notes = self.workers.join_all().await;
        let (mut lists, mut counters) = (BTreeMap::new(), BTreeMap::new());
        let mut disagreements = 0;
        for key in 0..KEYS {
            let mut of_sites = Vec::new();
            for client in &self.clients {
                of_sites.push(worker::list(client, key).await.expect("a final read"));
            }
            disagreements += u64::from(of_sites[0] != of_sites[1]);
            lists.insert(key, of_sites.swap_remove(0));
            counters.insert(key, worker::counter(&self.clients[0], key).await.expect("a read"));
        }
        for client in self.clients {
            client.close().await.unwrap();
        }
        (notes, Last { lists, counters, disagreements: (disagreements, KEYS) })
    }
}
