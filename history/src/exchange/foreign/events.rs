//! Histories of our own, as if they were foreign.

use std::collections::HashMap;

use super::super::jsonl::{self, JsonlError};
use super::super::{Place, SyntaxError};
use super::operation::{Foreign, Function};
use super::pair::{Kind, Line, Pairing};
use super::scan::Written;
use super::{Data, DatumId};
use crate::{Call, EventKind, OperationId, Outcome, ProcessId, REFUSED, Returned};

/// Reads JSON lines of events.
pub(super) fn read(text: &[u8]) -> Result<Foreign, SyntaxError> {
    let at = |line| Place { line, column: 1 };
    let events = jsonl::read(text).map_err(|error| match error {
        JsonlError::Line { line, source } => {
            let column = source.column() as u64;
            SyntaxError { at: Place { line, column }, what: format!("no event: {source}") }
        }
        other => SyntaxError { at: at(1), what: other.to_string() },
    })?;
    let mut pairing = Pairing::default();
    let mut open: HashMap<OperationId, (ProcessId, Call)> = HashMap::new();
    for (number, event) in (1_u32..).zip(events) {
        let data = &mut pairing.history.data;
        let line = match event.kind {
            EventKind::Invoke(invocation) => {
                open.insert(invocation.operation, (invocation.process, invocation.call));
                let (function, value) = asked(invocation.call, data);
                Line {
                    process: data.add_integer(i64::from(invocation.process.0)),
                    kind: Kind::Invoke,
                    function: Some(function),
                    key: Some(number_of(invocation.key.0, data)),
                    value: Written::Value(value),
                    error: false,
                    number,
                }
            }
            EventKind::Complete(completion) => {
                let Some((process, call)) = open.remove(&completion.operation) else {
                    let what = "an end without a beginning: the operation is not open".to_owned();
                    return Err(SyntaxError { at: at(u64::from(number)), what });
                };
                Line {
                    process: data.add_integer(i64::from(process.0)),
                    kind: Kind::Complete(completion.outcome),
                    function: None,
                    key: None,
                    value: Written::Value(match (call, completion.outcome) {
                        (Call::Read, Outcome::Ok) => returned(&completion.returned, data),
                        _ => DatumId::NIL,
                    }),
                    error: completion.code != REFUSED,
                    number,
                }
            }
            EventKind::Fault(_) | EventKind::Mark(_) => continue,
        };
        pairing.line(&line).map_err(|what| SyntaxError { at: at(u64::from(number)), what })?;
    }
    Ok(pairing.history)
}

fn asked(call: Call, data: &mut Data) -> (Function, DatumId) {
    match call {
        Call::Read => (Function::Read, DatumId::NIL),
        Call::Write { value } => (Function::Write, number_of(value, data)),
        Call::Cas { expected, value, .. } => {
            let from = expected.map_or(DatumId::NIL, |value| number_of(value, data));
            let to = number_of(value, data);
            (Function::Cas, data.add_sequence(&[from, to]))
        }
        Call::Add { delta } => (Function::Add, data.add_integer(delta)),
        Call::Append { element } => (Function::Append, number_of(element, data)),
        Call::Delete => (Function::Delete, DatumId::NIL),
    }
}

fn returned(returned: &Returned, data: &mut Data) -> DatumId {
    match returned {
        Returned::Nothing | Returned::Absent => DatumId::NIL,
        Returned::Value(value) => number_of(*value, data),
        // No value that anybody wrote.
        Returned::Torn(value) => data.add_word(&format!("torn-{value}")),
        Returned::Count(count) => data.add_integer(*count),
        Returned::List(elements) => {
            let elements: Vec<DatumId> =
                elements.iter().map(|element| number_of(*element, data)).collect();
            data.add_sequence(&elements)
        }
    }
}

/// Numbers beyond those of other programs are words.
fn number_of(number: u64, data: &mut Data) -> DatumId {
    match i64::try_from(number) {
        Ok(number) => data.add_integer(number),
        Err(_) => data.add_word(&number.to_string()),
    }
}
