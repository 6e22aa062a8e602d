//! The general search: any [`Specification`], any values, under an explicit budget.
//!
//! Two searches over the same history take turns with growing budgets: depth first finds an order
//! soon if there is one (Wing and Gong 1993, with Lowe's memory of configurations, 2017), the
//! frontier refutes (just-in-time linearization: all configurations that explain the history up to
//! an event, and nothing else). Both keep a configuration small: the event, a bit for each operation
//! open at it, the state, and how many in-doubt operations of each kind are left; never a set over
//! the whole history. So at an instant where nothing is open only the state and those counts
//! cross: what comes before and after is solved separately.
//!
//! What keeps them few:
//!
//! - an open observer that returned what is there takes effect at once;
//! - in-doubt operations that do the same are counted, not told apart, and of two configurations
//!   that differ only in the counts one with less is dropped;
//! - where a specification tells what operations need and bring: what has lost a fact that is still
//!   needed is dropped (`outlook`); so is what has fewer operations in doubt left than the rest
//!   needs (`uses`); an operation in doubt takes effect only just before one that needs it; one
//!   that nobody needs any more is hidden before the next that undoes it (`space`).

mod configuration;
mod depth;
mod frontier;
mod outlook;
mod problem;
mod space;
mod states;
mod trace;
mod uses;
mod vocabulary;

use super::{Decision, Unseen, Violation};
use crate::specification::Specification;
use configuration::Layout;
use depth::Depth;
use frontier::Frontier;
use problem::Problem;
use space::Space;
pub use trace::order;
use uses::Uses;

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
            "the search spent its budget of {} configurations or {} MB and explained {explained} of \
             {of} returns, with up to {open} operations open at once and {in_doubt} in doubt",
            budget.configurations,
            budget.bytes >> 20
        )),
    }
}

/// Looks for an order of operations that agrees with real time and with a specification.
pub fn search<S: Specification>(
    specification: &S,
    operations: &[Interval<S::Operation>],
    budget: Budget,
) -> Found {
    let problem = Problem::new(specification, operations, budget.bytes / 4);
    let spent = |explained| Found::Spent {
        explained,
        of: problem.steps.len(),
        open: problem.slots,
        in_doubt: problem.in_doubt,
    };
    if problem.steps.is_empty() {
        return Found::Order;
    }
    if problem.is_too_large() {
        return spent(0);
    }
    let uses = Uses::new(&problem);
    if let Some(until) = uses.refuted {
        return Found::Nothing { until };
    }
    let layout = Layout::new(problem.slots, problem.kinds.iter().map(|kind| kind.calls.len()));
    let decided = match layout.words {
        0..=1 => race::<S, 1>(&problem, &layout, &uses, budget),
        2..=4 => race::<S, 4>(&problem, &layout, &uses, budget),
        5..=MOST_WORDS => race::<S, MOST_WORDS>(&problem, &layout, &uses, budget),
        _ => Err(0),
    };
    decided.unwrap_or_else(spent)
}

/// The most words that a configuration may take: beyond so many bits for open and in-doubt
/// operations nothing is searched.
const MOST_WORDS: usize = 64;

/// Lets the two searches take turns.
///
/// # Errors
/// The returns that were explained when the budget was spent.
fn race<S: Specification, const N: usize>(
    problem: &Problem<'_, S>,
    layout: &Layout,
    uses: &Uses,
    budget: Budget,
) -> Result<Found, usize> {
    let mut space: Space<'_, S, N> = Space::new(problem, layout, uses, budget.bytes / 4);
    let Some(start) = space.start() else {
        return Ok(Found::Nothing { until: space.looked });
    };
    let mut frontier = Frontier::new(&space, start);
    let mut left = budget.configurations;
    let mut share = 1 << 10;
    let mut explained = 0;
    while left > 0 {
        share = (share * 4).min(left);
        left -= share;
        let bytes = budget.bytes / 2;
        let mut depth = Depth::new(frontier.at, frontier.configurations());
        if let Some(found) = depth.advance(&mut space, share, bytes) {
            return Ok(found);
        }
        explained = explained.max(depth.furthest);
        drop(depth);
        if let Some(found) = frontier.advance(&mut space, share, bytes) {
            return Ok(found);
        }
        explained = explained.max(frontier.at);
    }
    Err(explained)
}
