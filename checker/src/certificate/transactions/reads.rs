//! The verifier of reads that no order of the transactions explains.

use history::{Act, List, OddReads, Outcome, TransactionId, TransactionKey, Value};

use super::records::Records;
use crate::transactions::Phenomenon;

/// A read: by whom, which of its operations, and what it saw.
struct Seen<'a> {
    by: TransactionId,
    at: usize,
    shown: Shown<'a>,
}

/// What was seen of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown<'a> {
    One(Option<Value>),
    List(&'a [Value]),
}

/// The class of reads that are said to be of one.
///
/// # Errors
/// Why they are not.
pub(crate) fn class(
    records: &Records<'_>,
    name: &str,
    odd: &OddReads,
) -> Result<Phenomenon, String> {
    let phenomenon = Phenomenon::READS.into_iter().find(|one| one.name() == name);
    let phenomenon = phenomenon.ok_or_else(|| format!("reads alone are never {name}"))?;
    let mut key = None;
    let reads = odd.reads.iter().map(|read| {
        let by = TransactionId(read.transaction);
        let at = read.operation as usize;
        let operation = records.history.operations(by).get(at);
        let operation = operation.filter(|one| records.history.key_name(one.key) == odd.key);
        let shown = operation.and_then(|one| {
            key = Some(one.key);
            shown(records, one.key, one.act)
        });
        let is_committed = records.transaction(by).outcome == Outcome::Ok;
        shown
            .filter(|_| is_committed)
            .map(|shown| Seen { by, at, shown })
            .ok_or_else(|| format!("T{} read nothing of {} there", read.transaction, odd.key))
    });
    let reads: Vec<Seen<'_>> = reads.collect::<Result<_, _>>()?;
    let key = key.ok_or("no read is named")?;
    let odd = Odd { records, key, reads: &reads, values: &odd.values };
    if odd.is(phenomenon) {
        Ok(phenomenon)
    } else {
        Err(format!("the history shows no {name} there"))
    }
}

fn shown<'a>(records: &Records<'a>, key: TransactionKey, act: Act) -> Option<Shown<'a>> {
    match act {
        Act::Read(value) => Some(Shown::One(value)),
        Act::List(list) => Some(Shown::List(records.history.list(key, list))),
        _ => None,
    }
}

impl Shown<'_> {
    fn values(&self) -> &[Value] {
        match self {
            Self::One(value) => value.as_slice(),
            Self::List(elements) => elements,
        }
    }
}

struct Odd<'a> {
    records: &'a Records<'a>,
    key: TransactionKey,
    reads: &'a [Seen<'a>],
    values: &'a [String],
}

impl Odd<'_> {
    fn is(&self, phenomenon: Phenomenon) -> bool {
        let record = self.records.get(self.key);
        match (phenomenon, self.reads, self.values) {
            (Phenomenon::GarbageRead, [read], [value]) => {
                self.find(read, value).is_some_and(|(_, value)| {
                    let writers = record.writers(value);
                    writers.live + writers.aborted == 0
                })
            }
            (Phenomenon::DuplicateElements, [read], [value]) => {
                self.find(read, value).is_some_and(|(at, value)| {
                    let writers = record.writers(value);
                    let again = read.shown.values()[at + 1..].contains(&value);
                    again && writers.live + writers.aborted <= 1
                })
            }
            (Phenomenon::AbortedRead, [read], [value]) => {
                self.find(read, value).is_some_and(|(_, value)| self.is_aborted(value))
            }
            (Phenomenon::IntermediateRead, [read], [value]) => {
                self.find(read, value).is_some_and(|(_, value)| {
                    let writers = record.writers(value);
                    let is_end = read.shown.values().last() == Some(&value);
                    let is_one = writers.live == 1 || (writers.live, writers.aborted) == (0, 1);
                    is_end && is_one && !writers.is_last && writers.by != read.by.0
                })
            }
            (Phenomenon::IncompatibleOrder, [one, other], []) => {
                let (one, other) = (one.shown.values(), other.shown.values());
                self.is_list() && !one.starts_with(other) && !other.starts_with(one)
            }
            (Phenomenon::DirtyUpdate, [read], [below, above]) => {
                match (self.find(read, below), self.find(read, above)) {
                    (Some((under, below)), Some((over, above))) => {
                        under < over && self.is_aborted(below) && record.writers(above).live > 0
                    }
                    _ => false,
                }
            }
            (Phenomenon::LostUpdate, [one, other], []) => {
                one.by != other.by
                    && one.shown == other.shown
                    && [one, other].iter().all(|read| self.is_first(read) && self.wrote(read.by))
            }
            (Phenomenon::Internal, [read], []) => self.contradicts_itself(read),
            (Phenomenon::FutureRead, [read], [value]) => {
                self.find(read, value).is_some_and(|(_, value)| {
                    self.records.is_sole_writer(read.by, self.key, value)
                        && self.own(read.by).any(|(at, act)| {
                            at > read.at
                                && matches!(act, Act::Append(own) | Act::Write(own) if own == value)
                        })
                })
            }
            _ => false,
        }
    }

    fn is_list(&self) -> bool {
        self.reads.iter().all(|read| matches!(read.shown, Shown::List(_)))
    }

    /// The first place of a value in what was read, by its name.
    fn find(&self, read: &Seen<'_>, name: &str) -> Option<(usize, Value)> {
        let mut values = read.shown.values().iter().copied().enumerate();
        values.find(|(_, value)| self.records.history.value_name(*value) == name)
    }

    fn is_aborted(&self, value: Value) -> bool {
        let writers = self.records.get(self.key).writers(value);
        writers.live == 0 && writers.aborted > 0
    }

    /// What a transaction did with the key, and where among its operations.
    fn own(&self, id: TransactionId) -> impl Iterator<Item = (usize, Act)> {
        let operations = self.records.history.operations(id).iter().enumerate();
        operations.filter(|(_, one)| one.key == self.key).map(|(at, one)| (at, one.act))
    }

    fn wrote(&self, id: TransactionId) -> bool {
        self.own(id).any(|(_, act)| matches!(act, Act::Append(_) | Act::Write(_)))
    }

    /// Whether a transaction had not written the key before it read it.
    fn is_first(&self, read: &Seen<'_>) -> bool {
        let mut before = self.own(read.by).take_while(|(at, _)| *at < read.at);
        before.all(|(_, act)| !matches!(act, Act::Append(_) | Act::Write(_)))
    }

    /// Whether a read shows something else than what the transaction read and wrote before.
    fn contradicts_itself(&self, read: &Seen<'_>) -> bool {
        let before = self.own(read.by).take_while(|(at, _)| *at < read.at);
        let mut known: Option<Option<Value>> = None;
        let (mut list, mut appended): (Option<List>, Vec<Value>) = (None, Vec::new());
        for (_, act) in before {
            match act {
                Act::Write(value) => known = Some(Some(value)),
                Act::Read(seen) => known = known.or(Some(seen)),
                Act::Append(value) => appended.push(value),
                Act::List(seen) => {
                    list = Some(seen);
                    appended.clear();
                }
                Act::Unseen => {}
            }
        }
        match read.shown {
            Shown::One(seen) => known.is_some_and(|known| known != seen),
            Shown::List(elements) => match (elements.strip_suffix(&appended[..]), list) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(rest), Some(list)) => self.records.history.list(self.key, list) != rest,
            },
        }
    }
}
