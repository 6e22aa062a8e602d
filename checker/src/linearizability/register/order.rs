//! The order behind a verdict: who came after whom, where an order exists.

use history::Operation;

use super::{Action, Refusals, Steps, Unseen};

/// An order of a register's operations that explains what they returned, as positions; `None` if there
/// is none, if values do not name their writes, or if only a search can tell. O(n log n).
///
/// Values come in the order of their blocks, each with its reads; a refusal stands where it was
/// called, or where its value had just been replaced.
pub(crate) fn order(operations: &[&Operation]) -> Option<Vec<usize>> {
    let steps = Steps::of(operations)?;
    let mut refusals = Refusals::of(&steps.steps, steps.values, Unseen::Impossible);
    let schedule = refusals.rule().ok()?.schedule();
    let mut place: Vec<Option<usize>> = vec![None; steps.values as usize];
    for (at, (value, _)) in schedule.iter().enumerate() {
        place[*value as usize] = Some(at);
    }
    // The value in place at a time, if one that begins then has not begun.
    let before = |time| schedule.partition_point(|(_, begin)| *begin < time).saturating_sub(1);
    let mut order: Vec<(usize, u64, usize)> = Vec::with_capacity(operations.len());
    for (step, position) in steps.steps.iter().zip(&steps.operations) {
        let (at, rank) = match step.action {
            Action::Read(value) => (place[value as usize], step.call),
            // First of what touches its value.
            Action::Write(to) | Action::CompareAndSet { to, .. } => (place[to as usize], 0),
            Action::Failed(_) => continue,
            Action::Refused(value) => {
                let called = before(step.call);
                let at = match place[value as usize] {
                    Some(own) if own <= called => called.max(own + 1),
                    _ => called,
                };
                (Some(at), step.call)
            }
        };
        // A write in doubt that nobody observed happens late, or never.
        order.extend(at.map(|at| (at, rank, *position)));
    }
    order.sort_unstable();
    Some(order.into_iter().map(|(_, _, position)| position).collect())
}
