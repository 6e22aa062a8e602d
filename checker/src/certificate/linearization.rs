//! The orders behind a *valid*: of a register by the zones of its blocks, of a list by its elements,
//! of a counter by its slots.

use std::collections::BTreeSet;

use history::{Call, Model, Operation, Outcome, Returned, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::linearizability::{counter, list};

/// An order of a linearizable record's operations, as positions; `None` if values do not name their
/// writes. Only right for a record that is linearizable. O(n log n).
pub(super) fn of(model: Model, operations: &[&Operation]) -> Option<Vec<usize>> {
    if !is_unique(model, operations) {
        return None;
    }
    match model {
        Model::Register | Model::CasRegister => Some(of_register(operations)),
        Model::Set => Some(of_list(operations)),
        Model::Counter => counter::order(operations),
    }
}

/// Whether each value is written at most once, and nothing is deleted; or all adds are of one size.
pub(super) fn is_unique(model: Model, operations: &[&Operation]) -> bool {
    if model == Model::Counter {
        return counter::size(operations).is_some();
    }
    let mut written: FxHashSet<Value> = FxHashSet::default();
    operations.iter().filter(|one| one.outcome != Outcome::Fail).all(|one| match one.call {
        Call::Read => true,
        Call::Write { value } | Call::Cas { value, .. } | Call::Append { element: value } => {
            written.insert(value)
        }
        Call::Add { .. } | Call::Delete => false,
    })
}

/// What touches one value of a register.
#[derive(Default)]
struct Cluster {
    write: Option<usize>,
    reads: Vec<usize>,
    previous: Option<Option<Value>>,
    next: Option<Option<Value>>,
    happened: bool,
}

/// Blocks may follow one another by the sum of the ends of their zones: if one must precede another,
/// its earliest return is before the other's latest call, but not the other way round, so its sum is
/// less.
fn of_register(operations: &[&Operation]) -> Vec<usize> {
    let mut clusters: FxHashMap<Option<Value>, Cluster> = FxHashMap::default();
    clusters.entry(None).or_default().happened = true;
    let mut open = Vec::new();
    for (at, operation) in operations.iter().enumerate() {
        let acknowledged = operation.outcome == Outcome::Ok;
        match (&operation.call, &operation.returned) {
            _ if operation.outcome == Outcome::Fail => {}
            (Call::Read, Returned::Value(value)) if acknowledged => {
                clusters.entry(Some(*value)).or_default().reads.push(at);
                open.push(Some(*value));
            }
            (Call::Read, Returned::Absent) if acknowledged => {
                clusters.entry(None).or_default().reads.push(at);
            }
            (Call::Write { value } | Call::Cas { value, .. }, _) => {
                let cluster = clusters.entry(Some(*value)).or_default();
                cluster.write = Some(at);
                if let Call::Cas { expected, .. } = operation.call {
                    cluster.previous = Some(expected);
                }
                if acknowledged {
                    open.push(Some(*value));
                }
            }
            _ => {}
        }
    }
    // What was observed, and what such a compare-and-set replaced, happened.
    while let Some(value) = open.pop() {
        let Some(cluster) = clusters.get_mut(&value) else { continue };
        if std::mem::replace(&mut cluster.happened, true) {
            continue;
        }
        if let Some(previous) = cluster.previous {
            clusters.entry(previous).or_default().next = Some(value);
            open.push(previous);
        }
    }
    let heads = clusters.iter().filter(|(_, one)| one.happened && one.previous.is_none());
    let heads: BTreeSet<Option<Value>> = heads.map(|(value, _)| *value).collect();
    let mut blocks: Vec<(u128, Vec<usize>)> =
        heads.into_iter().map(|head| block(operations, &clusters, head)).collect();
    blocks.sort_by_key(|(sum, _)| *sum);
    blocks.into_iter().flat_map(|(_, block)| block).collect()
}

/// The operations of the chain that begins with a value, in its order, and the sum of its zone's ends.
fn block(
    operations: &[&Operation],
    clusters: &FxHashMap<Option<Value>, Cluster>,
    head: Option<Value>,
) -> (u128, Vec<usize>) {
    let mut order = Vec::new();
    let mut value = Some(head);
    while let Some(cluster) = value.and_then(|value| clusters.get(&value)) {
        order.extend(cluster.write);
        order.extend(&cluster.reads);
        // A ring would not be linearizable.
        value = cluster.next.filter(|_| order.len() <= operations.len());
    }
    // The beginning is before everything.
    let first = order.iter().map(|at| operations[*at].settled_ns()).min();
    let first = first.filter(|_| head.is_some()).map_or(0, |at| u128::from(at) + 1);
    let last = order.iter().map(|at| operations[*at].invoked_ns).max();
    (first + last.map_or(0, |at| u128::from(at) + 1), order)
}

fn of_list(operations: &[&Operation]) -> Vec<usize> {
    let reads = || {
        let all = operations.iter().enumerate();
        all.filter_map(|(at, one)| Some((at, list::elements(one)?)))
    };
    let longest = reads().map(|(_, elements)| elements).max_by_key(|elements| elements.len());
    let longest = longest.unwrap_or_default();
    let mut by_len: Vec<Vec<usize>> = vec![Vec::new(); longest.len() + 1];
    reads().for_each(|(at, elements)| by_len[elements.len()].push(at));
    let mut appends: FxHashMap<Value, usize> = FxHashMap::default();
    for (at, operation) in operations.iter().enumerate() {
        if let (Call::Append { element }, true) =
            (operation.call, operation.outcome != Outcome::Fail)
        {
            appends.insert(element, at);
        }
    }
    let mut order = std::mem::take(&mut by_len[0]);
    for (element, reads) in longest.iter().zip(&by_len[1..]) {
        order.extend(appends.remove(element));
        order.extend(reads);
    }
    // What nobody saw comes last.
    let unseen = appends.into_values().filter(|at| operations[*at].outcome == Outcome::Ok);
    order.extend(unseen.collect::<BTreeSet<usize>>());
    order
}
