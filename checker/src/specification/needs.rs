//! What an operation needs.

/// Facts that must be true of a state for an operation to be possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs<F> {
    pub(crate) facts: Vec<F>,
    pub(crate) scope: Scope,
}

/// How much is known of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// It may need and do more than is listed.
    Unknown,
    /// It needs what is listed and does what it brings, and nothing else.
    Exact,
    /// The same, and all of that is of one part of the state.
    Part,
}

impl<F> Needs<F> {
    /// These facts are needed, and others may be.
    #[must_use]
    pub fn at_least(facts: impl Into<Vec<F>>) -> Self {
        Self { facts: facts.into(), scope: Scope::Unknown }
    }

    /// The operation is possible if, and only if, all of these are true; and after it what it
    /// brings is true, whatever was before, and no fact has changed but those that contradict it.
    #[must_use]
    pub fn exactly(facts: impl Into<Vec<F>>) -> Self {
        Self { facts: facts.into(), scope: Scope::Exact }
    }

    /// The same, of an operation that needs and brings facts of one part of the state alone: of one
    /// register of several, of one element of a set. Whatever brings a fact of that part replaces
    /// what was true of it.
    #[must_use]
    pub fn of_one_part(facts: impl Into<Vec<F>>) -> Self {
        Self { facts: facts.into(), scope: Scope::Part }
    }
}
