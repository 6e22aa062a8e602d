//! The ways in which an object's operations are decided, and an order of them is told.

use history::{Call, Model, Operation};

use crate::certificate::linearization;
use crate::linearizability::search::{self, Budget, Interval};
use crate::linearizability::{
    Decision, Unseen, decide_by_search, decide_near_linear, list, queue, set,
};
use crate::specification::{Queue, QueueOperation, Set, SetOperation, Specification};

/// Operations as one way takes them.
pub(super) trait Way {
    /// Decides them. Positions are the way's own.
    fn decide(&self, budget: Budget) -> Decision;

    /// An order of operations that are linearizable; `None` if the budget does not suffice to tell
    /// it.
    fn order(&self, budget: Budget) -> Option<Vec<usize>>;
}

/// What is of a model of aerocert's own, as aerocert records it.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) model: Model,
    pub(super) records: Vec<Operation>,
}

impl Way for Recorded {
    fn decide(&self, budget: Budget) -> Decision {
        let refs: Vec<&Operation> = self.records.iter().collect();
        decide_near_linear(self.model, &refs, Unseen::Impossible)
            .unwrap_or_else(|| decide_by_search(self.model, &refs, budget))
    }

    fn order(&self, _: Budget) -> Option<Vec<usize>> {
        linearization::of(self.model, &self.records.iter().collect::<Vec<_>>())
    }
}

/// A set as aerocert records lists: by inclusion where elements are unique, else by search.
#[derive(Debug)]
pub(super) struct Elements(pub(super) Vec<Operation>);

impl Elements {
    fn searched(&self) -> Searched<Set> {
        let of = |record: &Operation| match record.call {
            Call::Append { element } => SetOperation::Add(element),
            _ => {
                let elements = list::elements(record).unwrap_or_default();
                SetOperation::read(elements.iter().copied())
            }
        };
        let intervals = self.0.iter().map(|record| Interval {
            call: record.invoked_ns,
            ret: record.completed_ns.unwrap_or(u64::MAX),
            operation: of(record),
        });
        Searched { specification: Set, intervals: intervals.collect() }
    }
}

impl Way for Elements {
    fn decide(&self, budget: Budget) -> Decision {
        set::decide(&self.0.iter().collect::<Vec<_>>(), Unseen::Impossible)
            .unwrap_or_else(|| self.searched().decide(budget))
    }

    fn order(&self, budget: Budget) -> Option<Vec<usize>> {
        set::order(&self.0.iter().collect::<Vec<_>>()).or_else(|| self.searched().order(budget))
    }
}

/// A queue: by the order of its values where they are unique, else by search.
#[derive(Debug)]
pub(super) struct Queued(pub(super) Searched<Queue>);

impl Way for Queued {
    fn decide(&self, budget: Budget) -> Decision {
        let intervals: &[Interval<QueueOperation>] = &self.0.intervals;
        queue::decide(intervals).unwrap_or_else(|| self.0.decide(budget))
    }

    fn order(&self, budget: Budget) -> Option<Vec<usize>> {
        queue::order(&self.0.intervals).or_else(|| self.0.order(budget))
    }
}

/// Anything else: by search.
#[derive(Debug)]
pub(super) struct Searched<S: Specification> {
    pub(super) specification: S,
    pub(super) intervals: Vec<Interval<S::Operation>>,
}

impl<S: Specification> Way for Searched<S> {
    fn decide(&self, budget: Budget) -> Decision {
        search::decide(&self.specification, &self.intervals, budget)
    }

    fn order(&self, budget: Budget) -> Option<Vec<usize>> {
        search::order(&self.specification, &self.intervals, budget)
    }
}
