//! The verifier of cycles: each step follows from what its two transactions did, and the steps tell the
//! class (Adya 1999; anti-dependencies apart: Cerone and Gotsman 2018).

use std::collections::BTreeSet;

use history::{Act, Because, CycleStep, Outcome, TransactionId, TransactionKey, Value};

use super::records::Records;
use crate::transactions::{CycleClass, Phenomenon, Through};

/// What a step counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    WriteWrite,
    WriteRead,
    ReadWrite(Through),
    Order(Through),
}

/// The transactions that a step names.
pub(super) fn named(step: &CycleStep) -> Vec<u32> {
    let mut named = vec![step.from, step.to];
    if let Because::TimedRw { ended, began, .. } = step.because {
        named.extend([ended, began]);
    }
    named
}

/// The class of a cycle.
///
/// # Errors
/// The first step that does not follow, or where the cycle is not closed.
pub(super) fn class(records: &Records<'_>, steps: &[CycleStep]) -> Result<Phenomenon, String> {
    let mut kinds = Vec::with_capacity(steps.len());
    let mut passed = BTreeSet::new();
    for (at, one) in steps.iter().enumerate() {
        let next = &steps[(at + 1) % steps.len()];
        if one.to != next.from {
            return Err(format!("after T{} stands T{}", one.to, next.from));
        }
        if !passed.insert(one.from) {
            return Err(format!("T{} is passed twice", one.from));
        }
        let because =
            step(records, one).map_err(|why| format!("T{} to T{}: {why}", one.from, one.to))?;
        kinds.push(because);
    }
    let through = kinds.iter().map(|kind| match kind {
        Kind::ReadWrite(through) | Kind::Order(through) => *through,
        Kind::WriteWrite | Kind::WriteRead => Through::Data,
    });
    let through = through.max().ok_or("a cycle without steps")?;
    let is_anti = |kind: &Kind| matches!(kind, Kind::ReadWrite(_));
    let anti = kinds.iter().filter(|kind| is_anti(kind)).count();
    let in_a_row =
        (0..kinds.len()).any(|at| is_anti(&kinds[at]) && is_anti(&kinds[(at + 1) % kinds.len()]));
    let class = match anti {
        0 if kinds.contains(&Kind::WriteRead) => CycleClass::G1c,
        0 if kinds.contains(&Kind::WriteWrite) => CycleClass::G0,
        0 => return Err("times alone".to_owned()),
        1 => CycleClass::GSingle,
        _ if in_a_row => CycleClass::G2Item,
        _ => CycleClass::GNonadjacent,
    };
    Ok(Phenomenon::Cycle(class, through))
}

/// Whether a step follows, and what it counts as.
///
/// # Errors
/// Why it does not.
pub(crate) fn step(records: &Records<'_>, step: &CycleStep) -> Result<Kind, String> {
    let (from, to) = (TransactionId(step.from), TransactionId(step.to));
    let (one, other) = (records.transaction(from), records.transaction(to));
    if from == to {
        return Err("it precedes itself".to_owned());
    }
    if let Some(idle) = [from, to].into_iter().find(|id| !records.happened(*id)) {
        return Err(format!("T{} may have had no effect", idle.0));
    }
    let is_committed = one.outcome == Outcome::Ok;
    let (follows, kind) = match &step.because {
        Because::Process => (
            is_committed
                && one.process == other.process
                && one.completed <= other.invoked
                && (one.invoked, from) < (other.invoked, to),
            Kind::Order(Through::Process),
        ),
        Because::Realtime => {
            (is_committed && one.completed < other.invoked, Kind::Order(Through::Realtime))
        }
        Because::Wr { key, value } => {
            let (key, value) = written(records, from, key, value)?;
            let mut reads = records.reads(to, key);
            (reads.any(|read| records.shows(key, read, value)), Kind::WriteRead)
        }
        Because::Ww { key, value, over } => {
            let (key, value) = written(records, from, key, value)?;
            (is_behind(records, to, (key, over), value)?, Kind::WriteWrite)
        }
        Because::Rw { key, over } => {
            let (key, over) = written(records, to, key, over)?;
            let mut reads = records.reads(from, key);
            let is_unseen = |read| is_unseen(records, read, to, key, over);
            (reads.any(is_unseen), Kind::ReadWrite(Through::Data))
        }
        Because::TimedRw { key, value, over, ended, began } => {
            let (key, over) = written(records, to, key, over)?;
            let value = touched(records, from, key, value)?;
            let (ended, began) = (TransactionId(*ended), TransactionId(*began));
            let touch = |id, value| records.happened(id) && touches(records, id, key, value);
            let end = records.transaction(ended);
            let in_time = end.outcome == Outcome::Ok
                && end.completed < records.transaction(began).invoked
                && touch(ended, value)
                && touch(began, over);
            let are_last = [value, over].iter().all(|value| {
                let writers = records.get(key).writers(*value);
                writers.live == 1 && writers.is_last
            });
            (in_time && are_last, Kind::ReadWrite(Through::Realtime))
        }
    };
    if follows { Ok(kind) } else { Err("the history does not say so".to_owned()) }
}

/// What only this transaction wrote, by the names of the key and the value.
fn written(
    records: &Records<'_>,
    id: TransactionId,
    key: &str,
    value: &str,
) -> Result<(TransactionKey, Value), String> {
    let history = records.history;
    let mut writes = records.writes(id);
    let is_meant = |(of, what): &(TransactionKey, Value)| {
        history.key_name(*of) == key && history.value_name(*what) == value
    };
    let (of, what) =
        writes.find(is_meant).ok_or_else(|| format!("T{} did not write {value} to {key}", id.0))?;
    if records.is_sole_writer(id, of, what) {
        Ok((of, what))
    } else {
        Err(format!("{value} was written to {key} more than once, or aborted"))
    }
}

/// The value of a key that a transaction read before it wrote there, or wrote, by its name.
fn touched(
    records: &Records<'_>,
    id: TransactionId,
    key: TransactionKey,
    value: &str,
) -> Result<Value, String> {
    let history = records.history;
    let read = records.reads(id, key).filter_map(|read| match read {
        Act::Read(seen) => seen,
        _ => None,
    });
    let written = records.writes(id).filter(|(of, _)| *of == key).map(|(_, value)| value);
    read.chain(written)
        .find(|seen| history.value_name(*seen) == value)
        .ok_or_else(|| format!("T{} neither read nor wrote {value}", id.0))
}

fn touches(records: &Records<'_>, id: TransactionId, key: TransactionKey, value: Value) -> bool {
    records.is_sole_writer(id, key, value)
        || records.reads(id, key).any(|read| read == Act::Read(Some(value)))
}

/// Whether what a transaction wrote came after a value: in the order of the appends, by the versions,
/// or because the transaction had read that value.
fn is_behind(
    records: &Records<'_>,
    id: TransactionId,
    (key, over): (TransactionKey, &str),
    value: Value,
) -> Result<bool, String> {
    let (_, over) = written(records, id, records.history.key_name(key), over)?;
    let record = records.get(key);
    let by_versions = match (record.version_of(value), record.version_of(over)) {
        (Some(before), Some(after)) => before < after,
        _ => false,
    };
    let by_places = match (record.place(value), record.place(over)) {
        (Some(before), Some(after)) => before < after,
        _ => false,
    };
    let mut reads = records.reads(id, key);
    Ok(by_versions || by_places || reads.any(|read| read == Act::Read(Some(value))))
}

/// Whether a read saw the key as it was before a write: without the element, at an earlier version, or
/// as the writer had seen it, too; the absent record comes before everything.
fn is_unseen(
    records: &Records<'_>,
    read: Act,
    writer: TransactionId,
    key: TransactionKey,
    over: Value,
) -> bool {
    let record = records.get(key);
    match read {
        Act::List(list) => {
            let length = records.history.list(key, list).len();
            record.place(over).is_some_and(|place| place >= length)
        }
        Act::Read(None) => true,
        Act::Read(Some(value)) => {
            let by_versions = match (record.version_of(value), record.version_of(over)) {
                (Some(before), Some(after)) => before < after,
                _ => false,
            };
            by_versions || records.reads(writer, key).any(|other| other == read)
        }
        _ => false,
    }
}
