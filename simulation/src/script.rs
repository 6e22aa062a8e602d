//! Operations written down, to be done again at their times.

use std::collections::BTreeSet;

use history::{Call, Event, EventKind, Key, Mark, ProcessId, Route};

/// The operations of a night, apart from its final reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// In the order of their times.
    pub operations: Vec<Scripted>,
}

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scripted {
    /// When it is invoked, in ns after the load began.
    pub at_ns: u64,
    /// Who invoked it.
    pub process: ProcessId,
    /// Where that lives.
    pub site: u8,
    /// How it reaches the record.
    pub route: Route,
    /// The record.
    pub key: Key,
    /// What is asked.
    pub call: Call,
}

impl Script {
    /// What was done in a night before its final reads.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        let marked = |mark: Mark| {
            events.iter().find(|event| event.kind == EventKind::Mark(mark)).map(|one| one.time_ns)
        };
        let began_ns = marked(Mark::LoadStarted).unwrap_or(0);
        let finals_ns = marked(Mark::FinalReadsStarted).unwrap_or(u64::MAX);
        let loaded = events.iter().filter(|event| event.time_ns < finals_ns);
        let operations = loaded
            .filter_map(|event| match &event.kind {
                EventKind::Invoke(invocation) => Some(Scripted {
                    at_ns: event.time_ns.saturating_sub(began_ns),
                    process: invocation.process,
                    site: invocation.site.0,
                    route: invocation.route,
                    key: invocation.key,
                    call: invocation.call,
                }),
                _ => None,
            })
            .collect();
        Self { operations }
    }

    /// The records that it touches.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        let keys: BTreeSet<Key> = self.operations.iter().map(|one| one.key).collect();
        keys.into_iter().collect()
    }
}
