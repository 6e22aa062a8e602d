//! The handles of a cluster, whatever it is made of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use emulator::embedded::ReadModeCounts;
use history::{ClusterIdentity, Interruption, Link, Mode, NodeId, Observation, Topology};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::command::{Command, InterruptionId, Reply, Standing};
use crate::embedded::{EmbeddedPlan, Emulated};
use crate::hosts::Hosts;
use crate::netns::Netns;
use crate::observe::{Answers, missing, node_observation};
use crate::table::{Survey, SurveyedNode, View};
use crate::{ClusterError, control};

/// Between two looks at a cluster that is to become whole.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often in a row a cluster must look whole: servers count migrations a moment after they have
/// formed a cluster.
const LOOKS: u32 = 2;

/// A cluster that can be looked at and, unless it is a running one given by its hosts, disturbed.
pub struct Cluster {
    identity: ClusterIdentity,
    namespaces: Vec<String>,
    backend: Arc<Backend>,
}

/// What does the work.
enum Backend {
    /// An emulated cluster in this process.
    Embedded(Emulated),
    /// An emulated cluster of processes in network namespaces.
    Netns(Netns),
    /// One kept by another process.
    Kept(control::Client),
    /// A running cluster.
    Hosts(Hosts),
}

impl Backend {
    async fn perform(&self, command: Command) -> Result<Reply, ClusterError> {
        match self {
            Self::Embedded(emulated) => emulated.perform(command).await,
            Self::Netns(netns) => netns.perform(command).await,
            Self::Kept(client) => client.perform(command).await,
            Self::Hosts(hosts) => hosts.perform(command).await,
        }
    }
}

impl Cluster {
    /// Starts an emulated cluster in this process, sets the rosters of its strongly consistent
    /// namespaces, and waits until it is whole.
    ///
    /// # Errors
    /// A defect that nobody knows, an address in use, a cluster that does not form.
    pub async fn embedded(plan: EmbeddedPlan) -> Result<Self, ClusterError> {
        let (emulated, identity) = Emulated::start(&plan).await?;
        Self::founded(&plan, Backend::Embedded(emulated), identity).await
    }

    /// Starts an emulated cluster of processes, each in a network namespace of its own, as
    /// [`Cluster::embedded`] does. `program` is aerocert itself.
    ///
    /// # Errors
    /// This is not root, tools are missing, a process does not start, a cluster does not form.
    pub async fn netns(plan: EmbeddedPlan, program: &Path) -> Result<Self, ClusterError> {
        let (netns, identity) = Netns::start(&plan, program).await?;
        Self::founded(&plan, Backend::Netns(netns), identity).await
    }

    /// A cluster of nodes that have just started.
    async fn founded(
        plan: &EmbeddedPlan,
        backend: Backend,
        identity: ClusterIdentity,
    ) -> Result<Self, ClusterError> {
        const WITHIN: Duration = Duration::from_secs(60);
        let namespaces = plan.namespaces.iter().map(|namespace| namespace.name.clone()).collect();
        let cluster = Self { identity, namespaces, backend: Arc::new(backend) };
        let strong = plan.namespaces.iter().filter(|namespace| namespace.mode == Mode::Sc);
        cluster.set_rosters(strong.map(|namespace| namespace.name.as_str()), WITHIN).await?;
        cluster.wait_until_stable(WITHIN).await?;
        Ok(cluster)
    }

    /// The network namespace in which the clients of a site must live; `None`: anywhere.
    #[must_use]
    pub fn client_namespace(&self, site: u8) -> Option<PathBuf> {
        match &*self.backend {
            Backend::Netns(netns) => Some(netns.clients(site)),
            Backend::Embedded(_) | Backend::Kept(_) | Backend::Hosts(_) => None,
        }
    }

    /// Finds a running cluster by seed addresses (`host:port`; port 3000 may be left out). To load
    /// namespaces, name them: then every node must answer and have them. To look, name none: then
    /// one seed must answer, and all namespaces are looked at.
    ///
    /// # Errors
    /// Nobody answers there, or no Aerospike server, or two clusters, or a namespace is missing.
    pub async fn hosts(seeds: &[String], namespaces: &[&str]) -> Result<Self, ClusterError> {
        let namespaces: Vec<String> = namespaces.iter().map(|name| (*name).to_owned()).collect();
        let (hosts, identity, namespaces) = Hosts::find(seeds, &namespaces).await?;
        Ok(Self { identity, namespaces, backend: Arc::new(Backend::Hosts(hosts)) })
    }

    /// Takes up the cluster that another process keeps behind the control socket in a folder.
    ///
    /// # Errors
    /// No process keeps one there.
    pub async fn kept(folder: &Path) -> Result<Self, ClusterError> {
        let client = control::Client::new(folder);
        let control::Description { identity, namespaces } = client.describe().await?;
        Ok(Self { identity, namespaces, backend: Arc::new(Backend::Kept(client)) })
    }

    /// Sites and nodes.
    #[must_use]
    pub fn topology(&self) -> &Topology {
        &self.identity.topology
    }

    /// What the cluster really is.
    #[must_use]
    pub fn identity(&self) -> &ClusterIdentity {
        &self.identity
    }

    /// The namespaces that are looked at.
    #[must_use]
    pub fn namespaces(&self) -> &[String] {
        &self.namespaces
    }

    /// Does what a value asks for.
    ///
    /// # Errors
    /// Whatever the backend says; a running cluster refuses to be disturbed.
    pub async fn perform(&self, command: Command) -> Result<Reply, ClusterError> {
        self.backend.perform(command).await
    }

    /// Asks a node info commands, past every interruption.
    ///
    /// # Errors
    /// The node does not answer.
    pub async fn info(
        &self,
        node: u8,
        commands: &[&str],
    ) -> Result<BTreeMap<String, String>, ClusterError> {
        let commands = commands.iter().map(|command| (*command).to_owned()).collect();
        self.ask(Command::Info { node, from: None, commands }).await
    }

    /// Whether a node answers a client of its own site.
    pub async fn answers(&self, node: u8) -> bool {
        let Some(place) = self.topology().nodes.get(usize::from(node)) else { return false };
        let commands = vec!["node".to_owned()];
        self.ask(Command::Info { node, from: Some(place.site), commands }).await.is_ok()
    }

    /// What every node says of itself now, past every interruption. `now_ns` is the time of the run.
    pub async fn observe(&self, now_ns: u64) -> Observation {
        let mut commands = vec!["statistics".to_owned()];
        commands.extend(self.namespaces.iter().map(|name| format!("namespace/{name}")));
        let answers = self.ask_all(&commands, None).await;
        let nodes = self.topology().nodes.iter().zip(answers);
        let observed =
            nodes.map(|(node, answers)| node_observation(node.id, &answers?, &self.namespaces));
        Observation { time_ns: now_ns, nodes: observed.collect() }
    }

    /// The answers that a table needs, asked from a client site or past every interruption.
    pub async fn survey(&self, view: View, from: Option<u8>) -> Survey {
        let answers = self.ask_all(&view.commands(&self.namespaces), from).await;
        let address_at = usize::from(from.unwrap_or_default());
        let nodes = self.topology().nodes.iter().zip(answers).map(|(node, answers)| {
            let address = node.addresses.get(address_at).or(node.addresses.first());
            SurveyedNode {
                id: node.id,
                address: address.map_or_else(|| node.id.to_string(), Clone::clone),
                answers,
            }
        });
        let taken = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        Survey { taken, nodes: nodes.collect() }
    }

    /// Interrupts links until they are restored, or nobody has renewed the interruption for as long
    /// as `lease`.
    ///
    /// # Errors
    /// An end that does not exist; a cluster that can only be loaded.
    pub async fn interrupt(
        &self,
        links: &[Link],
        interruption: Interruption,
        lease: Duration,
    ) -> Result<InterruptionId, ClusterError> {
        let lease_ms = u64::try_from(lease.as_millis()).unwrap_or(u64::MAX);
        let command = Command::Interrupt { links: links.to_vec(), interruption, lease_ms };
        match self.perform(command).await? {
            Reply::Interruption(id) => Ok(id),
            other => Err(unexpected(&other)),
        }
    }

    /// Begins an interruption's lease anew.
    ///
    /// # Errors
    /// It has ended.
    pub async fn renew(&self, interruption: InterruptionId) -> Result<(), ClusterError> {
        self.done(Command::Renew(interruption)).await
    }

    /// Ends an interruption; one that has lapsed is no error.
    ///
    /// # Errors
    /// The backend fails.
    pub async fn restore(&self, interruption: InterruptionId) -> Result<(), ClusterError> {
        self.done(Command::Restore(interruption)).await
    }

    /// The interruptions in force.
    ///
    /// # Errors
    /// The backend fails.
    pub async fn standing(&self) -> Result<Vec<Standing>, ClusterError> {
        match self.perform(Command::Standing).await? {
            Reply::Standing(standing) => Ok(standing),
            other => Err(unexpected(&other)),
        }
    }

    /// Whether a message sent now would pass a link.
    ///
    /// # Errors
    /// A cluster that can only be loaded cannot tell.
    pub async fn is_open(&self, link: Link) -> Result<bool, ClusterError> {
        match self.perform(Command::IsOpen(link)).await? {
            Reply::Open(open) => Ok(open),
            other => Err(unexpected(&other)),
        }
    }

    /// Kills a node's process.
    ///
    /// # Errors
    /// No such node; a cluster that can only be loaded.
    pub async fn kill(&self, node: u8) -> Result<(), ClusterError> {
        self.done(Command::Kill(node)).await
    }

    /// Starts a killed node with its data; one that runs is left as it is.
    ///
    /// # Errors
    /// As [`Cluster::kill`], or its address was taken meanwhile.
    pub async fn start(&self, node: u8) -> Result<(), ClusterError> {
        self.done(Command::Start(node)).await
    }

    /// Stops a node in its tracks.
    ///
    /// # Errors
    /// As [`Cluster::kill`].
    pub async fn pause(&self, node: u8) -> Result<(), ClusterError> {
        self.done(Command::Pause(node)).await
    }

    /// Lets a paused node go on; one that runs is left as it is.
    ///
    /// # Errors
    /// As [`Cluster::kill`].
    pub async fn resume(&self, node: u8) -> Result<(), ClusterError> {
        self.done(Command::Resume(node)).await
    }

    /// Sets a node's wall clock off by so many ms; 0 sets it right.
    ///
    /// # Errors
    /// As [`Cluster::kill`].
    pub async fn set_clock_offset(&self, node: u8, offset_ms: i64) -> Result<(), ClusterError> {
        self.done(Command::SetClockOffset { node, offset_ms }).await
    }

    /// By how many ms a node's wall clock is off.
    ///
    /// # Errors
    /// As [`Cluster::kill`].
    pub async fn clock_offset_ms(&self, node: u8) -> Result<i64, ClusterError> {
        match self.perform(Command::ClockOffset(node)).await? {
            Reply::OffsetMs(offset_ms) => Ok(offset_ms),
            other => Err(unexpected(&other)),
        }
    }

    /// Makes all nodes, each with its rack, the roster of a namespace, as an operator does:
    /// `roster-set` on one node. It takes effect at the next [`Cluster::recluster`].
    ///
    /// # Errors
    /// A node does not answer, or refuses.
    pub async fn set_roster(&self, namespace: &str) -> Result<(), ClusterError> {
        let nodes = self.topology().nodes.iter().map(|node| match node.rack {
            0 => node.id.to_string(),
            rack => format!("{}@{rack}", node.id),
        });
        let nodes = nodes.collect::<Vec<_>>().join(",");
        let command = format!("roster-set:namespace={namespace};nodes={nodes}");
        let answer = self.value(0, &command).await?;
        if answer == "ok" { Ok(()) } else { Err(self.refused(0, &command, answer)) }
    }

    /// Tells all nodes to recluster; their principal does.
    ///
    /// # Errors
    /// A node does not answer, or the principal refuses.
    pub async fn recluster(&self) -> Result<(), ClusterError> {
        let command = "recluster:";
        for node in self.node_numbers() {
            let answer = self.value(node, command).await?;
            if answer != "ok" && answer != "ignored-by-non-principal" {
                return Err(self.refused(node, command, answer));
            }
        }
        Ok(())
    }

    /// Waits until every node answers and is in one cluster of all of them, every namespace has all
    /// its partitions, and no migration remains.
    ///
    /// # Errors
    /// What is still missing when the time is over.
    pub async fn wait_until_stable(&self, within: Duration) -> Result<(), ClusterError> {
        self.wait_until(within, missing).await
    }

    /// Verifies that every node has a namespace, in the mode that an arm claims.
    ///
    /// # Errors
    /// A node does not answer, does not have it, or has it in the other mode.
    pub async fn verify_namespace(&self, namespace: &str, mode: Mode) -> Result<(), ClusterError> {
        let command = format!("namespace/{namespace}");
        for number in self.node_numbers() {
            let answers = Answers::new(self.info(number, &["namespaces", &command]).await?);
            let node = self.name(number);
            let found = match answers.pairs(&command).get("strong-consistency") {
                Some("true") => Mode::Sc,
                Some(_) => Mode::Ap,
                None => {
                    let (namespace, known) = (namespace.to_owned(), answers.namespaces());
                    return Err(ClusterError::NoNamespace { node, namespace, known });
                }
            };
            if found != mode {
                let namespace = namespace.to_owned();
                return Err(ClusterError::WrongMode { node, namespace, claimed: mode, found });
            }
        }
        Ok(())
    }

    /// How many SC reads arrived in which mode, where the backend can tell (an embedded one).
    #[must_use]
    pub fn read_modes(&self) -> Option<ReadModeCounts> {
        match &*self.backend {
            Backend::Embedded(emulated) => Some(emulated.read_modes()),
            Backend::Netns(_) | Backend::Kept(_) | Backend::Hosts(_) => None,
        }
    }

    /// Ends a cluster that was started here; leaves any other as it is.
    pub async fn shutdown(&self) {
        match &*self.backend {
            Backend::Embedded(emulated) => emulated.stop(),
            Backend::Netns(netns) => netns.stop(),
            Backend::Kept(_) | Backend::Hosts(_) => {}
        }
    }

    /// Sets the rosters of fresh strongly consistent namespaces once all nodes are one cluster.
    async fn set_rosters(
        &self,
        namespaces: impl Iterator<Item = &str>,
        within: Duration,
    ) -> Result<(), ClusterError> {
        let apart = |observation: &Observation| {
            // Without a roster no partition is available, and none migrates.
            let mut nodes = observation.clone();
            nodes.nodes.iter_mut().flatten().for_each(|node| node.namespaces.clear());
            missing(&nodes)
        };
        let mut namespaces = namespaces.peekable();
        if namespaces.peek().is_none() {
            return Ok(());
        }
        self.wait_until(within, apart).await?;
        for namespace in namespaces {
            self.set_roster(namespace).await?;
        }
        self.recluster().await
    }

    async fn wait_until(
        &self,
        within: Duration,
        missing: impl Fn(&Observation) -> Option<String>,
    ) -> Result<(), ClusterError> {
        let deadline = Instant::now() + within;
        let mut looks = 0;
        loop {
            match missing(&self.observe(0).await) {
                None => looks += 1,
                Some(why) if Instant::now() >= deadline => {
                    return Err(ClusterError::NotStable { within, why });
                }
                Some(_) => looks = 0,
            }
            if looks == LOOKS {
                return Ok(());
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Asks all nodes at once; `None` for one that does not answer.
    async fn ask_all(&self, commands: &[String], from: Option<u8>) -> Vec<Option<Answers>> {
        let mut asked = JoinSet::new();
        for node in self.node_numbers() {
            let backend = Arc::clone(&self.backend);
            let commands = commands.to_vec();
            asked.spawn(async move {
                (node, backend.perform(Command::Info { node, from, commands }).await)
            });
        }
        let mut answers = vec![None; self.topology().nodes.len()];
        for (node, reply) in asked.join_all().await {
            if let Ok(Reply::Answers(by_command)) = reply {
                answers[usize::from(node)] = Some(Answers::new(by_command));
            }
        }
        answers
    }

    async fn ask(&self, command: Command) -> Result<BTreeMap<String, String>, ClusterError> {
        match self.perform(command).await? {
            Reply::Answers(answers) => Ok(answers),
            other => Err(unexpected(&other)),
        }
    }

    async fn done(&self, command: Command) -> Result<(), ClusterError> {
        match self.perform(command).await? {
            Reply::Done => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    /// One node's answer to one command.
    async fn value(&self, node: u8, command: &str) -> Result<String, ClusterError> {
        let mut answers = self.info(node, &[command]).await?;
        Ok(answers.remove(command).unwrap_or_default())
    }

    fn refused(&self, node: u8, command: &str, answer: String) -> ClusterError {
        ClusterError::Refused { node: self.name(node), command: command.to_owned(), answer }
    }

    fn name(&self, node: u8) -> String {
        let id = self.topology().nodes.get(usize::from(node)).map(|node| node.id);
        id.unwrap_or(NodeId(0)).to_string()
    }

    fn node_numbers(&self) -> impl Iterator<Item = u8> + use<> {
        0..self.topology().nodes.len() as u8
    }
}

/// Only a process of another version answers a command with another's reply.
fn unexpected(reply: &Reply) -> ClusterError {
    ClusterError::Kept(format!("the process that keeps the cluster answers oddly: {reply:?}"))
}
