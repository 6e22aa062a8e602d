//! The smallest set of operations that still has no linearization.

use std::collections::BTreeSet;

use history::{Call, Model, Operation, Outcome, Value};

use super::irreducible;
use super::rest::Rest;
use crate::anomalies::observed;
use crate::linearizability::search::Budget;
use crate::linearizability::{
    Decision, Unseen, Violation, decide, decide_by_search, decide_near_linear,
};

/// Operations that may be judged again on the way, over all attempts: what takes more stays larger
/// than it could be.
const WORK: usize = 20_000_000;

/// Configurations that may be tried each time that refusals leave a choice.
const CHOICES: usize = 10_000;

/// Leaves out of a violation what it does not need: of what is returned nothing can be left out. If
/// the violation is none on its own, all of it is returned.
#[must_use]
pub fn minimal(model: Model, operations: &[&Operation], violation: Violation) -> Vec<usize> {
    if violation.operations.iter().any(|at| operations[*at].refused_ns().is_some())
        && let Some(rest) = Rest::of(operations)
    {
        return with_refusals(model, &rest, operations, violation);
    }
    let mut left = WORK;
    let mut violates = |positions: &[usize]| {
        let Some(rest) = left.checked_sub(positions.len()) else { return false };
        left = rest;
        let excerpt: Vec<&Operation> = positions.iter().map(|at| operations[*at]).collect();
        let closed =
            violation.excerpt == Unseen::Possible || is_closed(model, operations, positions);
        closed && matches!(decide(model, &excerpt, violation.excerpt), Decision::Broken(_))
    };
    if !violates(&violation.operations) {
        return violation.operations;
    }
    irreducible(violation.operations, WORK, violates)
}

/// The same for a violation that refusals take part in, though it may not need them.
fn with_refusals(
    model: Model,
    rest: &Rest<'_>,
    operations: &[&Operation],
    violation: Violation,
) -> Vec<usize> {
    // Whatever failed saw nothing.
    let silent: Vec<Operation> = operations
        .iter()
        .map(|one| match one.refused_ns() {
            Some(_) => Operation { code: 0, ..(*one).clone() },
            None => (*one).clone(),
        })
        .collect();
    let silent: Vec<&Operation> = silent.iter().collect();
    if let Decision::Broken(violation) = decide(model, &silent, Unseen::Impossible) {
        return minimal(model, &silent, violation);
    }
    let mut left = WORK;
    let mut violates = |positions: &[usize]| {
        let Some(after) = left.checked_sub(positions.len()) else { return false };
        left = after;
        has_no_order(model, &rest.excerpt(positions))
    };
    if violates(&violation.operations) {
        return irreducible(violation.operations, WORK, violates);
    }
    let all: Vec<usize> = (0..operations.len()).collect();
    if violates(&all) {
        return irreducible(all, WORK, violates);
    }
    violation.operations
}

fn has_no_order(model: Model, operations: &[Operation]) -> bool {
    let operations: Vec<&Operation> = operations.iter().collect();
    let budget = Budget { configurations: CHOICES, ..Budget::default() };
    let near = decide_near_linear(model, &operations, Unseen::Impossible);
    let decision = near.unwrap_or_else(|| decide_by_search(model, &operations, budget));
    matches!(decision, Decision::Broken(_))
}

/// Whether leaving out the other operations proves nothing that they explain: reads can always be left
/// out, writes of a register if nothing that is left observed their value.
fn is_closed(model: Model, operations: &[&Operation], positions: &[usize]) -> bool {
    let mut kept = positions.iter().copied().peekable();
    let observed: BTreeSet<Option<Value>> = positions
        .iter()
        .flat_map(|at| match &operations[*at].call {
            Call::Cas { expected, .. } => Some(*expected),
            _ => observed(operations[*at]),
        })
        .collect();
    let refused = positions.iter().any(|at| operations[*at].refused_ns().is_some());
    operations.iter().enumerate().all(|(at, operation)| {
        if kept.next_if_eq(&at).is_some() || operation.outcome == Outcome::Fail {
            return true;
        }
        match &operation.call {
            Call::Read => true,
            // A refusal saw some other value, whichever.
            _ if refused => false,
            Call::Write { value } | Call::Cas { value, .. } => !observed.contains(&Some(*value)),
            // A deleted list or counter begins anew.
            Call::Delete => {
                matches!(model, Model::Register | Model::CasRegister) && !observed.contains(&None)
            }
            Call::Add { .. } | Call::Append { .. } => false,
        }
    })
}
