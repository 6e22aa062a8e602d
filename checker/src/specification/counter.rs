//! A counter: read, add, delete.

use history::{Call, Operation, Outcome, Returned};

use super::Specification;

/// A counter that starts at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counter;

/// An operation on a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CounterOperation {
    /// Returned a count.
    Read(i64),
    /// Added, and returned the sum if it says so.
    Add {
        /// How much.
        delta: i64,
        /// The sum that it returned.
        sum: Option<i64>,
    },
    /// Deleted the record, which then counts from 0.
    Delete,
}

impl CounterOperation {
    /// An operation of a history; `None` if it says nothing of a counter.
    #[must_use]
    pub fn of(operation: &Operation) -> Option<Self> {
        let sum = match (&operation.returned, operation.outcome) {
            (Returned::Count(count), Outcome::Ok) => Some(*count),
            (Returned::Absent, Outcome::Ok) => Some(0),
            _ => None,
        };
        match (&operation.call, operation.outcome) {
            (_, Outcome::Fail) => None,
            (Call::Read, _) => sum.map(Self::Read),
            (Call::Add { delta }, _) => Some(Self::Add { delta: *delta, sum }),
            (Call::Delete, _) => Some(Self::Delete),
            _ => None,
        }
    }
}

impl Specification for Counter {
    type State = i64;
    type Operation = CounterOperation;

    fn initial(&self) -> i64 {
        0
    }

    fn apply(&self, count: &i64, operation: &CounterOperation) -> Option<i64> {
        match operation {
            CounterOperation::Read(seen) => (count == seen).then_some(*count),
            CounterOperation::Add { delta, sum } => {
                let after = count.checked_add(*delta)?;
                sum.is_none_or(|sum| sum == after).then_some(after)
            }
            CounterOperation::Delete => Some(0),
        }
    }
    fn observes(&self, operation: &CounterOperation) -> bool {
        matches!(operation, CounterOperation::Read(_))
    }
}
