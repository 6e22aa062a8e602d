//! A serial order that explains what was read of registers, as a proof that there is one.
//!
//! Two ways look for it: `greedy` never goes back, `search` does. Neither is believed: the order is
//! executed, read by read, and held to real time.

mod greedy;
mod search;

use history::{Act, Outcome, TransactionId, Transactions};
use rustc_hash::FxHashMap;

use super::graph::{Graph, Kind, Mask};
use super::inference::Members;
use super::level::Level;

/// What an order has to respect besides what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Respect {
    /// Nothing.
    Data,
    /// The order of each process.
    Sessions,
    /// And that of real time.
    Realtime,
}

impl Respect {
    /// What an order proves a level by; the least first.
    pub(super) fn proving(level: Level) -> impl Iterator<Item = Self> {
        let all = [Self::Data, Self::Sessions, Self::Realtime];
        all.into_iter().filter(move |one| one.proves().is_at_least(level))
    }

    /// The strongest level that an order proves.
    pub(super) fn proves(self) -> Level {
        match self {
            Self::Data => Level::Serializable,
            Self::Sessions => Level::StrongSessionSerializable,
            Self::Realtime => Level::StrictSerializable,
        }
    }

    fn mask(self) -> Mask {
        let data = [Kind::WriteWrite, Kind::WriteRead, Kind::ReadWrite, Kind::ReadWriteOn];
        let data = data.into_iter().map(Kind::bit).sum();
        match self {
            Self::Data => data,
            Self::Sessions => data | Kind::Process.bit(),
            Self::Realtime => !0,
        }
    }
}

/// Whether a serial order is found. May overlook one that exists.
pub(super) fn explains(
    history: &Transactions,
    graph: &Graph,
    members: &Members,
    respect: Respect,
) -> bool {
    let proves = |order: Vec<u32>| proves(history, &order, respect);
    let graph = &graph.only(respect.mask());
    greedy::order(history, graph, members).is_some_and(proves)
        || search::order(history, graph, members).is_some_and(proves)
}

/// Whether an order holds each committed transaction, each once, explains all reads and respects
/// what it has to.
fn proves(history: &Transactions, order: &[u32], respect: Respect) -> bool {
    holds_all(history, order)
        && explains_reads(history, order)
        && is_timely(history, order, respect)
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
/// that one, as far as that is to be respected.
fn is_timely(history: &Transactions, order: &[u32], respect: Respect) -> bool {
    if respect == Respect::Data {
        return true;
    }
    // The latest beginning so far, of all and of each process.
    let mut begun = 0;
    let mut begun_of: FxHashMap<u32, u64> = FxHashMap::default();
    order.iter().all(|id| {
        let one = history.get(TransactionId(*id));
        let own = begun_of.get(&one.process).copied();
        let is_late = one.outcome == Outcome::Ok
            && (respect == Respect::Realtime && one.completed < begun
                || own.is_some_and(|own| one.completed <= own));
        begun = begun.max(one.invoked);
        begun_of.insert(one.process, one.invoked.max(own.unwrap_or(0)));
        !is_late
    })
}
