//! Depth first: one order after another, and no configuration twice.

use rustc_hash::FxHashSet;

use super::Found;
use super::moves;
use super::problem::{Configuration, Problem, States};
use crate::specification::Specification;

/// Looks for an order; complete, but slow to refute.
///
/// # Errors
/// The operations explained when the budget was spent.
pub(super) fn search<S: Specification>(
    specification: &S,
    problem: &Problem<'_, S::Operation>,
    budget: usize,
) -> Result<Found, usize> {
    let mut states = States::new(specification.initial());
    let start =
        Configuration { state: 0, done: 0, used: vec![0; problem.kinds.len()].into_boxed_slice() };
    let mut visited: FxHashSet<(usize, Configuration)> = FxHashSet::default();
    let mut stack = vec![(0, start)];
    let mut furthest = 0;
    while let Some((mut at, mut configuration)) = stack.pop() {
        loop {
            let Some(event) = problem.events.get(at) else { return Ok(Found::Order) };
            moves::observe(specification, problem, &states, event, &mut configuration);
            let bit = 1 << problem.slot[event.operation];
            if configuration.done & bit == 0 {
                break;
            }
            configuration.done &= !bit;
            at += 1;
            furthest = furthest.max(at);
        }
        if !visited.insert((at, configuration.clone())) {
            continue;
        }
        if visited.len() > budget {
            return Err(furthest);
        }
        let event = &problem.events[at];
        let bit = 1 << problem.slot[event.operation];
        let mut next = moves::next(specification, problem, &mut states, event, &configuration);
        // Tried first, thus pushed last: the operation that returns; tried last: those in doubt.
        next.reverse();
        next.sort_by_key(|one| one.done & bit != 0);
        stack.extend(next.into_iter().map(|one| (at, one)));
    }
    Ok(Found::Nothing { until: problem.events[furthest].at })
}
