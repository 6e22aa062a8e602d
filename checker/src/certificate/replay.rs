//! An object of a foreign history, done by one operation after the other, in the plainest words.

use std::collections::VecDeque;

use history::Outcome;
use history::exchange::foreign::{Data, Datum, DatumId, ForeignOperation, Function};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::foreign::{ObjectModel, Question};
use crate::oracle;

/// What an object holds.
#[derive(Clone, Debug)]
enum Held {
    One(DatumId),
    Count(i64),
    Set(FxHashSet<DatumId>),
    Line(VecDeque<DatumId>),
    Lock(bool),
    Registers(FxHashMap<DatumId, DatumId>),
    Text(String),
}

/// An object at some point of an order.
#[derive(Clone, Debug)]
pub(super) struct Replay<'a> {
    data: &'a Data,
    held: Held,
}

impl<'a> Replay<'a> {
    /// The object at the start.
    pub(super) fn new(data: &'a Data, question: Question) -> Self {
        let Question { model, initial } = question;
        let held = match model {
            ObjectModel::Register | ObjectModel::CasRegister => Held::One(initial),
            ObjectModel::Counter => Held::Count(data.integer(initial).unwrap_or(0)),
            ObjectModel::Set => Held::Set(FxHashSet::default()),
            ObjectModel::Queue | ObjectModel::List => Held::Line(VecDeque::new()),
            ObjectModel::Mutex => Held::Lock(false),
            ObjectModel::MultiRegister => Held::Registers(FxHashMap::default()),
            ObjectModel::KeyValue => Held::Text(data.text(initial).unwrap_or("").to_owned()),
        };
        Self { data, held }
    }

    /// Lets an operation take effect; says whether it can have returned what it did.
    pub(super) fn step(&mut self, one: &ForeignOperation) -> bool {
        let data = self.data;
        match (&mut self.held, one.function) {
            (Held::One(held), Function::Read) => *held == one.result,
            (Held::One(held), Function::Write) => {
                *held = one.argument;
                true
            }
            (Held::One(held), Function::Delete) => {
                *held = DatumId::NIL;
                true
            }
            (Held::One(held), Function::Cas) => {
                let Some([from, to]) = data.sequence(one.argument) else { return false };
                let found = held == from;
                if one.outcome == Outcome::Fail {
                    return !found;
                }
                *held = *to;
                found
            }
            (Held::Count(count), Function::Add) => {
                let sum = data.integer(one.argument).and_then(|delta| count.checked_add(delta));
                *count = sum.unwrap_or(*count);
                sum.is_some()
            }
            (Held::Count(count), Function::Read) => match one.result {
                DatumId::NIL => *count == 0,
                seen => data.integer(seen) == Some(*count),
            },
            (Held::Set(held), Function::Add) => {
                held.insert(one.argument);
                true
            }
            (Held::Set(held), Function::Read) => {
                let seen = data.sequence(one.result).unwrap_or_default();
                let distinct: FxHashSet<DatumId> = seen.iter().copied().collect();
                distinct.len() == seen.len() && distinct == *held
            }
            (Held::Line(held), Function::Enqueue | Function::Append) => {
                held.push_back(one.argument);
                true
            }
            (Held::Line(held), Function::Dequeue) => match (one.outcome, one.result) {
                (Outcome::Ok, DatumId::NIL) => held.is_empty(),
                (_, DatumId::NIL) => {
                    held.pop_front();
                    true
                }
                (_, value) => held.pop_front() == Some(value),
            },
            (Held::Line(held), Function::Read) => {
                held.iter().eq(data.sequence(one.result).unwrap_or_default())
            }
            (Held::Line(held), Function::Delete) => {
                held.clear();
                true
            }
            (Held::Lock(held), Function::Acquire) => !std::mem::replace(held, true),
            (Held::Lock(held), Function::Release) => std::mem::replace(held, false),
            (Held::Registers(held), Function::Transaction) => transact(data, held, one),
            (Held::Text(held), Function::Write) => {
                *held = text(data, one.argument).to_owned();
                true
            }
            (Held::Text(held), Function::Append) => {
                held.push_str(text(data, one.argument));
                true
            }
            (Held::Text(held), Function::Read) => held == text(data, one.result),
            _ => false,
        }
    }
}

impl oracle::Object for Replay<'_> {
    type Operation = ForeignOperation;

    fn after(&self, operation: &ForeignOperation) -> Option<Self> {
        let mut after = self.clone();
        after.step(operation).then_some(after)
    }
}

fn text(data: &Data, id: DatumId) -> &str {
    data.text(id).unwrap_or("")
}

/// The steps of a transaction on several registers; what one in doubt read may be known of nobody.
fn transact(data: &Data, held: &mut FxHashMap<DatumId, DatumId>, one: &ForeignOperation) -> bool {
    let is_known = one.outcome == Outcome::Ok || one.result != DatumId::NIL;
    let said = if one.result == DatumId::NIL { one.argument } else { one.result };
    data.sequence(said).unwrap_or_default().iter().all(|step| {
        let Some([name, key, value]) = data.sequence(*step) else { return false };
        match data.get(*name) {
            Datum::Word(":read" | ":r") | Datum::Text("read" | "r") => {
                !is_known || held.get(key).copied().unwrap_or(DatumId::NIL) == *value
            }
            _ => {
                held.insert(*key, *value);
                true
            }
        }
    })
}
