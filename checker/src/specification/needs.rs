//! What an operation needs.

/// Facts that must be true of a state for an operation to be possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs<F> {
    pub(crate) facts: Vec<F>,
    pub(crate) exact: bool,
}

impl<F> Needs<F> {
    /// These facts are needed, and others may be.
    #[must_use]
    pub fn at_least(facts: impl Into<Vec<F>>) -> Self {
        Self { facts: facts.into(), exact: false }
    }

    /// The operation is possible if, and only if, all of these are true; and after it the facts
    /// that it brings are true, whatever was before, and no other fact has changed but those that
    /// contradict them.
    #[must_use]
    pub fn exactly(facts: impl Into<Vec<F>>) -> Self {
        Self { facts: facts.into(), exact: true }
    }
}
