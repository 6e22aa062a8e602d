//! Operations: what a process asked for, and what it learned.

use serde::{Deserialize, Serialize};

/// A logical single-threaded client. Retired after an [`Outcome::Info`]; its successor has a new id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProcessId(pub u32);

/// The position of an operation among the invocations of its run, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperationId(pub u64);

/// The user key of a record (an integer key in the run's set).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(pub u64);

/// An index into [`Topology::sites`](crate::Topology::sites).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiteIndex(pub u8);

/// What a write stores and a read returns. Workloads write each value once per run, from 1 up and
/// dense, so that a value names the write that made it.
pub type Value = u64;

/// How a process reaches its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// By the client's partition map.
    Map,
    /// Through one node, by index into [`Topology::nodes`](crate::Topology::nodes); it proxies.
    Pinned(u8),
}

/// What a process asks of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// Read the whole record.
    Read,
    /// Write a value, whatever was there.
    Write {
        /// The value written.
        value: Value,
    },
    /// Write a value only if the record still has the generation that an earlier read showed.
    Cas {
        /// The value that the process had read with that generation; `None` for an absent record.
        expected: Option<Value>,
        /// The generation that must still hold (0: the record must be absent).
        generation: u32,
        /// The value written.
        value: Value,
    },
    /// Add to a counter.
    Add {
        /// How much.
        delta: i64,
    },
    /// Append an element to a list (the workload `set`).
    Append {
        /// The element.
        element: Value,
    },
    /// Delete the record.
    Delete,
}

impl Call {
    /// Whether the call can change the record.
    #[must_use]
    pub fn is_write(&self) -> bool {
        !matches!(self, Self::Read)
    }

    /// The call's name as files and pages print it: `read`, `write`, `cas`, `add`, `append`, `delete`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write { .. } => "write",
            Self::Cas { .. } => "cas",
            Self::Add { .. } => "add",
            Self::Append { .. } => "append",
            Self::Delete => "delete",
        }
    }
}

/// What is known of an operation's effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It happened, with this result.
    Ok,
    /// It certainly did not happen and never will.
    Fail,
    /// Unknown: it may take effect at any later time, or never.
    Info,
}

/// The server's code for a generation that does not match: the condition of a compare-and-set did
/// not hold.
pub const REFUSED: i16 = 3;

/// What a completion brought back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Returned {
    /// Nothing was observed.
    Nothing,
    /// The record does not exist.
    Absent,
    /// A register's value.
    Value(Value),
    /// A register's value whose other bins were not written with it: the record is torn.
    Torn(Value),
    /// A counter's value.
    Count(i64),
    /// A list's elements, in order.
    List(Vec<Value>),
}

/// The beginning of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invocation {
    /// The operation; ids rise by one with each invocation of a run.
    pub operation: OperationId,
    /// Who asks.
    pub process: ProcessId,
    /// Where it lives.
    pub site: SiteIndex,
    /// How it reaches the record.
    pub route: Route,
    /// The record.
    pub key: Key,
    /// What it asks.
    pub call: Call,
}

/// The end of an operation. One that never comes is an [`Outcome::Info`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// The operation that ends.
    pub operation: OperationId,
    /// What is known of its effect.
    pub outcome: Outcome,
    /// What was observed.
    pub returned: Returned,
    /// The record's generation in the reply, where the client surfaces one.
    pub generation: Option<u32>,
    /// The server's result code, or the client's (negative); 0 for success.
    pub code: i16,
}

/// An invocation with its completion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// See [`Invocation`].
    pub id: OperationId,
    /// See [`Invocation`].
    pub process: ProcessId,
    /// See [`Invocation`].
    pub site: SiteIndex,
    /// See [`Invocation`].
    pub route: Route,
    /// See [`Invocation`].
    pub key: Key,
    /// See [`Invocation`].
    pub call: Call,
    /// When it was invoked, in ns since the run began.
    pub invoked_ns: u64,
    /// When it completed, in ns since the run began; `None` if it never did.
    pub completed_ns: Option<u64>,
    /// See [`Completion`]; [`Outcome::Info`] if it never completed.
    pub outcome: Outcome,
    /// See [`Completion`].
    pub returned: Returned,
    /// See [`Completion`].
    pub generation: Option<u32>,
    /// See [`Completion`].
    pub code: i16,
}

impl Operation {
    /// When its effect must have happened by, in ns: its completion if it is [`Outcome::Ok`],
    /// else `u64::MAX` (an in-doubt operation may take effect at any later time).
    #[must_use]
    pub fn settled_ns(&self) -> u64 {
        match (self.outcome, self.completed_ns) {
            (Outcome::Ok, Some(at)) => at,
            _ => u64::MAX,
        }
    }

    /// When a refusal had happened by, in ns; `None` if the operation is none. A compare-and-set that
    /// failed since the condition did not hold is an observation: the record was not as expected at
    /// some time within its interval.
    #[must_use]
    pub fn refused_ns(&self) -> Option<u64> {
        let refused = matches!(self.call, Call::Cas { .. })
            && self.outcome == Outcome::Fail
            && self.code == REFUSED;
        self.completed_ns.filter(|_| refused)
    }

    /// Whether this is a write of any kind that was acknowledged.
    #[must_use]
    pub fn is_acknowledged_write(&self) -> bool {
        self.call.is_write() && self.outcome == Outcome::Ok
    }
}
