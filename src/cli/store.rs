//! `runs`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::load::duration;

/// What to do with stored runs.
#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// One line a run, the newest first.
    List(Store),
    /// One run: what was asked, what was found.
    Show(Named),
    /// Write a run's history as JSON lines on standard output.
    Export(Named),
    /// Remove old runs; those that are not valid are kept.
    Prune(Prune),
}

/// Where the runs are.
#[derive(Debug, Args)]
pub(crate) struct Store {
    /// The folder of the runs.
    #[arg(long, default_value = "runs", env = "AEROCERT_OUT")]
    pub(crate) out: PathBuf,
}

/// One run.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// A run: its folder, `latest`, or the shortest unique beginning of its name.
    pub(crate) run: String,

    /// The folder of the runs.
    #[arg(long, default_value = "runs", env = "AEROCERT_OUT")]
    pub(crate) out: PathBuf,
}

/// The arguments of `runs prune`.
#[derive(Debug, Args)]
pub(crate) struct Prune {
    /// Remove runs that began longer ago than this, as `720h`.
    #[arg(long, value_parser = duration)]
    pub(crate) older_than: Duration,

    /// Print what would go and touch nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// The folder of the runs.
    #[arg(long, default_value = "runs", env = "AEROCERT_OUT")]
    pub(crate) out: PathBuf,
}
