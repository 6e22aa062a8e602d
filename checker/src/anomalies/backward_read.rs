//! Backward read and read-your-writes: a session saw an older version after a newer one.
//!
//! The session guarantees *monotonic reads* and *read your writes* of Terry et al. (PDIS 1994), per
//! process and key. A register's value is older than another if its write was acknowledged before the other's
//! was invoked, or if the process itself saw it before. A list is older if it lacks an element that
//! the process saw or had acknowledged; a counter, if it counts less than the process knew of.

use history::{AnomalyClass, Call, Model, Operation, Outcome, ProcessId, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Finding, Record, observed, written};
use crate::evidence::{Seconds, words};
use crate::linearizability::{counter, list};

/// All backward reads and unread own writes of a record: what the process knew, and the read; for
/// a register also the writes that tell which is older.
#[must_use]
pub fn find(record: &Record<'_>) -> Vec<Finding> {
    if record.is_deleted() {
        return Vec::new();
    }
    match record.model {
        Model::Register | Model::CasRegister => in_register(record),
        Model::Set => in_list(record),
        Model::Counter => in_counter(record),
    }
}

/// What a process knew is its own write, or came from another.
fn class(known: &Operation) -> AnomalyClass {
    if known.call.is_write() { AnomalyClass::ReadYourWrites } else { AnomalyClass::BackwardRead }
}

/// What a process knows of a register.
#[derive(Default)]
struct Session {
    /// The known value whose write was invoked last: that call in ns, the write, and the operation
    /// by which the process knows it.
    newest: Option<(u64, usize, usize)>,
    /// The value known last, and by which operation.
    current: Option<(Option<Value>, usize)>,
    /// Values that gave way to another before the process's eyes: when it saw them, and the other.
    past: FxHashMap<Option<Value>, (usize, usize)>,
}

fn in_register(record: &Record<'_>) -> Vec<Finding> {
    let mut sessions: FxHashMap<ProcessId, Session> = FxHashMap::default();
    let mut findings = Vec::new();
    for (position, operation) in record.operations.iter().enumerate() {
        let session = sessions.entry(operation.process).or_default();
        let (value, read) = match observed(operation) {
            Some(value) => (value, true),
            None if operation.is_acknowledged_write() => (written(operation), false),
            None => continue,
        };
        let writer = value.and_then(|value| record.writer(value));
        if read && let Some(proof) = backward(record, session, value, writer, position) {
            findings.push(proof);
            continue;
        }
        if let Some((old, seen)) = session.current.replace((value, position))
            && old != value
        {
            session.past.entry(old).or_insert((seen, position));
        }
        if let Some(writer) = writer {
            let called_ns = record.operations[writer].invoked_ns;
            if session.newest.is_none_or(|(newest_ns, ..)| newest_ns < called_ns) {
                session.newest = Some((called_ns, writer, position));
            }
        }
    }
    findings
}

fn backward(
    record: &Record<'_>,
    session: &Session,
    value: Option<Value>,
    writer: Option<usize>,
    read: usize,
) -> Option<Finding> {
    let (newest_ns, newer, known) = session.newest?;
    // The read's own value: absent is older than all; another by its write's acknowledgement.
    let until_ns = match value {
        None => 0,
        Some(_) => writer.map_or(u64::MAX, |writer| record.operations[writer].settled_ns()),
    };
    if value.is_none() || until_ns < newest_ns {
        let mut proof = vec![known, read];
        proof.extend(writer.into_iter().chain([newer].into_iter().filter(|one| *one != known)));
        return Some(Finding::new(class(record.operations[known]), record, proof));
    }
    let (seen, since) = session.past.get(&value)?;
    let class = class(record.operations[*since]);
    Some(Finding::new(class, record, vec![*since, read, *seen]))
}

fn in_list(record: &Record<'_>) -> Vec<Finding> {
    let mut sessions: FxHashMap<ProcessId, FxHashMap<Value, usize>> = FxHashMap::default();
    let mut findings = Vec::new();
    for (position, operation) in record.operations.iter().enumerate() {
        let known = sessions.entry(operation.process).or_default();
        if let Some(elements) = list::elements(operation) {
            if !known.is_empty() {
                let held: FxHashSet<Value> = elements.iter().copied().collect();
                let missing = known.iter().filter(|(element, _)| !held.contains(element));
                // The first known, so that the choice does not depend on the map's order.
                if let Some((element, how)) =
                    missing.min_by_key(|(element, how)| (**how, **element))
                {
                    let append = record.writer(*element).filter(|append| append != how);
                    let proof = [*how, position].into_iter().chain(append).collect();
                    findings.push(Finding::new(class(record.operations[*how]), record, proof));
                }
            }
            for element in elements {
                known.entry(*element).or_insert(position);
            }
        } else if let (Call::Append { element }, Outcome::Ok) = (&operation.call, operation.outcome)
        {
            known.insert(*element, position);
        }
    }
    findings
}

fn in_counter(record: &Record<'_>) -> Vec<Finding> {
    if counter::size(&record.operations).is_none() {
        return Vec::new();
    }
    // Per process: the count it knew last, how, and its own adds since.
    let mut sessions: FxHashMap<ProcessId, (i64, Vec<usize>)> = FxHashMap::default();
    let mut findings = Vec::new();
    for (position, operation) in record.operations.iter().enumerate() {
        let (known, how) = sessions.entry(operation.process).or_default();
        if let Some(count) = counter::count(operation) {
            if count < *known
                && let Some(last) = how.last()
            {
                let class = class(record.operations[*last]);
                let proof =
                    [*last, position].into_iter().chain(how[..how.len() - 1].iter().copied());
                findings.push(Finding::new(class, record, proof.collect()));
            }
            (*known, *how) = (count, vec![position]);
        } else if let (Call::Add { delta }, Outcome::Ok) = (&operation.call, operation.outcome) {
            *known = known.saturating_add(*delta);
            how.push(position);
        }
    }
    findings
}

/// The sentence.
#[must_use]
pub fn claim(record: &Record<'_>, finding: &Finding, seconds: Seconds) -> String {
    let [known, read, others @ ..] = &finding.operations[..] else { return String::new() };
    let (known, read) = (record.operations[*known], record.operations[*read]);
    let mut knew = if known.call.is_write() {
        format!("the {} {}", words::asked(known), words::ended(known, seconds))
    } else {
        words::read(known, seconds)
    };
    knew.replace_range(..1, "T");
    let mut claim = format!("{knew}; then {}", words::read(read, seconds));
    if record.is_register() {
        let writes = others.iter().map(|at| record.operations[*at]);
        let told: Vec<String> = writes
            .map(|one| {
                let ended = words::ended(one, seconds);
                if one.call.is_write() {
                    let began = seconds.print(one.invoked_ns);
                    format!("the {} began at {began} and {ended}", words::asked(one))
                } else {
                    format!("{}, before that", words::read(one, seconds))
                }
            })
            .collect();
        claim.push_str(", which is older");
        if !told.is_empty() {
            claim.push_str(&format!(" ({})", told.join("; ")));
        }
    } else if record.model == Model::Set {
        claim.push_str(" without what it knew");
    } else {
        claim.push_str(", which is less");
    }
    claim.push('.');
    claim
}
