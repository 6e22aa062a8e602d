//! A queue: enqueue, dequeue.

use std::sync::Arc;

use history::Value;

use super::{Needs, Specification};

/// A queue, first in first out, that starts empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queue;

/// An operation on a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueueOperation {
    /// Added a value at the end.
    Enqueue(Value),
    /// Took a value from the front.
    Dequeue(Value),
    /// Found nothing to take.
    Empty,
    /// Took whatever was at the front, or found nothing: a dequeue in doubt.
    Take,
}

/// A fact of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueueFact {
    /// It holds a value.
    Has(Value),
    /// It holds nothing.
    Empty,
}

impl Specification for Queue {
    /// From the front to the end.
    type State = Arc<[Value]>;
    type Operation = QueueOperation;
    type Fact = QueueFact;

    fn initial(&self) -> Arc<[Value]> {
        [].into()
    }

    fn apply(&self, held: &Arc<[Value]>, operation: &QueueOperation) -> Option<Arc<[Value]>> {
        match (operation, held.split_first()) {
            (QueueOperation::Enqueue(value), _) => {
                Some(held.iter().copied().chain([*value]).collect())
            }
            (QueueOperation::Dequeue(value), Some((front, rest))) if value == front => {
                Some(rest.into())
            }
            (QueueOperation::Take, Some((_, rest))) => Some(rest.into()),
            (QueueOperation::Empty | QueueOperation::Take, None) => Some(Arc::clone(held)),
            (QueueOperation::Dequeue(_), _) | (QueueOperation::Empty, Some(_)) => None,
        }
    }

    fn observes(&self, operation: &QueueOperation) -> bool {
        matches!(operation, QueueOperation::Empty)
    }

    fn needs(&self, operation: &QueueOperation) -> Needs<QueueFact> {
        match operation {
            QueueOperation::Dequeue(value) => Needs::at_least([QueueFact::Has(*value)]),
            QueueOperation::Empty => Needs::at_least([QueueFact::Empty]),
            QueueOperation::Enqueue(_) | QueueOperation::Take => Needs::at_least([]),
        }
    }

    fn brings(&self, operation: &QueueOperation) -> Option<Vec<QueueFact>> {
        match operation {
            QueueOperation::Enqueue(value) => Some(vec![QueueFact::Has(*value)]),
            QueueOperation::Dequeue(_) | QueueOperation::Take => Some(vec![QueueFact::Empty]),
            QueueOperation::Empty => Some(Vec::new()),
        }
    }

    fn holds(&self, held: &Arc<[Value]>, fact: &QueueFact) -> bool {
        match fact {
            QueueFact::Has(value) => held.contains(value),
            QueueFact::Empty => held.is_empty(),
        }
    }

    fn excludes(&self, one: &QueueFact, other: &QueueFact) -> bool {
        matches!(
            (one, other),
            (QueueFact::Has(_), QueueFact::Empty) | (QueueFact::Empty, QueueFact::Has(_))
        )
    }
}
