//! A history judged while it is recorded: the load stops at the first violation.
//!
//! `cargo run --example watch`

use std::error::Error;
use std::io::{self, Write};

use aerocert_checker::online::Judge;
use history::{
    Call, Completion, Event, EventKind, Invocation, Key, Model, OperationId, Outcome, ProcessId,
    Returned, Route, SiteIndex,
};

/// A register whose replica, which answers reads, stops following after so many writes.
const FOLLOWS: u64 = 3_000;

fn main() -> Result<(), Box<dyn Error>> {
    run(io::stdout())
}

/// Writes and reads until an alarm is raised.
///
/// # Errors
/// An event that no recorder would write, or whatever the sink says.
pub(crate) fn run(mut to: impl Write) -> Result<(), Box<dyn Error>> {
    let mut judge = Judge::new(Model::Register, &[]);
    let mut stream = Stream::default();
    for value in 1.. {
        let replica = value.min(FOLLOWS);
        let asked =
            [(Call::Write { value }, Returned::Nothing), (Call::Read, Returned::Value(replica))];
        for (call, returned) in asked {
            for event in stream.operation(call, returned) {
                if let Some(alarm) = judge.take(&event)?.first() {
                    let violation = &alarm.violation;
                    writeln!(to, "stopped: {}", violation.class.name())?;
                    writeln!(to, "operations that show it: {}", violation.operations.len())?;
                    let behind_ms = (alarm.known_ns - FOLLOWS * 2 * Stream::LASTS_NS) / 1_000_000;
                    writeln!(to, "the replica had been behind for {behind_ms} ms")?;
                    return Ok(());
                }
            }
        }
    }
    unreachable!("the replica falls behind");
}

/// Operations of one process, one after the other.
#[derive(Default)]
struct Stream {
    operations: u64,
    now_ns: u64,
}

impl Stream {
    const LASTS_NS: u64 = 1_000_000;

    /// The two events of an operation that was answered.
    fn operation(&mut self, call: Call, returned: Returned) -> [Event; 2] {
        let (operation, process) = (OperationId(self.operations), ProcessId(0));
        let (site, route, key) = (SiteIndex(0), Route::Map, Key(0));
        let invocation = Invocation { operation, process, site, route, key, call };
        let outcome = Outcome::Ok;
        let completion = Completion { operation, outcome, returned, generation: None, code: 0 };
        let begun = Event { time_ns: self.now_ns, kind: EventKind::Invoke(invocation) };
        self.operations += 1;
        self.now_ns += Self::LASTS_NS;
        [begun, Event { time_ns: self.now_ns, kind: EventKind::Complete(completion) }]
    }
}
