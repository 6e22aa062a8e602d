//! `check`, `report`, `compare`.

use std::path::PathBuf;

use clap::Args;

/// The arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// A run: its folder, `latest`, or the shortest unique beginning of its name.
    pub(crate) run: String,

    /// The folder of the runs.
    #[arg(long, default_value = "runs", env = "AEROCERT_OUT")]
    pub(crate) out: PathBuf,

    /// Write `results.json` and the page anew.
    #[arg(long)]
    pub(crate) write: bool,
}

/// The arguments of `report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// A run or a certificate: its folder, `latest`, or the shortest unique beginning of its name.
    pub(crate) run: String,

    /// The folder of the runs.
    #[arg(long, default_value = "runs", env = "AEROCERT_OUT")]
    pub(crate) out: PathBuf,
}

/// The arguments of `compare`.
#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// A run: its folder, `latest`, or the shortest unique beginning of its name.
    pub(crate) one: String,

    /// The other run.
    pub(crate) other: String,

    /// The folder of the runs.
    #[arg(long, default_value = "runs", env = "AEROCERT_OUT")]
    pub(crate) out: PathBuf,
}
