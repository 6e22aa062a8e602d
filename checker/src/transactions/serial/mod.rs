//! A serial order that explains what was read, as a proof that there is one.
//!
//! Of lists, and of registers with versions, whatever order respects the graph is one. Of other
//! registers two ways look for it: `greedy` never goes back, `search` does. None is believed: the
//! order is executed, read by read, and held to real time, see [`verify`].

mod greedy;
mod search;

use history::{TransactionId, Transactions};

use super::graph::{Graph, Kind, Mask};
use super::inference::Members;
use super::level::Level;
use crate::certificate::serial::verify;

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

/// A serial order of the transactions that count. May overlook one that exists.
pub(super) fn order(
    history: &Transactions,
    graph: &Graph,
    members: &Members,
    respect: Respect,
) -> Option<Vec<TransactionId>> {
    let graph = &graph.only(respect.mask());
    let proven = |order: Vec<u32>| {
        let order: Vec<TransactionId> = order.into_iter().map(TransactionId).collect();
        verify(history, respect.proves(), &order).is_ok().then_some(order)
    };
    let any = || {
        let mut order = graph.topological()?;
        order.retain(|node| (*node as usize) < history.len() && members.count(*node));
        Some(order)
    };
    any()
        .and_then(proven)
        .or_else(|| greedy::order(history, graph, members).and_then(proven))
        .or_else(|| search::order(history, graph, members).and_then(proven))
}
