//! `cluster`, and where a cluster is.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::load::{Backend, duration};

/// What to do with a cluster.
#[derive(Debug, Subcommand)]
pub(crate) enum ClusterCommand {
    /// Start an emulated cluster and keep it until Ctrl-C or `cluster down`.
    Up(ClusterUp),
    /// Stop the cluster that `cluster up` keeps.
    Down(Down),
    /// Nodes, cluster keys, principals, migrations.
    Status(Where),
    /// The partition map: primary, secondary, unavailable, dead per node; or one partition.
    Pmap(Pmap),
    /// Rosters: current, pending, observed per node.
    Roster(Where),
    /// Records: master, prole, non-replica per node.
    Objects(Where),
    /// Whether the cluster is one or has split: now, or in the logs of its nodes.
    Split(Split),
}

/// The arguments of `cluster up`.
#[derive(Debug, Args)]
pub(crate) struct ClusterUp {
    /// The port of every node; each node has its own loopback address.
    #[arg(long, default_value_t = 3000)]
    pub(crate) port: u16,

    /// What the cluster is made of.
    #[arg(long, value_enum)]
    pub(crate) backend: Option<Backend>,

    /// The round trip between two sites, as `2ms`.
    #[arg(long, value_parser = duration)]
    pub(crate) round_trip: Option<Duration>,

    /// Let clients log in: at first there is the user `admin` with the password `admin`, who may
    /// administer users.
    #[arg(long)]
    pub(crate) security: bool,

    /// A configuration file (TOML).
    #[arg(long, env = "AEROCERT_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    /// The seed behind every random choice.
    #[arg(long, default_value_t = 1, env = "AEROCERT_SEED")]
    pub(crate) seed: u64,

    /// A known defect to switch on.
    #[arg(long)]
    pub(crate) defect: Option<String>,

    /// Where the control socket is.
    #[command(flatten)]
    pub(crate) state: State,
}

/// The arguments of `cluster down`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Down {
    /// Remove the network namespaces, and end the nodes in them, that clusters left whose keepers
    /// died.
    #[arg(long)]
    pub(crate) all: bool,

    /// Where the control socket is.
    #[command(flatten)]
    pub(crate) state: State,
}

/// The arguments of `node`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Node {
    /// The plan of the cluster.
    pub(crate) plan: PathBuf,

    /// Which of its nodes.
    pub(crate) node: u8,

    /// Where it keeps its data.
    pub(crate) folder: PathBuf,
}

/// The arguments of `cluster pmap`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Pmap {
    /// Show this partition as each node sees it: whether it is available there, who serves it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(..4096))]
    pub(crate) partition: Option<u16>,

    /// Which cluster.
    #[command(flatten)]
    pub(crate) place: Where,
}

/// The arguments of `cluster split`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Split {
    /// The logs of its nodes, a file for each, instead of the cluster itself.
    pub(crate) logs: Vec<PathBuf>,

    /// How many nodes it should have (default: the most that a log knows of).
    #[arg(long, value_name = "NODES", requires = "logs")]
    pub(crate) expected: Option<u32>,

    /// Which cluster.
    #[command(flatten)]
    pub(crate) place: Where,
}

/// Where the control socket of a kept cluster is.
#[derive(Clone, Debug, Args)]
pub(crate) struct State {
    /// The folder of the control socket (default: a folder of this user under the runtime folder).
    #[arg(long, env = "AEROCERT_STATE")]
    pub(crate) state: Option<PathBuf>,
}

/// Which cluster: the one that `cluster up` keeps, or seed addresses.
#[derive(Clone, Debug, Args)]
pub(crate) struct Where {
    /// Seed addresses of a running cluster, `a:3000,b:3000`, instead of the kept one.
    #[arg(long, value_delimiter = ',')]
    pub(crate) hosts: Vec<String>,

    /// Look from this client site (a kept cluster only; default: past every cut).
    #[arg(long)]
    pub(crate) from: Option<String>,

    /// Where the control socket is.
    #[command(flatten)]
    pub(crate) state: State,
}
