//! A counter: read, add, delete.

use history::{Call, Operation, Outcome, Returned};

use super::{Needs, Specification};

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

/// A fact of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CounterFact {
    /// It is so much, or less.
    AtMost(i64),
    /// It is so much, or more.
    AtLeast(i64),
    /// The topic of being at most something.
    Lowered,
    /// The topic of being at least something.
    Raised,
}

impl Specification for Counter {
    type State = i64;
    type Operation = CounterOperation;
    type Fact = CounterFact;

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

    fn needs(&self, operation: &CounterOperation) -> Needs<CounterFact> {
        let before = match operation {
            CounterOperation::Read(count) => Some(*count),
            CounterOperation::Add { delta, sum } => sum.and_then(|sum| sum.checked_sub(*delta)),
            CounterOperation::Delete => None,
        };
        Needs::at_least(before.map_or_else(Vec::new, |count| {
            vec![CounterFact::AtMost(count), CounterFact::AtLeast(count)]
        }))
    }

    fn brings(&self, operation: &CounterOperation) -> Option<Vec<CounterFact>> {
        match operation {
            CounterOperation::Add { delta: 0, .. } | CounterOperation::Read(_) => Some(Vec::new()),
            CounterOperation::Add { delta, .. } if *delta > 0 => Some(vec![CounterFact::Raised]),
            CounterOperation::Add { .. } => Some(vec![CounterFact::Lowered]),
            CounterOperation::Delete => None,
        }
    }

    fn topic(&self, fact: &CounterFact) -> CounterFact {
        match fact {
            CounterFact::AtMost(_) | CounterFact::Lowered => CounterFact::Lowered,
            CounterFact::AtLeast(_) | CounterFact::Raised => CounterFact::Raised,
        }
    }

    fn holds(&self, count: &i64, fact: &CounterFact) -> bool {
        match fact {
            CounterFact::AtMost(most) => count <= most,
            CounterFact::AtLeast(least) => count >= least,
            CounterFact::Lowered | CounterFact::Raised => true,
        }
    }

    fn excludes(&self, one: &CounterFact, other: &CounterFact) -> bool {
        match (one, other) {
            (CounterFact::AtMost(most), CounterFact::AtLeast(least))
            | (CounterFact::AtLeast(least), CounterFact::AtMost(most)) => least > most,
            _ => false,
        }
    }
}
