//! Registers whose values are written at most once each, with compare-and-set.
//!
//! In steps: `steps` gives values dense ids, `clusters` gathers what each value pins down,
//! [`zones`] compares the resulting spans of time.
//!
//! [`judge`] does so for all keys of a history at once, from [`Columns`]: `tally` takes what each
//! value pins down, `sweep` finds values that clash, and only those few go through the steps above,
//! for their evidence.

mod bounds;
mod clusters;
mod columns;
mod judgement;
mod order;
mod refusals;
mod steps;
mod sweep;
mod table;
mod tally;
pub mod zones;

use history::Operation;

use super::{Decision, Unseen, Violation};
pub use clusters::Conflict;
pub use columns::Columns;
pub(super) use columns::Kind;
pub use judgement::{Judgement, judge};
pub(crate) use order::order;
use refusals::Refusals;
pub(crate) use refusals::{Ruling, rule};
pub(crate) use steps::Steps;
pub use steps::{Action, INITIAL, Step};

/// Decides a key; `None` if values are written twice or the record is deleted, so that a value does
/// not name its write, or if [refusals](Action::Refused) leave more choices than can be tried here.
#[must_use]
pub fn decide(operations: &[&Operation], unseen: Unseen) -> Option<Decision> {
    let steps = Steps::of(operations)?;
    match rule(&steps.steps, steps.values, unseen) {
        Ruling::Order => Some(Decision::Holds),
        Ruling::Conflict(conflict) => Some(Decision::Broken(steps.violation(&conflict))),
        Ruling::Open => None,
    }
}

/// What is known of a register while its history goes on.
#[derive(Debug)]
pub(crate) struct Settled {
    /// The decision; `None` if refusals leave a choice.
    pub(crate) decision: Option<Decision>,
    /// Whether the refusals can be forgotten, whatever comes, for what they bind.
    pub(crate) forgets: bool,
    /// Positions of operations that refusals bind, and the operations as they are bound.
    pub(crate) bound: Vec<(usize, Operation)>,
}

/// Decides a register whose history goes on, as [`decide`] does.
///
/// Whatever is written later was called after all refusals that are among the operations. So if these
/// hold all writes that are open or in doubt, what binds them now binds them for ever.
pub(crate) fn settle(operations: &[&Operation]) -> Option<Settled> {
    let steps = Steps::of(operations)?;
    let mut refusals = Refusals::of(&steps.steps, steps.values, Unseen::Impossible);
    if let Err(conflict) = refusals.bind() {
        let decision = Some(Decision::Broken(steps.violation(&conflict)));
        return Some(Settled { decision, forgets: false, bound: Vec::new() });
    }
    let forgets = refusals.left.is_empty();
    let bound = steps.bound(operations, &refusals.steps);
    let decision = match refusals.rule() {
        Ok(_) => Some(Decision::Holds),
        Err(_) => None,
    };
    Some(Settled { decision, forgets, bound })
}
