//! The verdict on a foreign history.

use history::Verdict;
use history::exchange::foreign::{DatumId, Foreign, ForeignOperation};

use super::object::Object;
use super::proof::Proof;
use super::{Complaint, ObjectModel, check, registers};
use crate::linearizability::Decision;
use crate::linearizability::search::Budget;

/// What a history is held to.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// What its objects are.
    pub model: ObjectModel,
    /// What each holds at the start; nil for what the model says.
    ///
    /// If it is something else, and nobody writes nil, a read that returned nil says nothing: so
    /// do Jepsen's histories mark reads that were not answered.
    pub initial: DatumId,
}

impl Question {
    /// Objects that begin as the model says.
    #[must_use]
    pub fn of(model: ObjectModel) -> Self {
        Self { model, initial: DatumId::NIL }
    }
}

/// What a history shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Whether every object is linearizable.
    pub verdict: Verdict,
    /// How many objects there are.
    pub objects: usize,
    /// How many of them are not linearizable.
    pub broken: usize,
    /// Why some could not be decided, and what was reached.
    pub undecided: Option<String>,
    /// The proof for the first object that is not linearizable.
    pub proof: Option<Proof>,
}

/// Judges a history: each object for linearizability.
///
/// # Errors
/// The first operation that the model does not have.
pub fn judge(history: &Foreign, question: Question) -> Result<Judgement, Complaint> {
    check::check(history, question.model)?;
    let object = Object::of(history, question);
    let mut judgement = Judgement {
        verdict: Verdict::Valid,
        objects: 0,
        broken: 0,
        undecided: history
            .operations
            .is_empty()
            .then(|| "the history holds no operation: nothing was tested".to_owned()),
        proof: None,
    };
    let (objects, suspects) = match registers::suspects(history, &object) {
        Some(found) => found,
        None => {
            let objects = objects(history, question.model);
            (objects.len(), objects)
        }
    };
    judgement.objects = objects;
    for positions in &suspects {
        let operations: Vec<ForeignOperation> =
            positions.iter().map(|at| history.operations[*at as usize]).collect();
        match object.decide(&operations, Budget::default()) {
            Decision::Holds => {}
            Decision::Undecided(why) => {
                judgement.undecided.get_or_insert(why);
            }
            Decision::Broken(violation) => {
                judgement.broken += 1;
                if judgement.proof.is_none() {
                    let mut proof = Proof::find(&object, &operations, violation);
                    for at in &mut proof.operations {
                        *at = positions[*at] as usize;
                    }
                    judgement.proof = Some(proof);
                }
            }
        }
    }
    judgement.verdict = match (&judgement.proof, &judgement.undecided) {
        (Some(_), _) => Verdict::Invalid,
        (None, Some(_)) => Verdict::Unknown,
        (None, None) => Verdict::Valid,
    };
    Ok(judgement)
}

/// The positions of each object's operations, in the order in which the objects are first named.
#[must_use]
pub fn objects(history: &Foreign, model: ObjectModel) -> Vec<Vec<u32>> {
    let mut objects: Vec<Vec<u32>> = Vec::new();
    let mut known: Vec<u32> = Vec::new();
    for (position, one) in (0..).zip(&history.operations) {
        let key = if model == ObjectModel::MultiRegister { 0 } else { one.key.0 as usize };
        if known.len() <= key {
            known.resize(key + 1, u32::MAX);
        }
        if known[key] == u32::MAX {
            known[key] = objects.len() as u32;
            objects.push(Vec::new());
        }
        objects[known[key] as usize].push(position);
    }
    objects
}
