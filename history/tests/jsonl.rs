//! Histories as JSON lines.

mod events;

use history::exchange::jsonl::{JsonlError, read, read_history, write};
use history::{Event, EventKind, Mark, Outcome};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_is_exported_is_imported(events in events::events(50)) {
        let mut text = Vec::new();
        write(events.clone(), &mut text).unwrap();
        prop_assert_eq!(read(text.as_slice()).unwrap(), events);
    }
}

#[test]
fn the_documented_lines_are_a_history() {
    let module = include_str!("../src/exchange/jsonl.rs");
    let lines: Vec<_> = module.lines().filter_map(|line| line.strip_prefix("//! {")).collect();
    let text: String = lines.iter().map(|line| format!("{{{line}\n\n")).collect();
    let history = read_history(text.as_bytes()).unwrap();
    assert_eq!(history.operations.len(), 1);
    assert_eq!(history.operations.packed(0).outcome(), Outcome::Ok);
    assert_eq!(history.marks, [(3000, Mark::LoadEnded)]);
}

#[test]
fn errors_name_their_line() {
    let event = Event { time_ns: 5, kind: EventKind::Mark(Mark::LoadEnded) };
    let mut text = Vec::new();
    write([event], &mut text).unwrap();
    text.extend(b"{\"time_ns\":6}\n");
    let error = read(text.as_slice()).unwrap_err();
    assert!(matches!(error, JsonlError::Line { line: 2, .. }), "{error}");
}
