//! What can take effect next in a configuration.

use super::problem::{Configuration, Event, Mask, Problem, States};
use crate::specification::Specification;

/// Lets every open observer that returned what is there take effect at once: it changes nothing, so it
/// never pays to wait.
pub(super) fn observe<S: Specification>(
    specification: &S,
    problem: &Problem<'_, S::Operation>,
    states: &States<S::State>,
    event: &Event,
    configuration: &mut Configuration,
) {
    let state = states.get(configuration.state);
    for (slot, operation) in &event.open {
        let bit = 1 << slot;
        let operation = &problem.operations[*operation].operation;
        if configuration.done & bit == 0
            && specification.observes(operation)
            && specification.apply(state, operation).is_some()
        {
            configuration.done |= bit;
        }
    }
}

/// The configurations after one more open operation, then those after one more in doubt, each in
/// the order of calls.
pub(super) fn next<S: Specification>(
    specification: &S,
    problem: &Problem<'_, S::Operation>,
    states: &mut States<S::State>,
    event: &Event,
    configuration: &Configuration,
) -> Vec<Configuration> {
    let mut after = Vec::new();
    for (slot, operation) in &event.open {
        let bit: Mask = 1 << slot;
        let operation = &problem.operations[*operation].operation;
        // An observer that could take effect has done so.
        if configuration.done & bit != 0 || specification.observes(operation) {
            continue;
        }
        if let Some(state) = specification.apply(states.get(configuration.state), operation) {
            after.push(Configuration {
                state: states.number(state),
                done: configuration.done | bit,
                used: configuration.used.clone(),
            });
        }
    }
    for (kind, class) in problem.kinds.iter().enumerate() {
        let used = configuration.used[kind] as usize;
        if class.calls.get(used).is_none_or(|call| *call > event.at) {
            continue;
        }
        let state = states.get(configuration.state);
        let Some(changed) = specification.apply(state, class.operation) else { continue };
        if changed == *state {
            continue;
        }
        let mut next = Configuration { state: states.number(changed), ..configuration.clone() };
        next.used[kind] += 1;
        after.push(next);
    }
    after
}
