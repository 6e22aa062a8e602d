//! A program records its own operations, and hands them to other checkers: JSON lines, Jepsen's EDN,
//! Porcupine's JSON.
//!
//! `cargo run --example convert`

use std::error::Error;
use std::io::{self, Write};

use history::exchange::{export, jsonl};
use history::{
    Call, Completion, Event, EventKind, History, Invocation, Key, OperationId, Outcome, ProcessId,
    Returned, Route, SiteIndex,
};

fn main() -> Result<(), Box<dyn Error>> {
    run(io::stdout())
}

/// Records three operations and writes them in each form.
///
/// # Errors
/// Whatever the sink says.
pub(crate) fn run(mut to: impl Write) -> Result<(), Box<dyn Error>> {
    let begins = |time_ns, operation, process, call| {
        let (operation, process) = (OperationId(operation), ProcessId(process));
        let (site, route, key) = (SiteIndex(0), Route::Map, Key(7));
        let invocation = Invocation { operation, process, site, route, key, call };
        Event { time_ns, kind: EventKind::Invoke(invocation) }
    };
    let ends = |time_ns, operation, outcome, returned, code| {
        let operation = OperationId(operation);
        let completion = Completion { operation, outcome, returned, generation: None, code };
        Event { time_ns, kind: EventKind::Complete(completion) }
    };
    let events = vec![
        begins(1_000, 0, 0, Call::Write { value: 1 }),
        ends(2_000, 0, Outcome::Ok, Returned::Nothing, 0),
        begins(3_000, 1, 0, Call::Write { value: 2 }),
        begins(4_000, 2, 1, Call::Read),
        // The write timed out: nobody knows whether it happened.
        ends(5_000, 1, Outcome::Info, Returned::Nothing, 9),
        ends(6_000, 2, Outcome::Ok, Returned::Value(2), 0),
    ];
    let mut lines = Vec::new();
    jsonl::write(events.clone(), &mut lines)?;
    let read = jsonl::read(&lines[..])?;
    writeln!(to, "{} events, {} bytes as they are: nothing is lost", read.len(), lines.len())?;
    assert_eq!(read, events);

    writeln!(to, "EDN:")?;
    export::edn(events.clone(), &mut to)?;
    writeln!(to, "JSON lines:")?;
    export::json_lines(events.clone(), &mut to)?;
    writeln!(to, "Porcupine:")?;
    export::porcupine(&History::from_events(events)?, &mut to)?;
    Ok(())
}
