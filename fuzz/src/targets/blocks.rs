//! The blocks of a stored run.

use history::store::{EventReader, EventWriter};
use history::{
    Call, Completion, Event, EventKind, Invocation, Key, Mark, OperationId, Outcome, ProcessId,
    Returned, Route, SiteIndex,
};

/// What is read never goes back in time, and is written and read again the same.
pub(crate) fn run(bytes: &[u8]) {
    let events = read(bytes);
    assert!(events.is_sorted_by_key(|event| event.time_ns));
    assert_eq!(read(&written(&events)), events);
}

fn read(bytes: &[u8]) -> Vec<Event> {
    let Ok(reader) = EventReader::new(bytes) else { return Vec::new() };
    reader.map_while(Result::ok).collect()
}

fn written(events: &[Event]) -> Vec<u8> {
    let mut writer = EventWriter::new(Vec::new()).expect("memory takes all");
    for event in events {
        writer.push(event).expect("memory takes all");
    }
    writer.finish().expect("memory takes all")
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let invoke = |operation, call| {
        EventKind::Invoke(Invocation {
            operation: OperationId(operation),
            process: ProcessId(operation as u32),
            site: SiteIndex(1),
            route: Route::Map,
            key: Key(3),
            call,
        })
    };
    let complete = |operation, returned| {
        EventKind::Complete(Completion {
            operation: OperationId(operation),
            outcome: Outcome::Ok,
            returned,
            generation: Some(1),
            code: 0,
        })
    };
    let kinds = [
        EventKind::Mark(Mark::LoadStarted),
        invoke(0, Call::Write { value: 5 }),
        invoke(1, Call::Read),
        complete(0, Returned::Nothing),
        complete(1, Returned::List(vec![1, 2, 3])),
    ];
    let events: Vec<Event> =
        (0..).zip(kinds).map(|(at, kind)| Event { time_ns: at * 1000, kind }).collect();
    vec![written(&[]), written(&events[..2]), written(&events)]
}
