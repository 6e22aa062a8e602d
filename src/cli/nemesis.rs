//! `nemesis`.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::cluster::State;
use super::load::duration;

/// Faults by hand.
#[derive(Debug, Subcommand)]
pub(crate) enum NemesisCommand {
    /// Apply a fault; it ends by itself.
    Apply(Apply),
    /// End every fault.
    Heal(State),
    /// The faults in force.
    Status(State),
}

/// The arguments of `nemesis apply`.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The nemesis: `partition-racks`, `partition-majority`, `isolate-node`, `one-way`, or `split`
    /// with --nodes.
    pub(crate) nemesis: String,

    /// With `split`: the ids of the nodes that are cut from all others, `A600,A352`.
    #[arg(long, value_delimiter = ',')]
    pub(crate) nodes: Vec<String>,

    /// After this long the fault ends by itself.
    #[arg(long = "for", value_parser = duration, default_value = "60s")]
    pub(crate) lasting: Duration,

    /// The seed of what the nemesis chooses.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,

    /// Whether clients are cut from the other side, too: `keep` or `cut` (default: as the nemesis
    /// does by itself).
    #[arg(long)]
    pub(crate) clients: Option<String>,

    /// Where the control socket is.
    #[command(flatten)]
    pub(crate) state: State,
}
