//! The events of one block as columns: like beside like, small numbers, so that zstd finds little
//! left to say.
//!
//! Every event has a kind and a time; what else it has stands in the columns of its kind. Numbers
//! that rise are stored as differences: times to the event before, operations to the newest
//! invocation, values to the value last written. All differences start from 0 in each block, so
//! that blocks stand alone.

use super::varint::{Cursor, put, put_signed};
use crate::{
    Call, Completion, Event, EventKind, FaultEvent, FaultStage, Invocation, Key, Mark, OperationId,
    Outcome, ProcessId, Returned, Route, SiteIndex,
};

/// The columns, in their order on disk.
#[derive(Clone, Copy, Debug)]
enum Column {
    /// What kind of event, a tag.
    Kind,
    /// Time since the event before, ns.
    Time,
    /// An invocation's operation, less the operation invoked before it.
    Invoked,
    Process,
    Site,
    /// 0 for the map, else the node's index and 1.
    Route,
    Key,
    /// What is asked, a tag.
    Call,
    /// The numbers that the call carries.
    Argument,
    /// How far a completion's operation is behind the newest invocation.
    Completed,
    Outcome,
    /// What was observed, a tag.
    Returned,
    /// The numbers that were observed.
    Observed,
    /// 0 for none, else the generation and 1.
    Generation,
    Code,
    /// Faults with their stages, and marks.
    Incident,
}

impl Column {
    /// How many there are.
    const COUNT: usize = Self::Incident as usize + 1;
}

const OUTCOMES: [Outcome; 3] = [Outcome::Ok, Outcome::Fail, Outcome::Info];
const STAGES: [FaultStage; 4] =
    [FaultStage::Applied, FaultStage::Healed, FaultStage::Skipped, FaultStage::Indeterminate];
const MARKS: [Mark; 5] = [
    Mark::LoadStarted,
    Mark::LoadEnded,
    Mark::MigrationsEnded,
    Mark::FinalReadsStarted,
    Mark::FinalReadsEnded,
];

/// Where a variant stands in its table, which is how it is stored.
fn tag<T: PartialEq>(table: &[T], variant: &T) -> u8 {
    table.iter().position(|entry| entry == variant).expect("the tables list every variant") as u8
}

/// What differences are taken from.
#[derive(Debug, Default)]
struct Previous {
    time_ns: u64,
    operation: u64,
    value: u64,
}

/// Turns events into columns.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    columns: [Vec<u8>; Column::COUNT],
    previous: Previous,
    events: u32,
    /// Elements of lists, the only part of an event without a bound.
    elements: usize,
}

impl Encoder {
    /// How many events were added.
    pub(super) fn events(&self) -> u32 {
        self.events
    }

    /// Whether the block should end here to stay small.
    pub(super) fn is_full(&self) -> bool {
        self.events >= 1 << 16 || self.elements >= 1 << 20
    }

    /// The columns one after the other, each behind its length.
    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for column in self.columns {
            put(&mut bytes, column.len() as u64);
            bytes.extend_from_slice(&column);
        }
        bytes
    }

    fn column(&mut self, column: Column) -> &mut Vec<u8> {
        &mut self.columns[column as usize]
    }

    fn put_difference(&mut self, column: Column, value: u64, from: u64) {
        put_signed(self.column(column), value.wrapping_sub(from) as i64);
    }

    /// Adds an event. Times must not fall.
    pub(super) fn push(&mut self, event: &Event) {
        self.events += 1;
        let elapsed = event.time_ns.wrapping_sub(self.previous.time_ns);
        put(self.column(Column::Time), elapsed);
        self.previous.time_ns = event.time_ns;
        let kind = match &event.kind {
            EventKind::Invoke(invocation) => {
                self.invocation(invocation);
                0
            }
            EventKind::Complete(completion) => {
                self.completion(completion);
                1
            }
            EventKind::Fault(fault) => {
                put(self.column(Column::Incident), u64::from(fault.fault));
                self.column(Column::Incident).push(tag(&STAGES, &fault.stage));
                2
            }
            EventKind::Mark(mark) => {
                self.column(Column::Incident).push(tag(&MARKS, mark));
                3
            }
        };
        self.column(Column::Kind).push(kind);
    }

    fn invocation(&mut self, invocation: &Invocation) {
        self.put_difference(Column::Invoked, invocation.operation.0, self.previous.operation);
        self.previous.operation = invocation.operation.0;
        put(self.column(Column::Process), u64::from(invocation.process.0));
        self.column(Column::Site).push(invocation.site.0);
        let route = match invocation.route {
            Route::Map => 0,
            Route::Pinned(node) => u64::from(node) + 1,
        };
        put(self.column(Column::Route), route);
        put(self.column(Column::Key), invocation.key.0);
        let tag = match invocation.call {
            Call::Read => 0,
            Call::Write { value } => {
                self.written(value);
                1
            }
            Call::Cas { expected, generation, value } => {
                put(self.column(Column::Argument), u64::from(generation));
                self.written(value);
                match expected {
                    None => 2,
                    Some(expected) => {
                        self.put_difference(Column::Argument, expected, self.previous.value);
                        3
                    }
                }
            }
            Call::Add { delta } => {
                put_signed(self.column(Column::Argument), delta);
                4
            }
            Call::Append { element } => {
                self.written(element);
                5
            }
            Call::Delete => 6,
        };
        self.column(Column::Call).push(tag);
    }

    fn written(&mut self, value: u64) {
        self.put_difference(Column::Argument, value, self.previous.value);
        self.previous.value = value;
    }

    fn completion(&mut self, completion: &Completion) {
        self.put_difference(Column::Completed, self.previous.operation, completion.operation.0);
        self.column(Column::Outcome).push(tag(&OUTCOMES, &completion.outcome));
        put(self.column(Column::Generation), completion.generation.map_or(0, |g| u64::from(g) + 1));
        put_signed(self.column(Column::Code), i64::from(completion.code));
        let tag = match &completion.returned {
            Returned::Nothing => 0,
            Returned::Absent => 1,
            Returned::Value(value) => {
                self.put_difference(Column::Observed, *value, self.previous.value);
                2
            }
            Returned::Count(count) => {
                put_signed(self.column(Column::Observed), *count);
                3
            }
            Returned::List(elements) => {
                put(self.column(Column::Observed), elements.len() as u64);
                // From 0, so that two reads of one list share their bytes.
                let mut before = 0;
                for element in elements {
                    self.put_difference(Column::Observed, *element, before);
                    before = *element;
                }
                self.elements += elements.len();
                4
            }
            Returned::Torn(value) => {
                self.put_difference(Column::Observed, *value, self.previous.value);
                5
            }
        };
        self.column(Column::Returned).push(tag);
    }
}

/// Turns the columns of a block back into its events, in order; `None` if they are not columns of so
/// many, which may show only after some of them.
pub(super) fn decode(bytes: &[u8], events: u32, mut each: impl FnMut(Event)) -> Option<()> {
    let mut rest = Cursor(bytes);
    let mut columns = [Cursor(&[]); Column::COUNT];
    for column in &mut columns {
        let length = rest.unsigned()?;
        *column = Cursor(rest.slice(length)?);
    }
    // An event has a kind, so this bounds what is allocated by what is there.
    if !rest.is_empty() || columns[0].0.len() as u64 != u64::from(events) {
        return None;
    }
    let mut decoder = Decoder { columns, previous: Previous::default() };
    for _ in 0..events {
        each(decoder.event()?);
    }
    decoder.columns.iter().all(Cursor::is_empty).then_some(())
}

#[derive(Debug)]
struct Decoder<'a> {
    columns: [Cursor<'a>; Column::COUNT],
    previous: Previous,
}

impl<'a> Decoder<'a> {
    fn column(&mut self, column: Column) -> &mut Cursor<'a> {
        &mut self.columns[column as usize]
    }

    fn difference(&mut self, column: Column, from: u64) -> Option<u64> {
        Some(from.wrapping_add(self.column(column).signed()? as u64))
    }

    fn event(&mut self) -> Option<Event> {
        let elapsed = self.column(Column::Time).unsigned()?;
        let time_ns = self.previous.time_ns.checked_add(elapsed)?;
        self.previous.time_ns = time_ns;
        let kind = match self.column(Column::Kind).byte()? {
            0 => EventKind::Invoke(self.invocation()?),
            1 => EventKind::Complete(self.completion()?),
            2 => EventKind::Fault(FaultEvent {
                fault: self.column(Column::Incident).unsigned()?.try_into().ok()?,
                stage: variant(&STAGES, self.column(Column::Incident).byte()?)?,
            }),
            3 => EventKind::Mark(variant(&MARKS, self.column(Column::Incident).byte()?)?),
            _ => return None,
        };
        Some(Event { time_ns, kind })
    }

    fn invocation(&mut self) -> Option<Invocation> {
        let operation = self.difference(Column::Invoked, self.previous.operation)?;
        self.previous.operation = operation;
        Some(Invocation {
            operation: OperationId(operation),
            process: ProcessId(self.column(Column::Process).unsigned()?.try_into().ok()?),
            site: SiteIndex(self.column(Column::Site).byte()?),
            route: match self.column(Column::Route).unsigned()?.checked_sub(1) {
                None => Route::Map,
                Some(node) => Route::Pinned(node.try_into().ok()?),
            },
            key: Key(self.column(Column::Key).unsigned()?),
            call: self.call()?,
        })
    }

    fn call(&mut self) -> Option<Call> {
        Some(match self.column(Column::Call).byte()? {
            0 => Call::Read,
            1 => Call::Write { value: self.written()? },
            tag @ (2 | 3) => {
                let generation = self.column(Column::Argument).unsigned()?.try_into().ok()?;
                let value = self.written()?;
                let expected = match tag {
                    2 => None,
                    _ => Some(self.difference(Column::Argument, self.previous.value)?),
                };
                Call::Cas { expected, generation, value }
            }
            4 => Call::Add { delta: self.column(Column::Argument).signed()? },
            5 => Call::Append { element: self.written()? },
            6 => Call::Delete,
            _ => return None,
        })
    }

    fn written(&mut self) -> Option<u64> {
        self.previous.value = self.difference(Column::Argument, self.previous.value)?;
        Some(self.previous.value)
    }

    fn completion(&mut self) -> Option<Completion> {
        let behind = self.column(Column::Completed).signed()? as u64;
        Some(Completion {
            operation: OperationId(self.previous.operation.wrapping_sub(behind)),
            outcome: variant(&OUTCOMES, self.column(Column::Outcome).byte()?)?,
            generation: match self.column(Column::Generation).unsigned()?.checked_sub(1) {
                None => None,
                Some(generation) => Some(generation.try_into().ok()?),
            },
            code: self.column(Column::Code).signed()?.try_into().ok()?,
            returned: self.returned()?,
        })
    }

    fn returned(&mut self) -> Option<Returned> {
        Some(match self.column(Column::Returned).byte()? {
            0 => Returned::Nothing,
            1 => Returned::Absent,
            2 => Returned::Value(self.difference(Column::Observed, self.previous.value)?),
            3 => Returned::Count(self.column(Column::Observed).signed()?),
            4 => {
                let length = usize::try_from(self.column(Column::Observed).unsigned()?).ok()?;
                // An element has at least a byte.
                if length > self.column(Column::Observed).0.len() {
                    return None;
                }
                let mut before = 0;
                let elements = (0..length).map(|_| {
                    before = self.difference(Column::Observed, before)?;
                    Some(before)
                });
                Returned::List(elements.collect::<Option<_>>()?)
            }
            5 => Returned::Torn(self.difference(Column::Observed, self.previous.value)?),
            _ => return None,
        })
    }
}

fn variant<T: Copy>(table: &[T], tag: u8) -> Option<T> {
    table.get(usize::from(tag)).copied()
}
