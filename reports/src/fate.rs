//! What became of each acknowledged write, by the final reads of its record.
//!
//! This judges nothing: it paints what the checker found. It is asked only of runs whose results
//! name lost writes, and it uses no more than unique values and the order of time.

use std::collections::{BTreeMap, BTreeSet};

use history::{Call, Key, Operation, Returned, Value};

use crate::view::RunView;

/// The fate of an acknowledged write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// A final read returned it.
    Survived,
    /// A write that did not begin before it was over, or ran beside it, may have replaced it.
    Replaced,
    /// The final reads return none of its successors: an older value, or nothing at all.
    Lost,
}

/// The acknowledged writes of records that were read finally, in the order of invocation.
/// Counters are left out: their writes have no values.
pub(crate) fn fates(view: &RunView<'_>) -> Vec<(Operation, Fate)> {
    let history = view.history;
    let mut finals: BTreeMap<Key, Vec<Returned>> = BTreeMap::new();
    for operation in &history.operations {
        if history.is_final_read(&operation) && operation.outcome == history::Outcome::Ok {
            finals.entry(operation.key).or_default().push(operation.returned);
        }
    }
    let survivors = survivors(&history.operations, &finals);
    let acknowledged = history.operations.iter().filter(|o| o.is_acknowledged_write());
    acknowledged
        .filter_map(|operation| {
            let finals = finals.get(&operation.key)?;
            let fate = fate(&operation, finals, survivors.get(&operation.key))?;
            Some((operation, fate))
        })
        .collect()
}

/// When each record's surviving values had been written at the latest, in ns: a value whose write
/// was not acknowledged may have been written at any later time.
fn survivors(
    operations: impl IntoIterator<Item = Operation>,
    finals: &BTreeMap<Key, Vec<Returned>>,
) -> BTreeMap<Key, u64> {
    let mut settled: BTreeMap<Key, u64> = BTreeMap::new();
    for operation in operations {
        let (Some(value), Some(finals)) = (written(&operation), finals.get(&operation.key)) else {
            continue;
        };
        if finals.iter().any(|returned| single(returned) == Some(value)) {
            let latest = settled.entry(operation.key).or_default();
            *latest = operation.settled_ns().max(*latest);
        }
    }
    settled
}

fn fate(write: &Operation, finals: &[Returned], survived_ns: Option<&u64>) -> Option<Fate> {
    if let Call::Append { element } = write.call {
        let lists: Vec<&Vec<Value>> = finals.iter().filter_map(|returned| list(returned)).collect();
        let kept = lists.iter().any(|list| list.contains(&element));
        return (!lists.is_empty()).then_some(if kept { Fate::Survived } else { Fate::Lost });
    }
    let value = written(write)?;
    if finals.iter().any(|returned| single(returned) == Some(value)) {
        return Some(Fate::Survived);
    }
    let overtaken_by_nobody = survived_ns.is_none_or(|settled_ns| *settled_ns < write.invoked_ns);
    Some(if overtaken_by_nobody { Fate::Lost } else { Fate::Replaced })
}

/// The value that an operation writes.
fn written(operation: &Operation) -> Option<Value> {
    match operation.call {
        Call::Write { value } | Call::Cas { value, .. } => Some(value),
        Call::Read | Call::Add { .. } | Call::Append { .. } | Call::Delete => None,
    }
}

fn single(returned: &Returned) -> Option<Value> {
    match returned {
        Returned::Value(value) | Returned::Torn(value) => Some(*value),
        _ => None,
    }
}

fn list(returned: &Returned) -> Option<&Vec<Value>> {
    match returned {
        Returned::List(elements) => Some(elements),
        _ => None,
    }
}

/// How many records the operations name, as the end of an axis.
pub(crate) fn greatest_key(fates: &[(Operation, Fate)]) -> u64 {
    let keys: BTreeSet<Key> = fates.iter().map(|(operation, _)| operation.key).collect();
    keys.last().map_or(1, |key| key.0)
}

#[cfg(test)]
mod tests {
    use history::{OperationId, Outcome, ProcessId, Route, SiteIndex};

    use super::*;

    fn write(value: Value, invoked_ns: u64, outcome: Outcome) -> Operation {
        Operation {
            id: OperationId(value),
            process: ProcessId(0),
            site: SiteIndex(0),
            route: Route::Map,
            key: Key(1),
            call: Call::Write { value },
            invoked_ns,
            completed_ns: Some(invoked_ns + 5),
            outcome,
            returned: Returned::Nothing,
            generation: None,
            code: 0,
        }
    }

    fn fate_of(value: Value, operations: &[Operation], last: Returned) -> Option<Fate> {
        let finals = BTreeMap::from([(Key(1), vec![last])]);
        let survivors = survivors(operations.to_vec(), &finals);
        let write = operations.iter().find(|o| written(o) == Some(value)).expect("the write");
        fate(write, &finals[&Key(1)], survivors.get(&Key(1)))
    }

    #[test]
    fn a_write_after_the_survivor_is_lost() {
        let operations =
            [write(1, 0, Outcome::Ok), write(2, 10, Outcome::Ok), write(3, 20, Outcome::Ok)];
        assert_eq!(fate_of(1, &operations, Returned::Value(2)), Some(Fate::Replaced));
        assert_eq!(fate_of(2, &operations, Returned::Value(2)), Some(Fate::Survived));
        assert_eq!(fate_of(3, &operations, Returned::Value(2)), Some(Fate::Lost));
        assert_eq!(fate_of(3, &operations, Returned::Absent), Some(Fate::Lost));
    }

    #[test]
    fn a_survivor_in_doubt_may_have_come_last() {
        let operations = [write(1, 0, Outcome::Info), write(2, 10, Outcome::Ok)];
        assert_eq!(fate_of(2, &operations, Returned::Value(1)), Some(Fate::Replaced));
    }

    #[test]
    fn an_element_is_there_or_lost() {
        let append = Operation { call: Call::Append { element: 4 }, ..write(4, 0, Outcome::Ok) };
        let list = |elements: &[Value]| Returned::List(elements.to_vec());
        assert_eq!(fate(&append, &[list(&[3, 4])], None), Some(Fate::Survived));
        assert_eq!(fate(&append, &[list(&[3])], None), Some(Fate::Lost));
        assert_eq!(fate(&append, &[Returned::Nothing], None), None);
    }
}
