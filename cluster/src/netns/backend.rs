//! A cluster of processes in namespaces, as a backend.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use history::{ClusterIdentity, ClusterKind, End, Interruption, Link, Topology};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use super::firewall::{self, Cut};
use super::names::Names;
use super::network::Network;
use super::process::{LOOK_EVERY, NodePlan, Process};
use super::{namespace, probe};
use crate::command::{Command, InterruptionId, Reply};
use crate::lease::{Lease, Leases};
use crate::{ClusterError, EmbeddedPlan, info};

/// How long a node's process may take to listen.
const LISTENS_WITHIN: Duration = Duration::from_secs(20);

/// Nodes in processes, each in a namespace.
pub(crate) struct Netns {
    parts: Arc<Parts>,
}

struct Parts {
    // The order of the fields is that in which they go: processes first, then what they use.
    nodes: Vec<Mutex<Option<Process>>>,
    network: Network,
    folder: Folder,
    program: PathBuf,
    leases: Leases,
    last_interruption: Mutex<u64>,
    offsets_ms: Mutex<BTreeMap<u8, i64>>,
}

/// The plan, and the nodes' folders. Dropping it removes them.
struct Folder(PathBuf);

impl Folder {
    fn create() -> Result<Self, ClusterError> {
        let path = std::env::temp_dir().join(format!("aerocert-{}", std::process::id()));
        match std::fs::create_dir_all(&path) {
            Ok(()) => Ok(Self(path)),
            Err(source) => Err(ClusterError::Control { path, source }),
        }
    }

    fn plan(&self) -> PathBuf {
        self.0.join("plan.json")
    }

    fn of_node(&self, node: u8) -> PathBuf {
        self.0.join(format!("node-{node}"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays lies in the folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Netns {
    /// Builds the network and starts the nodes; they listen when this returns, and have still to
    /// find each other. `program` is this program: a node is started as its command `node`.
    pub(crate) async fn start(
        plan: &EmbeddedPlan,
        program: &Path,
    ) -> Result<(Self, ClusterIdentity), ClusterError> {
        if !nix::unistd::geteuid().is_root() {
            return Err(ClusterError::NotRoot);
        }
        let names = Names::new(std::process::id(), &plan.topology);
        let mut topology = plan.topology.clone();
        for (number, node) in (0..).zip(&mut topology.nodes) {
            node.addresses = vec![names.service(number); topology.sites.len()];
        }
        let cluster = EmbeddedPlan { topology: topology.clone(), ..plan.clone() };
        let network = blocking(move || Network::build(names)).await?;
        let folder = Folder::create()?;
        let text = serde_json::to_vec_pretty(&NodePlan { cluster }).unwrap_or_default();
        std::fs::write(folder.plan(), text)
            .map_err(|source| ClusterError::Control { path: folder.plan(), source })?;
        let parts = Parts {
            nodes: topology.nodes.iter().map(|_| Mutex::default()).collect(),
            network,
            folder,
            program: program.to_owned(),
            leases: Leases::default(),
            last_interruption: Mutex::default(),
            offsets_ms: Mutex::default(),
        };
        let backend = Self { parts: Arc::new(parts) };
        for node in 0..topology.nodes.len() as u8 {
            backend.parts.start(node)?;
        }
        for node in 0..topology.nodes.len() as u8 {
            backend.wait_until_it_listens(node).await?;
        }
        let identity = backend.identity(plan, topology).await?;
        Ok((backend, identity))
    }

    async fn identity(
        &self,
        plan: &EmbeddedPlan,
        topology: Topology,
    ) -> Result<ClusterIdentity, ClusterError> {
        let said = self.info(0, None, vec!["edition".to_owned(), "build".to_owned()]).await?;
        let said = |command: &str| said.get(command).cloned().unwrap_or_default();
        Ok(ClusterIdentity {
            kind: ClusterKind::Emulated,
            name: plan.name.clone(),
            edition: said("edition"),
            build: said("build"),
            topology,
            replication_factor: plan.replication_factor(),
            heartbeat: plan.heartbeat,
            round_trip_us: None,
        })
    }

    /// The file of the namespace in which a site's clients live.
    pub(crate) fn clients(&self, site: u8) -> PathBuf {
        namespace::file(&self.parts.network.names().namespace(End::Site(site)))
    }

    /// Ends all nodes. The network goes when the backend is dropped.
    pub(crate) fn stop(&self) {
        for node in &self.parts.nodes {
            lock(node).take();
        }
    }

    /// Does what a value asks for.
    pub(crate) async fn perform(&self, command: Command) -> Result<Reply, ClusterError> {
        let parts = &self.parts;
        match command {
            Command::Info { node, from, commands } => {
                return Ok(Reply::Answers(self.info(node, from, commands).await?));
            }
            Command::Interrupt { links, interruption, lease_ms } => {
                let lease = Duration::from_millis(lease_ms);
                return Ok(Reply::Interruption(self.interrupt(links, interruption, lease).await?));
            }
            Command::Renew(id) => {
                let links = parts.leases.links(id).ok_or(ClusterError::NoSuchInterruption(id.0))?;
                if !parts.leases.renew(id) {
                    return Err(ClusterError::NoSuchInterruption(id.0));
                }
                self.settle(links).await?;
            }
            Command::Restore(id) => {
                if let Some(links) = parts.leases.links(id) {
                    parts.leases.end(id);
                    self.settle(links).await?;
                }
            }
            Command::Standing => return Ok(Reply::Standing(parts.leases.standing())),
            Command::IsOpen(link) => {
                let parts = Arc::clone(parts);
                return Ok(Reply::Open(blocking(move || parts.is_open(link)).await?));
            }
            Command::Kill(node) => {
                parts.node(node)?.take();
            }
            Command::Start(node) => {
                let running = parts.node(node)?.as_mut().is_some_and(Process::is_running);
                if !running {
                    parts.start(node)?;
                    self.wait_until_it_listens(node).await?;
                }
            }
            Command::Pause(node) => parts.signal(node, Process::pause)?,
            Command::Resume(node) => parts.signal(node, Process::resume)?,
            Command::SetClockOffset { node, offset_ms } => {
                drop(parts.node(node)?);
                emulator::process::set_clock_offset(&parts.folder.of_node(node), offset_ms)
                    .map_err(|error| ClusterError::Node { node, why: error.to_string() })?;
                lock(&parts.offsets_ms).insert(node, offset_ms);
            }
            Command::ClockOffset(node) => {
                let offsets_ms = lock(&parts.offsets_ms);
                return Ok(Reply::OffsetMs(offsets_ms.get(&node).copied().unwrap_or(0)));
            }
        }
        Ok(Reply::Done)
    }

    /// Asks a node from a site's clients, or from its own console.
    async fn info(
        &self,
        node: u8,
        from: Option<u8>,
        commands: Vec<String>,
    ) -> Result<BTreeMap<String, String>, ClusterError> {
        let names = self.parts.network.names();
        if !names.has(End::Node(node)) {
            return Err(ClusterError::NoSuchNode(node));
        }
        let place = names.namespace(from.map_or(End::Node(node), End::Site));
        let address = names.service(node);
        blocking(move || {
            namespace::inside(&place, || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let runtime = runtime.map_err(|error| ClusterError::Unreachable {
                    address: address.clone(),
                    why: error.to_string(),
                })?;
                runtime.block_on(info::ask(&address, &commands))
            })?
        })
        .await
    }

    async fn interrupt(
        &self,
        links: Vec<Link>,
        interruption: Interruption,
        lease: Duration,
    ) -> Result<InterruptionId, ClusterError> {
        let names = self.parts.network.names();
        if !links.iter().all(|link| names.has(link.from) && names.has(link.to)) {
            return Err(ClusterError::NoSuchLink);
        }
        let id = {
            let mut last = lock(&self.parts.last_interruption);
            *last += 1;
            InterruptionId(*last)
        };
        self.parts.leases.begin(id, Lease::new(links.clone(), interruption, lease));
        let parts = Arc::clone(&self.parts);
        tokio::spawn(async move {
            // The kernel ends it; this strikes it out of the books.
            parts.leases.lapse(id).await;
        });
        match self.settle(links.clone()).await {
            Ok(()) => Ok(id),
            Err(error) => {
                self.parts.leases.end(id);
                // What of it was made is taken back, or expires.
                let _ = self.settle(links).await;
                Err(error)
            }
        }
    }

    /// Makes the firewalls at the ends of links what the leases say.
    async fn settle(&self, links: Vec<Link>) -> Result<(), ClusterError> {
        let parts = Arc::clone(&self.parts);
        blocking(move || {
            let ends: BTreeSet<End> = links.iter().map(|link| link.to).collect();
            ends.into_iter().try_for_each(|end| parts.settle(end))
        })
        .await
    }

    async fn wait_until_it_listens(&self, node: u8) -> Result<(), ClusterError> {
        let deadline = Instant::now() + LISTENS_WITHIN;
        loop {
            let answered = self.info(node, None, vec!["node".to_owned()]).await;
            let ended = !self.parts.node(node)?.as_mut().is_some_and(Process::is_running);
            match answered {
                Ok(_) => return Ok(()),
                Err(error) if ended || Instant::now() >= deadline => {
                    let log = self.parts.folder.of_node(node).join("log");
                    let log = std::fs::read_to_string(log).unwrap_or_default();
                    let last = log.lines().last().unwrap_or_default();
                    return Err(ClusterError::Node { node, why: format!("{error}; {last}") });
                }
                Err(_) => sleep(LOOK_EVERY).await,
            }
        }
    }
}

impl Parts {
    fn node(&self, node: u8) -> Result<MutexGuard<'_, Option<Process>>, ClusterError> {
        self.nodes.get(usize::from(node)).map(lock).ok_or(ClusterError::NoSuchNode(node))
    }

    fn start(&self, node: u8) -> Result<(), ClusterError> {
        let namespace = self.network.names().namespace(End::Node(node));
        let (plan, folder) = (self.folder.plan(), self.folder.of_node(node));
        let process = Process::start(&self.program, &namespace, &plan, node, &folder)?;
        *self.node(node)? = Some(process);
        Ok(())
    }

    fn signal(
        &self,
        node: u8,
        signal: impl Fn(&Process) -> std::io::Result<()>,
    ) -> Result<(), ClusterError> {
        match &*self.node(node)? {
            Some(process) => {
                signal(process).map_err(|error| ClusterError::Node { node, why: error.to_string() })
            }
            None => Err(ClusterError::Down(node)),
        }
    }

    fn settle(&self, end: End) -> Result<(), ClusterError> {
        let names = self.network.names();
        let mut cuts: BTreeMap<End, Cut> = BTreeMap::new();
        for standing in self.leases.standing() {
            for link in standing.links.iter().filter(|link| link.to == end) {
                let remaining = Duration::from_millis(standing.remaining_ms);
                let cut = cuts.entry(link.from).or_insert(Cut {
                    from: names.address(link.from),
                    interruption: standing.interruption,
                    remaining,
                });
                // Two at once: the stronger, as long as the longer.
                cut.remaining = cut.remaining.max(remaining);
                if standing.interruption == Interruption::Close {
                    cut.interruption = Interruption::Close;
                }
            }
        }
        let cuts: Vec<Cut> = cuts.into_values().collect();
        firewall::set(&names.namespace(end), &cuts)
    }

    fn is_open(&self, link: Link) -> Result<bool, ClusterError> {
        let names = self.network.names();
        if !names.has(link.from) || !names.has(link.to) {
            return Err(ClusterError::NoSuchLink);
        }
        probe::passes(
            &names.namespace(link.from),
            &names.namespace(link.to),
            names.address(link.to),
        )
    }
}

/// Does what may block, off the threads that must not.
async fn blocking<R: Send + 'static>(
    doing: impl FnOnce() -> Result<R, ClusterError> + Send + 'static,
) -> Result<R, ClusterError> {
    let done = spawn_blocking(doing).await;
    done.unwrap_or_else(|error| {
        Err(ClusterError::Kept(format!("a thread of the controller failed: {error}")))
    })
}

/// Locks what stays sound even if a holder panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
