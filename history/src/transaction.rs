//! Transactions over several records, and histories of them.
//!
//! A history is kept in columns, and the lists that were read are kept once per key: nearly every
//! read of an append-only list is a beginning of the longest one that was seen, so a read costs
//! one word, however long the list. A million transactions take about 100 MB.

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use crate::{Outcome, Value};

/// What the keys of a history hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holding {
    /// Lists, which are appended to and read as a whole.
    Lists,
    /// Plain values, which are overwritten.
    Registers,
}

/// A transaction, by its place among the invocations of its history, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransactionId(pub u32);

/// A key, by the order in which the history first names it, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransactionKey(pub u32);

/// A transaction without its operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Who asked for it.
    pub process: u32,
    /// Whether it was committed: [`Outcome::Fail`] means aborted, [`Outcome::Info`] in doubt.
    pub outcome: Outcome,
    /// When it began: ns since the run began, or where a file has no usable times, the place of
    /// the event in the file.
    pub invoked: u64,
    /// When it was known to be committed; `u64::MAX` if that never was.
    pub completed: u64,
    first: u32,
    count: u32,
}

/// One operation of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MicroOperation {
    /// The record.
    pub key: TransactionKey,
    /// What was asked and seen.
    pub act: Act,
}

/// What an operation of a transaction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// An element was appended to a list.
    Append(Value),
    /// A register was written.
    Write(Value),
    /// A register was read; `None` is an absent record.
    Read(Option<Value>),
    /// A list was read, see [`Transactions::list`].
    List(List),
    /// Something was read, and what it was is not known.
    Unseen,
}

/// A list that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// The first so many elements of the key's [`spine`](Transactions::spine).
    Prefix(u32),
    /// A list of its own, since it is no prefix of the spine.
    Stray(u32),
}

/// A history of transactions, in the order of their invocations.
///
/// ```
/// use history::{Act, Holding, Outcome, TransactionsBuilder};
///
/// let mut builder = TransactionsBuilder::new(Holding::Lists);
/// let x = builder.key("x");
/// let writer = builder.begin(0, 10);
/// builder.append(x, 1);
/// builder.complete(writer, Outcome::Ok, 20);
/// let reader = builder.begin(1, 30);
/// builder.read_list(x, &[1]);
/// builder.complete(reader, Outcome::Ok, 40);
/// let history = builder.finish();
/// assert_eq!(history.describe(reader), "r x [1]");
/// assert!(matches!(history.operations(writer)[0].act, Act::Append(1)));
/// ```
#[derive(Clone, Debug)]
pub struct Transactions {
    holding: Holding,
    transactions: Vec<Transaction>,
    operations: Vec<MicroOperation>,
    /// The version that each operation saw or made, where the history carries them; 0 is none.
    versions: Vec<u64>,
    keys: Vec<String>,
    spines: Vec<Vec<Value>>,
    strays: Vec<Vec<Value>>,
    /// Values that are no numbers, see [`FIRST_NAME`].
    names: Vec<String>,
}

/// Values from here on stand for names.
const FIRST_NAME: Value = 1 << 63;

impl Transactions {
    /// What the keys hold.
    #[must_use]
    pub fn holding(&self) -> Holding {
        self.holding
    }

    /// How many transactions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.transactions.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.transactions.is_empty()
    }

    /// How many keys there are.
    #[must_use]
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }

    /// A transaction.
    #[must_use]
    pub fn get(&self, id: TransactionId) -> &Transaction {
        &self.transactions[id.0 as usize]
    }

    /// All transactions with their ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (TransactionId, &Transaction)> {
        self.transactions.iter().enumerate().map(|(id, one)| (TransactionId(id as u32), one))
    }

    /// The operations of a transaction, in its order.
    #[must_use]
    pub fn operations(&self, id: TransactionId) -> &[MicroOperation] {
        let one = self.get(id);
        &self.operations[one.first as usize..][..one.count as usize]
    }

    /// The versions that the operations of a transaction saw or made, one for each operation and 0
    /// for none; empty if the history carries no versions.
    #[must_use]
    pub fn versions(&self, id: TransactionId) -> &[u64] {
        if self.versions.is_empty() {
            return &[];
        }
        let one = self.get(id);
        &self.versions[one.first as usize..][..one.count as usize]
    }

    /// The longest list of a key of which the other reads are beginnings.
    #[must_use]
    pub fn spine(&self, key: TransactionKey) -> &[Value] {
        &self.spines[key.0 as usize]
    }

    /// The elements of a list that was read.
    #[must_use]
    pub fn list(&self, key: TransactionKey, list: List) -> &[Value] {
        match list {
            List::Prefix(length) => &self.spine(key)[..length as usize],
            List::Stray(index) => &self.strays[index as usize],
        }
    }

    /// A key as the history spells it.
    #[must_use]
    pub fn key_name(&self, key: TransactionKey) -> &str {
        &self.keys[key.0 as usize]
    }

    /// A value as the history spells it.
    #[must_use]
    pub fn value_name(&self, value: Value) -> String {
        let name = value.checked_sub(FIRST_NAME).and_then(|name| self.names.get(name as usize));
        name.cloned().unwrap_or_else(|| value.to_string())
    }

    /// The operations of a transaction in words, long lists with their ends only.
    #[must_use]
    pub fn describe(&self, id: TransactionId) -> String {
        let mut words = String::new();
        for operation in self.operations(id) {
            if !words.is_empty() {
                words.push_str(", ");
            }
            let key = self.key_name(operation.key);
            // Writing to a string does not fail.
            let _ = match operation.act {
                Act::Append(value) => write!(words, "append {key} {}", self.value_name(value)),
                Act::Write(value) => write!(words, "w {key} {}", self.value_name(value)),
                Act::Read(Some(value)) => write!(words, "r {key} {}", self.value_name(value)),
                Act::Read(None) => write!(words, "r {key} nil"),
                Act::Unseen => write!(words, "r {key} ?"),
                Act::List(list) => {
                    let elements = Elements { history: self, of: self.list(operation.key, list) };
                    write!(words, "r {key} {elements}")
                }
            };
        }
        words
    }

    /// A list in words, a long one with its ends only.
    #[must_use]
    pub fn describe_list(&self, elements: &[Value]) -> String {
        Elements { history: self, of: elements }.to_string()
    }
}

struct Elements<'a> {
    history: &'a Transactions,
    of: &'a [Value],
}

impl fmt::Display for Elements<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        let skipped = self.of.len().saturating_sub(SHOWN);
        to.write_char('[')?;
        for (at, value) in self.of.iter().enumerate() {
            if skipped > 0 && (1..=skipped).contains(&at) {
                if at == 1 {
                    to.write_str(" …")?;
                }
                continue;
            }
            if at > 0 {
                to.write_char(' ')?;
            }
            to.write_str(&self.history.value_name(*value))?;
        }
        to.write_char(']')
    }
}

/// Puts a history of transactions together.
///
/// The operations that are told since the last [`complete`](Self::complete) belong to the
/// transaction that is completed next. One that never ends is completed as in doubt, so that its
/// operations are known.
#[derive(Debug)]
pub struct TransactionsBuilder {
    history: Transactions,
    key_ids: HashMap<String, TransactionKey>,
    name_ids: HashMap<String, Value>,
    /// Where the operations begin that belong to no transaction yet.
    pending: usize,
}

impl TransactionsBuilder {
    /// An empty history.
    #[must_use]
    pub fn new(holding: Holding) -> Self {
        let history = Transactions {
            holding,
            transactions: Vec::new(),
            operations: Vec::new(),
            versions: Vec::new(),
            keys: Vec::new(),
            spines: Vec::new(),
            strays: Vec::new(),
            names: Vec::new(),
        };
        Self { history, key_ids: HashMap::new(), name_ids: HashMap::new(), pending: 0 }
    }

    /// A key by its name.
    pub fn key(&mut self, name: &str) -> TransactionKey {
        if let Some(key) = self.key_ids.get(name) {
            return *key;
        }
        let key = TransactionKey(self.history.keys.len() as u32);
        self.history.keys.push(name.to_owned());
        self.history.spines.push(Vec::new());
        self.key_ids.insert(name.to_owned(), key);
        key
    }

    /// A value by its spelling: numbers stand for themselves.
    pub fn value(&mut self, name: &str) -> Value {
        let number = name.parse().ok().filter(|number: &Value| *number < FIRST_NAME);
        // A number that is not spelled as it is printed (`+1`, `007`) would be spelled wrongly.
        if let Some(number) = number.filter(|_| name == "0" || !name.starts_with(['+', '0'])) {
            return number;
        }
        if let Some(value) = self.name_ids.get(name) {
            return *value;
        }
        let next = FIRST_NAME + self.history.names.len() as Value;
        self.history.names.push(name.to_owned());
        self.name_ids.insert(name.to_owned(), next);
        next
    }

    /// Begins a transaction, later than all that have begun.
    pub fn begin(&mut self, process: u32, invoked: u64) -> TransactionId {
        let id = TransactionId(self.history.transactions.len() as u32);
        self.history.transactions.push(Transaction {
            process,
            outcome: Outcome::Info,
            invoked,
            completed: u64::MAX,
            first: 0,
            count: 0,
        });
        id
    }

    /// An element is appended.
    pub fn append(&mut self, key: TransactionKey, element: Value) {
        self.push(key, Act::Append(element));
    }

    /// A register is written.
    pub fn write(&mut self, key: TransactionKey, value: Value) {
        self.push(key, Act::Write(value));
    }

    /// A register was read.
    pub fn read(&mut self, key: TransactionKey, value: Option<Value>) {
        self.push(key, Act::Read(value));
    }

    /// Something was read, and what it was is not known.
    pub fn read_unseen(&mut self, key: TransactionKey) {
        self.push(key, Act::Unseen);
    }

    /// A list was read.
    pub fn read_list(&mut self, key: TransactionKey, elements: &[Value]) {
        let spine = &mut self.history.spines[key.0 as usize];
        let shared = elements.len().min(spine.len());
        let list = if elements[..shared] == spine[..shared] {
            spine.extend_from_slice(&elements[shared..]);
            List::Prefix(elements.len() as u32)
        } else {
            self.history.strays.push(elements.to_vec());
            List::Stray(self.history.strays.len() as u32 - 1)
        };
        self.push(key, Act::List(list));
    }

    /// A list was read that is the first `length` elements of the key's spine.
    ///
    /// # Panics
    /// If the spine is shorter.
    pub fn read_prefix(&mut self, key: TransactionKey, length: usize) {
        assert!(length <= self.history.spine(key).len(), "the spine is shorter");
        self.push(key, Act::List(List::Prefix(length as u32)));
    }

    /// A list was read that is the key's spine and `more` after it.
    pub fn read_longer(&mut self, key: TransactionKey, more: &[Value]) {
        let spine = &mut self.history.spines[key.0 as usize];
        spine.extend_from_slice(more);
        let length = spine.len() as u32;
        self.push(key, Act::List(List::Prefix(length)));
    }

    /// The spine of a key so far.
    #[must_use]
    pub fn spine(&self, key: TransactionKey) -> &[Value] {
        self.history.spine(key)
    }

    /// The version that the last operation saw or made: along a key they rise with each write.
    pub fn version(&mut self, version: u64) {
        let operations = self.history.operations.len();
        self.history.versions.resize(operations, 0);
        if let Some(last) = self.history.versions.last_mut() {
            *last = version;
        }
    }

    /// Forgets the operations that belong to no transaction yet.
    pub fn forget(&mut self) {
        self.history.operations.truncate(self.pending);
        self.history.versions.truncate(self.pending);
    }

    /// Ends a transaction. `completed` counts only if it was committed.
    pub fn complete(&mut self, id: TransactionId, outcome: Outcome, completed: u64) {
        let end = self.history.operations.len();
        let one = &mut self.history.transactions[id.0 as usize];
        one.outcome = outcome;
        if outcome == Outcome::Ok {
            one.completed = completed.max(one.invoked);
        }
        one.first = self.pending as u32;
        one.count = (end - self.pending) as u32;
        self.pending = end;
    }

    /// The history.
    #[must_use]
    pub fn finish(mut self) -> Transactions {
        self.forget();
        if !self.history.versions.is_empty() {
            self.history.versions.resize(self.history.operations.len(), 0);
        }
        self.history
    }

    fn push(&mut self, key: TransactionKey, act: Act) {
        self.history.operations.push(MicroOperation { key, act });
    }
}
