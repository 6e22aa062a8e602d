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
pub use refusals::{Ruling, rule};
pub use steps::{Action, INITIAL, Step, Steps};

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
