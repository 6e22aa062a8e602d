//! The general search: any [`Specification`], any values, under an explicit budget.
//!
//! Two searches over the same problem take turns with growing budgets: depth first
//! finds an order soon if there is one (Wing and Gong 1993, with Lowe's memory of configurations,
//! 2017), the frontier refutes (just-in-time linearization: all configurations that
//! explain the history up to an event, and nothing else). Both keep a configuration small: the
//! event, a mask over the operations open at it, the state, and how many in-doubt operations of
//! each kind were used; never a set over the whole history.

mod depth;
mod frontier;
mod moves;
mod problem;

use super::{Decision, Unseen, Violation};
use crate::specification::Specification;
use problem::Problem;

/// An operation with its two times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval<O> {
    /// When it was invoked.
    pub call: u64,
    /// When it returned; `u64::MAX` if it is in doubt.
    pub ret: u64,
    /// What it did.
    pub operation: O,
}

/// What a search may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Configurations that each of the two searches may visit: its time.
    pub configurations: usize,
    /// What they may take, in bytes, roughly.
    pub bytes: usize,
}

impl Default for Budget {
    /// A few seconds, and 256 MB.
    fn default() -> Self {
        Self { configurations: 2_000_000, bytes: 256 << 20 }
    }
}

impl Budget {
    /// Configurations that may be visited if there are so many kinds of operations in doubt.
    fn limit(&self, kinds: usize) -> usize {
        self.configurations.min(self.bytes / (128 + 4 * kinds))
    }
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// An order explains everything.
    Order,
    /// No order explains what had returned up to this time.
    Nothing {
        /// The return that no order explains any more.
        until: u64,
    },
    /// The budget was spent.
    Spent {
        /// Operations that had returned by the point up to which an order was still found.
        explained: usize,
        /// Operations that had to return.
        of: usize,
        /// Why it is hard: the most operations open at once, and those in doubt.
        open: usize,
        /// See `open`.
        in_doubt: usize,
    },
}

/// Decides whether the operations of one object, in the order of their calls, have an order that
/// agrees with real time and with a specification. Positions in a violation are those of
/// `operations`.
pub fn decide<S: Specification>(
    specification: &S,
    operations: &[Interval<S::Operation>],
    budget: Budget,
) -> Decision {
    match search(specification, operations, budget) {
        Found::Order => Decision::Holds,
        Found::Nothing { until } => {
            // What began later explains nothing, and what only observed and ended later says
            // nothing yet.
            let counts = |at: &usize| {
                let Interval { call, ret, operation } = &operations[*at];
                *call <= until && (*ret <= until || !specification.observes(operation))
            };
            let operations = (0..operations.len()).filter(counts).collect();
            Decision::Broken(Violation { operations, excerpt: Unseen::Impossible })
        }
        Found::Spent { explained, of, open, in_doubt } => Decision::Undecided(format!(
            "the search spent {} configurations and explained {explained} of {of} returns, with up \
             to {open} operations open at once and {in_doubt} in doubt",
            budget.configurations
        )),
    }
}

/// Looks for an order of operations that agrees with real time and with a specification.
pub fn search<S: Specification>(
    specification: &S,
    operations: &[Interval<S::Operation>],
    budget: Budget,
) -> Found {
    let problem = Problem::new(operations);
    let mut explained = 0;
    if problem.slots <= problem::MOST_OPEN {
        let limit = budget.limit(problem.kinds.len());
        let mut share = limit / 256;
        while share < limit {
            share = (share.max(64) * 16).min(limit);
            match depth::search(specification, &problem, share) {
                Ok(found) => return found,
                Err(reached) => explained = explained.max(reached),
            }
            match frontier::search(specification, &problem, share) {
                Ok(found) => return found,
                Err(reached) => explained = explained.max(reached),
            }
        }
    }
    Found::Spent {
        explained,
        of: problem.returns,
        open: problem.slots,
        in_doubt: problem.kinds.iter().map(|kind| kind.calls.len()).sum(),
    }
}
