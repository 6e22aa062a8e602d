//! Reads that may prove an anomaly which no cycle proves.

use history::{Act, OddRead, OddReads, Outcome, TransactionId, TransactionKey, Value};
use rustc_hash::FxHashSet;

use super::super::judge::TransactionAnomaly;
use super::super::phenomenon::Phenomenon;
use crate::certificate::transactions::records::Records;

/// A read of a committed transaction.
#[derive(Clone, Copy)]
struct Read {
    by: TransactionId,
    at: usize,
    key: TransactionKey,
    act: Act,
}

/// What may prove an anomaly, for the verifier to choose from.
pub(super) fn of<'a>(
    records: &'a Records<'a>,
    anomaly: &'a TransactionAnomaly,
) -> Box<dyn Iterator<Item = OddReads> + 'a> {
    let made = move |reads: &[Read], values: &[Value]| OddReads {
        key: records.history.key_name(reads[0].key).to_owned(),
        reads: reads
            .iter()
            .map(|read| OddRead { transaction: read.by.0, operation: read.at as u32 })
            .collect(),
        values: values.iter().map(|value| records.history.value_name(*value)).collect(),
    };
    let own = move || anomaly.transactions.iter().flat_map(|id| reads(records, *id));
    match anomaly.phenomenon {
        Phenomenon::Internal => Box::new(own().map(move |read| made(&[read], &[]))),
        Phenomenon::IncompatibleOrder | Phenomenon::LostUpdate => {
            Box::new(own().enumerate().flat_map(move |(at, one)| {
                let others = own().take(at).filter(move |other| other.key == one.key);
                others.map(move |other| made(&[other, one], &[]))
            }))
        }
        Phenomenon::DirtyUpdate => {
            let written = anomaly.transactions.iter().flat_map(|id| records.writes(*id));
            Box::new(written.flat_map(move |(key, below)| {
                let behind = anomaly.transactions.iter().flat_map(|id| records.writes(*id));
                let behind = behind.filter(move |(of, above)| *of == key && *above != below);
                let is_aborted = records.get(key).writers(below).live == 0;
                let read = is_aborted.then(|| longest(records, key)).flatten();
                behind.filter_map(move |(_, above)| Some(made(&[read?], &[below, above])))
            }))
        }
        // One value of what was read.
        phenomenon => Box::new(own().flat_map(move |read| {
            let shown = values(records, read);
            let last = shown.last().copied();
            let mut known = FxHashSet::default();
            let again: FxHashSet<Value> =
                shown.iter().filter(|value| !known.insert(**value)).copied().collect();
            let is_odd = move |value: &Value| {
                let writers = records.get(read.key).writers(*value);
                match phenomenon {
                    Phenomenon::GarbageRead => writers.live + writers.aborted == 0,
                    Phenomenon::AbortedRead => writers.live == 0,
                    Phenomenon::FutureRead => writers.by == read.by.0,
                    Phenomenon::DuplicateElements => again.contains(value),
                    _ => Some(*value) == last,
                }
            };
            shown.into_iter().filter(is_odd).map(move |value| made(&[read], &[value]))
        })),
    }
}

fn reads<'a>(records: &Records<'a>, by: TransactionId) -> impl Iterator<Item = Read> + use<'a> {
    let is_committed = records.transaction(by).outcome == Outcome::Ok;
    let operations = records.history.operations(by).iter().enumerate();
    operations
        .filter(move |(_, one)| is_committed && matches!(one.act, Act::Read(_) | Act::List(_)))
        .map(move |(at, one)| Read { by, at, key: one.key, act: one.act })
}

fn values(records: &Records<'_>, read: Read) -> Vec<Value> {
    match read.act {
        Act::Read(value) => value.into_iter().collect(),
        Act::List(list) => records.history.list(read.key, list).to_vec(),
        _ => Vec::new(),
    }
}

/// The read of the longest list of a key.
fn longest(records: &Records<'_>, key: TransactionKey) -> Option<Read> {
    let all = records.history.iter().flat_map(|(id, _)| reads(records, id));
    all.filter(|read| read.key == key).max_by_key(|read| match read.act {
        Act::List(list) => records.history.list(key, list).len(),
        _ => 0,
    })
}
