//! Histories of what clients asked a database, when, and what they were told.
//!
//! | you have | you need |
//! | --- | --- |
//! | a file of Jepsen, Elle, Porcupine, or JSON lines | [`exchange::foreign`]; for transactions [`exchange::elle`] |
//! | a program that records its own operations | [`Event`]s, and [`History::from_events`] |
//! | a history for another checker | [`exchange::export`]; [`exchange::jsonl`] loses nothing |
//! | transactions in memory | [`TransactionsBuilder`] |
//! | runs on disk, written while they happen | `store` and `Recorder`, of the feature `store` |
//!
//! The two types that matter: [`Event`], one line of a history as it is recorded, and [`History`],
//! the same history with invocations and completions paired. [`Outcome`] says what is known of an
//! operation: it happened, it certainly did not, or nobody knows.
//!
//! The other types are what the stages of aerocert tell each other: its stages meet only in the run
//! directory, where a recorder writes a history, a checker reads it and writes [`Results`], a
//! reporter reads both. This crate owns these words and files; it knows no cluster, no client, no
//! clock but the one it is handed, and no randomness.

mod census;
mod certificate;
mod event;
pub mod exchange;
mod fault;
mod link;
mod manifest;
mod observation;
mod operation;
mod operations;
mod pairing;
mod proof;
#[cfg(feature = "store")]
mod recorder;
mod results;
#[cfg(feature = "store")]
pub mod store;
mod topology;
mod transaction;
mod transactions_proof;

pub use census::{
    Census, ConsistencyLevel, Element, ElementFate, Elements, FaultLosses, LevelCount, LostWrite,
    LostWrites, Percentiles, Prefix, Staleness,
};
pub use certificate::{
    AnomalyCount, Canary, Certificate, CertificateVerdict, ClusterSummary, RunSummary,
};
pub use event::{Event, EventKind, FaultEvent, FaultStage, History, HistoryError, Mark};
pub use fault::{ClientLinks, Direction, Fault, FaultOutcome, FaultRecord, Interruption};
pub use link::{End, Link};
pub use manifest::{
    Arm, Check, ClientSettings, ClusterIdentity, ClusterKind, ConflictResolution, Expectation,
    Floors, Heartbeat, LoadSettings, Manifest, Mode, Model, NemesisSettings, ReadMode, Workload,
};
pub use observation::{NamespaceObservation, NodeObservation, Observation};
pub use operation::{
    Call, Completion, Invocation, Key, Operation, OperationId, Outcome, ProcessId, REFUSED,
    Returned, Route, SiteIndex, Value,
};
pub use operations::{Iter, Operations, Packed, Seen};
pub use proof::{KeyProof, ObjectProof, Proof, ProofHeader, ProofQuestion};
#[cfg(feature = "store")]
pub use recorder::{Recorder, RecorderSummary};
pub use results::{
    Anomaly, AnomalyClass, AnomalyGroup, Assumption, CheckResult, OperationCounts, Results, Verdict,
};
pub use topology::{Node, NodeId, Topology};
pub use transaction::{
    Act, Holding, List, MicroOperation, Transaction, TransactionId, TransactionKey, Transactions,
    TransactionsBuilder,
};
pub use transactions_proof::{
    Because, CycleStep, Grounds, OddRead, OddReads, ProvenAnomaly, TransactionsProof,
};

/// The examples of the readme, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
