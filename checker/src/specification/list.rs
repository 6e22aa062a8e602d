//! A list: read, append, delete.

use std::sync::Arc;

use history::{Call, Operation, Outcome, Returned, Value};

use super::Specification;

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

impl Specification for List {
    type State = Arc<[Value]>;
    type Operation = ListOperation;

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
}
