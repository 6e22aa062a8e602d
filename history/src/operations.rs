//! The operations of a history, packed: ten million of them fit where vectors of [`Operation`]s
//! would not.
//!
//! An operation is a row of 48 bytes. What few operations have stands beside the rows: the condition
//! of a compare-and-set, lists, ids that are not positions. Keys are numbered in the order in which
//! they first occur, so that sorting by key is counting.

mod packed;

use rustc_hash::FxHashMap;

use crate::{
    Call, Completion, Invocation, Key, Operation, OperationId, Outcome, ProcessId, Returned, Route,
    SiteIndex, Value,
};

/// The operations of a history, in the order of their invocations.
#[derive(Clone, Debug, Default)]
pub struct Operations {
    rows: Vec<Row>,
    /// The ids, once one of them is not its operation's position.
    ids: Vec<OperationId>,
    keys: Vec<Key>,
    numbers: FxHashMap<Key, u32>,
    /// What compare-and-sets expect, and the generation.
    conditions: Vec<(Option<Value>, u32)>,
    /// Calls and results that do not fit into a row.
    others: Vec<(Call, Returned)>,
}

/// One operation, packed.
#[derive(Clone, Copy, Debug)]
struct Row {
    invoked_ns: u64,
    completed_ns: u64,
    /// The argument of a call that has one, else the number that was observed.
    value: u64,
    process: ProcessId,
    key: u32,
    generation: u32,
    /// The position of its condition or of its other call and result.
    beside: u32,
    code: i16,
    site: SiteIndex,
    node: u8,
    call: Kind,
    outcome: Outcome,
    seen: Sight,
    flags: u8,
}

/// Its completion is known.
const COMPLETED: u8 = 1;
/// A generation is known.
const GENERATION: u8 = 2;
/// The route is pinned to a node.
const PINNED: u8 = 4;

/// The calls, without their arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Read,
    Write,
    Cas,
    Add,
    Append,
    Delete,
    /// It stands beside the rows, with its result.
    Other,
}

/// The results, without their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    Nothing,
    Absent,
    Value,
    Torn,
    Count,
}

/// What an operation observed, as [`Returned`], without a copy of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// See [`Returned::Nothing`].
    Nothing,
    /// See [`Returned::Absent`].
    Absent,
    /// See [`Returned::Value`].
    Value(Value),
    /// See [`Returned::Torn`].
    Torn(Value),
    /// See [`Returned::Count`].
    Count(i64),
    /// See [`Returned::List`].
    List(&'a [Value]),
}

/// One packed operation, with a copy of its row; [`Operation::from`] unpacks it.
#[derive(Clone, Copy, Debug)]
pub struct Packed<'a> {
    row: Row,
    position: usize,
    all: &'a Operations,
}

impl Operations {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The operation at a position, packed.
    ///
    /// # Panics
    /// If there are not so many.
    #[must_use]
    #[inline]
    pub fn packed(&self, position: usize) -> Packed<'_> {
        Packed { row: self.rows[position], position, all: self }
    }

    /// The operation at a position, if there are so many.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<Operation> {
        (position < self.len()).then(|| Operation::from(self.packed(position)))
    }

    /// The first operation.
    #[must_use]
    pub fn first(&self) -> Option<Operation> {
        self.get(0)
    }

    /// The last operation.
    #[must_use]
    pub fn last(&self) -> Option<Operation> {
        self.get(self.len().checked_sub(1)?)
    }

    /// The operations, one after the other.
    #[must_use]
    pub fn iter(&self) -> Iter<'_> {
        Iter { all: self, next: 0 }
    }

    /// The operations, packed.
    pub fn iter_packed(&self) -> impl Iterator<Item = Packed<'_>> + Clone {
        self.rows.iter().enumerate().map(|(position, row)| Packed {
            row: *row,
            position,
            all: self,
        })
    }

    /// The keys that occur, in the order in which they first do; a key's position here is its
    /// [number](Packed::key_number).
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Adds an operation.
    pub fn push(&mut self, operation: &Operation) {
        let row = self.row(
            operation.id,
            operation.process,
            operation.site,
            operation.route,
            operation.key,
            operation.call,
            operation.invoked_ns,
        );
        let position = self.rows.len();
        self.rows.push(row);
        self.observe(position, operation.returned.clone());
        let row = &mut self.rows[position];
        row.outcome = operation.outcome;
        row.code = operation.code;
        row.end(operation.completed_ns, operation.generation);
    }

    /// Adds an operation that has begun and not ended.
    pub(crate) fn invoke(&mut self, invocation: &Invocation, invoked_ns: u64) {
        let row = self.row(
            invocation.operation,
            invocation.process,
            invocation.site,
            invocation.route,
            invocation.key,
            invocation.call,
            invoked_ns,
        );
        self.rows.push(row);
    }

    /// Ends the open operation at a position.
    pub(crate) fn complete(&mut self, position: usize, completion: Completion, completed_ns: u64) {
        self.observe(position, completion.returned);
        let row = &mut self.rows[position];
        row.outcome = completion.outcome;
        row.code = completion.code;
        row.end(Some(completed_ns), completion.generation);
    }

    /// Whether the operation at a position has not ended.
    pub(crate) fn is_open(&self, position: usize) -> bool {
        self.rows[position].flags & COMPLETED == 0
    }

    /// The position of an operation, whose ids must rise.
    pub(crate) fn position(&self, id: OperationId) -> Option<usize> {
        if self.ids.is_empty() {
            return usize::try_from(id.0).ok().filter(|position| *position < self.len());
        }
        // Mostly dense, from wherever they begin.
        let dense = id.0.checked_sub(self.ids[0].0).and_then(|at| usize::try_from(at).ok());
        dense
            .filter(|at| self.ids.get(*at) == Some(&id))
            .or_else(|| self.ids.binary_search(&id).ok())
    }

    /// Adds the operations of the next part of a history.
    pub(crate) fn append(&mut self, part: Self) {
        let numbers: Vec<u32> = part.keys.iter().map(|key| self.number(*key)).collect();
        let conditions = number_of(self.conditions.len());
        let others = number_of(self.others.len());
        let dense = self.ids.is_empty();
        let goes_on = match part.ids.first() {
            Some(first) => {
                first.0 == self.rows.len() as u64
                    && part
                        .ids
                        .last()
                        .is_some_and(|last| last.0 - first.0 + 1 == part.ids.len() as u64)
            }
            None => self.rows.is_empty(),
        };
        if !part.rows.is_empty() && (!dense || !goes_on) {
            self.spell_ids();
            if part.ids.is_empty() {
                self.ids.extend((0..part.rows.len() as u64).map(OperationId));
            } else {
                self.ids.extend_from_slice(&part.ids);
            }
        }
        self.rows.extend(part.rows.into_iter().map(|mut row| {
            row.key = numbers[row.key as usize];
            match row.call {
                Kind::Cas => row.beside += conditions,
                Kind::Other => row.beside += others,
                _ => {}
            }
            row
        }));
        self.conditions.extend(part.conditions);
        self.others.extend(part.others);
    }

    /// Gives back room that was not used.
    pub(crate) fn shrink(&mut self) {
        self.rows.shrink_to_fit();
    }

    #[expect(clippy::too_many_arguments, reason = "what an operation begins with, in its order")]
    #[inline]
    fn row(
        &mut self,
        id: OperationId,
        process: ProcessId,
        site: SiteIndex,
        route: Route,
        key: Key,
        call: Call,
        invoked_ns: u64,
    ) -> Row {
        if !self.ids.is_empty() || id.0 != self.rows.len() as u64 {
            self.spell_ids();
            self.ids.push(id);
        }
        let (kind, value) = match call {
            Call::Read => (Kind::Read, 0),
            Call::Write { value } => (Kind::Write, value),
            Call::Cas { value, .. } => (Kind::Cas, value),
            Call::Add { delta } => (Kind::Add, delta as u64),
            Call::Append { element } => (Kind::Append, element),
            Call::Delete => (Kind::Delete, 0),
        };
        let mut beside = 0;
        if let Call::Cas { expected, generation, .. } = call {
            beside = number_of(self.conditions.len());
            self.conditions.push((expected, generation));
        }
        let (node, flags) = match route {
            Route::Map => (0, 0),
            Route::Pinned(node) => (node, PINNED),
        };
        Row {
            invoked_ns,
            completed_ns: 0,
            value,
            process,
            key: self.number(key),
            generation: 0,
            beside,
            code: 0,
            site,
            node,
            call: kind,
            outcome: Outcome::Info,
            seen: Sight::Nothing,
            flags,
        }
    }

    /// Notes what the operation at a position returned.
    #[inline]
    fn observe(&mut self, position: usize, returned: Returned) {
        let row = &mut self.rows[position];
        let (seen, number) = match returned {
            Returned::Nothing => (Sight::Nothing, None),
            Returned::Absent => (Sight::Absent, None),
            Returned::Value(value) => (Sight::Value, Some(value)),
            Returned::Torn(value) => (Sight::Torn, Some(value)),
            Returned::Count(count) => (Sight::Count, Some(count as u64)),
            Returned::List(_) => return self.set_aside(position, returned),
        };
        match number {
            None => row.seen = seen,
            Some(number) if row.call == Kind::Read => {
                row.seen = seen;
                row.value = number;
            }
            Some(_) => self.set_aside(position, returned),
        }
    }

    /// Puts a call and its result beside the rows.
    fn set_aside(&mut self, position: usize, returned: Returned) {
        let call = self.packed(position).call();
        let row = &mut self.rows[position];
        row.call = Kind::Other;
        row.beside = number_of(self.others.len());
        self.others.push((call, returned));
    }

    /// From here on ids are written down.
    fn spell_ids(&mut self) {
        if self.ids.is_empty() {
            self.ids.extend((0..self.rows.len() as u64).map(OperationId));
        }
    }

    /// A key's number, which it gets when it first occurs.
    #[inline]
    fn number(&mut self, key: Key) -> u32 {
        let keys = &mut self.keys;
        *self.numbers.entry(key).or_insert_with(|| {
            keys.push(key);
            number_of(keys.len() - 1)
        })
    }
}

/// A position in 32 bits.
fn number_of(position: usize) -> u32 {
    u32::try_from(position).expect("memory ends before four thousand million operations")
}

impl Row {
    fn end(&mut self, completed_ns: Option<u64>, generation: Option<u32>) {
        if let Some(completed_ns) = completed_ns {
            self.completed_ns = completed_ns;
            self.flags |= COMPLETED;
        }
        if let Some(generation) = generation {
            self.generation = generation;
            self.flags |= GENERATION;
        }
    }
}

/// The operations of a history, unpacked one after the other.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    all: &'a Operations,
    next: usize,
}

impl Iterator for Iter<'_> {
    type Item = Operation;

    #[inline]
    fn next(&mut self) -> Option<Operation> {
        let operation = self.all.get(self.next)?;
        self.next += 1;
        Some(operation)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.all.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'a> IntoIterator for &'a Operations {
    type Item = Operation;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl FromIterator<Operation> for Operations {
    fn from_iter<T: IntoIterator<Item = Operation>>(operations: T) -> Self {
        let mut all = Self::default();
        operations.into_iter().for_each(|operation| all.push(&operation));
        all
    }
}

impl PartialEq for Operations {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Operations {}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(id: u64, call: Call, returned: Returned) -> Operation {
        Operation {
            id: OperationId(id),
            process: ProcessId(3),
            site: SiteIndex(1),
            route: Route::Pinned(200),
            key: Key(u64::MAX - id % 2),
            call,
            invoked_ns: id,
            completed_ns: (!id.is_multiple_of(3)).then_some(u64::MAX),
            outcome: Outcome::Info,
            returned,
            generation: (!id.is_multiple_of(2)).then_some(u32::MAX),
            code: i16::MIN,
        }
    }

    fn all(first: u64) -> Vec<Operation> {
        let calls = [
            Call::Read,
            Call::Write { value: u64::MAX },
            Call::Cas { expected: Some(4), generation: 5, value: 6 },
            Call::Cas { expected: None, generation: 0, value: 7 },
            Call::Add { delta: i64::MIN },
            Call::Append { element: 8 },
            Call::Delete,
        ];
        let results = [
            Returned::Nothing,
            Returned::Absent,
            Returned::Value(9),
            Returned::Torn(10),
            Returned::Count(-11),
            Returned::List(vec![12, 13]),
        ];
        let pairs = calls.iter().flat_map(|call| results.iter().map(move |one| (*call, one)));
        (first..).zip(pairs).map(|(id, (call, one))| operation(id, call, one.clone())).collect()
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        assert_eq!(size_of::<Row>(), 48);
        for first in [0, 5] {
            let expected = all(first);
            let packed: Operations = expected.iter().cloned().collect();
            assert_eq!(packed.iter().collect::<Vec<_>>(), expected);
            assert_eq!(packed.keys().len(), 2);
        }
    }

    #[test]
    fn parts_make_a_whole() {
        let expected: Vec<Operation> = all(0).into_iter().chain(all(42)).chain(all(100)).collect();
        let mut whole = Operations::default();
        for part in [all(0), all(42), Vec::new(), all(100)] {
            whole.append(part.into_iter().collect());
        }
        assert_eq!(whole.iter().collect::<Vec<_>>(), expected);
        assert_eq!(whole.position(OperationId(83)), Some(83));
        assert_eq!(whole.position(OperationId(84)), None);
        assert_eq!(whole.position(OperationId(101)), Some(85));
    }
}
