//! Which reads of a history say nothing.

use history::exchange::foreign::{DatumId, Foreign, ForeignOperation, Function};

use super::Question;

/// Whether a read that returned nil says nothing, since nobody writes it and it is not what the object
/// holds at the start: so do Jepsen's histories mark reads that were not answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silence {
    of_nil: bool,
}

impl Silence {
    /// The silence of a history.
    pub(crate) fn of(history: &Foreign, question: Question) -> Self {
        let writes_nil = |one: &ForeignOperation| match one.function {
            Function::Write => one.argument == DatumId::NIL,
            other => other == Function::Delete,
        };
        let starts_otherwise = question.initial != DatumId::NIL;
        Self { of_nil: starts_otherwise && !history.operations.iter().any(writes_nil) }
    }

    /// Whether an operation that succeeded says nothing.
    pub(crate) fn covers(self, one: &ForeignOperation) -> bool {
        self.of_nil && one.function == Function::Read && one.result == DatumId::NIL
    }
}
