//! Backward read and read-your-writes: a session saw an older version after a newer one.
//!
//! The session guarantees *monotonic reads* and *read your writes* of Terry et al. (PDIS 1994), per
//! process and key. Definition: a read returned a version older than one that the same process knew
//! before the read's call (by a read: *backward read*; by its own acknowledged write: *read your
//! writes*). A register's value is older than another
//!
//! - if its write was acknowledged before the other's was invoked, or there is no record;
//! - if the process saw it give way to the other before (its *past*);
//! - if compare-and-sets lead from it to the other, and values are unique.
//!
//! A read that is found teaches the process nothing. A list is older if it lacks an element that the
//! process saw or had acknowledged; a counter, if it counts less than the count that the process
//! knew last with its own acknowledged adds since. Each read is one finding, in the order of calls.

use history::{AnomalyClass, Call, Model, Operation, Outcome, ProcessId, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use super::chains::{Chains, Known};
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
    /// What it knows of the chains of compare-and-sets.
    known: Known,
}

fn in_register(record: &Record<'_>) -> Vec<Finding> {
    let chains = Chains::of(record);
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
        let link = chains.link(value);
        if read && let Some(proof) = backward(record, session, value, writer, position) {
            findings.push(proof);
            continue;
        }
        match link.map(|link| (link, session.known.beyond(link))) {
            Some((link, Some((later, how)))) if read => {
                let between = chains.between(link, later).iter().copied();
                let proof = [how, position].into_iter().chain(between.filter(|one| *one != how));
                let class = class(record.operations[how]);
                findings.push(Finding::new(class, record, proof.collect()));
                continue;
            }
            Some((link, None)) => session.known.learn(link, position),
            _ => {}
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

/// What a process knows of a list.
#[derive(Default)]
struct Elements {
    known: FxHashSet<Value>,
    /// The same in the order in which it learned of them, and by which operation.
    learned: Vec<(Value, usize)>,
}

impl Elements {
    fn learn(&mut self, element: Value, how: usize) {
        if self.known.insert(element) {
            self.learned.push((element, how));
        }
    }
}

fn in_list(record: &Record<'_>) -> Vec<Finding> {
    let mut sessions: FxHashMap<ProcessId, Elements> = FxHashMap::default();
    let mut findings = Vec::new();
    for (position, operation) in record.operations.iter().enumerate() {
        let session = sessions.entry(operation.process).or_default();
        if let Some(elements) = list::elements(operation) {
            let held: FxHashSet<Value> = elements.iter().copied().collect();
            // At most as many are passed over as the list holds.
            let missing = session.learned.iter().find(|(element, _)| !held.contains(element));
            if let Some((element, how)) = missing {
                let append = record.writer(*element).filter(|append| append != how);
                let proof = [*how, position].into_iter().chain(append).collect();
                findings.push(Finding::new(class(record.operations[*how]), record, proof));
            }
            elements.iter().for_each(|element| session.learn(*element, position));
        } else if let (Call::Append { element }, Outcome::Ok) = (&operation.call, operation.outcome)
        {
            session.learn(*element, position);
        }
    }
    findings
}

fn in_counter(record: &Record<'_>) -> Vec<Finding> {
    let Some(size) = counter::size(&record.operations) else { return Vec::new() };
    // Per process: the count it knew last, how, and its own adds since.
    let mut sessions: FxHashMap<ProcessId, (i64, Vec<usize>)> = FxHashMap::default();
    let mut findings = Vec::new();
    for (position, operation) in record.operations.iter().enumerate() {
        let (known, how) = sessions.entry(operation.process).or_default();
        if let Some(count) = counter::count(operation) {
            if count < *known && !how.is_empty() {
                // As many of its latest adds as suffice, and the sight before them.
                let (adds, from) = match counter::count(record.operations[how[0]]) {
                    Some(base) => (&how[1..], base),
                    None => (&how[..], 0),
                };
                let needed = count.saturating_sub(from) / size + 1;
                let base = (adds.len() < how.len()).then_some(how[0]);
                let least = usize::from(base.is_none());
                let needed = usize::try_from(needed).unwrap_or(0).max(least).min(adds.len());
                let adds = adds[adds.len() - needed..].iter().rev().copied().chain(base);
                let mut proof: Vec<usize> = adds.collect();
                proof.insert(1, position);
                let class = class(record.operations[proof[0]]);
                findings.push(Finding::new(class, record, proof));
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
        if others.len() > 3 {
            let steps = others.len();
            return format!(
                "{claim}, from which {steps} compare-and-sets had led to what it knew."
            );
        }
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
