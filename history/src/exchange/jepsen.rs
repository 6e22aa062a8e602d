//! Jepsen's histories of one register: as EDN, and as lines of its log.
//!
//! The operations are `:read`, `:write` and `:cas`. `nil` is the absent record. A failed `:cas` is an observation: the register did not hold what was expected. An
//! operation that ends with `:info`, or never, is in doubt. Times are the numbers of the lines.

use std::collections::BTreeMap;

use super::edn::{self, Edn, Place, SyntaxError};
use crate::{
    Call, Completion, Event, EventKind, History, Invocation, Key, OperationId, Outcome, ProcessId,
    Returned, Route, SiteIndex, Value,
};

/// The server's code for a generation that does not match, which a failed `:cas` stands for.
const GENERATION_ERROR: i16 = 3;

/// Reads an EDN history.
///
/// # Errors
/// The first place that is not EDN, or no operation of a register.
pub fn read_edn(text: &str) -> Result<History, SyntaxError> {
    let mut import = Import::default();
    for placed in edn::read(text)? {
        let get = |name| placed.value.get(name).unwrap_or(&Edn::Nil);
        import.line(placed.at, get("process"), get("type"), get("f"), get("value"))?;
    }
    import.finish()
}

/// Reads a log: on each line, after whatever the logger wrote, a process, a type, a function and
/// a value.
///
/// # Errors
/// The first line that is no operation of a register.
pub fn read_log(text: &str) -> Result<History, SyntaxError> {
    let mut import = Import::default();
    for (number, line) in (1_u64..).zip(text.lines()) {
        let at = Place { line: number, column: 1 };
        let Some((_, columns)) = line.split_once(" - ") else {
            if line.trim().is_empty() {
                continue;
            }
            return Err(wrong(at, "no operation of a log"));
        };
        let mut values = edn::read(columns)
            .map_err(|error| SyntaxError { at: Place { line: number, ..error.at }, ..error })?
            .into_iter()
            .map(|placed| placed.value);
        let mut next = || values.next().unwrap_or(Edn::Nil);
        let (process, kind, function, value) = (next(), next(), next(), next());
        import.line(at, &process, &kind, &function, &value)?;
    }
    import.finish()
}

#[derive(Default)]
struct Import {
    events: Vec<Event>,
    places: Vec<Place>,
    operations: u64,
    /// The open operation of each process.
    open: BTreeMap<i64, (OperationId, Call)>,
    /// A process that was in doubt begins anew under another id.
    processes: BTreeMap<i64, ProcessId>,
    next_process: u32,
}

impl Import {
    fn line(
        &mut self,
        at: Place,
        process: &Edn,
        kind: &Edn,
        function: &Edn,
        value: &Edn,
    ) -> Result<(), SyntaxError> {
        let process = match process {
            Edn::Integer(process) => *process,
            // The nemesis speaks in between.
            Edn::Keyword(_) => return Ok(()),
            _ => return Err(wrong(at, "an operation without `:process`")),
        };
        let (Edn::Keyword(kind), Edn::Keyword(function)) = (kind, function) else {
            return Err(wrong(at, "an operation without `:type` or `:f`"));
        };
        let kind = match kind.as_str() {
            "invoke" => {
                let call = call(function, value).ok_or_else(|| {
                    wrong(at, "no operation of a register (`:read`, `:write`, `:cas`)")
                })?;
                let operation = OperationId(self.operations);
                self.operations += 1;
                if self.open.insert(process, (operation, call)).is_some() {
                    return Err(wrong(at, "the process has an open operation"));
                }
                let next = self.next_process;
                let id = *self.processes.entry(process).or_insert_with(|| {
                    self.next_process += 1;
                    ProcessId(next)
                });
                EventKind::Invoke(Invocation {
                    operation,
                    process: id,
                    site: SiteIndex(0),
                    route: Route::Map,
                    key: Key(0),
                    call,
                })
            }
            "ok" | "fail" | "info" => {
                let Some((operation, call)) = self.open.remove(&process) else {
                    return Err(wrong(at, "an end without a beginning"));
                };
                if kind == "info" {
                    self.processes.remove(&process);
                }
                let completion = completion(operation, call, kind, value);
                EventKind::Complete(
                    completion.ok_or_else(|| wrong(at, "a result that no register returns"))?,
                )
            }
            _ => return Err(wrong(at, "`:type` is none of :invoke, :ok, :fail, :info")),
        };
        self.events.push(Event { time_ns: self.events.len() as u64, kind });
        self.places.push(at);
        Ok(())
    }

    fn finish(self) -> Result<History, SyntaxError> {
        let places = self.places;
        History::from_events(self.events).map_err(|error| {
            let at = places.last().copied().unwrap_or(Place { line: 1, column: 1 });
            SyntaxError { at, what: error.to_string() }
        })
    }
}

fn call(function: &str, value: &Edn) -> Option<Call> {
    match (function, value) {
        ("read", _) => Some(Call::Read),
        ("write", value) => Some(Call::Write { value: number(value)? }),
        ("cas", Edn::Sequence(pair)) => {
            let [from, to] = &pair[..] else { return None };
            let expected = match from {
                Edn::Nil => None,
                from => Some(number(from)?),
            };
            Some(Call::Cas { expected, generation: 0, value: number(to)? })
        }
        _ => None,
    }
}

fn completion(operation: OperationId, call: Call, kind: &str, value: &Edn) -> Option<Completion> {
    let (outcome, returned) = match (kind, call) {
        ("ok", Call::Read) => {
            let returned = match value {
                Edn::Nil => Returned::Absent,
                value => Returned::Value(number(value)?),
            };
            (Outcome::Ok, returned)
        }
        ("ok", _) => (Outcome::Ok, Returned::Nothing),
        ("fail", _) => (Outcome::Fail, Returned::Nothing),
        _ => (Outcome::Info, Returned::Nothing),
    };
    // A timeout that is called a failure observed nothing.
    let refused = matches!(call, Call::Cas { .. }) && matches!(value, Edn::Sequence(_) | Edn::Nil);
    let code = match outcome {
        Outcome::Ok => 0,
        Outcome::Fail if refused => GENERATION_ERROR,
        _ => -1,
    };
    Some(Completion { operation, outcome, returned, generation: None, code })
}

fn number(value: &Edn) -> Option<Value> {
    match value {
        Edn::Integer(number) => Value::try_from(*number).ok(),
        _ => None,
    }
}

fn wrong(at: Place, what: &str) -> SyntaxError {
    SyntaxError { at, what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_give_the_same_history() {
        let edn = "[{:process 0, :type :invoke, :f :cas, :value [nil 2]}
            {:value nil :f :read :type :invoke :process 1}
            {:process 0, :type :fail, :f :cas, :value [nil 2]}
            {:process :nemesis, :type :info, :f :start, :value nil}
            {:process 1, :type :ok, :f :read, :value 7}]";
        let log = "INFO  jepsen.util - 0	:invoke	:cas	[nil 2]
INFO  jepsen.util - 1	:invoke	:read	nil
INFO  jepsen.util - 0	:fail	:cas	[nil 2]
INFO  jepsen.util - 1	:ok	:read	7
";
        let history = read_edn(edn).unwrap();
        assert_eq!(history, read_log(log).unwrap());
        let [cas, read] = &history.operations.iter().collect::<Vec<_>>()[..] else {
            panic!("two operations")
        };
        assert_eq!(cas.call, Call::Cas { expected: None, generation: 0, value: 2 });
        assert_eq!((cas.outcome, cas.code), (Outcome::Fail, GENERATION_ERROR));
        assert_eq!(read.returned, Returned::Value(7));
    }

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
    fn what_is_wrong_is_told_with_its_place() {
        let error = |text: &str| read_edn(text).unwrap_err().to_string();
        assert_eq!(
            error("{:process 0 :type :ok :f :read :value 1}"),
            "line 1, column 1: an end without a beginning"
        );
        assert_eq!(
            error("\n  {:process 0 :type :invoke :f :pop :value 1}"),
            "line 2, column 3: no operation of a register (`:read`, `:write`, `:cas`)"
        );
        assert_eq!(error("{:type :ok}"), "line 1, column 1: an operation without `:process`");
        assert_eq!(read_log("nonsense").unwrap_err().at, Place { line: 1, column: 1 });
    }
}
