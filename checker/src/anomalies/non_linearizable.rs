//! Non-linearizable: no order of the operations explains what was read, and no finer class fits.
//!
//! Linearizability as Herlihy and Wing define it (TOPLAS 1990), per record.

use history::{AnomalyClass, Call, Model, Operation, Outcome, Value};

use super::{
    Finding, Record, backward_read, dirty_read, duplicate, garbage_read, lost_update, observed,
    stale_read, written,
};
use crate::evidence::{Precedence, Seconds, minimal, shortest_cycle, words};
use crate::linearizability::{Decision, Unseen, decide, list};

/// What linearizability says of a record: nothing, one violation of the finest class that fits its
/// proof, or why it is undecided.
///
/// # Errors
/// Why it is undecided.
pub fn find(record: &Record<'_>) -> Result<Option<Finding>, String> {
    let violation = match decide(record.model, &record.operations, Unseen::Impossible) {
        Decision::Holds => return Ok(None),
        Decision::Undecided(why) => return Err(why),
        Decision::Broken(violation) => violation,
    };
    // Whatever these find has no linearization on its own: the first class that fits is the finest.
    let finer: [fn(&Record<'_>) -> Vec<Finding>; 6] = [
        garbage_read::find,
        duplicate::find,
        lost_update::find,
        stale_read::find,
        dirty_read::find,
        backward_read::find,
    ];
    if let Some(finding) = finer.iter().find_map(|find| find(record).into_iter().next()) {
        return Ok(Some(finding));
    }
    let positions = minimal(record.model, &record.operations, violation);
    let class = match record.model {
        Model::Counter => AnomalyClass::CounterDrift,
        _ => AnomalyClass::NonLinearizable,
    };
    Ok(Some(Finding::new(class, record, positions)))
}

/// The values that an operation touches, with what it shows of each: (value, wrote it).
fn touches(operation: &Operation) -> Vec<Option<Value>> {
    match &operation.call {
        Call::Cas { expected, value, .. } if operation.outcome != Outcome::Fail => {
            vec![*expected, Some(*value)]
        }
        _ => observed(operation)
            .into_iter()
            .chain(written(operation).filter(|_| operation.outcome != Outcome::Fail).map(Some))
            .collect(),
    }
}

/// The precedences between the values of a finding's operations.
fn precedences(record: &Record<'_>, finding: &Finding) -> Vec<Precedence<Option<Value>>> {
    let mut found = Vec::new();
    for one in &finding.operations {
        let first = record.operations[*one];
        if let ([from, to], Call::Cas { .. }) = (&touches(first)[..], &first.call) {
            found.push(Precedence { before: *from, after: *to, one: *one, other: *one });
        }
        for other in &finding.operations {
            let second = record.operations[*other];
            if first.settled_ns() >= second.invoked_ns {
                continue;
            }
            for before in touches(first) {
                for after in touches(second).into_iter().filter(|after| *after != before) {
                    found.push(Precedence { before, after, one: *one, other: *other });
                }
            }
        }
        for after in touches(first).into_iter().flatten() {
            found.push(Precedence { before: None, after: Some(after), one: *one, other: *one });
        }
    }
    found
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let operations: Vec<&Operation> =
        finding.operations.iter().map(|at| record.operations[*at]).collect();
    if record.is_register() {
        let cycle = shortest_cycle(&precedences(record, finding));
        if !cycle.is_empty() {
            return cycle_claim(record, &cycle, seconds);
        }
        if let Some(claim) = refusal_claim(&operations, seconds) {
            return claim;
        }
    }
    if let [one, other] = operations[..]
        && list::elements(one).is_some()
        && list::elements(other).is_some()
    {
        return format!(
            "Neither list begins with the other: {}; {}.",
            words::read(one, seconds),
            words::read(other, seconds)
        );
    }
    words::unexplained(operations, seconds)
}

/// A value that was in place before a refusal, which did not find it, and that is there after it, or
/// that nothing can have replaced; `None` if there is more to it.
fn refusal_claim(operations: &[&Operation], seconds: Seconds) -> Option<String> {
    let mut refusals = operations.iter().filter(|one| one.refused_ns().is_some());
    let (refusal, None) = (refusals.next()?, refusals.next()) else { return None };
    let Call::Cas { expected, .. } = refusal.call else { return None };
    let happened = || operations.iter().filter(|one| one.outcome != Outcome::Fail);
    let read = |one: &Operation| observed(one) == Some(expected);
    let before = happened().find(|one| {
        let brought = written(one).is_some_and(|value| Some(value) == expected);
        one.settled_ns() < refusal.invoked_ns && (brought || read(one))
    });
    let after = happened().find(|one| {
        let replaced = matches!(one.call, Call::Cas { expected: from, .. } if from == expected);
        Some(one.invoked_ns) > refusal.refused_ns() && (replaced || read(one))
    });
    let told = |one: &Operation| match one.call.is_write() {
        true => format!(
            "the {}, begun at {}, {}",
            words::asked(one),
            seconds.print(one.invoked_ns),
            words::ended(one, seconds)
        ),
        false => words::read(one, seconds),
    };
    let (since, known) = match (before, expected) {
        (Some(before), _) => (format!("{}; ", told(before)), 1),
        (None, None) => (String::new(), 0),
        (None, Some(_)) => return None,
    };
    let what = expected.map_or("No record".to_owned(), |value| value.to_string());
    let refused = words::refused(refusal, seconds);
    match after {
        Some(after) if operations.len() == known + 2 => Some(format!(
            "{what} was in place from before a refusal until after it: {since}{refused}; {}.",
            told(after)
        )),
        None if operations.len() == known + 1 => Some(format!(
            "{what} was in place before a refusal, and nothing can have replaced it by then: \
             {since}{refused}."
        )),
        _ => None,
    }
}

fn cycle_claim(
    record: &Record<'_>,
    cycle: &[Precedence<Option<Value>>],
    seconds: Seconds,
) -> String {
    let name = |value: Option<Value>| value.map_or("no record".to_owned(), |v| v.to_string());
    let reasons: Vec<String> = cycle
        .iter()
        .map(|step| {
            let (one, other) = (record.operations[step.one], record.operations[step.other]);
            let order = format!("{} came before {}", name(step.before), name(step.after));
            if step.one == step.other {
                return match (one.call.is_write(), step.before) {
                    (true, Some(_)) => {
                        format!("{order}, since the {} replaced it", words::asked(one))
                    }
                    _ => format!("{order}, since the key space was empty"),
                };
            }
            let short = |operation: &Operation| {
                if operation.call.is_write() {
                    words::asked(operation)
                } else {
                    format!(
                        "{} (which returned {})",
                        words::asked(operation),
                        words::returned(operation)
                    )
                }
            };
            format!(
                "{order}, since the {} ended at {} and the {} began at {}",
                short(one),
                seconds.print(one.settled_ns()),
                short(other),
                seconds.print(other.invoked_ns)
            )
        })
        .collect();
    format!("Each value is written once, yet {}.", reasons.join("; and "))
}
