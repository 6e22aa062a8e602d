//! What can go wrong with a cluster.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use emulator::embedded::EmbeddedError;
use history::Mode;

/// Why a cluster cannot be reached, started or steered.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
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
