//! Jepsen's words, in EDN and in JSON.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};

use crate::{
    Call, Event, EventKind, FaultStage, Key, Mark, OperationId, Outcome, ProcessId, REFUSED,
    Returned,
};

/// Writes a history as EDN.
///
/// # Errors
/// Whatever the sink says.
pub fn edn(events: impl IntoIterator<Item = Event>, sink: impl Write) -> io::Result<()> {
    write(Dialect::Edn, events, sink)
}

/// Writes a history as JSON lines of operations.
///
/// # Errors
/// Whatever the sink says.
pub fn json_lines(events: impl IntoIterator<Item = Event>, sink: impl Write) -> io::Result<()> {
    write(Dialect::Json, events, sink)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Edn,
    Json,
}

fn write(
    dialect: Dialect,
    events: impl IntoIterator<Item = Event>,
    mut sink: impl Write,
) -> io::Result<()> {
    let mut open: HashMap<OperationId, (ProcessId, Key, Call)> = HashMap::new();
    for event in events {
        let time_ns = event.time_ns;
        match event.kind {
            EventKind::Invoke(invocation) => {
                let (process, key, call) = (invocation.process, invocation.key, invocation.call);
                open.insert(invocation.operation, (process, key, call));
                let value = Value::asked(call);
                let line = Line { process, kind: "invoke", call, key, value, error: None };
                line.write(dialect, time_ns, &mut sink)?;
            }
            EventKind::Complete(completion) => {
                let Some((process, key, call)) = open.remove(&completion.operation) else {
                    continue;
                };
                let answered = call == Call::Read && completion.outcome == Outcome::Ok;
                Line {
                    process,
                    kind: match completion.outcome {
                        Outcome::Ok => "ok",
                        Outcome::Fail => "fail",
                        Outcome::Info => "info",
                    },
                    call,
                    key,
                    value: if answered {
                        Value::Returned(&completion.returned)
                    } else {
                        Value::asked(call)
                    },
                    error: (completion.outcome != Outcome::Ok && completion.code != REFUSED)
                        .then_some(completion.code),
                }
                .write(dialect, time_ns, &mut sink)?;
            }
            EventKind::Fault(fault) => {
                let name = format!("fault-{}-{}", fault.fault, stage(fault.stage));
                nemesis(dialect, &name, time_ns, &mut sink)?;
            }
            EventKind::Mark(mark) => nemesis(dialect, phase(mark), time_ns, &mut sink)?,
        }
    }
    sink.flush()
}

/// A line that is no operation.
fn nemesis(dialect: Dialect, name: &str, time_ns: u64, sink: &mut impl Write) -> io::Result<()> {
    match dialect {
        Dialect::Edn => writeln!(
            sink,
            "{{:process :nemesis, :type :info, :f :{name}, :value nil, :time {time_ns}}}"
        ),
        Dialect::Json => writeln!(
            sink,
            "{{\"process\":\"nemesis\",\"type\":\"info\",\"f\":\"{name}\",\"time\":{time_ns}}}"
        ),
    }
}

/// A line of an operation.
struct Line<'a> {
    process: ProcessId,
    kind: &'static str,
    call: Call,
    key: Key,
    value: Value<'a>,
    error: Option<i16>,
}

impl Line<'_> {
    fn write(&self, dialect: Dialect, time_ns: u64, sink: &mut impl Write) -> io::Result<()> {
        let (process, kind, function) = (self.process.0, self.kind, self.call.name());
        let (key, value) = (self.key.0, In { dialect, value: &self.value });
        match dialect {
            Dialect::Edn => {
                write!(sink, "{{:process {process}, :type :{kind}, :f :{function}, ")?;
                write!(sink, ":value [{key} {value}], :time {time_ns}")?;
                if let Some(error) = self.error {
                    write!(sink, ", :error {error}")?;
                }
            }
            Dialect::Json => {
                write!(sink, "{{\"process\":{process},\"type\":\"{kind}\",\"f\":\"{function}\",")?;
                write!(sink, "\"key\":{key},\"value\":{value},\"time\":{time_ns}")?;
                if let Some(error) = self.error {
                    write!(sink, ",\"error\":{error}")?;
                }
            }
        }
        sink.write_all(b"}\n")
    }
}

/// The value of a line.
enum Value<'a> {
    Nothing,
    Number(i128),
    Pair(Option<u64>, u64),
    Returned(&'a Returned),
}

impl Value<'_> {
    fn asked(call: Call) -> Self {
        match call {
            Call::Read | Call::Delete => Self::Nothing,
            Call::Write { value } => Self::Number(value.into()),
            Call::Cas { expected, value, .. } => Self::Pair(expected, value),
            Call::Add { delta } => Self::Number(delta.into()),
            Call::Append { element } => Self::Number(element.into()),
        }
    }
}

struct In<'a> {
    dialect: Dialect,
    value: &'a Value<'a>,
}

impl fmt::Display for In<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (nothing, between) = match self.dialect {
            Dialect::Edn => ("nil", " "),
            Dialect::Json => ("null", ","),
        };
        match self.value {
            Value::Nothing | Value::Returned(Returned::Nothing | Returned::Absent) => {
                formatter.write_str(nothing)
            }
            Value::Number(number) => write!(formatter, "{number}"),
            Value::Pair(None, to) => write!(formatter, "[{nothing}{between}{to}]"),
            Value::Pair(Some(from), to) => write!(formatter, "[{from}{between}{to}]"),
            Value::Returned(Returned::Value(value)) => write!(formatter, "{value}"),
            Value::Returned(Returned::Count(count)) => write!(formatter, "{count}"),
            // No value that anybody wrote.
            Value::Returned(Returned::Torn(value)) => match self.dialect {
                Dialect::Edn => write!(formatter, ":torn-{value}"),
                Dialect::Json => write!(formatter, "\"torn-{value}\""),
            },
            Value::Returned(Returned::List(elements)) => {
                formatter.write_str("[")?;
                for (at, element) in elements.iter().enumerate() {
                    let before = if at == 0 { "" } else { between };
                    write!(formatter, "{before}{element}")?;
                }
                formatter.write_str("]")
            }
        }
    }
}

fn stage(stage: FaultStage) -> &'static str {
    match stage {
        FaultStage::Applied => "applied",
        FaultStage::Healed => "healed",
        FaultStage::Skipped => "skipped",
        FaultStage::Indeterminate => "indeterminate",
    }
}

fn phase(mark: Mark) -> &'static str {
    match mark {
        Mark::LoadStarted => "load-started",
        Mark::LoadEnded => "load-ended",
        Mark::MigrationsEnded => "migrations-ended",
        Mark::FinalReadsStarted => "final-reads-started",
        Mark::FinalReadsEnded => "final-reads-ended",
    }
}
