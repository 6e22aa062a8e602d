//! What is exported for other programs, and read again.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use history::exchange::export::{edn, json_lines, porcupine};
use history::exchange::foreign::{Foreign, Format};
use history::exchange::jsonl;
use history::{
    Call, Completion, Event, EventKind, History, Invocation, Key, Mark, OperationId, Outcome,
    ProcessId, Returned, Route, SiteIndex,
};

/// Operations one after another, each on a process of its own: what was asked, and what came of it.
fn events(operations: &[(Call, Outcome, Returned, i16)]) -> Vec<Event> {
    let mut events = vec![EventKind::Mark(Mark::LoadStarted)];
    for (id, (call, outcome, returned, code)) in (0..).zip(operations) {
        events.push(EventKind::Invoke(Invocation {
            operation: OperationId(id),
            process: ProcessId(id as u32),
            site: SiteIndex(0),
            route: Route::Map,
            key: Key(7),
            call: *call,
        }));
        events.push(EventKind::Complete(Completion {
            operation: OperationId(id),
            outcome: *outcome,
            returned: returned.clone(),
            generation: None,
            code: *code,
        }));
    }
    (0..).zip(events).map(|(at, kind)| Event { time_ns: at * 10, kind }).collect()
}

fn sample() -> Vec<Event> {
    let cas = Call::Cas { expected: Some(1), generation: 1, value: 2 };
    let create = Call::Cas { expected: None, generation: 0, value: u64::MAX };
    events(&[
        (Call::Write { value: 1 }, Outcome::Ok, Returned::Nothing, 0),
        (cas, Outcome::Fail, Returned::Nothing, 3),
        (cas, Outcome::Fail, Returned::Nothing, 9),
        (create, Outcome::Info, Returned::Nothing, -8),
        (Call::Read, Outcome::Ok, Returned::Absent, 0),
        (Call::Read, Outcome::Ok, Returned::Torn(5), 0),
        (Call::Add { delta: -3 }, Outcome::Ok, Returned::Nothing, 0),
        (Call::Read, Outcome::Ok, Returned::List(vec![1, 2]), 0),
        (Call::Delete, Outcome::Ok, Returned::Nothing, 0),
    ])
}

/// What is read of a text, without the numbers of its lines.
fn told(text: &[u8], format: Format) -> Vec<String> {
    let history = Foreign::read(text, format).unwrap();
    let describe = |one| history.describe(one).split(" (line").next().unwrap().to_owned();
    history.operations.iter().map(describe).collect()
}

#[test]
fn every_way_of_writing_is_read_as_the_same() {
    let mut text = Vec::new();
    jsonl::write(sample(), &mut text).unwrap();
    let expected = told(&text, Format::Events);
    assert_eq!(expected[1], "cas from 1 to 2 on key 7 by process 1 was refused");
    assert_eq!(expected[2], "cas from 1 to 2 on key 7 by process 2 failed");
    for format in [Format::Edn, Format::JsonLines] {
        let mut text = Vec::new();
        match format {
            Format::Edn => edn(sample(), &mut text).unwrap(),
            _ => json_lines(sample(), &mut text).unwrap(),
        }
        assert_eq!(Format::guess(&text), Ok(format));
        let torn = |told: Vec<String>| -> Vec<String> {
            told.iter().map(|one| one.replace(":torn", "torn").replace('"', "")).collect()
        };
        assert_eq!(torn(told(&text, format)), expected, "{}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn porcupine_gets_its_operations() {
    let history = History::from_events(sample()).unwrap();
    let mut text = Vec::new();
    porcupine(&history, &mut text).unwrap();
    let operations: Vec<serde_json::Value> = serde_json::from_slice(&text).unwrap();
    // The failure that saw nothing is left out.
    assert_eq!(operations.len(), 8);
    assert_eq!(
        operations[1],
        serde_json::json!({
            "ClientId": 1,
            "Input": { "f": "cas", "key": 7, "value": 2, "from": 1 },
            "Call": 30,
            "Output": { "ok": false, "value": null },
            "Return": 40,
        })
    );
    assert_eq!(operations[2]["Output"]["ok"], serde_json::Value::Null);
    assert!(operations[2]["Return"].as_u64() > operations[7]["Return"].as_u64());
    let mut nothing = Vec::new();
    porcupine(&History::default(), &mut nothing).unwrap();
    assert_eq!(nothing, b"[]\n");
}
