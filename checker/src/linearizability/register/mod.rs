//! Registers whose values are written at most once each, with compare-and-set.
//!
//! Three steps: `steps` gives values dense ids, `clusters` gathers what each value pins down,
//! [`zones`] compares the resulting spans of time.
//!
//! [`judge`] does so for all keys of a history at once, from [`Columns`]: `tally` takes what each
//! value pins down, `sweep` finds values that clash, and only those few go through the steps above,
//! for their evidence.

mod clusters;
mod columns;
mod judgement;
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
pub(crate) use steps::GENERATION_ERROR;
pub use steps::{Action, INITIAL, Step, Steps};

/// Decides a key; `None` if values are written twice or the record is deleted, so that a value does
/// not name its write.
#[must_use]
pub fn decide(operations: &[&Operation], unseen: Unseen) -> Option<Decision> {
    let steps = Steps::of(operations)?;
    Some(match conflict(&steps.steps, steps.values, unseen) {
        None => Decision::Holds,
        Some(conflict) => {
            let mut operations: Vec<usize> =
                conflict.steps.iter().map(|step| steps.operations[*step as usize]).collect();
            operations.sort_unstable();
            operations.dedup();
            Decision::Broken(Violation { operations, excerpt: Unseen::Possible })
        }
    })
}

/// Decides steps over the dense values `0..values`, of which 0 is the initial one.
///
/// Sound and complete for any number of operations in doubt: one that nobody observed is left out
/// (it can take effect after everything else), one that somebody observed must have happened. Of
/// [refusals](Action::Refused) it finds those that fall while observations hold the value in place:
/// sound, and not complete, since a value also lasts beyond the last observation of it.
#[must_use]
pub fn conflict(steps: &[Step], values: u32, unseen: Unseen) -> Option<Conflict> {
    clusters::Clusters::gather(steps, values, unseen).conflict(steps)
}
