//! A register: read, write, compare-and-set, delete.

use history::{Call, Operation, Outcome, Returned, Value};

use super::{Needs, Specification};

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
            (Call::Cas { expected, .. }, Outcome::Fail) if operation.refused_ns().is_some() => {
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

/// A fact of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegisterFact {
    /// It holds a value, or none.
    Holds(Option<Value>),
    /// It holds anything else.
    Differs(Option<Value>),
    /// The topic of all that differ.
    Changed,
}

impl Specification for Register {
    type State = Option<Value>;
    type Operation = RegisterOperation;
    type Fact = RegisterFact;

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

    fn needs(&self, operation: &RegisterOperation) -> Needs<RegisterFact> {
        match operation {
            RegisterOperation::Read(value) => Needs::of_one_part([RegisterFact::Holds(*value)]),
            RegisterOperation::CompareAndSet { from, .. } => {
                Needs::of_one_part([RegisterFact::Holds(*from)])
            }
            RegisterOperation::Refused(value) => {
                Needs::of_one_part([RegisterFact::Differs(*value)])
            }
            RegisterOperation::Write(_) => Needs::of_one_part([]),
        }
    }

    fn brings(&self, operation: &RegisterOperation) -> Option<Vec<RegisterFact>> {
        let left = match operation {
            RegisterOperation::Write(value) => *value,
            RegisterOperation::CompareAndSet { to, .. } => Some(*to),
            RegisterOperation::Read(_) | RegisterOperation::Refused(_) => return Some(Vec::new()),
        };
        Some(vec![RegisterFact::Holds(left), RegisterFact::Changed])
    }

    fn topic(&self, fact: &RegisterFact) -> RegisterFact {
        match fact {
            RegisterFact::Differs(_) => RegisterFact::Changed,
            _ => *fact,
        }
    }

    fn holds(&self, held: &Option<Value>, fact: &RegisterFact) -> bool {
        match fact {
            RegisterFact::Holds(value) => held == value,
            RegisterFact::Differs(value) => held != value,
            RegisterFact::Changed => true,
        }
    }

    fn excludes(&self, one: &RegisterFact, other: &RegisterFact) -> bool {
        match (one, other) {
            (RegisterFact::Holds(one), RegisterFact::Holds(other)) => one != other,
            (RegisterFact::Holds(one), RegisterFact::Differs(other))
            | (RegisterFact::Differs(one), RegisterFact::Holds(other)) => one == other,
            _ => false,
        }
    }
}
