//! Looking at a packed operation.

use super::{COMPLETED, GENERATION, Kind, PINNED, Packed, Seen, Sight};
use crate::{Call, Key, Operation, OperationId, Outcome, ProcessId, Returned, Route, SiteIndex};

impl<'a> Packed<'a> {
    /// See [`Operation::id`].
    #[must_use]
    #[inline]
    pub fn id(&self) -> OperationId {
        let ids = &self.all.ids;
        if ids.is_empty() { OperationId(self.position as u64) } else { ids[self.position] }
    }

    /// See [`Operation::process`].
    #[must_use]
    #[inline]
    pub fn process(&self) -> ProcessId {
        self.row.process
    }

    /// See [`Operation::site`].
    #[must_use]
    #[inline]
    pub fn site(&self) -> SiteIndex {
        self.row.site
    }

    /// See [`Operation::route`].
    #[must_use]
    pub fn route(&self) -> Route {
        if self.row.flags & PINNED == 0 { Route::Map } else { Route::Pinned(self.row.node) }
    }

    /// See [`Operation::key`].
    #[must_use]
    #[inline]
    pub fn key(&self) -> Key {
        self.all.keys[self.row.key as usize]
    }

    /// The key's position in [`Operations::keys`](super::Operations::keys).
    #[must_use]
    #[inline]
    pub fn key_number(&self) -> u32 {
        self.row.key
    }

    /// See [`Operation::call`].
    #[must_use]
    #[inline]
    pub fn call(&self) -> Call {
        let value = self.row.value;
        match self.row.call {
            Kind::Read => Call::Read,
            Kind::Write => Call::Write { value },
            Kind::Cas => {
                let (expected, generation) = self.all.conditions[self.row.beside as usize];
                Call::Cas { expected, generation, value }
            }
            Kind::Add => Call::Add { delta: value as i64 },
            Kind::Append => Call::Append { element: value },
            Kind::Delete => Call::Delete,
            Kind::Other => self.all.others[self.row.beside as usize].0,
        }
    }

    /// See [`Operation::invoked_ns`].
    #[must_use]
    #[inline]
    pub fn invoked_ns(&self) -> u64 {
        self.row.invoked_ns
    }

    /// See [`Operation::completed_ns`].
    #[must_use]
    #[inline]
    pub fn completed_ns(&self) -> Option<u64> {
        (self.row.flags & COMPLETED != 0).then_some(self.row.completed_ns)
    }

    /// See [`Operation::settled_ns`].
    #[must_use]
    #[inline]
    pub fn settled_ns(&self) -> u64 {
        match (self.row.outcome, self.completed_ns()) {
            (Outcome::Ok, Some(at)) => at,
            _ => u64::MAX,
        }
    }

    /// See [`Operation::outcome`].
    #[must_use]
    #[inline]
    pub fn outcome(&self) -> Outcome {
        self.row.outcome
    }

    /// See [`Operation::returned`].
    #[must_use]
    #[inline]
    pub fn seen(&self) -> Seen<'a> {
        if self.row.call == Kind::Other {
            return match &self.all.others[self.row.beside as usize].1 {
                Returned::Nothing => Seen::Nothing,
                Returned::Absent => Seen::Absent,
                Returned::Value(value) => Seen::Value(*value),
                Returned::Torn(value) => Seen::Torn(*value),
                Returned::Count(count) => Seen::Count(*count),
                Returned::List(elements) => Seen::List(elements),
            };
        }
        match self.row.seen {
            Sight::Nothing => Seen::Nothing,
            Sight::Absent => Seen::Absent,
            Sight::Value => Seen::Value(self.row.value),
            Sight::Torn => Seen::Torn(self.row.value),
            Sight::Count => Seen::Count(self.row.value as i64),
        }
    }

    /// See [`Operation::generation`].
    #[must_use]
    #[inline]
    pub fn generation(&self) -> Option<u32> {
        (self.row.flags & GENERATION != 0).then_some(self.row.generation)
    }

    /// See [`Operation::code`].
    #[must_use]
    #[inline]
    pub fn code(&self) -> i16 {
        self.row.code
    }
}

impl From<Seen<'_>> for Returned {
    fn from(seen: Seen<'_>) -> Self {
        match seen {
            Seen::Nothing => Self::Nothing,
            Seen::Absent => Self::Absent,
            Seen::Value(value) => Self::Value(value),
            Seen::Torn(value) => Self::Torn(value),
            Seen::Count(count) => Self::Count(count),
            Seen::List(elements) => Self::List(elements.to_vec()),
        }
    }
}

impl From<Packed<'_>> for Operation {
    #[inline]
    fn from(packed: Packed<'_>) -> Self {
        Self {
            id: packed.id(),
            process: packed.process(),
            site: packed.site(),
            route: packed.route(),
            key: packed.key(),
            call: packed.call(),
            invoked_ns: packed.invoked_ns(),
            completed_ns: packed.completed_ns(),
            outcome: packed.outcome(),
            returned: packed.seen().into(),
            generation: packed.generation(),
            code: packed.code(),
        }
    }
}
