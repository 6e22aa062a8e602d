//! Elle's histories: Jepsen's EDN with transactions of `:append` and `:r` on lists, or of `:w` and
//! `:r` on registers.
//!
//! An event is a map with `:type` and `:value`, its keys in any order, with or without `:process`
//! and `:time`. Events of anything but a numbered process (the nemesis) are passed over; without
//! `:process` an end belongs to the last beginning. A transaction that ends with `:info`, or
//! never, is in doubt. Times are the places of the events in the file: the order of a history is
//! the order of its events, and the clocks in it may be coarse or missing.
//!
//! Text is read once, byte by byte, and most of it is lists that were read before: a list is first
//! compared with the longest one of its key, which is much faster than reading its numbers.

mod cursor;
mod lists;

use std::collections::HashMap;
use std::ops::Range;

use super::SyntaxError;
use crate::{Holding, Outcome, TransactionId, TransactionKey, Transactions, TransactionsBuilder};

use cursor::Cursor;
use lists::Spellings;

/// Reads a history.
///
/// ```
/// let text = "
///     {:type :invoke, :process 0, :value [[:append 8 1] [:r 9 nil]]}
///     {:type :ok,     :process 0, :value [[:append 8 1] [:r 9 [4 2]]]}";
/// let history = history::exchange::elle::read(text)?;
/// assert_eq!(history.describe(history::TransactionId(0)), "append 8 1, r 9 [4 2]");
/// # Ok::<(), history::exchange::SyntaxError>(())
/// ```
///
/// # Errors
/// The first place that is not EDN, or no transaction.
pub fn read(text: &str) -> Result<Transactions, SyntaxError> {
    let holding = if text.contains(":append") { Holding::Lists } else { Holding::Registers };
    let mut import = Import {
        cursor: Cursor::new(text),
        builder: TransactionsBuilder::new(holding),
        holding,
        spellings: Spellings::default(),
        numbered_keys: Vec::new(),
        open: HashMap::new(),
        processes: HashMap::new(),
        next_process: 0,
        events: 0,
    };
    import.events()?;
    import.finish()
}

/// A key up to here is looked up in a table instead of a map.
const NUMBERED_KEYS: usize = 1 << 20;

struct Import<'a> {
    cursor: Cursor<'a>,
    builder: TransactionsBuilder,
    holding: Holding,
    spellings: Spellings,
    numbered_keys: Vec<Option<TransactionKey>>,
    /// The open transaction of each process, and where its operations stand.
    open: HashMap<Option<i64>, (TransactionId, Option<usize>)>,
    /// A process that was in doubt begins anew under another number.
    processes: HashMap<Option<i64>, u32>,
    next_process: u32,
    events: u64,
}

/// What an event says of itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Invoke,
    End(Outcome),
}

/// Who speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaker {
    Client(Option<i64>),
    Other,
}

/// What is known of the operations of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    At(usize),
    /// They have been read already.
    Read,
}

impl Import<'_> {
    /// Reads all events, whether they stand in a sequence or not.
    fn events(&mut self) -> Result<(), SyntaxError> {
        let close = match self.cursor.peek() {
            Some(b'[' | b'(') => Some(self.cursor.open("a history is missing")?),
            _ => None,
        };
        loop {
            if let Some(close) = close
                && self.cursor.closes(close)?
            {
                break;
            }
            self.cursor.tag();
            match self.cursor.peek() {
                None => break,
                Some(b'{') => self.event()?,
                Some(_) => return Err(self.cursor.wrong(self.cursor.at, "no event of a history")),
            }
        }
        match self.cursor.peek() {
            None => Ok(()),
            Some(_) => Err(self.cursor.wrong(self.cursor.at, "more follows the history")),
        }
    }

    fn event(&mut self) -> Result<(), SyntaxError> {
        let begin = self.cursor.at;
        self.cursor.at += 1;
        let (mut kind, mut speaker, mut told) = (None, None, Told::Nothing);
        while !self.cursor.closes(b'}')? {
            match self.cursor.atom()? {
                ":type" => kind = Some(self.kind()?),
                ":process" => speaker = Some(self.speaker()?),
                ":value" => {
                    self.cursor.peek();
                    let at = self.cursor.at;
                    let acknowledged = kind == Some(Kind::End(Outcome::Ok));
                    if acknowledged && matches!(speaker, Some(Speaker::Client(_))) {
                        self.operations(true)?;
                        told = Told::Read;
                    } else {
                        self.cursor.skip()?;
                        told = Told::At(at);
                    }
                }
                _ => self.cursor.skip()?,
            }
        }
        let Speaker::Client(process) = speaker.unwrap_or(Speaker::Client(None)) else {
            return Ok(());
        };
        match kind {
            Some(Kind::Invoke) => self.invoke(process, told, begin)?,
            Some(Kind::End(outcome)) => self.end(process, outcome, told, begin)?,
            None => return Err(self.cursor.wrong(begin, "an event without `:type`")),
        }
        self.events += 1;
        Ok(())
    }

    fn kind(&mut self) -> Result<Kind, SyntaxError> {
        let kind = self.cursor.atom()?;
        Ok(match kind {
            ":invoke" => Kind::Invoke,
            ":ok" => Kind::End(Outcome::Ok),
            ":fail" => Kind::End(Outcome::Fail),
            ":info" => Kind::End(Outcome::Info),
            _ => {
                let at = self.cursor.at - kind.len();
                let what = "`:type` is none of :invoke, :ok, :fail, :info";
                return Err(self.cursor.wrong(at, what));
            }
        })
    }

    fn speaker(&mut self) -> Result<Speaker, SyntaxError> {
        Ok(match self.cursor.peek() {
            Some(b'[' | b'(' | b'{') => {
                self.cursor.skip()?;
                Speaker::Other
            }
            _ => match self.cursor.atom()? {
                "nil" => Speaker::Client(None),
                word => word.parse().map_or(Speaker::Other, |id| Speaker::Client(Some(id))),
            },
        })
    }

    fn invoke(&mut self, process: Option<i64>, told: Told, at: usize) -> Result<(), SyntaxError> {
        let next = &mut self.next_process;
        let number = *self.processes.entry(process).or_insert_with(|| {
            *next += 1;
            *next - 1
        });
        let id = self.builder.begin(number, self.events);
        let value = if let Told::At(at) = told { Some(at) } else { None };
        match self.open.insert(process, (id, value)) {
            Some(_) => Err(self.cursor.wrong(at, "the process has an open transaction")),
            None => Ok(()),
        }
    }

    fn end(
        &mut self,
        process: Option<i64>,
        outcome: Outcome,
        told: Told,
        at: usize,
    ) -> Result<(), SyntaxError> {
        let Some((id, invoked)) = self.open.remove(&process) else {
            return Err(self.cursor.wrong(at, "an end without a beginning"));
        };
        match (outcome, told) {
            (Outcome::Ok, Told::At(at)) => self.operations_at(at, true)?,
            (Outcome::Ok, _) => {}
            // What an aborted transaction read does not matter; what it wrote stands here as well.
            (Outcome::Fail | Outcome::Info, _) => {
                if let Some(at) = invoked {
                    self.operations_at(at, false)?;
                }
            }
        }
        if outcome == Outcome::Info {
            self.processes.remove(&process);
        }
        self.builder.complete(id, outcome, self.events);
        Ok(())
    }

    /// Those still open are in doubt.
    fn finish(mut self) -> Result<Transactions, SyntaxError> {
        let mut open: Vec<_> = self.open.drain().map(|(_, open)| open).collect();
        open.sort_unstable();
        for (id, value) in open {
            if let Some(at) = value {
                self.operations_at(at, false)?;
            }
            self.builder.complete(id, Outcome::Info, u64::MAX);
        }
        Ok(self.builder.finish())
    }

    fn operations_at(&mut self, at: usize, seen: bool) -> Result<(), SyntaxError> {
        let back = std::mem::replace(&mut self.cursor.at, at);
        self.operations(seen)?;
        self.cursor.at = back;
        Ok(())
    }

    /// Reads the operations of a transaction; what was read counts if it was `seen`.
    fn operations(&mut self, seen: bool) -> Result<(), SyntaxError> {
        if self.cursor.rest().starts_with(b"nil") {
            return self.cursor.skip();
        }
        let close = self.cursor.open("a transaction is a sequence of operations")?;
        while !self.cursor.closes(close)? {
            let close = self.cursor.open("an operation is a sequence such as `[:r 1 nil]`")?;
            let begin = self.cursor.at;
            match (self.cursor.atom()?, self.holding) {
                (":append", Holding::Lists) => {
                    let (key, element) = (self.key()?, self.value()?);
                    self.builder.append(key, element);
                }
                (":w", Holding::Registers) => {
                    let (key, value) = (self.key()?, self.value()?);
                    self.builder.write(key, value);
                }
                (":r", _) => {
                    let key = self.key()?;
                    self.read(key, seen)?;
                }
                (":append" | ":w", _) => {
                    let what = "a history of `:append` or of `:w`, not of both";
                    return Err(self.cursor.wrong(begin, what));
                }
                _ => {
                    let what = "no operation of a transaction (`:r`, `:append`, `:w`)";
                    return Err(self.cursor.wrong(begin, what));
                }
            }
            if !self.cursor.closes(close)? {
                return Err(self.cursor.wrong(self.cursor.at, "an operation with too many parts"));
            }
        }
        Ok(())
    }

    fn read(&mut self, key: TransactionKey, seen: bool) -> Result<(), SyntaxError> {
        let first = self.cursor.peek();
        if !seen {
            self.builder.read_unseen(key);
            return self.cursor.skip();
        }
        let list = matches!(first, Some(b'[' | b'('));
        let nil = !list && self.is_nil();
        match self.holding {
            Holding::Lists if list => self.spellings.list(&mut self.cursor, &mut self.builder, key),
            Holding::Lists if nil => {
                self.builder.read_prefix(key, 0);
                Ok(())
            }
            Holding::Lists => Err(self.cursor.wrong(self.cursor.at, "a read of a list is a list")),
            Holding::Registers if nil => {
                self.builder.read(key, None);
                Ok(())
            }
            Holding::Registers => {
                let value = self.value()?;
                self.builder.read(key, Some(value));
                Ok(())
            }
        }
    }

    /// Whether `nil` comes next; passes over it.
    fn is_nil(&mut self) -> bool {
        let rest = self.cursor.rest();
        let is =
            rest.starts_with(b"nil") && rest.get(3).is_none_or(|byte| cursor::ends_word(*byte));
        self.cursor.at += if is { 3 } else { 0 };
        is
    }

    fn key(&mut self) -> Result<TransactionKey, SyntaxError> {
        self.cursor.peek();
        let begin = self.cursor.at;
        let number = self.cursor.number().map(|number| number as usize);
        let Some(number) = number.filter(|number| *number < NUMBERED_KEYS) else {
            self.cursor.at = begin;
            let name = self.cursor.atom()?;
            return Ok(self.builder.key(name));
        };
        if self.numbered_keys.len() <= number {
            self.numbered_keys.resize(number + 1, None);
        }
        let builder = &mut self.builder;
        let key = &mut self.numbered_keys[number];
        Ok(*key.get_or_insert_with(|| builder.key(&number.to_string())))
    }

    fn value(&mut self) -> Result<u64, SyntaxError> {
        value(&mut self.cursor, &mut self.builder)
    }
}

/// A value or an element.
fn value(cursor: &mut Cursor, builder: &mut TransactionsBuilder) -> Result<u64, SyntaxError> {
    match cursor.number() {
        Some(number) => Ok(number),
        None => {
            let name = cursor.atom()?;
            Ok(builder.value(name))
        }
    }
}

/// Where the text of a list stands.
type Span = Range<usize>;

#[cfg(test)]
mod tests;
