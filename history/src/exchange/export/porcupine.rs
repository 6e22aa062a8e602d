//! Porcupine's operations.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::{Call, History, Operation, Outcome, REFUSED, Returned};

/// Writes a JSON array, an operation a line, whose members are the fields of a
/// `porcupine.Operation`:
///
/// ```text
/// [{"ClientId":3,"Input":{"f":"write","key":7,"value":1,"from":null},"Call":1000,"Output":{"ok":true,"value":null},"Return":2000}]
/// ```
///
/// `Input` is what was asked, `from` what a `cas` expected. `Output` is what came of it: `ok` is
/// false for a `cas` whose condition did not hold, and null for an operation in doubt, which
/// returns after everything else, as Porcupine's models expect. Other failures are left out: they
/// did nothing and saw nothing.
///
/// # Errors
/// Whatever the sink says.
pub fn porcupine(history: &History, mut sink: impl Write) -> io::Result<()> {
    let mut before = "[";
    for operation in history.operations.iter() {
        let refused = operation.outcome == Outcome::Fail && operation.code == REFUSED;
        let silent = match operation.outcome {
            Outcome::Fail => !refused,
            Outcome::Info => operation.call == Call::Read,
            Outcome::Ok => false,
        };
        if silent {
            continue;
        }
        let ends_ns = match operation.outcome {
            Outcome::Info => history.ended_ns.saturating_add(1),
            _ => operation.completed_ns.unwrap_or(history.ended_ns),
        };
        let line = json!({
            "ClientId": operation.process.0,
            "Input": input(&operation),
            "Call": operation.invoked_ns,
            "Output": output(&operation),
            "Return": ends_ns,
        });
        write!(sink, "{before}{line}")?;
        before = ",\n";
    }
    sink.write_all(if before == "[" { b"[]\n" } else { b"]\n" })?;
    sink.flush()
}

fn input(operation: &Operation) -> Value {
    let (value, from) = match operation.call {
        Call::Read | Call::Delete => (Value::Null, Value::Null),
        Call::Write { value } => (json!(value), Value::Null),
        Call::Cas { expected, value, .. } => (json!(value), json!(expected)),
        Call::Add { delta } => (json!(delta), Value::Null),
        Call::Append { element } => (json!(element), Value::Null),
    };
    json!({ "f": operation.call.name(), "key": operation.key.0, "value": value, "from": from })
}

fn output(operation: &Operation) -> Value {
    let ok = match operation.outcome {
        Outcome::Ok => json!(true),
        Outcome::Fail => json!(false),
        Outcome::Info => Value::Null,
    };
    let value = match &operation.returned {
        Returned::Nothing | Returned::Absent => Value::Null,
        Returned::Value(value) => json!(value),
        Returned::Torn(value) => json!({ "torn": value }),
        Returned::Count(count) => json!(count),
        Returned::List(elements) => json!(elements),
    };
    json!({ "ok": ok, "value": value })
}
