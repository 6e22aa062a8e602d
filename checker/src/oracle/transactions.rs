//! Brute force over transactions: every serial order of a few of them, with every fate of those in
//! doubt, from the definition of serializability alone.

use std::collections::BTreeMap;

use history::{Act, Outcome, TransactionId, TransactionKey, Transactions};

/// How many transactions it takes.
pub const MOST: usize = 8;

/// Which orders are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// All: serializability.
    Any,
    /// Those in which each process is in its own order: strong session serializability.
    Sessions,
    /// Those in which, besides, whoever ended before another began comes first: strict
    /// serializability.
    Realtime,
}

/// What the keys hold.
type State = BTreeMap<TransactionKey, Vec<u64>>;

/// Whether some serial order of the transactions, from nothing on, explains all that was read.
/// Those in doubt may take effect or not; aborted ones do not.
///
/// # Panics
/// If there are more than [`MOST`] transactions that were not aborted.
#[must_use]
pub fn explains(history: &Transactions, order: Order) -> bool {
    let live: Vec<TransactionId> =
        history.iter().filter(|(_, one)| one.outcome != Outcome::Fail).map(|(id, _)| id).collect();
    assert!(live.len() <= MOST, "{} transactions are too many for brute force", live.len());
    place(history, order, &live, (1_u32 << live.len()) - 1, &State::new())
}

/// Places one of the remaining transactions after another; the depth is bounded by [`MOST`].
fn place(
    history: &Transactions,
    order: Order,
    live: &[TransactionId],
    remaining: u32,
    state: &State,
) -> bool {
    let left = || (0..live.len()).filter(|at| remaining & (1 << at) != 0);
    let is_done = |at: usize| history.get(live[at]).outcome == Outcome::Info;
    if left().all(is_done) {
        return true;
    }
    left().any(|next| {
        let one = history.get(live[next]);
        let must_wait = left().any(|other| {
            let before = history.get(live[other]);
            let is_own = before.process == one.process && before.completed <= one.invoked;
            before.outcome == Outcome::Ok
                && other != next
                && match order {
                    Order::Any => false,
                    Order::Sessions => is_own,
                    Order::Realtime => is_own || before.completed < one.invoked,
                }
        });
        !must_wait
            && after(history, live[next], state)
                .is_some_and(|state| place(history, order, live, remaining & !(1 << next), &state))
    })
}

/// The state after a transaction; `None` if it cannot have read what it did.
fn after(history: &Transactions, id: TransactionId, state: &State) -> Option<State> {
    let mut state = state.clone();
    for operation in history.operations(id) {
        let held = state.entry(operation.key).or_default();
        match operation.act {
            Act::Append(value) => held.push(value),
            Act::Write(value) => *held = vec![value],
            Act::Read(value) if held.first().copied() != value => return None,
            Act::List(list) if history.list(operation.key, list) != held => return None,
            Act::Read(_) | Act::List(_) | Act::Unseen => {}
        }
    }
    Some(state)
}
