//! A list: read, append, delete.

use std::sync::Arc;

use history::{Call, Operation, Outcome, Returned, Value};

use super::{Needs, Specification};

/// A list that starts empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct List;

/// An operation on a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ListOperation {
    /// Returned all elements.
    Read(Arc<[Value]>),
    /// Added an element at the end.
    Append(Value),
    /// Deleted the record, which then is empty.
    Delete,
}

impl ListOperation {
    /// An operation of a history; `None` if it says nothing of a list.
    #[must_use]
    pub fn of(operation: &Operation) -> Option<Self> {
        match (&operation.call, operation.outcome) {
            (_, Outcome::Fail) => None,
            (Call::Read, Outcome::Ok) => match &operation.returned {
                Returned::List(elements) => Some(Self::Read(elements.as_slice().into())),
                Returned::Absent => Some(Self::Read([].into())),
                _ => None,
            },
            (Call::Append { element }, _) => Some(Self::Append(*element)),
            (Call::Delete, _) => Some(Self::Delete),
            _ => None,
        }
    }
}

/// A fact of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ListFact {
    /// It is a beginning of these elements.
    Begins(Arc<[Value]>),
    /// The topic of all beginnings.
    Cut,
}

impl Specification for List {
    type State = Arc<[Value]>;
    type Operation = ListOperation;
    type Fact = ListFact;

    fn initial(&self) -> Arc<[Value]> {
        [].into()
    }

    fn apply(&self, held: &Arc<[Value]>, operation: &ListOperation) -> Option<Arc<[Value]>> {
        match operation {
            ListOperation::Read(elements) => (held == elements).then(|| Arc::clone(held)),
            ListOperation::Append(element) => {
                Some(held.iter().copied().chain([*element]).collect())
            }
            ListOperation::Delete => Some([].into()),
        }
    }
    fn observes(&self, operation: &ListOperation) -> bool {
        matches!(operation, ListOperation::Read(_))
    }

    fn needs(&self, operation: &ListOperation) -> Needs<ListFact> {
        match operation {
            ListOperation::Read(elements) => {
                Needs::at_least([ListFact::Begins(Arc::clone(elements))])
            }
            ListOperation::Append(_) | ListOperation::Delete => Needs::at_least([]),
        }
    }

    fn brings(&self, operation: &ListOperation) -> Option<Vec<ListFact>> {
        match operation {
            ListOperation::Read(_) | ListOperation::Append(_) => Some(Vec::new()),
            ListOperation::Delete => Some(vec![ListFact::Cut]),
        }
    }

    fn topic(&self, _: &ListFact) -> ListFact {
        ListFact::Cut
    }

    fn holds(&self, held: &Arc<[Value]>, fact: &ListFact) -> bool {
        match fact {
            ListFact::Begins(elements) => elements.starts_with(held),
            ListFact::Cut => true,
        }
    }
}
