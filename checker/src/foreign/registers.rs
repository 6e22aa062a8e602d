//! The fast way for registers: all keys at once, in columns.

use history::Outcome;
use history::exchange::foreign::{DatumId, Foreign, ForeignOperation, Function};

use super::ObjectModel;
use super::object::Object;
use crate::linearizability::register::{Action, Columns, INITIAL, judge};

/// How many keys there are, and the operations of those that need another look: they are not
/// linearizable, or their values do not name their writes. `None` if the history is not one of
/// registers that are nil at the start.
pub(super) fn suspects(history: &Foreign, object: &Object<'_>) -> Option<(usize, Vec<Vec<u32>>)> {
    let of_registers = matches!(object.model, ObjectModel::Register | ObjectModel::CasRegister);
    if !of_registers || object.initial != DatumId::NIL {
        return None;
    }
    let mut columns = Columns::with_capacity(history.operations.len());
    let mut keys = Keys::new(history);
    let mut suspect = Vec::new();
    for one in &history.operations {
        let key = keys.number(one.key);
        if suspect.len() <= key as usize {
            suspect.push(false);
        }
        match action(object, one) {
            Some(action) => columns.push(key, one.invoked.into(), one.settled(), action),
            // Columns know no deletes, and not all of what refusals show.
            None => suspect[key as usize] |= one.refused || one.function == Function::Delete,
        }
    }
    let judgement = judge(&columns);
    let broken = judgement.broken.iter().map(|(key, _)| key);
    for key in broken.chain(&judgement.ambiguous) {
        suspect[*key as usize] = true;
    }
    let mut suspects: Vec<Vec<u32>> = vec![Vec::new(); suspect.len()];
    if suspect.contains(&true) {
        for (position, one) in (0..).zip(&history.operations) {
            let key = keys.number(one.key) as usize;
            if suspect[key] {
                suspects[key].push(position);
            }
        }
    }
    suspects.retain(|positions| !positions.is_empty());
    Some((suspect.len(), suspects))
}

/// What an operation shows; `None` if nothing, or nothing that columns take.
#[inline]
fn action(object: &Object<'_>, one: &ForeignOperation) -> Option<Action> {
    if one.outcome == Outcome::Fail {
        return None;
    }
    match one.function {
        Function::Read if one.outcome == Outcome::Ok => Some(Action::Read(one.result.0)),
        Function::Write => Some(Action::Write(one.argument.0)),
        Function::Cas => {
            let [from, to] = object.data.sequence(one.argument)? else { return None };
            Some(Action::CompareAndSet { from: from.0, to: to.0 })
        }
        _ => None,
    }
}

/// The ids of values are dense, and nil has the initial one's.
const _: () = assert!(DatumId::NIL.0 == INITIAL);

/// Keys by number, in the order in which they are first named.
struct Keys {
    known: Vec<u32>,
    count: u32,
}

impl Keys {
    fn new(history: &Foreign) -> Self {
        let size = if history.keyed { history.data.len() } else { 1 };
        Self { known: vec![u32::MAX; size], count: 0 }
    }

    #[inline]
    fn number(&mut self, key: DatumId) -> u32 {
        let known = &mut self.known[key.0 as usize];
        if *known == u32::MAX {
            *known = self.count;
            self.count += 1;
        }
        *known
    }
}
