//! What a record holds.

use super::Object;
use history::{Call, Model, Operation, Outcome, Returned, Value};

/// The state of one record; absent is no value, no elements, or a count of 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Register(Option<Value>),
    Counter(i64),
    List(Vec<Value>),
}

impl Object for State {
    type Operation = Operation;

    /// The state after an operation; `None` if it cannot have returned what it did.
    fn after(&self, operation: &Operation) -> Option<Self> {
        let known = operation.outcome == Outcome::Ok;
        match (self, &operation.call) {
            (_, Call::Read) => self.shows(&operation.returned).then(|| self.clone()),
            (Self::Register(_), Call::Write { value }) => Some(Self::Register(Some(*value))),
            (Self::Register(held), Call::Cas { expected, .. })
                if operation.outcome == Outcome::Fail =>
            {
                (held != expected).then(|| self.clone())
            }
            (Self::Register(held), Call::Cas { expected, value, .. }) => {
                (held == expected).then_some(Self::Register(Some(*value)))
            }
            (Self::Register(_), Call::Delete) => Some(Self::Register(None)),
            (Self::Counter(_), Call::Delete) => Some(Self::Counter(0)),
            (Self::List(_), Call::Delete) => Some(Self::List(Vec::new())),
            (Self::Counter(count), Call::Add { delta }) => {
                let sum = Self::Counter(count + delta);
                let told = known && operation.returned != Returned::Nothing;
                (!told || sum.shows(&operation.returned)).then_some(sum)
            }
            (Self::List(elements), Call::Append { element }) => {
                let mut elements = elements.clone();
                elements.push(*element);
                Some(Self::List(elements))
            }
            _ => None,
        }
    }
}

impl State {
    pub(super) fn initial(model: Model) -> Self {
        match model {
            Model::Register | Model::CasRegister => Self::Register(None),
            Model::Counter => Self::Counter(0),
            Model::Set => Self::List(Vec::new()),
        }
    }

    fn shows(&self, returned: &Returned) -> bool {
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
