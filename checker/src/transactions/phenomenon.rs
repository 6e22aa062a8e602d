//! What can be wrong with a history of transactions, by name.

use std::fmt;

/// A class of anomaly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phenomenon {
    /// A value was read that no transaction wrote.
    GarbageRead,
    /// A list holds an element twice that was appended once.
    DuplicateElements,
    /// G1a: a committed transaction read what an aborted one wrote.
    AbortedRead,
    /// G1b: a transaction read what another one wrote and then wrote over.
    IntermediateRead,
    /// Two reads of a list are in disagreement about the order of its elements, so that one of them
    /// read a state that was taken back.
    IncompatibleOrder,
    /// A committed append stands on top of an aborted one.
    DirtyUpdate,
    /// Two committed transactions read one version and both wrote the key.
    LostUpdate,
    /// A transaction read something else than its own earlier reads and writes say.
    Internal,
    /// A transaction read what it only wrote later.
    FutureRead,
    /// Transactions that must each precede the next, and the last the first.
    Cycle(CycleClass, Through),
}

/// What a cycle is made of, the gravest first (Adya 1999; G-nonadjacent: Cerone and Gotsman 2018).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CycleClass {
    /// Writes over writes only.
    G0,
    /// These, and reads of writes.
    G1c,
    /// These, and one write over what had been read.
    GSingle,
    /// Several writes over what had been read, never two in a row.
    GNonadjacent,
    /// Two of those in a row.
    G2Item,
}

/// What else than data a cycle needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Through {
    /// Nothing.
    Data,
    /// The order of a process' own transactions.
    Process,
    /// That one transaction ended before another began.
    Realtime,
}

impl Through {
    /// From data alone to real time.
    pub(super) const ALL: [Self; 3] = [Self::Data, Self::Process, Self::Realtime];
}

impl CycleClass {
    /// All, the gravest first.
    pub(super) const ALL: [Self; 5] =
        [Self::G0, Self::G1c, Self::GSingle, Self::GNonadjacent, Self::G2Item];
}

impl Phenomenon {
    /// Those that a few reads show, without a cycle.
    pub(crate) const READS: [Self; 9] = [
        Self::GarbageRead,
        Self::DuplicateElements,
        Self::AbortedRead,
        Self::IntermediateRead,
        Self::IncompatibleOrder,
        Self::DirtyUpdate,
        Self::LostUpdate,
        Self::Internal,
        Self::FutureRead,
    ];

    /// Its name in the literature, with `-process` or `-realtime` where it needs that order.
    #[must_use]
    pub fn name(self) -> &'static str {
        use CycleClass::{G0, G1c, G2Item, GNonadjacent, GSingle};
        use Through::{Data, Process, Realtime};
        match self {
            Self::GarbageRead => "garbage-read",
            Self::DuplicateElements => "duplicate-elements",
            Self::AbortedRead => "G1a",
            Self::IntermediateRead => "G1b",
            Self::IncompatibleOrder => "incompatible-order",
            Self::DirtyUpdate => "dirty-update",
            Self::LostUpdate => "lost-update",
            Self::Internal => "internal",
            Self::FutureRead => "future-read",
            Self::Cycle(G0, Data) => "G0",
            Self::Cycle(G0, Process) => "G0-process",
            Self::Cycle(G0, Realtime) => "G0-realtime",
            Self::Cycle(G1c, Data) => "G1c",
            Self::Cycle(G1c, Process) => "G1c-process",
            Self::Cycle(G1c, Realtime) => "G1c-realtime",
            Self::Cycle(GSingle, Data) => "G-single",
            Self::Cycle(GSingle, Process) => "G-single-process",
            Self::Cycle(GSingle, Realtime) => "G-single-realtime",
            Self::Cycle(GNonadjacent, Data) => "G-nonadjacent",
            Self::Cycle(GNonadjacent, Process) => "G-nonadjacent-process",
            Self::Cycle(GNonadjacent, Realtime) => "G-nonadjacent-realtime",
            Self::Cycle(G2Item, Data) => "G2-item",
            Self::Cycle(G2Item, Process) => "G2-item-process",
            Self::Cycle(G2Item, Realtime) => "G2-item-realtime",
        }
    }
}

impl fmt::Display for Phenomenon {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.name())
    }
}
