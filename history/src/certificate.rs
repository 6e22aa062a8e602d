//! The certificate of a night: `certificate.json`.

use serde::{Deserialize, Serialize};

use crate::{AnomalyClass, ClusterKind, Mode, OperationCounts, Verdict};

/// The judged set of runs of one night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The version of this file's format.
    pub schema_version: u32,
    /// The verdict over all runs and canaries.
    pub verdict: CertificateVerdict,
    /// The verdict in one sentence; on an emulated cluster it says so first.
    pub statement: String,
    /// When the night began, RFC 3339, UTC.
    pub started: String,
    /// aerocert's version.
    pub version: String,
    /// The profile's name.
    pub profile: String,
    /// The seed behind every random choice.
    pub seed: u64,
    /// What was tested.
    pub cluster: ClusterSummary,
    /// The runs, in the order of the profile.
    pub runs: Vec<RunSummary>,
    /// Runs with a known defect switched on, which must be found.
    pub canaries: Vec<Canary>,
    /// The command that does the night again.
    pub reproduce: String,
}

impl Certificate {
    /// The format's version that this build writes.
    pub const SCHEMA_VERSION: u32 = 1;
}

/// What a certificate says, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateVerdict {
    /// Every expectation is met.
    Met,
    /// Something could not be decided.
    Inconclusive,
    /// The harness failed.
    HarnessFailure,
    /// A canary was not caught.
    CanaryMissed,
    /// An expectation on consistency is broken.
    Broken,
}

/// What was tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterSummary {
    /// Emulated or real.
    pub kind: ClusterKind,
    /// Its name.
    pub name: String,
    /// `edition` and `build` as the nodes state them.
    pub edition: String,
    /// See `edition`.
    pub build: String,
    /// Number of nodes.
    pub nodes: u32,
    /// The sites' names.
    pub sites: Vec<String>,
    /// The round trip between two sites, in µs, where it is a setting.
    pub round_trip_us: Option<u64>,
    /// What the reader must know of this kind of cluster, as a sentence.
    pub notice: String,
}

/// One run of the night.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSummary {
    /// The run's folder, relative to the certificate.
    pub path: String,
    /// The arm's name.
    pub arm: String,
    /// Its mode.
    pub mode: Mode,
    /// The workload's name.
    pub workload: String,
    /// The nemesis' name.
    pub nemesis: String,
    /// The run's seed.
    pub seed: u64,
    /// The runs that stood under the same faults on the same clock share this name.
    pub pair: String,
    /// The run's verdict.
    pub verdict: Verdict,
    /// What was expected, in words.
    pub expectation: String,
    /// Whether the run shows what was expected.
    pub expected: bool,
    /// If not, why.
    pub unexpected: Option<String>,
    /// How many operations of each outcome.
    pub operations: OperationCounts,
    /// The anomalies by class.
    pub anomalies: Vec<AnomalyCount>,
    /// SHA-256 of the history's files in order, in hex.
    pub history_sha256: String,
    /// SHA-256 of `results.json`, in hex.
    pub results_sha256: String,
}

/// A class and how many anomalies of it were found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnomalyCount {
    /// The class.
    pub class: AnomalyClass,
    /// How many.
    pub count: u64,
}

/// A run with a known defect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Canary {
    /// The defect's name.
    pub defect: String,
    /// Whether it was caught with the class that its entry names.
    pub caught: bool,
    /// The run.
    pub run: RunSummary,
}
