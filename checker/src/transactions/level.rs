//! The models of consistency, which implies which, and what each forbids.
//!
//! Sources: Adya 1999 ("Weak consistency"; PL-1 to PL-3, cursor stability, consistent view); Bailis
//! et al. 2013 ("Highly available transactions"; monotonic atomic view, and the classic names);
//! Cerone, Bernardi and Gotsman 2015 ("A framework for transactional consistency models"; read
//! atomic, causal, prefix, parallel and plain snapshot isolation); Liu et al. 2019 ("ROLA"; update
//! atomic); Daudjee and Salem 2006 (strong session and strong snapshot isolation); Cerone and
//! Gotsman 2018 ("Analysing snapshot isolation"; no cycle whose anti-dependencies are apart).

use std::collections::BTreeSet;
use std::fmt;

use super::phenomenon::{CycleClass, Phenomenon, Through};

/// A model of consistency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Adya's PL-1.
    ReadUncommitted,
    /// Read uncommitted, in the order of each process.
    StrongSessionReadUncommitted,
    /// Read uncommitted, in real time.
    StrongReadUncommitted,
    /// Adya's PL-2.
    ReadCommitted,
    /// Read committed, in the order of each process.
    StrongSessionReadCommitted,
    /// Read committed, in real time.
    StrongReadCommitted,
    /// PL-CS: no lost updates.
    CursorStability,
    /// Once something of a transaction is seen, all of it is.
    MonotonicAtomicView,
    /// Transactions are seen whole or not at all.
    ReadAtomic,
    /// Read atomic, and no lost updates.
    UpdateAtomic,
    /// Read atomic, and what is seen has been seen with its causes.
    Causal,
    /// Causal, and all see transactions in one order.
    Prefix,
    /// PL-2+: reads come from one consistent cut.
    ConsistentView,
    /// Causal, and of conflicting writers one is first everywhere.
    ParallelSnapshotIsolation,
    /// PL-2.99: serializable but for predicates.
    RepeatableRead,
    /// Reads come from a snapshot, and of conflicting writers the first wins.
    SnapshotIsolation,
    /// Snapshots hold all that the process has done.
    StrongSessionSnapshotIsolation,
    /// Snapshots hold all that was acknowledged before.
    StrongSnapshotIsolation,
    /// PL-3: as if one after the other.
    Serializable,
    /// Serializable, in the order of each process.
    StrongSessionSerializable,
    /// PL-SS: serializable, in real time.
    StrictSerializable,
}

use Level::{
    Causal, ConsistentView, CursorStability, MonotonicAtomicView, ParallelSnapshotIsolation,
    Prefix, ReadAtomic, ReadCommitted, ReadUncommitted, RepeatableRead, Serializable,
    SnapshotIsolation, StrictSerializable, StrongReadCommitted, StrongReadUncommitted,
    StrongSessionReadCommitted, StrongSessionReadUncommitted, StrongSessionSerializable,
    StrongSessionSnapshotIsolation, StrongSnapshotIsolation, UpdateAtomic,
};

impl Level {
    /// All, each behind those that it implies.
    pub const ALL: [Self; 21] = [
        ReadUncommitted,
        StrongSessionReadUncommitted,
        StrongReadUncommitted,
        ReadCommitted,
        StrongSessionReadCommitted,
        StrongReadCommitted,
        CursorStability,
        MonotonicAtomicView,
        ReadAtomic,
        UpdateAtomic,
        Causal,
        Prefix,
        ConsistentView,
        ParallelSnapshotIsolation,
        RepeatableRead,
        SnapshotIsolation,
        StrongSessionSnapshotIsolation,
        StrongSnapshotIsolation,
        Serializable,
        StrongSessionSerializable,
        StrictSerializable,
    ];

    /// Its name, as commands and pages spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ReadUncommitted => "read-uncommitted",
            StrongSessionReadUncommitted => "strong-session-read-uncommitted",
            StrongReadUncommitted => "strong-read-uncommitted",
            ReadCommitted => "read-committed",
            StrongSessionReadCommitted => "strong-session-read-committed",
            StrongReadCommitted => "strong-read-committed",
            CursorStability => "cursor-stability",
            MonotonicAtomicView => "monotonic-atomic-view",
            ReadAtomic => "read-atomic",
            UpdateAtomic => "update-atomic",
            Causal => "causal",
            Prefix => "prefix",
            ConsistentView => "consistent-view",
            ParallelSnapshotIsolation => "parallel-snapshot-isolation",
            RepeatableRead => "repeatable-read",
            SnapshotIsolation => "snapshot-isolation",
            StrongSessionSnapshotIsolation => "strong-session-snapshot-isolation",
            StrongSnapshotIsolation => "strong-snapshot-isolation",
            Serializable => "serializable",
            StrongSessionSerializable => "strong-session-serializable",
            StrictSerializable => "strict-serializable",
        }
    }

    /// A level by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// The models next below: a history that is of this one is of those, too.
    #[must_use]
    pub fn implies(self) -> &'static [Self] {
        match self {
            ReadUncommitted => &[],
            // The same cycles with the edges of a process, which are some of those of real time.
            StrongSessionReadUncommitted => &[ReadUncommitted],
            StrongReadUncommitted => &[StrongSessionReadUncommitted],
            // Adya, chapter 3.
            ReadCommitted => &[ReadUncommitted],
            StrongSessionReadCommitted => &[ReadCommitted, StrongSessionReadUncommitted],
            StrongReadCommitted => &[StrongSessionReadCommitted, StrongReadUncommitted],
            // Adya, figure 4-1.
            CursorStability => &[ReadCommitted],
            ConsistentView => &[CursorStability],
            // Bailis et al., figure 2.
            MonotonicAtomicView => &[ReadCommitted],
            RepeatableRead => &[CursorStability, MonotonicAtomicView],
            // Cerone et al., figure 1: what is seen whole is seen monotonically.
            ReadAtomic => &[MonotonicAtomicView],
            Causal => &[ReadAtomic],
            Prefix => &[Causal],
            // Liu et al.: update atomic is read atomic without lost updates.
            UpdateAtomic => &[ReadAtomic],
            ParallelSnapshotIsolation => &[Causal, UpdateAtomic],
            // Adya: PL-SI is above PL-2+; Cerone et al.: and above prefix and parallel SI.
            SnapshotIsolation => &[ConsistentView, ParallelSnapshotIsolation, Prefix],
            // Daudjee and Salem, section 2.
            StrongSessionSnapshotIsolation => &[SnapshotIsolation, StrongSessionReadCommitted],
            StrongSnapshotIsolation => &[StrongSessionSnapshotIsolation, StrongReadCommitted],
            // Adya: PL-3 is above PL-2.99; Cerone et al.: and above snapshot isolation.
            Serializable => &[RepeatableRead, SnapshotIsolation],
            StrongSessionSerializable => &[Serializable, StrongSessionSnapshotIsolation],
            // Adya: PL-SS is above PL-3; its order is that of real time.
            StrictSerializable => &[StrongSessionSerializable, StrongSnapshotIsolation],
        }
    }

    /// Whether a history that is of this model is of another one.
    #[must_use]
    pub fn is_at_least(self, other: Self) -> bool {
        self.with_implied().contains(&other)
    }

    fn with_implied(self) -> BTreeSet<Self> {
        let mut found = BTreeSet::from([self]);
        // Each stands behind those that it implies.
        for level in Self::ALL.into_iter().rev() {
            if found.contains(&level) {
                found.extend(level.implies());
            }
        }
        found
    }
}

impl fmt::Display for Level {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.name())
    }
}

/// The weakest models that forbid an anomaly.
fn forbidden_by(phenomenon: Phenomenon) -> &'static [Level] {
    use CycleClass::{G0, G1c, G2Item, GNonadjacent, GSingle};
    use Through::{Data, Process, Realtime};
    match phenomenon {
        // No history in Adya's sense has these: versions are written, once each, in a total order.
        Phenomenon::GarbageRead | Phenomenon::DuplicateElements => &[ReadUncommitted],
        // Adya: PL-2 forbids G1. If two reads are in disagreement about an order, or if a committed
        // append stands on an aborted one, a state was read that was taken back, which is G1a.
        Phenomenon::AbortedRead
        | Phenomenon::IntermediateRead
        | Phenomenon::IncompatibleOrder
        | Phenomenon::DirtyUpdate => &[ReadCommitted],
        // Bailis et al.; Liu et al.
        Phenomenon::LostUpdate => &[CursorStability, UpdateAtomic],
        // Cerone et al., axioms INT and EXT. Serializable implies read atomic.
        Phenomenon::Internal | Phenomenon::FutureRead => &[ReadAtomic],
        // Adya, definitions of PL-1, PL-2, PL-2+ and PL-2.99.
        Phenomenon::Cycle(G0, Data) => &[ReadUncommitted],
        Phenomenon::Cycle(G1c, Data) => &[ReadCommitted],
        Phenomenon::Cycle(GSingle, Data) => &[ConsistentView, RepeatableRead],
        // Cerone and Gotsman, theorem 1.
        Phenomenon::Cycle(GNonadjacent, Data) => &[SnapshotIsolation, RepeatableRead],
        Phenomenon::Cycle(G2Item, Data) => &[RepeatableRead],
        // The same with the order of processes, and with that of real time.
        Phenomenon::Cycle(G0, Process) => &[StrongSessionReadUncommitted],
        Phenomenon::Cycle(G0, Realtime) => &[StrongReadUncommitted],
        Phenomenon::Cycle(G1c, Process) => &[StrongSessionReadCommitted],
        Phenomenon::Cycle(G1c, Realtime) => &[StrongReadCommitted],
        Phenomenon::Cycle(GSingle | GNonadjacent, Process) => &[StrongSessionSnapshotIsolation],
        Phenomenon::Cycle(GSingle | GNonadjacent, Realtime) => &[StrongSnapshotIsolation],
        Phenomenon::Cycle(G2Item, Process) => &[StrongSessionSerializable],
        Phenomenon::Cycle(G2Item, Realtime) => &[StrictSerializable],
    }
}

/// Whether a model forbids an anomaly.
#[must_use]
pub fn forbids(level: Level, phenomenon: Phenomenon) -> bool {
    let implied = level.with_implied();
    forbidden_by(phenomenon).iter().any(|weakest| implied.contains(weakest))
}

/// Where the anomalies of a history put it among the models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The strongest models that are not broken; none implies another.
    pub strongest: Vec<Level>,
    /// The weakest models that are broken; none implies another.
    pub weakest_broken: Vec<Level>,
}

impl Standing {
    /// Where a history stands in which these anomalies were found.
    #[must_use]
    pub fn of(phenomena: &[Phenomenon]) -> Self {
        let is_broken = |level: Level| phenomena.iter().any(|one| forbids(level, *one));
        let (broken, kept): (Vec<Level>, Vec<Level>) =
            Level::ALL.into_iter().partition(|level| is_broken(*level));
        let above = |level: Level, others: &[Level]| {
            others.iter().any(|other| *other != level && other.is_at_least(level))
        };
        let below = |level: Level, others: &[Level]| {
            others.iter().any(|other| *other != level && level.is_at_least(*other))
        };
        Self {
            strongest: kept.iter().copied().filter(|level| !above(*level, &kept)).collect(),
            weakest_broken: broken
                .iter()
                .copied()
                .filter(|level| !below(*level, &broken))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(phenomena: &[Phenomenon]) -> (Vec<&'static str>, Vec<&'static str>) {
        let standing = Standing::of(phenomena);
        let names = |levels: Vec<Level>| levels.into_iter().map(Level::name).collect();
        (names(standing.strongest), names(standing.weakest_broken))
    }

    #[test]
    fn each_level_stands_behind_those_that_it_implies() {
        for (at, level) in Level::ALL.into_iter().enumerate() {
            assert_eq!(Level::named(level.name()), Some(level));
            for implied in level.implies() {
                assert!(Level::ALL[..at].contains(implied), "{level} implies {implied}");
            }
            assert!(StrictSerializable.is_at_least(level) && level.is_at_least(ReadUncommitted));
        }
    }

    #[test]
    fn anomalies_put_a_history_between_models() {
        use CycleClass::{G0, G2Item, GNonadjacent, GSingle};
        use Through::{Data, Process, Realtime};
        let cycle = Phenomenon::Cycle;
        assert_eq!(names(&[]), (vec!["strict-serializable"], vec![]));
        assert_eq!(
            names(&[cycle(G2Item, Data)]),
            (vec!["strong-snapshot-isolation"], vec!["repeatable-read"])
        );
        assert_eq!(
            names(&[cycle(GSingle, Realtime)]),
            (
                vec!["strong-read-committed", "strong-session-serializable"],
                vec!["strong-snapshot-isolation"]
            )
        );
        assert_eq!(
            names(&[cycle(GSingle, Process)]),
            (
                vec!["strong-read-committed", "serializable"],
                vec!["strong-session-snapshot-isolation"]
            )
        );
        assert_eq!(
            names(&[cycle(GNonadjacent, Data)]).1,
            ["repeatable-read", "snapshot-isolation"]
        );
        assert_eq!(names(&[Phenomenon::Internal]).1, ["read-atomic"]);
        assert_eq!(
            names(&[Phenomenon::LostUpdate]),
            (vec!["strong-read-committed", "prefix"], vec!["cursor-stability", "update-atomic"])
        );
        assert_eq!(names(&[cycle(G0, Data)]), (vec![], vec!["read-uncommitted"]));
    }

    #[test]
    fn a_graver_class_breaks_all_that_a_lighter_one_breaks() {
        for level in Level::ALL {
            for pair in CycleClass::ALL.windows(2) {
                for through in Through::ALL {
                    let breaks = |class| forbids(level, Phenomenon::Cycle(class, through));
                    assert!(breaks(pair[0]) || !breaks(pair[1]), "{level} {pair:?} {through:?}");
                }
            }
            for class in CycleClass::ALL {
                for pair in Through::ALL.windows(2) {
                    let breaks = |through| forbids(level, Phenomenon::Cycle(class, through));
                    assert!(breaks(pair[0]) || !breaks(pair[1]), "{level} {class:?} {pair:?}");
                }
            }
        }
    }
}
