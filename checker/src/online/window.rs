//! What the windows of all models share: what they are given, what they say, and writes in doubt.

use history::{
    Call, Completion, Invocation, Key, Operation, OperationId, Outcome, ProcessId, Returned, Route,
    SiteIndex, Value,
};

/// What a window is settled with.
#[derive(Debug)]
pub(super) struct Moment<'a> {
    /// Operations that ended since the last time.
    pub(super) fresh: Vec<Operation>,
    /// Operations that are open: so far in doubt.
    pub(super) open: &'a [Operation],
    /// Nothing that ends later was invoked before this, in ns.
    pub(super) watermark_ns: u64,
}

/// What a window says of everything that it was given so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// An order explains it.
    Holds,
    /// No order does; operations that show it, as far as the window still holds them.
    Broken(Vec<OperationId>),
    /// The window's algorithm does not fit: a value does not name its write, or the record is
    /// deleted.
    Unfit,
    /// The budget is spent.
    Undecided,
}

/// A write in doubt that nobody has observed: all that must be kept of it, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Doubt {
    id: OperationId,
    invoked_ns: u64,
    asked: Asked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Write,
    Append,
    /// A compare-and-set, from a value or from no record.
    Replace(Value),
    Create,
}

impl Doubt {
    /// Of a write, with the value or element that it writes; `None` if it writes none.
    pub(super) fn of(operation: &Operation) -> Option<(Value, Self)> {
        let (value, asked) = match operation.call {
            Call::Write { value } => (value, Asked::Write),
            Call::Append { element } => (element, Asked::Append),
            Call::Cas { expected: Some(from), value, .. } => (value, Asked::Replace(from)),
            Call::Cas { expected: None, value, .. } => (value, Asked::Create),
            Call::Read | Call::Add { .. } | Call::Delete => return None,
        };
        Some((value, Self { id: operation.id, invoked_ns: operation.invoked_ns, asked }))
    }

    /// The operation again, as far as it matters for a verdict.
    pub(super) fn operation(self, value: Value) -> Operation {
        let cas = |expected| Call::Cas { expected, generation: 0, value };
        let call = match self.asked {
            Asked::Write => Call::Write { value },
            Asked::Append => Call::Append { element: value },
            Asked::Replace(from) => cas(Some(from)),
            Asked::Create => cas(None),
        };
        Operation {
            outcome: Outcome::Info,
            completed_ns: None,
            ..stand_in(self.id, call, (self.invoked_ns, 0), Returned::Nothing)
        }
    }
}

/// An acknowledged operation that stands for others, with a call and a return in ns.
pub(super) fn stand_in(
    id: OperationId,
    call: Call,
    (invoked_ns, completed_ns): (u64, u64),
    returned: Returned,
) -> Operation {
    Operation {
        id,
        process: ProcessId(0),
        site: SiteIndex(0),
        route: Route::Map,
        key: Key(0),
        call,
        invoked_ns,
        completed_ns: Some(completed_ns),
        outcome: Outcome::Ok,
        returned,
        generation: None,
        code: 0,
    }
}

/// An operation that has begun and not ended.
pub(super) fn opened(invocation: &Invocation, invoked_ns: u64) -> Operation {
    Operation {
        id: invocation.operation,
        process: invocation.process,
        site: invocation.site,
        route: invocation.route,
        key: invocation.key,
        call: invocation.call,
        invoked_ns,
        completed_ns: None,
        outcome: Outcome::Info,
        returned: Returned::Nothing,
        generation: None,
        code: 0,
    }
}

/// An open operation that has ended.
pub(super) fn ended(open: Operation, completion: &Completion, completed_ns: u64) -> Operation {
    Operation {
        completed_ns: Some(completed_ns),
        outcome: completion.outcome,
        returned: completion.returned.clone(),
        generation: completion.generation,
        code: completion.code,
        ..open
    }
}

/// Gives memory back that a window does not need: there may be a million of them.
pub(super) fn shrink<T>(held: &mut Vec<T>) {
    held.shrink_to(held.len() + held.len() / 4);
}

/// The ids of operations at some positions.
pub(super) fn ids(operations: &[&Operation], positions: &[usize]) -> Vec<OperationId> {
    positions.iter().map(|at| operations[*at].id).collect()
}
