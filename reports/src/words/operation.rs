//! Operations in words short enough for a lane of a picture.

use history::{Call, Operation, Outcome, Returned, Route, Topology, Value};

/// Elements of a list that are printed at each end before the middle is left out.
const LIST_ENDS: usize = 4;

/// What was asked: `write 17`.
pub(crate) fn call(call: &Call) -> String {
    match call {
        Call::Read => "read".to_owned(),
        Call::Write { value } => format!("write {value}"),
        Call::Cas { expected: Some(expected), value, .. } => format!("cas {expected} → {value}"),
        Call::Cas { expected: None, value, .. } => format!("cas absent → {value}"),
        Call::Add { delta } => format!("add {delta}"),
        Call::Append { element } => format!("append {element}"),
        Call::Delete => "delete".to_owned(),
    }
}

/// What came back: `ok: 17`, `in doubt`.
pub(crate) fn result(operation: &Operation) -> String {
    let outcome = outcome(operation);
    match returned(&operation.returned) {
        Some(returned) => format!("{outcome}: {returned}"),
        None => outcome.to_owned(),
    }
}

/// An outcome by the word that readers understand without the glossary.
pub(crate) fn outcome(operation: &Operation) -> &'static str {
    match (operation.outcome, operation.completed_ns) {
        (Outcome::Ok, _) => "ok",
        (Outcome::Fail, _) => "failed",
        (Outcome::Info, Some(_)) => "in doubt",
        (Outcome::Info, None) => "no answer",
    }
}

/// The generation that the call required and that the reply showed.
pub(crate) fn generation(operation: &Operation) -> String {
    let required = match operation.call {
        Call::Cas { generation, .. } => Some(generation),
        _ => None,
    };
    match (required, operation.generation) {
        (Some(required), Some(shown)) => format!("{required} → {shown}"),
        (Some(required), None) => format!("{required} required"),
        (None, Some(shown)) => shown.to_string(),
        (None, None) => "–".to_owned(),
    }
}

/// How the process reached the record.
pub(crate) fn route(route: Route, topology: &Topology) -> String {
    match route {
        Route::Map => "map".to_owned(),
        Route::Pinned(node) => format!("pinned to {}", super::nodes(&[node], topology)),
    }
}

fn returned(returned: &Returned) -> Option<String> {
    match returned {
        Returned::Nothing => None,
        Returned::Absent => Some("absent".to_owned()),
        Returned::Value(value) => Some(value.to_string()),
        Returned::Torn(value) => Some(format!("{value}, torn")),
        Returned::Count(count) => Some(count.to_string()),
        Returned::List(elements) => Some(list(elements)),
    }
}

fn list(elements: &[Value]) -> String {
    let join = |part: &[Value]| part.iter().map(Value::to_string).collect::<Vec<_>>().join(" ");
    if elements.len() <= 2 * LIST_ENDS {
        return format!("[{}]", join(elements));
    }
    let tail = &elements[elements.len() - LIST_ENDS..];
    format!("{} elements [{} … {}]", elements.len(), join(&elements[..LIST_ENDS]), join(tail))
}
