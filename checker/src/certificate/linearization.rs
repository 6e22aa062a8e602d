//! The orders behind a *valid*: of a register by the zones of its blocks, of a list by its elements,
//! of a counter by its slots; of anything else by the search.

use std::collections::BTreeSet;

use history::{Call, Model, Operation, Outcome, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::linearizability::search::Budget;
use crate::linearizability::{counter, list, order_by_search, register};

/// An order of a linearizable record's operations, as positions; `None` if the search's budget does
/// not suffice where values do not name their writes, or refusals leave a choice. Only right for a
/// record that is linearizable. O(n log n) elsewhere.
pub(crate) fn of(model: Model, operations: &[&Operation]) -> Option<Vec<usize>> {
    let known = match model {
        _ if !is_unique(model, operations) => None,
        Model::Register | Model::CasRegister => register::order(operations),
        Model::Set => Some(of_list(operations)),
        Model::Counter => counter::order(operations),
    };
    known.or_else(|| order_by_search(model, operations, Budget::default()))
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
