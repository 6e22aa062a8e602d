//! Proofs of verdicts, and their verifier.
//!
//! [`prove`] gives for a linearizable record the order in which its operations took effect, and for
//! any other the few operations that show that there is none. [`verify`] takes nothing on trust: it
//! shares no code with the algorithms that found the verdict, and needs time linear in the record.
//! [`foreign::prove`](crate::foreign::prove) and [`verify_object`] do so for histories of other programs,
//! [`transactions::prove`](crate::transactions::prove) and [`verify_transactions`] for transactions.
//!
//! ```
//! use aerocert_checker::certificate::{prove, verify};
//! use history::{Model, Proof};
//!
//! let proof = prove(Model::Register, &[]);
//! assert_eq!(proof, Proof::Valid { order: Vec::new() });
//! assert_eq!(verify(Model::Register, &[], &proof), Ok(()));
//! ```

pub(crate) mod excerpt;
pub(crate) mod linearization;
pub(crate) mod objects;
mod refutation;
mod replay;
pub mod serial;
pub(crate) mod transactions;
mod verify;

use history::{Model, Operation, OperationId, Outcome, Proof};

pub use objects::verify as verify_object;
pub use transactions::verify as verify_transactions;
pub use verify::verify;

use crate::evidence;
use crate::linearizability::{Decision, Unseen, decide};

/// The verdict on one record, with its proof. `operations` are in the order of their invocations.
#[must_use]
pub fn prove(model: Model, operations: &[&Operation]) -> Proof {
    let ids = |positions: Vec<usize>| -> Vec<OperationId> {
        positions.into_iter().map(|at| operations[at].id).collect()
    };
    match decide(model, operations, Unseen::Impossible) {
        Decision::Undecided(reason) => Proof::Unknown { reason },
        Decision::Holds => match linearization::of(model, operations) {
            Some(order) => Proof::Valid { order: ids(order) },
            None => Proof::Unknown {
                reason:
                    "there is an order, but the search spent its budget before it could tell which"
                        .to_owned(),
            },
        },
        Decision::Broken(violation) => {
            let mut witness = evidence::minimal(model, operations, violation);
            // That a write failed is told by the history, and that a value had no other by it, too.
            witness.retain(|at| {
                operations[*at].outcome != Outcome::Fail || operations[*at].refused_ns().is_some()
            });
            if !linearization::is_unique(model, operations) {
                witness = with_all_writes(operations, witness);
            }
            let proof = Proof::Invalid { witness: ids(witness) };
            match verify(model, operations, &proof) {
                Ok(()) => proof,
                Err(why) => Proof::Unknown {
                    reason: format!("there is no order, but no short proof of that: {why}"),
                },
            }
        }
    }
}

/// Where values do not name their writes, all writes must be there.
fn with_all_writes(operations: &[&Operation], mut witness: Vec<usize>) -> Vec<usize> {
    let live =
        |at: &usize| operations[*at].call.is_write() && operations[*at].outcome != Outcome::Fail;
    witness.extend((0..operations.len()).filter(live));
    witness.sort_unstable();
    witness.dedup();
    witness
}
