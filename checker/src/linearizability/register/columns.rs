//! Many registers at once, as columns: the way in for histories of millions of operations.

use super::{Action, INITIAL, Step};

/// What an operation did, without its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::linearizability) enum Kind {
    Read,
    Write,
    Failed,
    CompareAndSet,
    Refused,
}

impl Kind {
    /// Whether the register may hold its value afterwards.
    pub(in crate::linearizability) fn writes(self) -> bool {
        (self == Self::Write) | (self == Self::CompareAndSet)
    }
}

/// Operations of many keys, one column for each property, in the order of their calls.
///
/// Keys are dense from 0. Values are dense over all keys; [`INITIAL`] is what each key holds at the
/// start, and nobody writes it. An operation takes 25 bytes (29 where there are compare-and-sets).
/// Out of order is allowed and costs a sorted copy.
///
/// ```
/// use aerocert_checker::linearizability::register::{Action, Columns, INITIAL, judge};
///
/// let mut columns = Columns::default();
/// columns.push(0, 1, 2, Action::Write(1));
/// columns.push(0, 3, 4, Action::Read(INITIAL));
/// let judgement = judge(&columns);
/// assert_eq!(judgement.broken[0].0, 0, "the key");
/// assert_eq!(judgement.broken[0].1.steps, [0, 1], "which operations prove it");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pub(in crate::linearizability) key: Vec<u32>,
    pub(in crate::linearizability) call: Vec<u64>,
    pub(in crate::linearizability) ret: Vec<u64>,
    pub(in crate::linearizability) value: Vec<u32>,
    pub(in crate::linearizability) kind: Vec<Kind>,
    /// What compare-and-sets replaced; empty if there are none.
    from: Vec<u32>,
    /// For each key that is known, whether it has compare-and-sets; empty if none has.
    chained: Vec<bool>,
    pub(in crate::linearizability) keys: usize,
    pub(in crate::linearizability) values: usize,
    unordered: bool,
}

impl Columns {
    /// Room for so many operations.
    #[must_use]
    pub fn with_capacity(operations: usize) -> Self {
        Self {
            key: Vec::with_capacity(operations),
            call: Vec::with_capacity(operations),
            ret: Vec::with_capacity(operations),
            value: Vec::with_capacity(operations),
            kind: Vec::with_capacity(operations),
            ..Self::default()
        }
    }

    /// Adds an operation: `call` from 1, `ret` is `u64::MAX` for one in doubt.
    ///
    /// Reads that did not answer and failed writes say nothing and may be left out; an
    /// [`Action::Failed`] only serves as evidence. A delete cannot be told: let
    /// [`decide_by_search`](super::super::decide_by_search) decide its key.
    #[inline]
    pub fn push(&mut self, key: u32, call: u64, ret: u64, action: Action) {
        let (kind, value) = match action {
            Action::Read(value) => (Kind::Read, value),
            Action::Write(value) => (Kind::Write, value),
            Action::Failed(value) => (Kind::Failed, value),
            Action::CompareAndSet { from, to } => {
                self.chain(key, from);
                (Kind::CompareAndSet, to)
            }
            Action::Refused(value) => {
                self.chain(key, INITIAL);
                (Kind::Refused, value)
            }
        };
        self.unordered |= self.call.last().is_some_and(|last| *last > call);
        self.key.push(key);
        self.call.push(call);
        // An operation that ends before it begins is taken as an instant.
        self.ret.push(ret.max(call));
        self.value.push(value);
        self.kind.push(kind);
        self.keys = self.keys.max(key as usize + 1);
        self.values = self.values.max(value as usize + 1);
    }

    #[cold]
    fn chain(&mut self, key: u32, from: u32) {
        if self.chained.len() <= key as usize {
            self.chained.resize(key as usize + 1, false);
        }
        self.chained[key as usize] = true;
        self.from.resize(self.len(), INITIAL);
        self.from.push(from);
        self.values = self.values.max(from as usize + 1);
    }

    /// How many operations there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.key.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.key.is_empty()
    }

    /// The operations in their order, each with its key.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Step)> + '_ {
        (0..self.len() as u32).map(|position| (self.key[position as usize], self.step(position)))
    }

    /// Whether a key has compare-and-sets or refusals.
    pub(super) fn is_chained(&self, key: u32) -> bool {
        self.chained.get(key as usize).is_some_and(|chained| *chained)
    }

    /// Whether any key has.
    pub(super) fn any_chained(&self) -> bool {
        !self.chained.is_empty()
    }

    /// The value that an operation replaced, if it is a compare-and-set.
    pub(in crate::linearizability) fn replaced(&self, position: usize) -> Option<u32> {
        (self.kind[position] == Kind::CompareAndSet).then(|| self.from[position])
    }

    /// One operation.
    pub(in crate::linearizability) fn step(&self, position: u32) -> Step {
        let at = position as usize;
        let value = self.value[at];
        let action = match self.kind[at] {
            Kind::Read => Action::Read(value),
            Kind::Write => Action::Write(value),
            Kind::Failed => Action::Failed(value),
            Kind::CompareAndSet => Action::CompareAndSet { from: self.from[at], to: value },
            Kind::Refused => Action::Refused(value),
        };
        Step { call: self.call[at], ret: self.ret[at], action }
    }

    /// The same in the order of calls, and where each operation was; `None` if it is in order.
    pub(in crate::linearizability) fn in_order(&self) -> Option<(Self, Vec<u32>)> {
        if !self.unordered {
            return None;
        }
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_by_key(|position| self.call[*position as usize]);
        let mut sorted = Self::with_capacity(self.len());
        for position in &order {
            let Step { call, ret, action } = self.step(*position);
            sorted.push(self.key[*position as usize], call, ret, action);
        }
        Some((sorted, order))
    }

    /// The same with values that belong to one key each: an id that several keys use becomes one id
    /// for each of them.
    pub(super) fn apart(&self) -> Self {
        let mut ids = rustc_hash::FxHashMap::default();
        let mut apart = Self::with_capacity(self.len());
        for position in 0..self.len() as u32 {
            let key = self.key[position as usize];
            let Step { call, ret, action } = self.step(position);
            let action = action.map(|value| {
                let next = ids.len() as u32 + 1;
                if value == INITIAL { INITIAL } else { *ids.entry((key, value)).or_insert(next) }
            });
            apart.push(key, call, ret, action);
        }
        apart
    }
}
