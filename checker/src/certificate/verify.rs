//! The verifier of proofs: by the definition of linearizability, in linear time, without a line of
//! the algorithms that find verdicts.

use history::{Call, Model, Operation, OperationId, Outcome, Proof, Returned, Value};
use rustc_hash::FxHashMap;

use super::refutation;

/// Whether a proof about a record holds. `operations` are those of the record in the history.
///
/// An order is followed step by step: each operation must be one of the record's that did not fail,
/// none may stand twice, none that happened may be missing, none may have ended before one ahead of
/// it began, and each must have returned what the record held then: a compare-and-set that was refused
/// must stand where the record held something else than it expected. (A torn read returned nothing
/// that a record could hold: it has no place in an order.) A witness must have no order, see
/// `refutation`.
///
/// # Errors
/// What is wrong with the proof, in words.
pub fn verify(model: Model, operations: &[&Operation], proof: &Proof) -> Result<(), String> {
    let at: FxHashMap<OperationId, usize> =
        operations.iter().enumerate().map(|(at, one)| (one.id, at)).collect();
    let find = |id: &OperationId| {
        let at = at.get(id).ok_or_else(|| format!("operation {} is not of this record", id.0))?;
        if operations[*at].outcome == Outcome::Fail && operations[*at].refused_ns().is_none() {
            return Err(format!("operation {} failed", id.0));
        }
        Ok(*at)
    };
    match proof {
        Proof::Unknown { .. } => Ok(()),
        Proof::Valid { order } => {
            follow(model, operations, &order.iter().map(find).collect::<Result<Vec<_>, _>>()?)
        }
        Proof::Invalid { witness } => {
            let witness: Vec<usize> = witness.iter().map(find).collect::<Result<_, _>>()?;
            refutation::verify(model, operations, &witness)
        }
    }
}

fn follow(model: Model, operations: &[&Operation], order: &[usize]) -> Result<(), String> {
    let mut placed = vec![false; operations.len()];
    let mut held = Held::nothing(model);
    let mut latest_call_ns = 0;
    for at in order {
        let operation = operations[*at];
        let id = operation.id.0;
        if std::mem::replace(&mut placed[*at], true) {
            return Err(format!("operation {id} stands twice in the order"));
        }
        if operation.refused_ns().unwrap_or(operation.settled_ns()) < latest_call_ns {
            return Err(format!("operation {id} had ended before one ahead of it began"));
        }
        latest_call_ns = latest_call_ns.max(operation.invoked_ns);
        held.step(operation).ok_or_else(|| format!("operation {id} returned something else"))?;
    }
    match operations.iter().zip(placed).find(|(one, placed)| !placed && happened(one)) {
        Some((one, _)) => Err(format!("operation {} happened and is missing", one.id.0)),
        None => Ok(()),
    }
}

/// Whether an operation must have its place.
fn happened(operation: &Operation) -> bool {
    let says = !matches!(operation.returned, Returned::Nothing | Returned::Torn(_));
    let answered = operation.outcome == Outcome::Ok && (operation.call.is_write() || says);
    answered || operation.refused_ns().is_some()
}

/// What a record holds.
enum Held {
    Register(Option<Value>),
    Counter(i64),
    List(Vec<Value>),
}

impl Held {
    fn nothing(model: Model) -> Self {
        match model {
            Model::Register | Model::CasRegister => Self::Register(None),
            Model::Counter => Self::Counter(0),
            Model::Set => Self::List(Vec::new()),
        }
    }

    /// Lets an operation take effect; `None` if it cannot have returned what it did.
    fn step(&mut self, operation: &Operation) -> Option<()> {
        match (&mut *self, &operation.call) {
            (_, Call::Read) => return self.is(&operation.returned).then_some(()),
            (Self::Register(held), Call::Cas { expected, .. })
                if operation.outcome == Outcome::Fail =>
            {
                return (held != expected).then_some(());
            }
            (Self::Register(held), Call::Write { value }) => *held = Some(*value),
            (Self::Register(held), Call::Cas { expected, value, .. }) if held == expected => {
                *held = Some(*value);
            }
            (Self::Register(held), Call::Delete) => *held = None,
            (Self::Counter(count), Call::Add { delta }) => {
                *count = count.checked_add(*delta)?;
                let tells = matches!(operation.returned, Returned::Count(_));
                let tells = tells && operation.outcome == Outcome::Ok;
                return (!tells || self.is(&operation.returned)).then_some(());
            }
            (Self::Counter(count), Call::Delete) => *count = 0,
            (Self::List(elements), Call::Append { element }) => elements.push(*element),
            (Self::List(elements), Call::Delete) => elements.clear(),
            _ => return None,
        }
        Some(())
    }

    fn is(&self, returned: &Returned) -> bool {
        match (self, returned) {
            (Self::Register(held), Returned::Value(value)) => *held == Some(*value),
            (Self::Register(held), Returned::Absent) => held.is_none(),
            (Self::Counter(count), Returned::Count(seen)) => count == seen,
            (Self::Counter(count), Returned::Absent) => *count == 0,
            (Self::List(elements), Returned::List(seen)) => elements == seen,
            (Self::List(elements), Returned::Absent) => elements.is_empty(),
            _ => false,
        }
    }
}
