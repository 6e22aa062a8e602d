//! A set: add, remove, contains, read.

use std::sync::Arc;

use history::Value;

use super::{Needs, Specification};

/// A set that starts empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Set;

/// An operation on a set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SetOperation {
    /// Made sure that an element is there.
    Add(Value),
    /// Made sure that an element is not there.
    Remove(Value),
    /// Asked for an element.
    Contains {
        /// The element.
        element: Value,
        /// Whether it was there.
        found: bool,
    },
    /// Returned all elements; made by [`SetOperation::read`].
    Read(Arc<[Value]>),
}

impl SetOperation {
    /// A read that returned these elements, in whatever order.
    #[must_use]
    pub fn read(elements: impl IntoIterator<Item = Value>) -> Self {
        let mut elements: Vec<Value> = elements.into_iter().collect();
        elements.sort_unstable();
        Self::Read(elements.into())
    }
}

/// A fact of a set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SetFact {
    /// It has an element.
    Has(Value),
    /// It lacks an element.
    Lacks(Value),
    /// It has no other elements than these.
    Within(Arc<[Value]>),
    /// The topic of having no others.
    Smaller,
}

impl Specification for Set {
    /// In order, each once.
    type State = Arc<[Value]>;
    type Operation = SetOperation;
    type Fact = SetFact;

    fn initial(&self) -> Arc<[Value]> {
        [].into()
    }

    fn apply(&self, held: &Arc<[Value]>, operation: &SetOperation) -> Option<Arc<[Value]>> {
        let place = |element: &Value| held.binary_search(element);
        match operation {
            SetOperation::Add(element) => Some(match place(element) {
                Ok(_) => Arc::clone(held),
                Err(at) => held[..at].iter().chain([element]).chain(&held[at..]).copied().collect(),
            }),
            SetOperation::Remove(element) => Some(match place(element) {
                Ok(at) => held[..at].iter().chain(&held[at + 1..]).copied().collect(),
                Err(_) => Arc::clone(held),
            }),
            SetOperation::Contains { element, found } => {
                (place(element).is_ok() == *found).then(|| Arc::clone(held))
            }
            SetOperation::Read(elements) => (held == elements).then(|| Arc::clone(held)),
        }
    }

    fn observes(&self, operation: &SetOperation) -> bool {
        matches!(operation, SetOperation::Contains { .. } | SetOperation::Read(_))
    }

    fn needs(&self, operation: &SetOperation) -> Needs<SetFact> {
        match operation {
            SetOperation::Add(_) | SetOperation::Remove(_) => Needs::of_one_part([]),
            SetOperation::Contains { element, found: true } => {
                Needs::of_one_part([SetFact::Has(*element)])
            }
            SetOperation::Contains { element, found: false } => {
                Needs::of_one_part([SetFact::Lacks(*element)])
            }
            SetOperation::Read(elements) => {
                Needs::at_least([SetFact::Within(Arc::clone(elements))])
            }
        }
    }

    fn brings(&self, operation: &SetOperation) -> Option<Vec<SetFact>> {
        match operation {
            SetOperation::Add(element) => Some(vec![SetFact::Has(*element)]),
            SetOperation::Remove(element) => Some(vec![SetFact::Lacks(*element), SetFact::Smaller]),
            SetOperation::Contains { .. } | SetOperation::Read(_) => Some(Vec::new()),
        }
    }

    fn topic(&self, fact: &SetFact) -> SetFact {
        match fact {
            SetFact::Within(_) => SetFact::Smaller,
            _ => fact.clone(),
        }
    }

    fn holds(&self, held: &Arc<[Value]>, fact: &SetFact) -> bool {
        match fact {
            SetFact::Has(element) => held.binary_search(element).is_ok(),
            SetFact::Lacks(element) => held.binary_search(element).is_err(),
            SetFact::Within(elements) => {
                held.iter().all(|element| elements.binary_search(element).is_ok())
            }
            SetFact::Smaller => true,
        }
    }

    fn excludes(&self, one: &SetFact, other: &SetFact) -> bool {
        match (one, other) {
            (SetFact::Has(one), SetFact::Lacks(other))
            | (SetFact::Lacks(one), SetFact::Has(other)) => one == other,
            _ => false,
        }
    }
}
