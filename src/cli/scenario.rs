//! `scenario`.

use clap::Args;

/// The arguments of `scenario`.
#[derive(Debug, Args)]
pub(crate) struct Scenario {
    /// Which one; without it they are listed.
    pub(crate) name: Option<String>,

    /// The seed of every random choice.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,

    /// How many records there are, where the scenario leaves that open.
    #[arg(long, requires = "name", value_parser = clap::value_parser!(u64).range(100..=2_000_000))]
    pub(crate) records: Option<u64>,
}
