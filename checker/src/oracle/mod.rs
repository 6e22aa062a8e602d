//! Brute force: every order of at most [`MOST`] operations, with every fate of those in doubt.
//!
//! Written from the definition of linearizability alone, without sharing a line with the
//! algorithms that are tested against it. It stands here, not among the tests, so that other
//! crates can hold their own evidence to it.

mod state;
pub mod transactions;

use history::{Model, Operation, Outcome};

use state::State;

/// How many operations it takes.
pub const MOST: usize = 12;

/// Whether some order of the operations of one key explains what they returned, from an absent
/// record on. Operations in doubt may take effect at any time after their call, or never; failed
/// ones say nothing.
///
/// # Panics
/// If there are more than [`MOST`] operations that did not fail.
#[must_use]
pub fn explains(model: Model, operations: &[&Operation]) -> bool {
    let live: Vec<&Operation> = operations
        .iter()
        .copied()
        .filter(|one| match one.outcome {
            Outcome::Ok => true,
            Outcome::Info => one.call.is_write(),
            Outcome::Fail => false,
        })
        .collect();
    assert!(live.len() <= MOST, "{} operations are too many for brute force", live.len());
    let all = (1_u32 << live.len()) - 1;
    place(&live, all, &State::initial(model))
}

/// Places one of the remaining operations after another; the depth is bounded by [`MOST`].
fn place(live: &[&Operation], remaining: u32, state: &State) -> bool {
    let left = || (0..live.len()).filter(|at| remaining & (1 << at) != 0);
    if left().all(|at| live[at].outcome == Outcome::Info) {
        return true;
    }
    left().any(|next| {
        let must_wait = left().any(|other| {
            live[other].outcome == Outcome::Ok
                && live[other].completed_ns.is_some_and(|end| end < live[next].invoked_ns)
        });
        !must_wait
            && state
                .after(live[next])
                .is_some_and(|state| place(live, remaining & !(1 << next), &state))
    })
}
