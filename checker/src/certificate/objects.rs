//! The verifier of proofs about objects of foreign histories: an order is followed step by step, in
//! linear time; a few operations must have no order, whatever the others do, see [`excerpt`].

use history::exchange::foreign::{Foreign, ForeignOperation, Function};
use history::{OperationId, Outcome, Proof};
use rustc_hash::FxHashMap;

use super::excerpt;
use super::replay::Replay;
use crate::foreign::{Question, Silence};

/// Whether a proof about an object holds. `positions` are those of the object's operations, which a
/// proof names by their [`invoked`](ForeignOperation::invoked), the place of their calls among all
/// events of the history, from 1.
///
/// # Errors
/// What is wrong with the proof, in words.
pub fn verify(
    history: &Foreign,
    question: Question,
    positions: &[u32],
    proof: &Proof,
) -> Result<(), String> {
    let silence = Silence::of(history, question);
    let operations: Vec<&ForeignOperation> = positions
        .iter()
        .map(|at| &history.operations[*at as usize])
        .filter(|one| says_something(one) && !silence.covers(one))
        .collect();
    let at: FxHashMap<u64, usize> =
        operations.iter().enumerate().map(|(at, one)| (u64::from(one.invoked), at)).collect();
    let find = |id: &OperationId| {
        at.get(&id.0).copied().ok_or_else(|| {
            format!("operation {} is not of this object, or says nothing of it", id.0)
        })
    };
    match proof {
        Proof::Unknown { .. } => Ok(()),
        Proof::Valid { order } => {
            let order: Vec<usize> = order.iter().map(find).collect::<Result<_, _>>()?;
            follow(Replay::new(&history.data, question), &operations, &order)
        }
        Proof::Invalid { witness } => {
            let witness: Vec<usize> = witness.iter().map(find).collect::<Result<_, _>>()?;
            excerpt::verify(history, question, &operations, &witness)
        }
    }
}

/// Whether an operation can have had an effect, or has seen something.
pub(crate) fn says_something(one: &ForeignOperation) -> bool {
    match one.outcome {
        Outcome::Ok => true,
        Outcome::Fail => one.refused,
        Outcome::Info => one.function != Function::Read,
    }
}

fn follow(
    mut replay: Replay<'_>,
    operations: &[&ForeignOperation],
    order: &[usize],
) -> Result<(), String> {
    let mut placed = vec![false; operations.len()];
    let mut latest_call = 0;
    for at in order {
        let one = operations[*at];
        let id = one.invoked;
        if std::mem::replace(&mut placed[*at], true) {
            return Err(format!("operation {id} stands twice in the order"));
        }
        if one.outcome != Outcome::Info && one.completed < latest_call {
            return Err(format!("operation {id} had ended before one ahead of it began"));
        }
        latest_call = latest_call.max(id);
        if !replay.step(one) {
            return Err(format!("operation {id} returned something else"));
        }
    }
    let missing =
        operations.iter().zip(placed).find(|(one, placed)| !placed && one.outcome != Outcome::Info);
    match missing {
        Some((one, _)) => Err(format!("operation {} happened and is missing", one.invoked)),
        None => Ok(()),
    }
}
