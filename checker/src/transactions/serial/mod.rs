//! A serial order that explains what was read of registers, as a proof that there is one.
//!
//! Two ways look for it: `greedy` never goes back, `search` does. Neither is believed: the order is
//! executed, read by read, and held to real time.

mod greedy;
mod search;

use history::{Act, Outcome, TransactionId, Transactions};
use rustc_hash::FxHashMap;

use super::graph::Graph;
use super::inference::Members;

/// Whether a strictly serial order is found. May overlook one that exists.
pub(super) fn explains(history: &Transactions, graph: &Graph, members: &Members) -> bool {
    let proves = |order: Vec<u32>| proves(history, &order);
    greedy::order(history, graph, members).is_some_and(proves)
        || search::order(history, graph, members).is_some_and(proves)
}

/// Whether an order holds each committed transaction, each once, explains all reads and is that of
/// real time.
fn proves(history: &Transactions, order: &[u32]) -> bool {
    holds_all(history, order) && explains_reads(history, order) && is_timely(history, order)
}

fn holds_all(history: &Transactions, order: &[u32]) -> bool {
    let mut is_placed = vec![false; history.len()];
    order.iter().all(|id| {
        let is_possible = history.get(TransactionId(*id)).outcome != Outcome::Fail;
        is_possible && !std::mem::replace(&mut is_placed[*id as usize], true)
    }) && history.iter().all(|(id, one)| one.outcome != Outcome::Ok || is_placed[id.0 as usize])
}

fn explains_reads(history: &Transactions, order: &[u32]) -> bool {
    let mut held: Vec<Option<u64>> = vec![None; history.key_count()];
    order.iter().all(|id| {
        history.operations(TransactionId(*id)).iter().all(|operation| {
            let held = &mut held[operation.key.0 as usize];
            match operation.act {
                Act::Write(value) => {
                    *held = Some(value);
                    true
                }
                Act::Read(value) => *held == value,
                Act::Unseen => true,
                Act::Append(_) | Act::List(_) => false,
            }
        })
    })
}

/// Whether nobody who ended before another began, or before the same process went on, comes after
/// that one.
fn is_timely(history: &Transactions, order: &[u32]) -> bool {
    // The latest beginning so far, of all and of each process.
    let mut begun = 0;
    let mut begun_of: FxHashMap<u32, u64> = FxHashMap::default();
    order.iter().all(|id| {
        let one = history.get(TransactionId(*id));
        let own = begun_of.get(&one.process).copied();
        let is_late = one.outcome == Outcome::Ok
            && (one.completed < begun || own.is_some_and(|own| one.completed <= own));
        begun = begun.max(one.invoked);
        begun_of.insert(one.process, one.invoked.max(own.unwrap_or(0)));
        !is_late
    })
}
