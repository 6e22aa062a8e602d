//! What a history says of the records that a proof is about, gathered in one pass.

use history::{
    Act, List, Outcome, Transaction, TransactionId, TransactionKey, Transactions, Value,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// The records that some transactions touch.
pub(crate) struct Records<'a> {
    pub(crate) history: &'a Transactions,
    records: FxHashMap<TransactionKey, Record<'a>>,
}

/// Who wrote a value.
#[derive(Clone, Copy, Default)]
pub(crate) struct Writers {
    /// How many writes were not aborted.
    pub(crate) live: u32,
    /// How many were.
    pub(crate) aborted: u32,
    /// The transaction of the last that was not, or if all were, of the last.
    pub(crate) by: u32,
    /// Whether that one wrote nothing to the key after it.
    pub(crate) is_last: bool,
}

/// What is said of one record.
#[derive(Default)]
pub(crate) struct Record<'a> {
    writers: FxHashMap<Value, Writers>,
    lists: Vec<List>,
    /// The longest list that a committed transaction read.
    longest: &'a [Value],
    places: FxHashMap<Value, usize>,
    /// Whether all lists are beginnings of the longest, in which nothing stands twice: then it is the
    /// order of the appends, and what is not in it was appended after what is.
    is_ordered: bool,
    /// What committed transactions read.
    seen: FxHashSet<Value>,
    /// The version of each value; of no use if two statements contradict each other.
    versions: FxHashMap<Value, u64>,
    contradicts: bool,
    /// The write before, to tell which are a transaction's last.
    before: Option<(u32, Value)>,
}

impl<'a> Records<'a> {
    /// The records that these transactions touch, as the whole history tells of them.
    pub(crate) fn of(
        history: &'a Transactions,
        touching: impl Iterator<Item = TransactionId>,
    ) -> Self {
        let keys = touching.flat_map(|id| history.operations(id)).map(|operation| operation.key);
        let mut records: FxHashMap<TransactionKey, Record<'a>> =
            keys.map(|key| (key, Record::default())).collect();
        for (id, one) in history.iter() {
            let versions = history.versions(id);
            for (at, operation) in history.operations(id).iter().enumerate() {
                let Some(record) = records.get_mut(&operation.key) else { continue };
                let version = versions.get(at).copied().unwrap_or(0);
                match operation.act {
                    Act::Append(value) | Act::Write(value) => {
                        record.write(id.0, one.outcome, value, version);
                    }
                    Act::Read(Some(value)) if one.outcome == Outcome::Ok => {
                        record.seen.insert(value);
                        record.version(value, version);
                    }
                    Act::List(list) if one.outcome == Outcome::Ok => record.lists.push(list),
                    _ => {}
                }
            }
        }
        for (key, record) in &mut records {
            record.order(history, *key);
            record.compare_versions();
        }
        Self { history, records }
    }

    /// A record that some of the transactions touch.
    pub(crate) fn get(&self, key: TransactionKey) -> &Record<'a> {
        &self.records[&key]
    }

    pub(crate) fn transaction(&self, id: TransactionId) -> &Transaction {
        self.history.get(id)
    }

    /// The writes of a transaction.
    pub(crate) fn writes(
        &self,
        id: TransactionId,
    ) -> impl Iterator<Item = (TransactionKey, Value)> + use<'a> {
        self.history.operations(id).iter().filter_map(|operation| match operation.act {
            Act::Append(value) | Act::Write(value) => Some((operation.key, value)),
            _ => None,
        })
    }

    /// What a transaction read of a key before it wrote there itself.
    pub(crate) fn reads(
        &self,
        id: TransactionId,
        key: TransactionKey,
    ) -> impl Iterator<Item = Act> + use<'a> {
        let is_committed = self.transaction(id).outcome == Outcome::Ok;
        let own = self.history.operations(id).iter().filter(move |one| one.key == key);
        own.map(|one| one.act)
            .take_while(move |act| is_committed && !matches!(act, Act::Append(_) | Act::Write(_)))
            .filter(|act| matches!(act, Act::Read(_) | Act::List(_)))
    }

    /// Whether a read shows a value.
    pub(crate) fn shows(&self, key: TransactionKey, read: Act, value: Value) -> bool {
        match read {
            Act::Read(seen) => seen == Some(value),
            Act::List(list) => self.history.list(key, list).contains(&value),
            _ => false,
        }
    }

    /// Whether a transaction alone wrote a value, of all that were not aborted; of records that none of
    /// the transactions touches nothing is known.
    pub(crate) fn is_sole_writer(
        &self,
        id: TransactionId,
        key: TransactionKey,
        value: Value,
    ) -> bool {
        self.records.get(&key).is_some_and(|record| {
            let writers = record.writers(value);
            writers.live == 1 && writers.by == id.0
        })
    }

    /// Whether a transaction certainly took effect.
    pub(crate) fn happened(&self, id: TransactionId) -> bool {
        match self.transaction(id).outcome {
            Outcome::Ok => true,
            Outcome::Fail => false,
            Outcome::Info => self.writes(id).any(|(key, value)| {
                self.is_sole_writer(id, key, value) && self.get(key).seen.contains(&value)
            }),
        }
    }
}

impl<'a> Record<'a> {
    /// Who wrote a value.
    pub(crate) fn writers(&self, value: Value) -> Writers {
        self.writers.get(&value).copied().unwrap_or_default()
    }

    /// Where an element stands in the order of the appends, behind all if nobody saw it; `None` if
    /// there is no such order.
    pub(crate) fn place(&self, element: Value) -> Option<usize> {
        self.is_ordered.then(|| self.places.get(&element).copied().unwrap_or(usize::MAX))
    }

    /// The version of a value; `None` if it is not known, or if what is said of versions is not
    /// consistent.
    pub(crate) fn version_of(&self, value: Value) -> Option<u64> {
        self.versions.get(&value).copied().filter(|_| !self.contradicts)
    }

    fn write(&mut self, by: u32, outcome: Outcome, value: Value, version: u64) {
        if let Some((before, overwritten)) = self.before.replace((by, value))
            && before == by
            && let Some(writers) = self.writers.get_mut(&overwritten)
            && writers.by == by
        {
            writers.is_last = false;
        }
        let writers = self.writers.entry(value).or_default();
        if outcome == Outcome::Fail {
            writers.aborted += 1;
            if writers.live == 0 {
                (writers.by, writers.is_last) = (by, true);
            }
            return;
        }
        *writers = Writers { live: writers.live + 1, by, is_last: true, ..*writers };
        self.version(value, version);
    }

    fn version(&mut self, value: Value, version: u64) {
        if version > 0 && *self.versions.entry(value).or_insert(version) != version {
            self.contradicts = true;
        }
    }

    /// No two transactions can have left the same version.
    fn compare_versions(&mut self) {
        let mut known = FxHashSet::default();
        for (value, version) in &self.versions {
            let writers = self.writers(*value);
            if writers.live > 0 && writers.is_last && !known.insert(*version) {
                self.contradicts = true;
                return;
            }
        }
    }

    /// Looks for the order of the appends.
    fn order(&mut self, history: &'a Transactions, key: TransactionKey) {
        self.is_ordered = true;
        for list in &self.lists {
            let elements = history.list(key, *list);
            if elements.len() > self.longest.len() {
                self.longest = elements;
            }
        }
        // Beginnings of the spine are told by their lengths.
        let spine = history.spine(key).iter().zip(self.longest);
        let shared = spine.take_while(|(one, other)| one == other).count();
        let mut of_spine = 0;
        for list in &self.lists {
            let elements = history.list(key, *list);
            let agrees = match list {
                List::Prefix(length) => {
                    of_spine = elements.len().max(of_spine);
                    *length as usize <= shared
                }
                List::Stray(_) => {
                    self.seen.extend(elements);
                    self.longest.starts_with(elements)
                }
            };
            self.is_ordered &= agrees;
        }
        self.seen.extend(&history.spine(key)[..of_spine]);
        for (place, element) in self.longest.iter().enumerate() {
            self.is_ordered &= self.places.insert(*element, place).is_none();
        }
    }
}
