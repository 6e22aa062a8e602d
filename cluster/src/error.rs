//! What can go wrong with a cluster.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use emulator::embedded::{EmbeddedError, TlsError};
use history::Mode;

/// Why a cluster cannot be reached, started or steered.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// A certificate that nodes cannot show.
    #[error("TLS cannot be offered: {0}")]
    Tls(#[from] TlsError),
    /// Nobody answers.
    #[error("no server answers at {address}: {why}")]
    Unreachable {
        /// Where.
        address: String,
        /// What happened instead.
        why: String,
    },
    /// Somebody answers, and it is not an Aerospike server.
    #[error("{address} does not answer as an Aerospike server does: {why}")]
    Foreign {
        /// Where.
        address: String,
        /// What was odd.
        why: String,
    },
    /// The seed addresses belong to two clusters.
    #[error("{address} belongs to cluster {found}, the others to {expected}")]
    TwoClusters {
        /// Where.
        address: String,
        /// Its cluster.
        found: String,
        /// The cluster of the addresses before it.
        expected: String,
    },
    /// No seed address was given.
    #[error("no address to find the cluster by")]
    NoSeeds,
    /// The node's process is not there.
    #[error("node {0} is down")]
    Down(u8),
    /// There is no such node.
    #[error("node {0} does not exist")]
    NoSuchNode(u8),
    /// A node refuses an info command.
    #[error("node {node} answers {command} with {answer}")]
    Refused {
        /// The node's id.
        node: String,
        /// The command.
        command: String,
        /// Its answer.
        answer: String,
    },
    /// A namespace that a node does not have.
    #[error("node {node} has no namespace {namespace}; it has {}", known.join(", "))]
    NoNamespace {
        /// The node's id.
        node: String,
        /// The namespace.
        namespace: String,
        /// What it has.
        known: Vec<String>,
    },
    /// A namespace of the other mode.
    #[error(
        "namespace {namespace} is {} on node {node}, and the arm says {}",
        mode_name(*found), mode_name(*claimed)
    )]
    WrongMode {
        /// The node's id.
        node: String,
        /// The namespace.
        namespace: String,
        /// What it should be.
        claimed: Mode,
        /// What it is.
        found: Mode,
    },
    /// The backend cannot do this.
    #[error(
        "a running cluster given by its hosts can only be loaded: {0} needs an embedded cluster or \
         one of `aerocert cluster up`"
    )]
    LoadOnly(&'static str),
    /// The cluster did not become whole.
    #[error("the cluster is not whole after {:.0} s: {why}", within.as_secs_f64())]
    NotStable {
        /// How long was waited.
        within: Duration,
        /// What is missing.
        why: String,
    },
    /// No defect of that name.
    #[error("no defect {0:?}; the defects are {known}", known = .1.join(", "))]
    NoSuchDefect(String, Vec<&'static str>),
    /// The interruption ended before, or never was.
    #[error("no interruption {0} is in force")]
    NoSuchInterruption(u64),
    /// A link with an end that does not exist.
    #[error("a link names an end that does not exist")]
    NoSuchLink,
    /// A tool of the system is missing or refuses.
    #[error("{command}: {why}")]
    Tool {
        /// The command.
        command: String,
        /// What it says.
        why: String,
    },
    /// A network namespace cannot be entered.
    #[error("cannot work in the network namespace {}: {why}", path.display())]
    Namespace {
        /// Its file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// A node's process does not start or cannot be steered.
    #[error("the process of node {node}: {why}")]
    Node {
        /// The node.
        node: u8,
        /// What happened.
        why: String,
    },
    /// Only root may make namespaces and firewalls.
    #[error("network namespaces need root: run this as root, or choose the backend `embedded`")]
    NotRoot,
    /// The emulated cluster refuses.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The process that keeps the cluster refuses.
    #[error("{0}")]
    Kept(String),
    /// No process keeps a cluster there.
    #[error("no cluster is kept at {}: `aerocert cluster up` starts one", .0.display())]
    NotKept(PathBuf),
    /// A process keeps a cluster there already.
    #[error("a cluster is kept at {} already: `aerocert cluster down` stops it", .0.display())]
    KeptAlready(PathBuf),
    /// The state folder is open to others.
    #[error("{} is open to other users or not ours: choose another with --state, or `chmod 700` it", .0.display())]
    SharedFolder(PathBuf),
    /// The control socket or its folder cannot be used.
    #[error("cannot use {}: {source}", path.display())]
    Control {
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Sc => "strongly consistent",
        Mode::Ap => "available (AP)",
    }
}
