//! Jepsen's histories of one register, as aerocert's own.

use super::foreign::{DatumId, Foreign, ForeignOperation, Format, Function};
use super::{Place, SyntaxError};
use crate::{
    Call, Completion, Event, EventKind, History, Invocation, Key, OperationId, Outcome, ProcessId,
    REFUSED, Returned, Route, SiteIndex, Value,
};

/// Reads an EDN history. Times are the places of the events in the file.
///
/// # Errors
/// The first place that is not EDN, or no operation of a register of numbers.
pub fn read_edn(text: &str) -> Result<History, SyntaxError> {
    register(&Foreign::read(text.as_bytes(), Format::Edn)?)
}

/// Reads a log. Times are the places of the events in the file.
///
/// # Errors
/// The first line that is no operation of a register of numbers.
pub fn read_log(text: &str) -> Result<History, SyntaxError> {
    register(&Foreign::read(text.as_bytes(), Format::Log)?)
}

fn register(foreign: &Foreign) -> Result<History, SyntaxError> {
    let mut events = Vec::with_capacity(2 * foreign.operations.len());
    let mut process_of = vec![None; foreign.processes.len()];
    let mut processes = 0;
    for (place, id) in (1..).zip(by_place(&foreign.operations)) {
        let one = &foreign.operations[id as usize];
        let operation = OperationId(id.into());
        let wrong = |line: u32| SyntaxError {
            at: Place { line: line.into(), column: 1 },
            what: "no operation of a register of numbers".to_owned(),
        };
        let kind = if place == one.invoked {
            let call = call(foreign, one).ok_or_else(|| wrong(one.invoked_line))?;
            let process = process_of[one.process as usize].get_or_insert_with(|| {
                processes += 1;
                ProcessId(processes - 1)
            });
            let (process, site, key) = (*process, SiteIndex(0), Key(0));
            if one.outcome == Outcome::Info {
                // A process that is in doubt begins anew under another id.
                process_of[one.process as usize] = None;
            }
            EventKind::Invoke(Invocation { operation, process, site, route: Route::Map, key, call })
        } else {
            EventKind::Complete(Completion {
                operation,
                outcome: one.outcome,
                returned: returned(foreign, one).ok_or_else(|| wrong(one.completed_line))?,
                generation: None,
                code: match one.outcome {
                    Outcome::Ok => 0,
                    Outcome::Fail if one.refused => REFUSED,
                    _ => -1,
                },
            })
        };
        events.push(Event { time_ns: place.into(), kind });
    }
    History::from_events(events)
        .map_err(|error| SyntaxError { at: Place { line: 1, column: 1 }, what: error.to_string() })
}

/// The operation of each event, by the event's place among all, which are counted from 1.
fn by_place(operations: &[ForeignOperation]) -> Vec<u32> {
    let ends = operations.iter().filter(|one| one.completed != u32::MAX).count();
    let mut by_place = vec![0; operations.len() + ends];
    for (id, one) in (0..).zip(operations) {
        by_place[one.invoked as usize - 1] = id;
        if one.completed != u32::MAX {
            by_place[one.completed as usize - 1] = id;
        }
    }
    by_place
}

fn call(foreign: &Foreign, one: &ForeignOperation) -> Option<Call> {
    Some(match one.function {
        Function::Read => Call::Read,
        Function::Write => Call::Write { value: number(foreign, one.argument)? },
        Function::Cas => {
            let [from, to] = foreign.data.sequence(one.argument)? else { return None };
            let expected = match *from {
                DatumId::NIL => None,
                from => Some(number(foreign, from)?),
            };
            Call::Cas { expected, generation: 0, value: number(foreign, *to)? }
        }
        _ => return None,
    })
}

fn returned(foreign: &Foreign, one: &ForeignOperation) -> Option<Returned> {
    Some(match (one.function, one.outcome, one.result) {
        (Function::Read, Outcome::Ok, DatumId::NIL) => Returned::Absent,
        (Function::Read, Outcome::Ok, value) => Returned::Value(number(foreign, value)?),
        _ => Returned::Nothing,
    })
}

fn number(foreign: &Foreign, id: DatumId) -> Option<Value> {
    foreign.data.integer(id).and_then(|number| Value::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_in_doubt_retire_their_process() {
        let log = "x - 0 :invoke :write 1\nx - 0 :info :write :timed-out\nx - 0 :invoke :write 2";
        let history = read_log(log).unwrap();
        let [first, second] = &history.operations.iter().collect::<Vec<_>>()[..] else {
            panic!("two operations")
        };
        assert_eq!(first.outcome, Outcome::Info);
        assert_ne!(first.process, second.process);
        assert_eq!((second.outcome, second.completed_ns), (Outcome::Info, None));
    }

    #[test]
    fn refusals_are_told_from_other_failures() {
        let log = "x - 0 :invoke :cas [nil 2]\nx - 0 :fail :cas [nil 2]\n\
                   x - 0 :invoke :cas [1 2]\nx - 0 :fail :cas :timed-out\n\
                   x - 1 :invoke :read\nx - 1 :ok :read 7";
        let history = read_log(log).unwrap();
        let operations: Vec<_> = history.operations.iter().collect();
        assert_eq!(operations[0].call, Call::Cas { expected: None, generation: 0, value: 2 });
        assert_eq!((operations[0].code, operations[1].code), (REFUSED, -1));
        assert_eq!(operations[2].returned, Returned::Value(7));
        assert!(read_edn("{:process 0 :type :invoke :f :write :value \"x\"}").is_err());
    }
}
