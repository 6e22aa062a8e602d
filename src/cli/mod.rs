//! What was said on the command line; what it means is decided in [`crate::plan`].

mod cluster;
mod judge;
mod load;
mod nemesis;
mod scenario;
mod simulate;
mod store;

use clap::{Parser, Subcommand};

pub(crate) use cluster::{ClusterCommand, ClusterUp, Node, State, Where};
pub(crate) use judge::{Check, Compare, Consistency, FormatName, ModelName, Report};
pub(crate) use load::{Backend, Certify, ModeName, Run, Selftest};
pub(crate) use nemesis::{Apply, NemesisCommand};
pub(crate) use scenario::Scenario;
pub(crate) use simulate::Simulate;
pub(crate) use store::{Export, ExportFormat, Prune, RunsCommand};

/// Did this Aerospike cluster lose an acknowledged write, or serve a stale read?
///
/// Without configuration, `aerocert certify` starts an emulated six-node stretch cluster, loads its
/// strong-consistency and availability namespaces side by side under the same faults, judges every
/// recorded operation and writes an HTML certificate.
#[derive(Debug, Parser)]
#[command(
    name = "aerocert",
    version,
    propagate_version = true,
    after_help = "Exit codes: 0 expectations met · 1 consistency broken · 2 usage · 3 inconclusive · \
                  4 harness failure · 5 a known defect was not found · 130/143 stopped after healing"
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Print one JSON document on standard output instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Say nothing on standard error but errors.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run every arm × workload × nemesis of a profile, judge, and write the certificate.
    Certify(Certify),
    /// One run: load, faults, judgement, page.
    Run(Box<Run>),
    /// Judge a stored run again, or a history of another program.
    Check(Check),
    /// Write the pages of a stored run or certificate again.
    Report(Report),
    /// Put two stored runs side by side.
    Compare(Compare),
    /// List, show, export and prune stored runs.
    #[command(subcommand)]
    Runs(RunsCommand),
    /// Start an emulated cluster and look at it.
    #[command(subcommand)]
    Cluster(ClusterCommand),
    /// Faults by hand on a cluster that `cluster up` keeps.
    #[command(subcommand)]
    Nemesis(NemesisCommand),
    /// Be one server of an emulated cluster, until standard input ends (`--backend netns` starts
    /// these).
    #[command(hide = true)]
    Node(Node),
    /// Nights in virtual time: seeded faults, and every history judged.
    Simulate(Simulate),
    /// Walk through a known topology step by step, expected beside observed; lists them without a
    /// name.
    Scenario(Scenario),
    /// Switch known defects on, one at a time, and see whether each is found.
    Selftest(Selftest),
    /// What this machine and that cluster can do, and how to mend what is missing.
    Doctor(Where),
}
