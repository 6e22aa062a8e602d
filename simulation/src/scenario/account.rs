//! What a scenario should show, beside what it showed.

use std::fmt;

/// A scenario's course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The scenario.
    pub scenario: &'static str,
    /// Its steps.
    pub steps: Vec<Step>,
}

impl Account {
    /// Whether everything was as expected.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.findings().all(Finding::is_met)
    }

    /// All findings.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.steps.iter().flat_map(|step| &step.findings)
    }
}

/// One step: something is done, and then the cluster is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub title: String,
    /// The commands that the operator gave.
    pub commands: Vec<String>,
    /// When it had been done and looked at, in ms of virtual time.
    pub at_ms: u64,
    /// What was looked at.
    pub findings: Vec<Finding>,
    /// The nodes at the end of the step.
    pub nodes: Vec<NodeRow>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub what: String,
    /// What it should be.
    pub expected: Expected,
    /// What it was.
    pub observed: Observed,
}

impl Finding {
    /// Whether it was as expected.
    #[must_use]
    pub fn is_met(&self) -> bool {
        match (&self.expected, &self.observed) {
            (Expected::Count(expected), Observed::Count(count)) => expected == count,
            (Expected::Between(low, high), Observed::Count(count)) => (low..=high).contains(&count),
            (Expected::Text(expected), Observed::Text(text)) => expected == text,
            (Expected::Told, _) => true,
            _ => false,
        }
    }
}

/// What should be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// This many.
    Count(u64),
    /// From so many to so many.
    Between(u64, u64),
    /// These words.
    Text(String),
    /// Nothing certain: it is told, for whoever wants to know.
    Told,
}

impl Expected {
    /// This many or more.
    pub(super) const fn at_least(least: u64) -> Self {
        Self::Between(least, u64::MAX)
    }
}

impl From<u64> for Expected {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<&str> for Expected {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Between(least, u64::MAX) => write!(f, "{least} or more"),
            Self::Between(low, high) => write!(f, "{low} to {high}"),
            Self::Text(text) => f.write_str(text),
            Self::Told => f.write_str("-"),
        }
    }
}

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// So many.
    Count(u64),
    /// These words.
    Text(String),
}

impl From<u64> for Observed {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<String> for Observed {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// What a node says of itself, as the admin tool's tables show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRow {
    /// Its id.
    pub node: String,
    /// Where it stands.
    pub site: &'static str,
    /// What it says; `None`: its process is not there.
    pub says: Option<NodeSays>,
}

/// See [`NodeRow`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeSays {
    /// Members of its cluster.
    pub cluster_size: u64,
    /// Its rack as it is configured.
    pub rack: u32,
    /// Partitions whose working master it is, and those that it holds as another replica.
    pub primary: u64,
    /// See `primary`.
    pub secondary: u64,
    /// Partitions that cannot be served in its cluster.
    pub unavailable: u64,
    /// Partitions whose data are gone.
    pub dead: u64,
    /// Records in partitions whose working master it is, and so on.
    pub master_objects: u64,
    /// See `master_objects`.
    pub prole_objects: u64,
    /// See `master_objects`.
    pub non_replica_objects: u64,
    /// Partitions that it still has to send and to receive.
    pub migrations: u64,
}
