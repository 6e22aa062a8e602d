//! Histories in, verdicts out: no IO, no clock, no async.
//!
//! [`judge`] takes a stored run and says what it shows. It works in layers, each of which
//! stands on its own:
//!
//! - [`assumptions`]: what must hold before a verdict means anything;
//! - [`linearizability`]: whether an order of one key's operations explains what was seen; by
//!   zones and chains where values are unique (near-linear, never undecided), by search elsewhere;
//! - [`consistency`]: which weaker model still holds where none does;
//! - [`anomalies`]: the finer classes, one file each with its definition;
//! - [`online`]: the same judgement while a history goes on, in bounded memory;
//! - [`oracle`]: brute force over all orders of a few operations, to which the tests hold the rest;
//! - [`certificate`]: orders and witnesses, and the verifier that takes nothing on trust;
//! - [`census`]: figures and tables over all records;
//! - [`evidence`]: the few operations that prove a violation, and the sentence that says so.
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
pub mod assumptions;
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
pub use run::{Run, Window};

/// The examples of the readme, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
