//! What a foreign history is of.

use history::exchange::foreign::{Datum, DatumId, Foreign, Function};

/// A data type whose objects are judged one by one, for linearizability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectModel {
    /// Reads and writes; nil at the start.
    Register,
    /// Reads, writes and compare-and-set; nil at the start.
    CasRegister,
    /// Adds of numbers, and reads of the sum; 0 at the start.
    Counter,
    /// Adds of elements, and reads of all; empty at the start.
    Set,
    /// First in, first out; empty at the start.
    Queue,
    /// A lock, free at the start.
    Mutex,
    /// Several registers, read and written together; nil at the start.
    MultiRegister,
    /// Appends to a list, and reads of all of it; empty at the start.
    List,
    /// A text by key: get, put, append; empty at the start.
    KeyValue,
}

impl ObjectModel {
    /// All.
    pub const ALL: [Self; 9] = [
        Self::Register,
        Self::CasRegister,
        Self::Counter,
        Self::Set,
        Self::Queue,
        Self::Mutex,
        Self::MultiRegister,
        Self::List,
        Self::KeyValue,
    ];

    /// Its name on a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::CasRegister => "cas-register",
            Self::Counter => "counter",
            Self::Set => "set",
            Self::Queue => "queue",
            Self::Mutex => "mutex",
            Self::MultiRegister => "multi-register",
            Self::List => "list-append",
            Self::KeyValue => "kv",
        }
    }

    /// A model by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name() == name)
    }

    /// The functions that it has.
    #[must_use]
    pub fn functions(self) -> &'static [Function] {
        match self {
            Self::Register => &[Function::Read, Function::Write, Function::Delete],
            Self::CasRegister => {
                &[Function::Read, Function::Write, Function::Cas, Function::Delete]
            }
            Self::Counter | Self::Set => &[Function::Read, Function::Add],
            Self::Queue => &[Function::Enqueue, Function::Dequeue],
            Self::Mutex => &[Function::Acquire, Function::Release],
            Self::MultiRegister => &[Function::Transaction],
            Self::List => &[Function::Read, Function::Append, Function::Delete],
            Self::KeyValue => &[Function::Read, Function::Write, Function::Append],
        }
    }

    /// Tells a model by what a history does.
    ///
    /// # Errors
    /// Why none or several fit, and how to say which.
    pub fn guess(history: &Foreign) -> Result<Self, String> {
        let data = &history.data;
        let operations = || history.operations.iter();
        let has = |function| operations().any(|one| one.function == function);
        let mut read = operations().filter(|one| one.function == Function::Read);
        let is_sequence = |id| matches!(data.get(id), Datum::Sequence(_));
        let is_text = |id| matches!(data.get(id), Datum::Text(_));
        let guessed = if has(Function::Transaction) {
            if history.is_transactional() {
                return Err("transactions of lists or registers: `--model list-append` or \
                            `--model rw-register`"
                    .to_owned());
            }
            Self::MultiRegister
        } else if has(Function::Acquire) || has(Function::Release) {
            Self::Mutex
        } else if has(Function::Enqueue) || has(Function::Dequeue) {
            Self::Queue
        } else if has(Function::Append) {
            let texts = has(Function::Write) || read.any(|one| is_text(one.result));
            if texts { Self::KeyValue } else { Self::List }
        } else if has(Function::Add) {
            match read.find(|one| one.result != DatumId::NIL) {
                Some(one) if is_sequence(one.result) => Self::Set,
                Some(_) => Self::Counter,
                None => {
                    return Err("adds without a read that returned something are of a counter or \
                                of a set: say `--model counter` or `--model set`"
                        .to_owned());
                }
            }
        } else if has(Function::Cas) {
            Self::CasRegister
        } else {
            Self::Register
        };
        let strange = operations().find(|one| !guessed.functions().contains(&one.function));
        match strange {
            None => Ok(guessed),
            Some(strange) => Err(format!(
                "line {}: `{}` in a history that looks like a {}: no model has both; split the \
                 history by its objects",
                strange.invoked_line,
                strange.function.name(),
                guessed.name()
            )),
        }
    }
}
