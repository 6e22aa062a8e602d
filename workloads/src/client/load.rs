//! One arm under one workload.

use std::sync::Arc;
use std::time::Duration;

use history::{
    Arm, ClientSettings, LoadSettings, OperationCounts, Recorder, Route, SiteIndex, Topology,
};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::LoadError;
use super::connections::Connections;
use super::final_reads::{FinalReads, READERS, final_reads};
use super::process::{Crew, Process};
use super::worker::{Timetable, Worker};
use crate::generator::{Backoff, Generator, Pace, Place, places};

/// How often, and at which interval, the key space is looked at before it counts as unreadable.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// The clients and processes of one arm, ready to run.
pub struct Load {
    arm: Arm,
    settings: LoadSettings,
    seed: u64,
    generator: Arc<Generator>,
    crew: Arc<Crew>,
    places: Vec<Place>,
    connections: Connections,
    sites: u8,
    /// By site; empty: all live where the load is run.
    runtimes: Vec<Handle>,
}

/// What a load came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadReport {
    /// Its operations by outcome.
    pub operations: OperationCounts,
    /// Processes that were retired after an operation in doubt.
    pub retired: u32,
    /// How long it lasted, in ms.
    pub lasted_ms: u64,
    /// Planned operations that were given up because their site was a second behind (open loop).
    pub shed: u64,
    /// By how much the latest operation missed its planned time, in ms (open loop).
    pub latest_ms: u64,
}

impl Load {
    /// Connects a client for each site, and one for each node that a process is pinned to.
    ///
    /// # Errors
    /// If a client finds no cluster, or not the namespace that the arm says.
    pub async fn connect(
        arm: &Arm,
        settings: &LoadSettings,
        client: &ClientSettings,
        topology: &Topology,
        seed: u64,
        recorder: Recorder,
    ) -> Result<Self, LoadError> {
        Self::connect_in(arm, settings, client, topology, seed, recorder, &[]).await
    }

    /// The same with the clients and processes of each site in a runtime of their own, where there
    /// is one (whose threads may live in another network).
    ///
    /// # Errors
    /// As [`Load::connect`].
    pub async fn connect_in(
        arm: &Arm,
        settings: &LoadSettings,
        client: &ClientSettings,
        topology: &Topology,
        seed: u64,
        recorder: Recorder,
        runtimes: &[Handle],
    ) -> Result<Self, LoadError> {
        let places = places(settings, topology);
        if places.is_empty() || topology.nodes.iter().any(|node| node.addresses.is_empty()) {
            return Err(LoadError::NoPlace);
        }
        let connections = Connections::open(arm, settings, client, topology, &places, runtimes);
        let connections = connections.await?;
        let timeout = Duration::from_millis(client.timeout_ms.into());
        Ok(Self {
            arm: arm.clone(),
            settings: settings.clone(),
            seed,
            generator: Generator::new(settings, seed),
            crew: Arc::new(Crew::new(recorder, timeout)),
            places,
            connections,
            sites: topology.sites.len() as u8,
            runtimes: runtimes.to_vec(),
        })
    }

    /// Makes sure that none of the keys that the load begins with holds a record.
    ///
    /// # Errors
    /// The first key that does, or one that cannot be read.
    pub async fn assert_empty(&self) -> Result<(), LoadError> {
        let keys: Vec<_> = self.generator.keys().first().collect();
        let connection = self.connections.of(Place { site: SiteIndex(0), route: Route::Map });
        let look = async move {
            let mut looks = 1;
            loop {
                match connection.first_present(&keys).await {
                    Err(LoadError::Unreadable { .. }) if looks < LOOKS => {}
                    found => break found,
                }
                looks += 1;
                sleep(BETWEEN_LOOKS).await;
            }
        };
        let mut looking = JoinSet::new();
        looking.spawn_on(look, &runtime(&self.runtimes, 0));
        let found = looking.join_all().await.into_iter().flat_map(Result::transpose).next();
        let Some(key) = found.transpose()? else { return Ok(()) };
        let (namespace, set) = (self.arm.namespace.clone(), self.arm.set.clone());
        Err(LoadError::NotEmpty { namespace, set, key })
    }

    /// Lets the processes work until the load's duration is over or `stop` says true, and waits for
    /// the operations that have begun. A load runs once.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) -> LoadReport {
        let began = Instant::now();
        let timetables: Vec<Arc<Timetable>> = (0..self.sites)
            .map(|site| {
                let of_site = self.places.iter().filter(|place| place.site.0 == site).count();
                let pace = Pace::new(self.settings.rate, self.places.len() as u32, of_site as u32);
                Arc::new(Timetable::new(pace))
            })
            .collect();
        let (end, ended) = watch::channel(false);
        let mut workers = JoinSet::new();
        for (index, place) in self.places.iter().enumerate() {
            let worker = Worker {
                process: self.process(*place),
                generator: Arc::clone(&self.generator),
                steps: self.generator.steps(index as u32),
                backoff: Backoff::new(self.seed, index as u32),
                timetable: Arc::clone(&timetables[usize::from(place.site.0)]),
                stop: ended.clone(),
            };
            workers.spawn_on(worker.run(), &runtime(&self.runtimes, place.site.0));
        }
        tokio::select! {
            // If nobody is left to say stop, the duration alone decides.
            Ok(_) = stop.wait_for(|stop| *stop) => {}
            () = sleep(Duration::from_millis(self.settings.duration_ms)) => {}
        }
        end.send_replace(true);
        workers.join_all().await;
        let latest_ns = timetables.iter().map(|timetable| timetable.latest_ns()).max();
        LoadReport {
            operations: self.crew.operations(),
            retired: self.crew.retired(),
            lasted_ms: began.elapsed().as_millis() as u64,
            shed: timetables.iter().map(|timetable| timetable.shed()).sum(),
            latest_ms: latest_ns.unwrap_or(0) / 1_000_000,
        }
    }

    /// Lets every site read every key that was ever written; call it once the cluster is whole and
    /// no migration remains. Reads that fail are tried again for half a minute.
    pub async fn final_reads(&self) -> FinalReads {
        let site = |site| {
            let place = Place { site: SiteIndex(site), route: Route::Map };
            (0..READERS).map(|_| self.process(place)).collect()
        };
        let sites = (0..self.sites).map(site).collect();
        final_reads(self.generator.keys().ever_written(), sites, &self.runtimes).await
    }

    /// Closes the clients, and says how many did not close in time (they are left behind).
    pub async fn close(self) -> usize {
        self.connections.close().await
    }

    fn process(&self, place: Place) -> Process {
        Process::new(Arc::clone(&self.crew), self.connections.of(place), place)
    }
}

/// The runtime in which the clients of a site live.
pub(super) fn runtime(runtimes: &[Handle], site: u8) -> Handle {
    runtimes.get(usize::from(site)).cloned().unwrap_or_else(Handle::current)
}
