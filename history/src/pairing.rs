//! Invocations and completions paired, part by part.
//!
//! A part is paired on its own, so that parts can be paired at the same time. What only the history
//! before it can tell (whether a process was free, which operation ends) it leaves for later, in order.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::operations::Operations;
use crate::{
    Completion, Event, EventKind, FaultEvent, History, HistoryError, Mark, OperationId, ProcessId,
};

/// Some events of a history, one after the other, paired as far as they tell.
#[derive(Debug, Default)]
pub(crate) struct Part {
    operations: Operations,
    last: Option<OperationId>,
    /// Whether each process that invoked something has an open operation at the end.
    busy: FxHashMap<ProcessId, bool>,
    left: Vec<(u64, Left)>,
    error: Option<(u64, HistoryError)>,
    faults: Vec<(u64, FaultEvent)>,
    marks: Vec<(u64, Mark)>,
    events: u64,
    began_ns: u64,
    ended_ns: u64,
}

/// What is left for later.
#[derive(Debug)]
enum Left {
    /// A process invokes its first operation of the part.
    Begins(ProcessId, OperationId),
    /// An operation ends that began before the part.
    Ends(Completion, u64),
}

impl Part {
    /// Adds the next event.
    pub(crate) fn push(&mut self, event: Event) {
        let index = self.events;
        if index == 0 {
            self.began_ns = event.time_ns;
        }
        self.events += 1;
        if self.error.is_some() {
            return;
        }
        if let Err(error) = self.pair(event, index) {
            self.error = Some((index, error));
        }
    }

    /// Whether its events go on in time from one in ns.
    #[cfg(feature = "store")]
    pub(crate) fn begins_after(&self, time_ns: u64) -> bool {
        self.events == 0 || self.began_ns >= time_ns
    }

    /// How many events were added.
    #[cfg(feature = "store")]
    pub(crate) fn events(&self) -> u64 {
        self.events
    }

    fn pair(&mut self, event: Event, index: u64) -> Result<(), HistoryError> {
        let line = index + 1;
        let time_ns = event.time_ns;
        if time_ns < self.ended_ns {
            return Err(HistoryError::Backwards { line, time_ns, before_ns: self.ended_ns });
        }
        self.ended_ns = time_ns;
        match event.kind {
            EventKind::Invoke(invocation) => {
                let (id, process) = (invocation.operation, invocation.process);
                if self.last.is_some_and(|last| id <= last) {
                    return Err(HistoryError::Twice { line, operation: id.0 });
                }
                self.last = Some(id);
                match self.busy.insert(process, true) {
                    None => self.left.push((index, Left::Begins(process, id))),
                    Some(false) => {}
                    Some(true) => return Err(HistoryError::TwoOpen { line, process: process.0 }),
                }
                self.operations.invoke(&invocation, time_ns);
            }
            EventKind::Complete(completion) => {
                let operation = completion.operation;
                match self.operations.position(operation) {
                    None => self.left.push((index, Left::Ends(completion, time_ns))),
                    Some(at) if self.operations.is_open(at) => {
                        self.operations.complete(at, completion, time_ns);
                        self.busy.insert(self.operations.packed(at).process(), false);
                    }
                    Some(_) => {
                        return Err(HistoryError::NotOpen { line, operation: operation.0 });
                    }
                }
            }
            EventKind::Fault(fault) => self.faults.push((time_ns, fault)),
            EventKind::Mark(mark) => self.marks.push((time_ns, mark)),
        }
        Ok(())
    }
}

/// A history that grows by parts.
#[derive(Debug, Default)]
pub(crate) struct Pairing {
    history: History,
    busy: FxHashSet<ProcessId>,
    last: Option<OperationId>,
    events: u64,
}

impl Pairing {
    /// Adds the next part.
    ///
    /// # Errors
    /// The first event that no recorder would write.
    pub(crate) fn append(&mut self, part: Part) -> Result<(), HistoryError> {
        let end = part.error.as_ref().map_or(u64::MAX, |(index, _)| *index);
        for (index, left) in part.left {
            if index >= end {
                break;
            }
            self.settle(left, self.events + index + 1)?;
        }
        if let Some((_, error)) = part.error {
            return Err(error.after(self.events));
        }
        for (process, busy) in part.busy {
            if busy {
                self.busy.insert(process);
            } else {
                self.busy.remove(&process);
            }
        }
        self.last = part.last.or(self.last);
        self.events += part.events;
        self.history.ended_ns = self.history.ended_ns.max(part.ended_ns);
        self.history.operations.append(part.operations);
        self.history.faults.extend(part.faults);
        self.history.marks.extend(part.marks);
        Ok(())
    }

    fn settle(&mut self, left: Left, line: u64) -> Result<(), HistoryError> {
        let operations = &mut self.history.operations;
        match left {
            Left::Begins(process, id) => {
                if self.last.is_some_and(|last| id <= last) {
                    return Err(HistoryError::Twice { line, operation: id.0 });
                }
                if self.busy.contains(&process) {
                    return Err(HistoryError::TwoOpen { line, process: process.0 });
                }
            }
            Left::Ends(completion, time_ns) => {
                let id = completion.operation;
                let Some(at) = operations.position(id).filter(|at| operations.is_open(*at)) else {
                    return Err(HistoryError::NotOpen { line, operation: id.0 });
                };
                operations.complete(at, completion, time_ns);
                self.busy.remove(&operations.packed(at).process());
            }
        }
        Ok(())
    }

    /// The time of the last event, in ns.
    #[cfg(feature = "store")]
    pub(crate) fn ended_ns(&self) -> u64 {
        self.history.ended_ns
    }

    /// The history so far.
    pub(crate) fn finish(mut self) -> History {
        self.history.operations.shrink();
        self.history
    }
}

impl HistoryError {
    /// The same error, with so many events before those that were counted.
    fn after(mut self, events: u64) -> Self {
        let (Self::NotOpen { line, .. }
        | Self::TwoOpen { line, .. }
        | Self::Twice { line, .. }
        | Self::Backwards { line, .. }) = &mut self;
        *line += events;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Call, Invocation, Key, Outcome, Returned, Route, SiteIndex};

    fn invoke(operation: u64, process: u32) -> EventKind {
        EventKind::Invoke(Invocation {
            operation: OperationId(operation),
            process: ProcessId(process),
            site: SiteIndex(0),
            route: Route::Map,
            key: Key(1),
            call: Call::Read,
        })
    }

    fn complete(operation: u64) -> EventKind {
        EventKind::Complete(Completion {
            operation: OperationId(operation),
            outcome: Outcome::Ok,
            returned: Returned::Value(operation),
            generation: None,
            code: 0,
        })
    }

    /// The history of these events in parts of a size.
    fn parts(kinds: &[EventKind], size: usize) -> Result<History, HistoryError> {
        let events = (1..).zip(kinds).map(|(time_ns, kind)| Event { time_ns, kind: kind.clone() });
        let events: Vec<Event> = events.collect();
        let mut pairing = Pairing::default();
        for chunk in events.chunks(size) {
            let mut part = Part::default();
            chunk.iter().cloned().for_each(|event| part.push(event));
            pairing.append(part)?;
        }
        Ok(pairing.finish())
    }

    #[test]
    fn parts_of_any_size_make_the_same_history_or_error() {
        use EventKind::Fault;
        let fault = FaultEvent { fault: 1, stage: crate::FaultStage::Applied };
        let good = [
            invoke(0, 0),
            invoke(1, 1),
            Fault(fault),
            complete(1),
            invoke(2, 1),
            complete(0),
            invoke(7, 0),
            complete(7),
            complete(2),
        ];
        let mut wrong = Vec::new();
        for (at, kind, expected) in [
            (9, complete(7), HistoryError::NotOpen { line: 10, operation: 7 }),
            (1, complete(1), HistoryError::NotOpen { line: 2, operation: 1 }),
            (6, invoke(7, 1), HistoryError::TwoOpen { line: 7, process: 1 }),
            (6, invoke(2, 0), HistoryError::Twice { line: 7, operation: 2 }),
            (9, invoke(3, 4), HistoryError::Twice { line: 10, operation: 3 }),
        ] {
            let mut events = good.to_vec();
            events.insert(at, kind);
            wrong.push((events, expected));
        }
        let whole = parts(&good, 100).unwrap();
        assert_eq!(whole.operations.len(), 4);
        assert!(whole.operations.iter().all(|one| one.returned == Returned::Value(one.id.0)));
        for size in 1..12 {
            assert_eq!(parts(&good, size).as_ref(), Ok(&whole));
            for (events, expected) in &wrong {
                assert_eq!(parts(events, size).as_ref(), Err(expected), "parts of {size}");
            }
        }
    }
}
