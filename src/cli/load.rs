//! `certify`, `run`, `selftest`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

/// The arguments of `certify`.
#[derive(Debug, Args)]
pub(crate) struct Certify {
    /// A built-in profile.
    #[arg(long, default_value = "quick", env = "AEROCERT_PROFILE")]
    pub(crate) profile: String,

    /// A configuration file (TOML).
    #[arg(long, env = "AEROCERT_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    /// The seed behind every random choice (drawn and printed if absent).
    #[arg(long, env = "AEROCERT_SEED")]
    pub(crate) seed: Option<u64>,

    /// The folder that gets the certificate.
    #[arg(long, default_value = "runs", env = "AEROCERT_OUT")]
    pub(crate) out: PathBuf,

    /// What the clusters are made of (default: what the configuration says).
    #[arg(long, value_enum)]
    pub(crate) backend: Option<Backend>,

    /// Print the plan and touch nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// The arguments of `run`.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// What the cluster is made of (default: what the configuration says).
    #[arg(long, value_enum)]
    pub(crate) backend: Option<Backend>,

    /// Seed addresses of a running cluster, `a:3000,b:3000` (with `--backend hosts`).
    #[arg(long, value_delimiter = ',')]
    pub(crate) hosts: Vec<String>,

    /// The namespace's mode.
    #[arg(long, value_enum, default_value_t = ModeName::Sc)]
    pub(crate) mode: ModeName,

    /// The namespace (default: the configuration's for that mode).
    #[arg(long)]
    pub(crate) namespace: Option<String>,

    /// How AP merges two versions of a record: `generation` or `last-update-time`.
    #[arg(long, default_value = "generation")]
    pub(crate) conflict_resolution: String,

    /// The SC read mode: `linearize`, `session`, `allow-replica`, `allow-unavailable`.
    #[arg(long, default_value = "linearize")]
    pub(crate) read_mode: String,

    /// The workload: `register`, `cas-register`, `counter`, `set`, `sightings`.
    #[arg(long, default_value = "register")]
    pub(crate) workload: String,

    /// The nemesis: `none`, `partition-racks`, `partition-majority`, `isolate-node`, `one-way`,
    /// `flapping`, `kill-node`, `pause-node`, …
    #[arg(long, default_value = "none")]
    pub(crate) nemesis: String,

    /// How long the load lasts, as `60s`, `2m`, `1500ms`.
    #[arg(long, value_parser = duration, default_value = "16s")]
    pub(crate) duration: Duration,

    /// Operations per second over all processes; 0: each process asks as soon as it is answered.
    #[arg(long)]
    pub(crate) rate: Option<u32>,

    /// Processes over all sites.
    #[arg(long)]
    pub(crate) processes: Option<u32>,

    /// How many of them are pinned to one node, which proxies.
    #[arg(long)]
    pub(crate) pinned: Option<u32>,

    /// Keys alive at a time.
    #[arg(long)]
    pub(crate) keys: Option<u32>,

    /// Writes that a key is given before a fresh one replaces it; 0: as many as the workload can
    /// bear.
    #[arg(long)]
    pub(crate) writes_per_key: Option<u32>,

    /// Whether the cuts between nodes cut clients from the other side, too: `keep` or `cut`
    /// (default: as the nemesis does by itself).
    #[arg(long)]
    pub(crate) clients: Option<String>,

    /// The round trip between two sites of the emulated cluster, as `2ms`.
    #[arg(long, value_parser = duration)]
    pub(crate) round_trip: Option<Duration>,

    /// A known defect to switch on in the emulated cluster (`aerocert selftest` lists them).
    #[arg(long)]
    pub(crate) defect: Option<String>,

    /// Judge while recording, and end the load at the first violation (for arms that must show
    /// nothing).
    #[arg(long)]
    pub(crate) fail_fast: bool,

    /// A configuration file (TOML).
    #[arg(long, env = "AEROCERT_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    /// The seed behind every random choice (drawn and printed if absent).
    #[arg(long, env = "AEROCERT_SEED")]
    pub(crate) seed: Option<u64>,

    /// The folder that gets the run.
    #[arg(long, default_value = "runs", env = "AEROCERT_OUT")]
    pub(crate) out: PathBuf,

    /// Print the plan and touch nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// The arguments of `selftest`.
#[derive(Debug, Args)]
pub(crate) struct Selftest {
    /// Only these defects.
    pub(crate) defects: Vec<String>,

    /// The whole catalogue, in virtual time and a dozen over real sockets, in about a quarter of an
    /// hour (default: the six defects of the first certificate, over real sockets).
    #[arg(long)]
    pub(crate) all: bool,

    /// The whole catalogue, in virtual time only.
    #[arg(long, conflicts_with = "all")]
    pub(crate) simulated_only: bool,

    /// Write the track record into this checkout, as a page and as the table that it is made of.
    #[arg(long, value_name = "CHECKOUT", requires = "all")]
    pub(crate) record: Option<PathBuf>,

    /// The seed behind every random choice.
    #[arg(long, default_value_t = 1, env = "AEROCERT_SEED")]
    pub(crate) seed: u64,

    /// Keep the table and the runs over sockets in this folder (the table: in `runs`).
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,

    /// Print the schedules and touch nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What a cluster is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Backend {
    /// The emulated cluster, in this process.
    Embedded,
    /// The emulated cluster in processes, each in a network namespace (needs root).
    Netns,
    /// A running cluster: load only.
    Hosts,
}

/// A namespace's mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeName {
    /// Strong consistency.
    Sc,
    /// Availability.
    Ap,
}

/// Parses `60s`, `2m`, `1500ms`, `250us`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let mend = || format!("`{text}` is not a duration; write it as 60s, 2m, 1500ms or 250us");
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(mend)?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| mend())?;
    let seconds = |each: u64| number.checked_mul(each).map(Duration::from_secs).ok_or_else(mend);
    match unit {
        "us" => Ok(Duration::from_micros(number)),
        "ms" => Ok(Duration::from_millis(number)),
        "s" => seconds(1),
        "m" => seconds(60),
        "h" => seconds(3600),
        _ => Err(mend()),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;
    use std::time::Duration;

    #[test]
    fn durations_carry_their_unit() {
        assert_eq!(duration("60s"), Ok(Duration::from_secs(60)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("1500ms"), Ok(Duration::from_millis(1500)));
        for wrong in ["", "60", "s", "-1s", "1.5s", "99999999999999999999s", "9999999999999999999h"]
        {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
