//! Operations as other programs record them.

use super::{Data, Datum, DatumId};
use crate::Outcome;

/// A history of another program.
#[derive(Clone, Debug, Default)]
pub struct Foreign {
    /// The operations, in the order of their invocations.
    pub operations: Vec<ForeignOperation>,
    /// The values that they name.
    pub data: Data,
    /// Whether operations name keys.
    pub keyed: bool,
    /// The names of the processes, by their numbers here.
    pub processes: Vec<DatumId>,
}

/// What a process asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Function {
    /// Read what is there (`read`, `get`).
    Read,
    /// Write a value, whatever was there (`write`, `put`).
    Write,
    /// Replace a value by another (`cas`).
    Cas,
    /// Add a number to a counter, or an element to a set (`add`).
    Add,
    /// Put something at the end of a list, or of a text (`append`).
    Append,
    /// Remove the object (`delete`).
    Delete,
    /// Put at the end of a queue (`enqueue`).
    Enqueue,
    /// Take from the front of a queue (`dequeue`).
    Dequeue,
    /// Take a lock (`acquire`).
    Acquire,
    /// Give a lock back (`release`).
    Release,
    /// Several operations at once (`txn`).
    Transaction,
}

impl Function {
    /// All, with the names that files call them by, the usual one first.
    pub(super) const NAMES: [(Self, &'static [&'static str]); 11] = [
        (Self::Read, &["read", "get", "r"]),
        (Self::Write, &["write", "put", "w"]),
        (Self::Cas, &["cas", "compare-and-set"]),
        (Self::Add, &["add", "inc", "increment"]),
        (Self::Append, &["append"]),
        (Self::Delete, &["delete"]),
        (Self::Enqueue, &["enqueue"]),
        (Self::Dequeue, &["dequeue"]),
        (Self::Acquire, &["acquire", "lock"]),
        (Self::Release, &["release", "unlock"]),
        (Self::Transaction, &["txn"]),
    ];

    /// Its usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].1[0]
    }

    /// The function of a name.
    #[inline]
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"read" => Some(Self::Read),
            b"write" => Some(Self::Write),
            _ => Self::NAMES
                .iter()
                .find(|(_, names)| names.iter().any(|one| one.as_bytes() == name))
                .map(|(function, _)| *function),
        }
    }
}

/// An operation of another program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForeignOperation {
    /// Who asked, an index into [`Foreign::processes`].
    pub process: u32,
    /// What for.
    pub function: Function,
    /// What is known of its effect.
    pub outcome: Outcome,
    /// Whether it failed because its condition did not hold: that is an observation.
    pub refused: bool,
    /// Which object; nil if the history names none.
    pub key: DatumId,
    /// The value of the invocation.
    pub argument: DatumId,
    /// The value of an [`Outcome::Ok`] completion, else nil.
    pub result: DatumId,
    /// Its invocation's place among all events, from 1: the history's clock.
    pub invoked: u32,
    /// Its completion's place among all events; `u32::MAX` if it never completed.
    pub completed: u32,
    /// The line of its invocation, from 1.
    pub invoked_line: u32,
    /// The line of its completion; 0 if it has none.
    pub completed_line: u32,
}

impl ForeignOperation {
    /// When its effect must have happened by: its completion if it happened, else never.
    #[must_use]
    pub fn settled(&self) -> u64 {
        if self.outcome == Outcome::Ok { u64::from(self.completed) } else { u64::MAX }
    }
}

impl Foreign {
    /// Whether the history begins with a transaction of Elle's kind, whose steps are `:append`,
    /// `:r` or `:w`.
    #[must_use]
    pub fn is_transactional(&self) -> bool {
        let Some(first) = self.operations.first() else { return false };
        let Some(steps) = self.data.sequence(first.argument) else { return false };
        first.function == Function::Transaction
            && steps.iter().any(|step| {
                let name = self.data.sequence(*step).and_then(<[DatumId]>::first);
                matches!(
                    name.map(|name| self.data.get(*name)),
                    Some(Datum::Word(":append" | ":r" | ":w") | Datum::Text("append" | "r" | "w"))
                )
            })
    }

    /// An operation in words: `write of 5 to "x" by process 3 (lines 4 to 9)`.
    #[must_use]
    pub fn describe(&self, operation: &ForeignOperation) -> String {
        let print = |id| self.data.print(id);
        let name = operation.function.name();
        let mut text = match (operation.function, operation.argument) {
            (Function::Read, _) | (_, DatumId::NIL) => name.to_owned(),
            (Function::Cas, pair) => match self.data.sequence(pair) {
                Some([from, to]) => format!("cas from {} to {}", print(*from), print(*to)),
                _ => format!("cas {}", print(pair)),
            },
            (_, value) => format!("{name} of {}", print(value)),
        };
        if self.keyed {
            text.push_str(&format!(" on key {}", print(operation.key)));
        }
        let process = print(self.processes[operation.process as usize]);
        text.push_str(&format!(" by process {process}"));
        match (operation.outcome, operation.function) {
            (Outcome::Ok, Function::Read | Function::Dequeue | Function::Transaction) => {
                text.push_str(&format!(" returned {}", print(operation.result)));
            }
            (Outcome::Ok, _) => text.push_str(" succeeded"),
            (Outcome::Fail, _) if operation.refused => text.push_str(" was refused"),
            (Outcome::Fail, _) => text.push_str(" failed"),
            (Outcome::Info, _) => text.push_str(" is in doubt"),
        }
        let from = operation.invoked_line;
        match operation.completed_line {
            0 => text.push_str(&format!(" (line {from})")),
            to => text.push_str(&format!(" (lines {from} and {to})")),
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_stand_at_their_places() {
        for (at, (function, names)) in Function::NAMES.iter().enumerate() {
            assert_eq!(*function as usize, at);
            assert!(names.iter().all(|name| Function::named(name.as_bytes()) == Some(*function)));
        }
    }
}
