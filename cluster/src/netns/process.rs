//! A node's process: what it is told, and how it is steered.

use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use emulator::process::{NodeProcess, NodeProcessConfig, PeerAddress};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::names::{FABRIC_PORT, HEARTBEAT_PORT};
use crate::{ClusterError, EmbeddedPlan};

/// What the processes of a cluster are told, as a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NodePlan {
    /// The cluster; every node has the one address of its service.
    pub cluster: EmbeddedPlan,
}

/// Is one node of a plan until standard input ends, that is, until who started it ends.
///
/// # Errors
/// The plan or the folder cannot be used; the node's data cannot be written.
pub async fn run_node(plan: &Path, node: u8, folder: &Path) -> Result<(), ClusterError> {
    let failed = |why: String| ClusterError::Node { node, why };
    // A node that is stopped cannot see that its standard input has ended.
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_pdeathsig(Signal::SIGKILL).map_err(|error| failed(error.to_string()))?;
    let text = std::fs::read_to_string(plan)
        .map_err(|error| failed(format!("{}: {error}", plan.display())))?;
    let NodePlan { cluster } = serde_json::from_str(&text)
        .map_err(|error| failed(format!("{}: not a plan: {error}", plan.display())))?;
    let mut world = cluster.config()?.world;
    let mut services = Vec::new();
    for (place, of_plan) in world.places.iter_mut().zip(&cluster.topology.nodes) {
        let service: Option<SocketAddr> =
            of_plan.addresses.first().and_then(|address| address.parse().ok());
        let service = service.ok_or_else(|| failed("a node has no address".to_owned()))?;
        services.push(service);
        place.addresses = vec![service.to_string(); cluster.topology.sites.len()];
    }
    let own = services.get(usize::from(node)).copied().ok_or(ClusterError::NoSuchNode(node))?;
    let peer = |service: &SocketAddr| PeerAddress {
        fabric: SocketAddr::new(service.ip(), FABRIC_PORT),
        heartbeat: SocketAddr::new(service.ip(), HEARTBEAT_PORT),
    };
    let config = NodeProcessConfig {
        world,
        seed: cluster.seed,
        node,
        service: own,
        peers: services.iter().map(peer).collect(),
        folder: folder.to_owned(),
    };
    let process = NodeProcess::start(config).await.map_err(|error| failed(told(&error)))?;
    let (ended, starter_ended) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        // Whatever is sent, it ends with who started this.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(ended);
    });
    tokio::select! {
        _ = starter_ended => Ok(()),
        ended = process.ended() => ended.map_err(|error| failed(told(&error))),
    }
}

/// An error with its causes.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

/// A node's process in the hands of the one who started it. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
}

impl Process {
    /// Starts a node in a namespace; it listens a moment later.
    pub(super) fn start(
        program: &Path,
        namespace: &str,
        plan: &Path,
        node: u8,
        folder: &Path,
    ) -> Result<Self, ClusterError> {
        let failed = |error: std::io::Error| ClusterError::Node { node, why: error.to_string() };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let log =
            File::options().create(true).append(true).open(folder.join("log")).map_err(failed)?;
        // `ip netns exec` becomes the program, so the child is the node.
        let child = Command::new("ip")
            .args(["netns", "exec", namespace])
            .arg(program)
            .arg("node")
            .arg(plan)
            .arg(node.to_string())
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(failed)?;
        Ok(Self { child })
    }

    /// Whether it is there, paused or not.
    pub(super) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it.
    pub(super) fn kill(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Stops it in its tracks.
    pub(super) fn pause(&self) -> std::io::Result<()> {
        self.signal(Signal::SIGSTOP)
    }

    /// Lets it go on.
    pub(super) fn resume(&self) -> std::io::Result<()> {
        self.signal(Signal::SIGCONT)
    }

    fn signal(&self, signal: Signal) -> std::io::Result<()> {
        // A child that was not waited for keeps its number.
        kill(Pid::from_raw(self.child.id() as i32), signal).map_err(Into::into)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Between two looks at whether a node listens.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(50);
