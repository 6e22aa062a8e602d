//! A text: get, put, append.

use std::sync::Arc;

use super::{Needs, Specification};

/// A text that starts empty: a key of a key-value store whose values can be appended to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Text;

/// An operation on a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TextOperation {
    /// Returned all of it.
    Get(Arc<str>),
    /// Replaced it.
    Put(Arc<str>),
    /// Added something at the end.
    Append(Arc<str>),
}

/// A fact of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TextFact {
    /// It is a beginning of this one.
    Begins(Arc<str>),
    /// The topic of all beginnings.
    Replaced,
}

impl Specification for Text {
    type State = Arc<str>;
    type Operation = TextOperation;
    type Fact = TextFact;

    fn initial(&self) -> Arc<str> {
        "".into()
    }

    fn apply(&self, held: &Arc<str>, operation: &TextOperation) -> Option<Arc<str>> {
        match operation {
            TextOperation::Get(seen) => (held == seen).then(|| Arc::clone(held)),
            TextOperation::Put(text) => Some(Arc::clone(text)),
            TextOperation::Append(more) => Some([&**held, more].concat().into()),
        }
    }

    fn observes(&self, operation: &TextOperation) -> bool {
        matches!(operation, TextOperation::Get(_))
    }

    fn needs(&self, operation: &TextOperation) -> Needs<TextFact> {
        match operation {
            TextOperation::Get(seen) => Needs::at_least([TextFact::Begins(Arc::clone(seen))]),
            TextOperation::Put(_) | TextOperation::Append(_) => Needs::at_least([]),
        }
    }

    fn brings(&self, operation: &TextOperation) -> Option<Vec<TextFact>> {
        match operation {
            TextOperation::Get(_) | TextOperation::Append(_) => Some(Vec::new()),
            TextOperation::Put(_) => Some(vec![TextFact::Replaced]),
        }
    }

    fn topic(&self, _: &TextFact) -> TextFact {
        TextFact::Replaced
    }

    fn holds(&self, held: &Arc<str>, fact: &TextFact) -> bool {
        match fact {
            TextFact::Begins(seen) => seen.starts_with(&**held),
            TextFact::Replaced => true,
        }
    }
}
