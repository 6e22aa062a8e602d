//! Whether one key's operations have a linearization: an order that agrees with real time and with
//! the key's sequential specification. Linearizability is local (Herlihy and Wing 1990), so keys
//! are decided one by one.
//!
//! - [`register`]: unique values, with compare-and-set and operations in doubt, in O(n log n), by
//!   gluing the operations of each value into clusters and chains of clusters into blocks, whose
//!   [zones](register::zones) must not conflict (Gibbons and Korach 1997);
//! - [`list`]: unique elements appended to one list: every read tells its whole past;
//! - [`counter`]: increments of one size, by assigning them to slots in order of their deadlines.
//!
//! Times: an operation precedes another if it completed *before* the other was invoked; equal times
//! mean that they overlap.

pub mod counter;
pub mod list;
pub mod register;

use history::{Model, Operation};

/// What is known of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// There is a linearization.
    Holds,
    /// There is none.
    Broken(Violation),
    /// It was not decided, and why, with what was reached.
    Undecided(String),
}

/// Why there is no linearization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Positions of operations which, on their own, have none either (with [`Unseen::Possible`]).
    /// Few, but not yet the fewest.
    pub operations: Vec<usize>,
}

/// How to read a value whose writer is not among the operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// The operations are all there are: nobody wrote it.
    Impossible,
    /// The operations are an excerpt: one unseen write in doubt may have written it at any time.
    /// Whatever is a violation then is one in every history that holds the excerpt.
    Possible,
}

/// Decides one key whose record is absent at the start.
///
/// `operations` are those of one key, in the order of their invocations.
#[must_use]
pub fn decide(model: Model, operations: &[&Operation], unseen: Unseen) -> Decision {
    let verdict = match model {
        Model::Register | Model::CasRegister => register::decide(operations, unseen),
        Model::Set => list::decide(operations, unseen),
        Model::Counter => counter::decide(operations, unseen),
    };
    verdict.unwrap_or_else(|| Decision::Undecided("this mix of operations needs a search".into()))
}
