//! What a run shows beyond the verdicts of its checks; part of `results.json`.

use serde::{Deserialize, Serialize};

use crate::{Key, OperationId, ProcessId, Value};

/// Figures and tables about all records of a run. Tables are bounded; what they leave out is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Census {
    /// How many records keep which consistency model as their strongest, the strongest first.
    pub levels: Vec<LevelCount>,
    /// Up to where records that are not linearizable still were, the first few by key.
    pub prefixes: Vec<Prefix>,
    /// How stale the stale reads were, if there were any.
    pub staleness: Option<Staleness>,
    /// Acknowledged writes that are gone.
    pub lost: LostWrites,
    /// What became of the elements of lists, if the run has lists.
    pub elements: Option<Elements>,
}

/// Models of consistency of one record, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsistencyLevel {
    /// One order that agrees with real time.
    Linearizable,
    /// One order that agrees with the order of each process.
    Sequential,
    /// Per process an order that agrees with causality.
    Causal,
    /// Per process an order that agrees with the order of each process.
    Pram,
    /// No process was seen to go backwards.
    Sessions,
    /// None of these.
    Weaker,
    /// Not decided.
    Undecided,
}

impl ConsistencyLevel {
    /// Its name, as files and pages spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Linearizable => "linearizable",
            Self::Sequential => "sequential",
            Self::Causal => "causal",
            Self::Pram => "pram",
            Self::Sessions => "sessions",
            Self::Weaker => "weaker",
            Self::Undecided => "undecided",
        }
    }
}

/// Records of one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelCount {
    /// The strongest model that holds of them.
    pub level: ConsistencyLevel,
    /// How many there are.
    pub keys: u64,
    /// The first of them.
    pub first: Key,
}

/// The longest linearizable prefix of a record: what had happened by a time, operations that were
/// open then counted as in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefix {
    /// The record.
    pub key: Key,
    /// The completion that no order explains any more, in ns since the run began.
    pub until_ns: u64,
    /// How many operations had completed before it.
    pub operations: u64,
}

/// A distribution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Percentiles {
    /// Half of the values are at most this.
    pub p50: u64,
    /// Nine in ten are.
    pub p90: u64,
    /// 99 in a hundred are.
    pub p99: u64,
    /// All are.
    pub max: u64,
}

impl Percentiles {
    /// Of some values, in any order; `None` of none.
    #[must_use]
    pub fn of(mut values: Vec<u64>) -> Option<Self> {
        values.sort_unstable();
        let max = *values.last()?;
        // The least value that so many in a hundred do not exceed.
        let at = |percent: usize| values[(values.len() * percent).div_ceil(100) - 1];
        Some(Self { p50: at(50), p90: at(90), p99: at(99), max })
    }
}

/// How stale the stale reads of a run were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staleness {
    /// How many reads were stale.
    pub reads: u64,
    /// Of how many that were answered.
    pub answered: u64,
    /// By how much time, in ns.
    pub ns: Percentiles,
    /// By how many versions, at least.
    pub versions: Percentiles,
    /// How many fell into the window of a fault.
    pub in_faults: u64,
}

/// Acknowledged writes that are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostWrites {
    /// How many are known.
    pub total: u64,
    /// By the fault in whose window they were made.
    pub by_fault: Vec<FaultLosses>,
    /// The first of them, by key and time.
    pub rows: Vec<LostWrite>,
}

/// Losses of one fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultLosses {
    /// The fault's index; `None` for what no window holds.
    pub fault: Option<u32>,
    /// How many writes.
    pub count: u64,
}

/// One acknowledged write that is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostWrite {
    /// The record.
    pub key: Key,
    /// The write.
    pub operation: OperationId,
    /// Who made it.
    pub process: ProcessId,
    /// Its value or element; `None` for an add.
    pub value: Option<Value>,
    /// When it was acknowledged, in ns.
    pub acknowledged_ns: u64,
    /// When the last read that returned it began, in ns; `None` if it was never read.
    pub last_seen_ns: Option<u64>,
    /// When the operation that shows it missing began, in ns.
    pub missing_ns: u64,
    /// The fault in whose window it was made, by its index.
    pub fault: Option<u32>,
}

/// What became of the elements of all lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elements {
    /// Known to have been appended: acknowledged, or read.
    pub known: u64,
    /// In every read from when they were known.
    pub stable: u64,
    /// Missing from a read after they were known, and in place afterwards, never seen before.
    pub stale: u64,
    /// Seen, then missing, then seen again.
    pub resurrected: u64,
    /// Missing from the last read.
    pub lost: u64,
    /// Acknowledged, and no read began after that.
    pub never_read: u64,
    /// Twice in some read, whatever else became of them.
    pub duplicated: u64,
    /// From when an element was known to the last read that missed it, in ns.
    pub missing_ns: Option<Percentiles>,
    /// The first that are not stable, by key and element.
    pub rows: Vec<Element>,
}

/// What became of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ElementFate {
    /// See [`Elements::stable`].
    Stable,
    /// See [`Elements::stale`].
    Stale,
    /// See [`Elements::resurrected`].
    Resurrected,
    /// See [`Elements::lost`].
    Lost,
    /// See [`Elements::never_read`].
    NeverRead,
}

/// One element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// The record.
    pub key: Key,
    /// The element.
    pub element: Value,
    /// What became of it.
    pub fate: ElementFate,
    /// Whether some read held it twice.
    pub duplicated: bool,
    /// From when it was known, in ns: its append's acknowledgement or the end of a read of it.
    pub known_ns: u64,
    /// When the first read of it to end ended, in ns.
    pub first_seen_ns: Option<u64>,
    /// When the last read of it to begin began, in ns.
    pub last_seen_ns: Option<u64>,
    /// When the first read that missed it began, in ns.
    pub first_missing_ns: Option<u64>,
    /// When the last read that missed it began, in ns.
    pub last_missing_ns: Option<u64>,
}
