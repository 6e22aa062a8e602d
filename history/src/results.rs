//! Verdicts and their evidence: `results.json`.

use serde::{Deserialize, Serialize};

use crate::{Census, Key, Operation};

/// What a check says. A harness failure is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// No violation.
    Valid,
    /// It could not be decided, or the run does not hold enough to mean anything.
    Unknown,
    /// A violation, with evidence.
    Invalid,
}

impl Verdict {
    /// Both together: invalid beats unknown beats valid.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Invalid, _) | (_, Self::Invalid) => Self::Invalid,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Valid, Self::Valid) => Self::Valid,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Unknown => "unknown",
            Self::Invalid => "invalid",
        }
    }
}

/// The classes of anomalies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnomalyClass {
    /// An acknowledged write is missing after healing, and no other write explains it.
    LostWrite,
    /// A read returned a value superseded by a write completed before the read began.
    StaleRead,
    /// A read returned the value of a failed write, or one that did not survive.
    DirtyRead,
    /// A read returned a value that nobody wrote.
    GarbageRead,
    /// Two acknowledged compare-and-sets from one version.
    LostUpdate,
    /// An element or an add took effect twice.
    Duplicate,
    /// A counter left its bounds.
    CounterDrift,
    /// A process read an older version after a newer one.
    BackwardRead,
    /// A process did not read its own write.
    ReadYourWrites,
    /// A write of a process was ordered before an earlier one of its own.
    MonotonicWrites,
    /// A write of a process was ordered before what the process had read.
    WritesFollowReads,
    /// A generation names two values.
    GenerationFork,
    /// A generation went backwards in real time.
    GenerationRegression,
    /// After migrations two sites read different values.
    Divergence,
    /// The bins of one record come from two writes.
    TornRecord,
    /// No order of the operations explains what was read, and no finer class fits.
    NonLinearizable,
}

impl AnomalyClass {
    /// Its name, as files and pages spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LostWrite => "lost-write",
            Self::StaleRead => "stale-read",
            Self::DirtyRead => "dirty-read",
            Self::GarbageRead => "garbage-read",
            Self::LostUpdate => "lost-update",
            Self::Duplicate => "duplicate",
            Self::CounterDrift => "counter-drift",
            Self::BackwardRead => "backward-read",
            Self::ReadYourWrites => "read-your-writes",
            Self::MonotonicWrites => "monotonic-writes",
            Self::WritesFollowReads => "writes-follow-reads",
            Self::GenerationFork => "generation-fork",
            Self::GenerationRegression => "generation-regression",
            Self::Divergence => "divergence",
            Self::TornRecord => "torn-record",
            Self::NonLinearizable => "non-linearizable",
        }
    }
}

/// The judgement of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    /// The version of this file's format.
    pub schema_version: u32,
    /// All checks and assumptions together.
    pub verdict: Verdict,
    /// Whether the run shows what its manifest expects, and if not, why, in words.
    pub expectation: Result<(), String>,
    /// How many operations of each outcome.
    pub operations: OperationCounts,
    /// What had to hold before anything was judged.
    pub assumptions: Vec<Assumption>,
    /// The checks, in the order of the manifest.
    pub checks: Vec<CheckResult>,
    /// Where the readable history ends, and why, if it was cut short.
    pub truncated: Option<String>,
    /// What the run shows beyond the verdicts.
    #[serde(default)]
    pub census: Census,
}

impl Results {
    /// The format's version that this build writes.
    pub const SCHEMA_VERSION: u32 = 1;

    /// The anomalies of all checks by class, each class once with its greatest count.
    #[must_use]
    pub fn anomalies(&self) -> Vec<(AnomalyClass, u64)> {
        let mut by_class = std::collections::BTreeMap::new();
        for group in self.checks.iter().flat_map(|check| &check.anomalies) {
            let count = by_class.entry(group.class).or_insert(0);
            *count = group.count.max(*count);
        }
        by_class.into_iter().collect()
    }
}

/// Operations by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationCounts {
    /// They happened.
    pub ok: u64,
    /// They did not.
    pub fail: u64,
    /// Nobody knows.
    pub info: u64,
}

/// Something that must hold before a verdict means anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumption {
    /// Its name: `key-space-empty`, `traffic`, `faults-applied`, `one-open-operation`, …
    pub name: String,
    /// Whether it held.
    pub held: bool,
    /// Whether its failure voids anomalies too (broken evidence), not only *valid* (missing coverage).
    pub voids_anomalies: bool,
    /// Expected against observed, in words.
    pub detail: String,
}

/// The judgement of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check.
    pub check: crate::Check,
    /// What it says.
    pub verdict: Verdict,
    /// Operations that it looked at.
    pub operations: u64,
    /// Keys that it looked at.
    pub keys: u64,
    /// Why the verdict is unknown, and what was reached.
    pub reason: Option<String>,
    /// The violations by class.
    pub anomalies: Vec<AnomalyGroup>,
}

/// All anomalies of one class that a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnomalyGroup {
    /// The class.
    pub class: AnomalyClass,
    /// How many were found.
    pub count: u64,
    /// The first few, with their proofs.
    pub examples: Vec<Anomaly>,
}

/// One violation with its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anomaly {
    /// Its class.
    pub class: AnomalyClass,
    /// The record.
    pub key: Key,
    /// The proof in plain words, a sentence or three.
    pub claim: String,
    /// The few operations that prove it, in the order of their invocations; on their own they are
    /// a violation.
    pub operations: Vec<Operation>,
    /// When the violation was complete, in ns since the run began.
    pub at_ns: u64,
    /// How stale a read was, in ns, where that means anything.
    pub stale_ns: Option<u64>,
    /// How many versions behind a read was, where that means anything.
    pub stale_versions: Option<u64>,
    /// The fault in whose window it fell, or that explains it, by its index.
    pub fault: Option<u32>,
}
