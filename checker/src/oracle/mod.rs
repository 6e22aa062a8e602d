//! Brute force: every order of at most [`MOST`] operations, with every fate of those in doubt.
//!
//! Written from the definition of linearizability alone, without sharing a line with the
//! algorithms that are tested against it. It stands here, not among the tests, so that other
//! crates can hold their own evidence to it.

mod objects;
mod state;
pub mod transactions;

use history::{Call, Model, Operation, Outcome};

pub use objects::{Lock, Members, Queued, Register, Registers, Sum, Words, Written};
use state::State;

/// How many operations it takes.
pub const MOST: usize = 12;

/// What came of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It returned at a time, and took effect before.
    Returned(u64),
    /// Nobody knows: it takes effect at any time after its call, or never.
    InDoubt,
    /// It certainly had no effect: it says nothing.
    Failed,
}

/// An operation with its call and its fate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timed<O> {
    /// When it was called.
    pub call: u64,
    /// What came of it.
    pub fate: Fate,
    /// What it did.
    pub operation: O,
}

/// A thing that operations are done to, one at a time.
pub trait Object: Clone {
    /// What can be done to it, with what was returned.
    type Operation;

    /// The thing after an operation; `None` if it cannot have returned what it did.
    fn after(&self, operation: &Self::Operation) -> Option<Self>;
}

/// Whether some order of the operations explains what they returned.
///
/// # Panics
/// If there are more than [`MOST`] operations that did not fail.
#[must_use]
pub fn explains_object<O: Object>(object: &O, operations: &[Timed<O::Operation>]) -> bool {
    let live: Vec<&Timed<O::Operation>> =
        operations.iter().filter(|one| one.fate != Fate::Failed).collect();
    assert!(live.len() <= MOST, "{} operations are too many for brute force", live.len());
    place(&live, (1_u32 << live.len()) - 1, object)
}

/// Whether some order of the operations of one key explains what they returned, from an absent
/// record on. Operations in doubt may take effect at any time after their call, or never. Failed
/// ones say nothing, save a compare-and-set that was refused (code 3): it found another value.
///
/// # Panics
/// If there are more than [`MOST`] operations that did not fail.
#[must_use]
pub fn explains(model: Model, operations: &[&Operation]) -> bool {
    let timed: Vec<Timed<Operation>> = operations
        .iter()
        .map(|one| Timed {
            call: one.invoked_ns,
            fate: match (one.outcome, one.completed_ns) {
                (Outcome::Ok, Some(end)) => Fate::Returned(end),
                // One that returned is done, even if nobody wrote down when.
                (Outcome::Ok, None) => Fate::Returned(u64::MAX),
                (Outcome::Info, _) if one.call.is_write() => Fate::InDoubt,
                (Outcome::Fail, Some(end))
                    if one.code == 3 && matches!(one.call, Call::Cas { .. }) =>
                {
                    Fate::Returned(end)
                }
                (Outcome::Info | Outcome::Fail, _) => Fate::Failed,
            },
            operation: (*one).clone(),
        })
        .collect();
    explains_object(&State::initial(model), &timed)
}

/// Places one of the remaining operations after another; the depth is bounded by [`MOST`].
fn place<O: Object>(live: &[&Timed<O::Operation>], remaining: u32, object: &O) -> bool {
    let left = || (0..live.len()).filter(|at| remaining & (1 << at) != 0);
    if left().all(|at| live[at].fate == Fate::InDoubt) {
        return true;
    }
    left().any(|next| {
        let must_wait = left().any(|other| match live[other].fate {
            Fate::Returned(end) => end < live[next].call,
            _ => false,
        });
        !must_wait
            && object
                .after(&live[next].operation)
                .is_some_and(|object| place(live, remaining & !(1 << next), &object))
    })
}
