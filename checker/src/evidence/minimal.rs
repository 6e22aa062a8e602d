//! The smallest set of operations that still has no linearization.

use std::collections::BTreeSet;

use history::{Call, Model, Operation, Outcome, Value};

use super::irreducible;
use crate::anomalies::observed;
use crate::linearizability::{Decision, Unseen, Violation, decide};

/// Operations that may be judged again on the way, over all attempts: what takes more stays larger
/// than it could be.
const WORK: usize = 20_000_000;

/// Leaves out of a violation what it does not need: of what is returned nothing can be left out. If
/// the violation is none on its own, all of it is returned.
#[must_use]
pub fn minimal(model: Model, operations: &[&Operation], violation: Violation) -> Vec<usize> {
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
    let refused = positions.iter().any(|at| operations[*at].outcome == Outcome::Fail);
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
