//! The outcome table: what each signal proves of each operation.
//!
//! The codes are those of the server's wire protocol and of the official Rust client. A code that
//! the table does not list proves nothing. Three answers of the client are not taken at face value:
//! - a write that is refused with 11, 14 or 18 surfaces as the client's own timeout, in doubt,
//!   though it was never applied: the server's code inside decides;
//! - a row of a batch that the server timed out (9) surfaces as not in doubt, though it may have
//!   been applied: it stays in doubt;
//! - code 1 surfaces as not in doubt, though the server does not say when it gives it.

use history::Call;

use super::Signal;

/// What a signal proves of one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It had no effect and never will: the operation failed.
    None,
    /// Nothing: the operation is in doubt.
    Unknown,
    /// The record does not exist, which is an observation: the operation is ok.
    Absent,
}

/// One effect for each kind of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operations {
    /// Of a read. A read has no effect, so it never is in doubt.
    pub read: Effect,
    /// Of a write.
    pub write: Effect,
    /// Of a compare-and-set.
    pub cas: Effect,
    /// Of an add.
    pub add: Effect,
    /// Of an append to a list.
    pub append: Effect,
    /// Of a delete.
    pub delete: Effect,
}

/// A line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The signal; `None` for the lines that stand for all codes of a kind.
    pub signal: Option<Signal>,
    /// Its name.
    pub name: &'static str,
    /// What it proves.
    pub operations: Operations,
}

impl Row {
    /// What the signal proves of a call.
    #[must_use]
    pub fn effect(&self, call: &Call) -> Effect {
        match call {
            Call::Read => self.operations.read,
            Call::Write { .. } => self.operations.write,
            Call::Cas { .. } => self.operations.cas,
            Call::Add { .. } => self.operations.add,
            Call::Append { .. } => self.operations.append,
            Call::Delete => self.operations.delete,
        }
    }
}

/// No operation had an effect.
const DEFINITE: Operations = Operations {
    read: Effect::None,
    write: Effect::None,
    cas: Effect::None,
    add: Effect::None,
    append: Effect::None,
    delete: Effect::None,
};

/// Whatever writes is in doubt.
const IN_DOUBT: Operations = Operations {
    read: Effect::None,
    write: Effect::Unknown,
    cas: Effect::Unknown,
    add: Effect::Unknown,
    append: Effect::Unknown,
    delete: Effect::Unknown,
};

/// Who asks for the record learns that there is none; who needs one to write to has failed.
const NOT_FOUND: Operations =
    Operations { read: Effect::Absent, delete: Effect::Absent, ..DEFINITE };

const fn server(code: u8, name: &'static str, operations: Operations) -> Row {
    Row { signal: Some(Signal::Server(code)), name, operations }
}

/// Codes of the server that the table does not list.
const UNLISTED: Row = Row { signal: None, name: "unlisted server code", operations: IN_DOUBT };
/// All codes of the client when no whole request had left.
const UNSENT: Row = Row { signal: None, name: "nothing sent", operations: DEFINITE };
/// All codes of the client when the request had left.
const LOST: Row = Row { signal: None, name: "no readable answer", operations: IN_DOUBT };

/// The table.
pub const TABLE: &[Row] = &[
    server(1, "unknown server error", IN_DOUBT),
    server(2, "not found", NOT_FOUND),
    server(3, "generation", DEFINITE),
    server(4, "parameter", DEFINITE),
    server(5, "record exists", DEFINITE),
    server(6, "bin exists", DEFINITE),
    server(8, "out of space", DEFINITE),
    server(9, "timeout", IN_DOUBT),
    server(11, "partition unavailable", DEFINITE),
    server(12, "incompatible type", DEFINITE),
    server(13, "record too big", DEFINITE),
    server(14, "key busy", DEFINITE),
    server(17, "bin not found", DEFINITE),
    server(18, "device overload", DEFINITE),
    server(19, "key mismatch", DEFINITE),
    server(20, "invalid namespace", DEFINITE),
    server(21, "bin name", DEFINITE),
    server(22, "forbidden", DEFINITE),
    server(23, "element not found", DEFINITE),
    server(24, "element exists", DEFINITE),
    server(25, "enterprise only", DEFINITE),
    server(26, "operation not applicable", DEFINITE),
    server(27, "filtered out", DEFINITE),
    server(120, "blocked by a transaction", DEFINITE),
    server(121, "transaction version mismatch", DEFINITE),
    server(122, "transaction expired", IN_DOUBT),
    server(123, "too many writes in a transaction", DEFINITE),
    server(126, "locked by the transaction already", DEFINITE),
    UNLISTED,
    UNSENT,
    LOST,
];

/// The line for a signal.
#[must_use]
pub fn row(signal: Signal) -> &'static Row {
    match signal {
        Signal::Server(_) => {
            TABLE.iter().find(|row| row.signal == Some(signal)).unwrap_or(&UNLISTED)
        }
        Signal::Unsent(_) => &UNSENT,
        Signal::Lost(_) => &LOST,
    }
}
