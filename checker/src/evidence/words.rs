//! Operations in words.

use history::{Call, Operation, Outcome, Returned};

use super::Seconds;

/// What was asked, and by whom: `write of 17 by process 3`.
#[must_use]
pub(crate) fn asked(operation: &Operation) -> String {
    let what = match &operation.call {
        Call::Read => "read".to_owned(),
        Call::Write { value } => format!("write of {value}"),
        Call::Cas { expected: Some(expected), value, .. } => {
            format!("compare-and-set from {expected} to {value}")
        }
        Call::Cas { expected: None, value, .. } => format!("creation as {value}"),
        Call::Add { delta } => format!("add of {delta}"),
        Call::Append { element } => format!("append of {element}"),
        Call::Delete => "delete".to_owned(),
    };
    format!("{what} by process {}", operation.process.0)
}

/// How it ended: `was acknowledged at 3.201 s`.
#[must_use]
pub(crate) fn ended(operation: &Operation, seconds: Seconds) -> String {
    let at = operation.completed_ns.map(|at| seconds.print(at));
    match (operation.outcome, at) {
        (Outcome::Ok, Some(at)) if operation.call.is_write() => format!("was acknowledged at {at}"),
        (Outcome::Ok, Some(at)) => format!("ended at {at}"),
        (Outcome::Fail, Some(at)) => format!("had failed for certain at {at}"),
        _ => "was never acknowledged".to_owned(),
    }
}

/// What it brought back: `17`, `no record`, `a list of 4 elements`.
#[must_use]
pub(crate) fn returned(operation: &Operation) -> String {
    match &operation.returned {
        Returned::Nothing => "nothing".to_owned(),
        Returned::Absent => "no record".to_owned(),
        Returned::Value(value) => value.to_string(),
        Returned::Torn(value) => format!("{value} beside bins of another write"),
        Returned::Count(count) => count.to_string(),
        Returned::List(elements) if elements.len() <= 8 => format!("{elements:?}"),
        Returned::List(elements) => format!("a list of {} elements", elements.len()),
    }
}

/// A read in whole: `the read by process 4, begun at 3.250 s, returned 12`.
#[must_use]
pub(crate) fn read(operation: &Operation, seconds: Seconds) -> String {
    format!(
        "the {}, begun at {}, returned {}",
        asked(operation),
        seconds.print(operation.invoked_ns),
        returned(operation)
    )
}

/// A refusal in whole: `the compare-and-set from 5 to 9 by process 3, begun at 3.250 s, was refused at
/// 3.252 s, so that it found another value than 5`.
#[must_use]
pub(crate) fn refused(operation: &Operation, seconds: Seconds) -> String {
    let found = match operation.call {
        Call::Cas { expected: Some(expected), .. } => format!("another value than {expected}"),
        _ => "a record".to_owned(),
    };
    format!(
        "the {}, begun at {}, was refused at {}, so that it found {found}",
        asked(operation),
        seconds.print(operation.invoked_ns),
        seconds.print(operation.refused_ns().unwrap_or(operation.invoked_ns))
    )
}

/// Operations that no order explains, each in whole.
#[must_use]
pub(crate) fn unexplained<'a>(
    operations: impl IntoIterator<Item = &'a Operation>,
    seconds: Seconds,
) -> String {
    let told: Vec<String> = operations
        .into_iter()
        .map(|one| {
            if one.refused_ns().is_some() {
                refused(one, seconds)
            } else if one.call.is_write() {
                let began = seconds.print(one.invoked_ns);
                let returned = match one.returned {
                    Returned::Nothing => String::new(),
                    _ => format!(" and returned {}", returned(one)),
                };
                format!("the {}, begun at {began}, {}{returned}", asked(one), ended(one, seconds))
            } else {
                read(one, seconds)
            }
        })
        .collect();
    format!("No order explains these operations: {}.", told.join("; "))
}
