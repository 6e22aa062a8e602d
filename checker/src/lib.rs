//! Histories in, verdicts out: no IO, no clock, no async.
//!
//! # Which entry for which question
//!
//! | you have | you ask |
//! | --- | --- |
//! | a file of Jepsen or Porcupine, or JSON lines | [`foreign::judge`] |
//! | a log of registers, millions of operations | [`linearizability::register::judge`], from columns |
//! | operations of one record in memory | [`linearizability::decide`]; if it is broken, [`consistency`] and [`anomalies`] say what still holds and what is wrong |
//! | a data type of your own | [`linearizability::search::decide`], with your [`Specification`](specification::Specification) |
//! | transactions over lists or registers | [`transactions::judge`] |
//! | a history that still goes on | [`online::Judge`] |
//! | a verdict that others are to believe | [`foreign::prove`], [`transactions::prove`], [`certificate::prove`], and the verifiers in [`certificate`] |
//! | an algorithm of your own | [`oracle`]: brute force, to hold it to |
//! | a stored run of aerocert | [`judge()`] |
//!
//! What is said of an operation comes from [`history::Outcome`]: it happened, it certainly did not,
//! or nobody knows. What nobody knows may take effect at any later time, or never.
//!
//! # What no verdict is
//!
//! *Valid* and *invalid* are exact, and *invalid* comes with operations that are a violation on their
//! own. What cannot be decided within its [budget](linearizability::search::Budget) is *unknown*,
//! with what was reached. No function here panics on a history, whatever is in it; those that refuse
//! one return an error that says where it is wrong.
//!
//! # How a run is judged
//!
//! [`judge()`] works in layers: assumptions (what must hold before a verdict means anything),
//! [`linearizability`] (whether an order of one key's operations explains what was seen; by zones and
//! chains where values are unique, near-linear and never undecided, by search elsewhere),
//! [`consistency`] (which weaker model still holds where none does), [`anomalies`] (the finer classes,
//! one file each with its definition), [`evidence`] (the few operations that prove a violation) and
//! [`census`] (figures and tables over all records).
//!
//! The same input gives the same bytes of results: every order that can be seen is the order of
//! keys and invocations.
//!
//! ```
//! use aerocert_checker::linearizability::{Decision, Unseen, decide};
//! use history::Model;
//!
//! assert!(matches!(decide(Model::Register, &[], Unseen::Impossible), Decision::Holds));
//! ```

pub mod anomalies;
mod assumptions;
pub mod census;
pub mod certificate;
mod checks;
pub mod consistency;
pub mod evidence;
mod expectation;
pub mod foreign;
mod judge;
pub mod linearizability;
pub mod online;
pub mod oracle;
mod run;
pub mod specification;
mod survey;
pub mod transactions;

pub use judge::judge;

/// The examples of the readme, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
