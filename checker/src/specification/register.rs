//! A register: read, write, compare-and-set, delete.

use history::{Call, Operation, Outcome, Returned, Value};

use super::Specification;

/// A register that is absent at the start, or holds a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Register {
    /// What it holds at the start.
    pub initial: Option<Value>,
}

/// An operation on a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegisterOperation {
    /// Returned a value, or found no record.
    Read(Option<Value>),
    /// Left a value, or (a delete) no record.
    Write(Option<Value>),
    /// Replaced a value by another.
    CompareAndSet {
        /// What it replaced.
        from: Option<Value>,
        /// What it wrote.
        to: Value,
    },
    /// Found that the register did not hold a value.
    Refused(Option<Value>),
}

impl RegisterOperation {
    /// An operation of a history; `None` if it says nothing of a register.
    #[must_use]
    pub fn of(operation: &Operation) -> Option<Self> {
        match (&operation.call, operation.outcome) {
            (Call::Read, Outcome::Ok) => match operation.returned {
                Returned::Value(value) => Some(Self::Read(Some(value))),
                Returned::Absent => Some(Self::Read(None)),
                _ => None,
            },
            (Call::Cas { expected, .. }, Outcome::Fail) if operation.code == 3 => {
                Some(Self::Refused(*expected))
            }
            (_, Outcome::Fail) => None,
            (Call::Write { value }, _) => Some(Self::Write(Some(*value))),
            (Call::Delete, _) => Some(Self::Write(None)),
            (Call::Cas { expected, value, .. }, _) => {
                Some(Self::CompareAndSet { from: *expected, to: *value })
            }
            (Call::Read | Call::Add { .. } | Call::Append { .. }, _) => None,
        }
    }
}

impl Specification for Register {
    type State = Option<Value>;
    type Operation = RegisterOperation;

    fn initial(&self) -> Option<Value> {
        self.initial
    }

    fn apply(&self, held: &Option<Value>, operation: &RegisterOperation) -> Option<Option<Value>> {
        match operation {
            RegisterOperation::Read(value) => (held == value).then_some(*held),
            RegisterOperation::Write(value) => Some(*value),
            RegisterOperation::CompareAndSet { from, to } => (held == from).then_some(Some(*to)),
            RegisterOperation::Refused(value) => (held != value).then_some(*held),
        }
    }
    fn observes(&self, operation: &RegisterOperation) -> bool {
        matches!(operation, RegisterOperation::Read(_) | RegisterOperation::Refused(_))
    }
}
