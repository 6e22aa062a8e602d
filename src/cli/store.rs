//! `runs`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::load::duration;

/// What to do with stored runs.
#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// One line a run, the newest first.
    List(Store),
    /// One run: what was asked, what was found.
    Show(Named),
    /// Write a run's history on standard output, for other programs.
    Export(Export),
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

/// The arguments of `runs export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// A run: its folder, `latest`, or the shortest unique beginning of its name.
    pub(crate) run: String,

    /// The folder of the runs.
    #[arg(long, default_value = "runs", env = "AEROCERT_OUT")]
    pub(crate) out: PathBuf,

    /// How to write it.
    #[arg(long, value_enum, default_value = "events")]
    pub(crate) format: ExportFormat,
}

/// How a history is written for other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// JSON lines of events, without any loss
    Events,
    /// Jepsen's EDN, with independent keys
    Edn,
    /// JSON lines in Jepsen's words
    Jsonl,
    /// A JSON array of Porcupine's operations
    Porcupine,
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
