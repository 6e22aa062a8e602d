//! Proofs of the verdicts on a foreign history's objects.

use history::exchange::foreign::{DatumId, Foreign, ForeignOperation, Function};
use history::{OperationId, Outcome, Proof};

use super::object::Object;
use super::proof::Proof as Evidence;
use super::{Complaint, Question, check, objects};
use crate::certificate::verify_object;
use crate::linearizability::Decision;
use crate::linearizability::search::Budget;

/// The verdict on an object, with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectProof {
    /// The object's key; nil if the history has one object.
    pub key: DatumId,
    /// What proves the verdict; an operation is named by its
    /// [`invoked`](ForeignOperation::invoked).
    pub proof: Proof,
}

/// Proves the verdict on each object of a history, in the order in which they are first named; for
/// [`verify_object`].
///
/// # Errors
/// The first operation that the model does not have.
pub fn prove(history: &Foreign, question: Question) -> Result<Vec<ObjectProof>, Complaint> {
    check::check(history, question.model)?;
    let object = Object::of(history, question);
    let proofs = objects(history, question.model).into_iter().map(|positions| {
        let operations: Vec<ForeignOperation> =
            positions.iter().map(|at| history.operations[*at as usize]).collect();
        let key = if history.keyed { operations[0].key } else { DatumId::NIL };
        ObjectProof { key, proof: of_object(history, question, &object, &positions, &operations) }
    });
    Ok(proofs.collect())
}

fn of_object(
    history: &Foreign,
    question: Question,
    object: &Object<'_>,
    positions: &[u32],
    operations: &[ForeignOperation],
) -> Proof {
    let ids = |positions: &[usize]| -> Vec<OperationId> {
        positions.iter().map(|at| OperationId(operations[*at].invoked.into())).collect()
    };
    let holds = |proof: &Proof| verify_object(history, question, positions, proof);
    match object.decide(operations, Budget::default()) {
        Decision::Undecided(reason) => Proof::Unknown { reason },
        Decision::Holds => match object.order(operations, Budget::default()) {
            Some(order) => Proof::Valid { order: ids(&order) },
            None => Proof::Unknown {
                reason:
                    "there is an order, but the search spent its budget before it could tell which"
                        .to_owned(),
            },
        },
        Decision::Broken(violation) => {
            let mut few = Evidence::find(object, operations, violation).operations;
            few.retain(|at| operations[*at].outcome != Outcome::Fail || operations[*at].refused);
            let proof = Proof::Invalid { witness: ids(&few) };
            let Err(why) = holds(&proof) else { return proof };
            // Where others may explain them, they must be there.
            let may_explain = |at: &usize| {
                operations[*at].outcome != Outcome::Fail
                    && operations[*at].function != Function::Read
            };
            few.extend((0..operations.len()).filter(may_explain));
            few.sort_unstable();
            few.dedup();
            let proof = Proof::Invalid { witness: ids(&few) };
            match holds(&proof) {
                Ok(()) => proof,
                Err(_) => Proof::Unknown {
                    reason: format!("there is no order, but no short proof of that: {why}"),
                },
            }
        }
    }
}
