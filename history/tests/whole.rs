//! A history read whole, block beside block, is what its events say one by one.

mod events;
#[expect(dead_code, reason = "the other tests share it and use more of it")]
mod runs;

use std::fs;

use history::store::{EventReader, EventWriter, RunDirectory, StoreError};
use history::{
    Call, Completion, Event, EventKind, History, Invocation, Key, OperationId, Outcome, ProcessId,
    Returned, Route, SiteIndex,
};
use proptest::prelude::*;

/// A file of blocks of so many events each.
fn file(events: &[Event], block: usize) -> Vec<u8> {
    let mut writer = EventWriter::new(Vec::new()).expect("memory takes all");
    for chunk in events.chunks(block) {
        chunk.iter().for_each(|event| writer.push(event).expect("memory takes all"));
        writer.flush().expect("memory takes all");
    }
    writer.finish().expect("memory takes all")
}

/// The same events as one recorder would write them: ids rise, and what completes is open.
fn tidy(events: Vec<Event>) -> Vec<Event> {
    let (mut next, mut open) = (0_u64, Vec::new());
    let tidied = events.into_iter().filter_map(|mut event| {
        match &mut event.kind {
            EventKind::Invoke(invocation) => {
                next += 1 + invocation.operation.0 % 2;
                invocation.operation = OperationId(next);
                invocation.process = ProcessId(next as u32);
                open.push(invocation.operation);
            }
            EventKind::Complete(completion) => {
                let length = open.len() as u64;
                if length == 0 {
                    return None;
                }
                completion.operation = open.swap_remove((completion.operation.0 % length) as usize);
            }
            EventKind::Fault(_) | EventKind::Mark(_) => {}
        }
        Some(event)
    });
    tidied.collect()
}

/// Both ways of reading a file, with errors as words.
fn both_ways(run: &RunDirectory, bytes: &[u8]) -> [Result<History, String>; 2] {
    fs::write(run.history_path(), bytes).expect("the file system obeys");
    let whole = run.history().map_err(|error| match error {
        StoreError::Damaged { source, .. } => source.to_string(),
        StoreError::Inconsistent { source, .. } => source.to_string(),
        error => error.to_string(),
    });
    let by_event = || {
        let reader = EventReader::new(bytes).map_err(|error| error.to_string())?;
        let (mut events, mut damage) = (Vec::new(), None);
        for event in reader {
            match event {
                Ok(event) => events.push(event),
                Err(error) => damage = Some(error.to_string()),
            }
        }
        // Whichever is wrong first is told.
        let history = History::from_events(events).map_err(|error| error.to_string())?;
        damage.map_or(Ok(history), Err)
    };
    let untold = |history: History| History { truncated: None, ..history };
    [whole.map(untold), by_event()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..Default::default() })]

    #[test]
    fn however_its_file_is_cut_or_damaged(
        drawn in events::events(120),
        as_recorded: bool,
        block in 1..40_usize,
        places: [prop::sample::Index; 6],
    ) {
        let events = if as_recorded { tidy(drawn) } else { drawn };
        let bytes = file(&events, block);
        let folder = tempfile::tempdir().unwrap();
        let run = RunDirectory::create(folder.path(), &runs::manifest("whole")).unwrap();
        let [whole, by_event] = both_ways(&run, &bytes);
        prop_assert!(!as_recorded || whole.is_ok());
        prop_assert_eq!(whole, by_event);
        for place in places {
            let at = place.index(bytes.len());
            let [whole, by_event] = both_ways(&run, &bytes[..at]);
            prop_assert_eq!(whole, by_event, "cut at {}", at);
            let mut flipped = bytes.clone();
            flipped[at] ^= 4;
            let [whole, by_event] = both_ways(&run, &flipped);
            prop_assert_eq!(whole, by_event, "flipped at {}", at);
        }
    }
}

/// More blocks than are decoded at a time, operations that are open across all of them, and lists of
/// a megabyte.
#[test]
fn a_long_history_and_long_lists() {
    let invoke = |id: u64, process: u32, call| {
        EventKind::Invoke(Invocation {
            operation: OperationId(id),
            process: ProcessId(process),
            site: SiteIndex(0),
            route: Route::Map,
            key: Key(id % 7),
            call,
        })
    };
    let complete = |id: u64, returned| {
        EventKind::Complete(Completion {
            operation: OperationId(id),
            outcome: Outcome::Ok,
            returned,
            generation: None,
            code: 0,
        })
    };
    let mut kinds = vec![invoke(0, 1, Call::Read)];
    for id in 1..2_000 {
        kinds.push(invoke(id, 0, Call::Append { element: id }));
        kinds.push(complete(id, Returned::Nothing));
    }
    let list: Vec<u64> = (0..150_000).map(|i| i * i).collect();
    kinds.push(complete(0, Returned::List(list.clone())));
    for id in 2_000..2_010 {
        kinds.push(invoke(id, 1, Call::Read));
        kinds.push(complete(id, Returned::List(list.clone())));
    }
    let events: Vec<Event> =
        (0..).zip(kinds).map(|(time_ns, kind)| Event { time_ns, kind }).collect();
    let bytes = file(&events, 50);
    let folder = tempfile::tempdir().unwrap();
    let run = RunDirectory::create(folder.path(), &runs::manifest("whole")).unwrap();
    let [whole, by_event] = both_ways(&run, &bytes);
    let whole = whole.unwrap();
    assert_eq!(whole.operations.len(), 2_010);
    assert_eq!(whole.operations.first().unwrap().returned, Returned::List(list));
    assert_eq!(Ok(whole), by_event);
}
