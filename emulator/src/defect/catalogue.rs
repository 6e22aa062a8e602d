//! The defects.

use super::{Entry, Schedule};
use crate::node::Mode;

/// A deliberate defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Defect {
    /// A write is acknowledged before its replicas answer.
    AckBeforeReplication,
    /// A linearize read asks no replica whether the regime still stands.
    LinearizeWithoutRegimeCheck,
    /// A record that replicas may lack is served without replicating it first.
    UnreplicatedServed,
    /// A proxying node sends a write again though the first may have been done, and reports what
    /// became of the last.
    ProxyResend,
    /// Exactly half of the roster may serve a partition without its roster-master.
    TieWithoutRosterMaster,
    /// A write that was applied and then ran out of time is answered with a definite error.
    DefiniteErrorAfterApply,
    /// A write is acknowledged though one of several replicas has not answered.
    AckWithOneMissing,
    /// A replica stores what the master of a regime that is over sends it.
    OldRegimeWriteAccepted,
    /// A replica that knows a higher regime lets the read of a lower one stand.
    OldRegimePingAccepted,
    /// A replica's refusal counts as its answer.
    RefusalCountedAsStored,
    /// A write under way is acknowledged when its master loses the partition.
    AckAtRebalance,
    /// A write under way is answered with a definite error when its master loses the partition.
    DefiniteErrorAtRebalance,
    /// A write that was passed on and ran out of time is answered with a definite error.
    DefiniteErrorAtProxy,
    /// A write that asks for a generation is done whatever the generation is.
    CasWithoutGenerationCheck,
    /// A read does not wait for the write under way of its record.
    UncommittedRead,
    /// A write that is sent to its replicas once more is done once more.
    RetransmitAppliesAgain,
    /// A full copy of an older regime is taken for current.
    StaleCopyTakenForCurrent,
    /// A copy that was still being filled is taken for full by the next rebalance.
    HalfFilledTakenForFull,
    /// A node notes that its copy is full before it is filled.
    FullBeforeFilled,
    /// Where no copy is current, the best that is there is served.
    StaleCopyPromoted,
    /// Only the nodes that hold a copy note in which regime a partition was available last.
    RoundNotedByHoldersOnly,
    /// One roster replica suffices for the rule that asks for all of them.
    OneReplicaIsAll,
    /// Nodes that are not on the roster count for the quorum.
    NonRosterNodesCounted,
    /// A record that was just written is exempt from migration.
    RecentRecordsNotMigrated,
    /// A working master goes on serving after it has handed over.
    HandoverKeepsServing,
    /// A record's update time follows the master's clock even when that was set back.
    UpdateTimeMayFall,
    /// A node tells clients no regime with the partitions that it claims.
    RegimeNotPublished,
    /// A read of a partition that is not available answers that there is no such record.
    AbsentForUnavailable,
    /// A replica stores all bins of a write but one.
    TornReplica,
    /// A replica is sent the record of another write under way.
    RecycledMessage,
    /// A node that starts again takes its records for replicated.
    RestartMarksReplicated,
    /// A node that lost its storage claims its copies as before.
    WipedCopyTrusted,
    /// A write that ran out of time is marked as replicated.
    TimeoutMarksReplicated,
    /// A relaxed read shows a copy of which nobody knows whether other copies have it.
    UnreplicatedCopyShown,
    /// A record that migration brings takes the place of a newer one.
    MigrationOverwritesNewer,
    /// Of two versions that meet in migration the older one stays.
    MergeKeepsOlder,
}

impl Defect {
    /// All defects, in the order of the catalogue.
    pub const ALL: [Self; 36] = [
        Self::AckBeforeReplication,
        Self::LinearizeWithoutRegimeCheck,
        Self::UnreplicatedServed,
        Self::ProxyResend,
        Self::TieWithoutRosterMaster,
        Self::DefiniteErrorAfterApply,
        Self::AckWithOneMissing,
        Self::OldRegimeWriteAccepted,
        Self::OldRegimePingAccepted,
        Self::RefusalCountedAsStored,
        Self::AckAtRebalance,
        Self::DefiniteErrorAtRebalance,
        Self::DefiniteErrorAtProxy,
        Self::CasWithoutGenerationCheck,
        Self::UncommittedRead,
        Self::RetransmitAppliesAgain,
        Self::StaleCopyTakenForCurrent,
        Self::HalfFilledTakenForFull,
        Self::FullBeforeFilled,
        Self::StaleCopyPromoted,
        Self::RoundNotedByHoldersOnly,
        Self::OneReplicaIsAll,
        Self::NonRosterNodesCounted,
        Self::RecentRecordsNotMigrated,
        Self::HandoverKeepsServing,
        Self::UpdateTimeMayFall,
        Self::RegimeNotPublished,
        Self::AbsentForUnavailable,
        Self::TornReplica,
        Self::RecycledMessage,
        Self::RestartMarksReplicated,
        Self::WipedCopyTrusted,
        Self::TimeoutMarksReplicated,
        Self::UnreplicatedCopyShown,
        Self::MigrationOverwritesNewer,
        Self::MergeKeepsOlder,
    ];

    /// The defect of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|defect| defect.entry().name == name)
    }

    /// Its page in the catalogue.
    #[must_use]
    pub fn entry(self) -> Entry {
        match self {
            Self::AckBeforeReplication => Entry {
                name: "ack-before-replication",
                source: "commit level `master`, which strong consistency refuses (SB53)",
                mode: Mode::Sc,
                rule: "an acknowledged write is on every replica of its partition",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule::of("register", "isolate-node", "keep"),
                dense: Some(Schedule {
                    processes: 60,
                    rate: 2700,
                    heartbeat_interval_ms: 150,
                    ..Schedule::dense("register", "isolate-pair")
                }),
                unseen: None,
                over_sockets: true,
            },
            Self::LinearizeWithoutRegimeCheck => Entry {
                name: "linearize-without-regime-check",
                source: "the replica ping that the vendor's documentation describes, left out (SB24)",
                mode: Mode::Sc,
                rule: "a linearize read returns only if no replica has seen a higher regime",
                class: "stale-read",
                check: "stale-reads",
                schedule: Schedule {
                    pinned: 120,
                    processes: 120,
                    keys: 150,
                    heartbeat_interval_ms: 150,
                    ..Schedule::of("register", "isolate-node", "keep")
                },
                dense: None,
                unseen: None,
                over_sockets: true,
            },
            Self::UnreplicatedServed => Entry {
                name: "unreplicated-served",
                source: "the re-replication that the vendor's documentation describes, left out (SB27)",
                mode: Mode::Sc,
                rule: "a write in doubt reaches every replica before anybody reads it",
                class: "stale-read",
                check: "stale-reads",
                schedule: Schedule {
                    processes: 48,
                    keys: 300,
                    ..Schedule::of("register", "brief-cut-then-isolate", "keep")
                },
                dense: Some(Schedule {
                    processes: 200,
                    keys: 1000,
                    writes_per_key: 0,
                    reads_milli: 700,
                    heartbeat_interval_ms: 150,
                    timeout_ms: 100,
                    rate: 3800,
                    load_ms: 24_000,
                    ..Schedule::dense("register", "part-then-isolate-pair")
                }),
                unseen: None,
                over_sockets: true,
            },
            Self::ProxyResend => Entry {
                name: "proxy-resend",
                source: "Jepsen's report on 3.99.0.3 (2018), fixed in 3.99.1.5 (SB01)",
                mode: Mode::Sc,
                rule: "a request that may have been done is not sent again behind the client's back",
                class: "dirty-read",
                check: "dirty-reads",
                schedule: Schedule {
                    processes: 120,
                    pinned: 120,
                    keys: 400,
                    round_trip_us: 6000,
                    ..Schedule::of("register", "partition-racks", "keep")
                },
                dense: Some(Schedule {
                    processes: 720,
                    pinned: 720,
                    keys: 800,
                    writes_per_key: 4,
                    reads_milli: 400,
                    round_trip_us: 6000,
                    timeout_ms: 1500,
                    rate: 2000,
                    ..Schedule::dense("register", "one-way")
                }),
                unseen: None,
                over_sockets: true,
            },
            Self::TieWithoutRosterMaster => Entry {
                name: "tie-without-roster-master",
                source: "the third availability rule, without its condition",
                mode: Mode::Sc,
                rule: "exactly half of the roster serves only partitions whose roster-master it has",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule::of("register", "partition-racks", "cut"),
                dense: Some(Schedule {
                    clients: "cut",
                    processes: 60,
                    keys: 1500,
                    rate: 2700,
                    ..Schedule::dense("register", "partition-racks")
                }),
                unseen: None,
                over_sockets: true,
            },
            Self::DefiniteErrorAfterApply => Entry {
                name: "definite-error-after-apply",
                source: "Jepsen's report on 3.99.0.3 (2018): an error more certain than the truth (SB04)",
                mode: Mode::Sc,
                rule: "a write that was applied and not replicated in time is in doubt",
                class: "dirty-read",
                check: "dirty-reads",
                schedule: Schedule::of("register", "partition-racks", "cut"),
                dense: None,
                unseen: None,
                over_sockets: true,
            },
            Self::AckWithOneMissing => Entry {
                name: "ack-with-one-missing",
                source: "replica destinations chosen too early (AER-6228)",
                mode: Mode::Sc,
                rule: "an acknowledged write is on every replica of its partition",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule {
                    replication_factor: 3,
                    keys: 120,
                    ..Schedule::of("register", "isolate-in-turn", "keep")
                },
                dense: Some(Schedule {
                    replication_factor: 3,
                    processes: 60,
                    rate: 2700,
                    heartbeat_interval_ms: 150,
                    ..Schedule::dense("register", "isolate-pair")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::OldRegimeWriteAccepted => Entry {
                name: "old-regime-write-accepted",
                source: "AER-6766: a replica write that spans rebalances",
                mode: Mode::Sc,
                rule: "a replica takes writes of its own regime only",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule {
                    processes: 48,
                    pinned: 24,
                    ..Schedule::of("register", "pause-node", "keep")
                },
                dense: Some(Schedule {
                    processes: 240,
                    pinned: 120,
                    keys: 60,
                    writes_per_key: 4,
                    timeout_ms: 3000,
                    tend_ms: 2500,
                    rate: 1200,
                    ..Schedule::dense("register", "pause-pair")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::OldRegimePingAccepted => Entry {
                name: "old-regime-ping-accepted",
                source: "the regime check that the vendor's documentation describes, left out at the replica (SB24)",
                mode: Mode::Sc,
                rule: "a replica that has seen a higher regime refuses the ping of a lower one",
                class: "stale-read",
                check: "stale-reads",
                schedule: Schedule {
                    processes: 120,
                    pinned: 120,
                    keys: 100,
                    ..Schedule::of("register", "pause-node", "keep")
                },
                dense: Some(Schedule {
                    processes: 240,
                    pinned: 120,
                    keys: 60,
                    writes_per_key: 6,
                    reads_milli: 700,
                    timeout_ms: 3000,
                    tend_ms: 2500,
                    rate: 1200,
                    ..Schedule::dense("register", "pause-pair")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::RefusalCountedAsStored => Entry {
                name: "refusal-counted-as-stored",
                source: "what availability does, done in strong consistency",
                mode: Mode::Sc,
                rule: "only a replica that has stored a write counts as having it",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule {
                    processes: 48,
                    pinned: 24,
                    ..Schedule::of("register", "pause-node", "keep")
                },
                dense: Some(Schedule {
                    processes: 240,
                    timeout_ms: 3000,
                    rate: 3000,
                    ..Schedule::dense("register", "pause-pair")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::AckAtRebalance => Entry {
                name: "ack-at-rebalance",
                source: "AER-6794: a replica write that spans rebalances is lost to duplicate resolution (SB29)",
                mode: Mode::Sc,
                rule: "a write that its replicas have not stored is in doubt",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule {
                    processes: 120,
                    pinned: 120,
                    keys: 150,
                    writes_per_key: 12,
                    ..Schedule::of("register", "isolate-node", "keep")
                },
                dense: Some(Schedule {
                    processes: 200,
                    reads_milli: 300,
                    heartbeat_interval_ms: 150,
                    timeout_ms: 3000,
                    rate: 1000,
                    ..Schedule::dense("register", "isolate-pair")
                }),
                unseen: None,
                over_sockets: true,
            },
            Self::DefiniteErrorAtRebalance => Entry {
                name: "definite-error-at-rebalance",
                source: "AER-6028: requests failed at the edge of a rebalance (SB36)",
                mode: Mode::Sc,
                rule: "a write that was applied and not replicated is in doubt",
                class: "dirty-read",
                check: "dirty-reads",
                schedule: Schedule {
                    processes: 48,
                    keys: 64,
                    ..Schedule::of("register", "storm", "keep")
                },
                dense: Some(Schedule {
                    processes: 200,
                    reads_milli: 300,
                    heartbeat_interval_ms: 150,
                    timeout_ms: 3000,
                    rate: 1000,
                    ..Schedule::dense("register", "deafen-pair")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::DefiniteErrorAtProxy => Entry {
                name: "definite-error-at-proxy",
                source: "Jepsen's report on 3.99.0.3 (2018): an error more certain than the truth (SB01)",
                mode: Mode::Sc,
                rule: "what a node passed on and heard nothing of is in doubt",
                class: "dirty-read",
                check: "dirty-reads",
                schedule: Schedule {
                    processes: 120,
                    pinned: 120,
                    keys: 400,
                    round_trip_us: 6000,
                    ..Schedule::of("register", "partition-racks", "keep")
                },
                dense: None,
                unseen: None,
                over_sockets: true,
            },
            Self::CasWithoutGenerationCheck => Entry {
                name: "cas-without-generation-check",
                source: "both sides accept the same generation (SB18)",
                mode: Mode::Sc,
                rule: "a compare-and-set succeeds only if the generation still holds",
                class: "lost-update",
                check: "lost-updates",
                schedule: Schedule { keys: 4, ..Schedule::of("cas-register", "none", "keep") },
                dense: None,
                unseen: None,
                over_sockets: true,
            },
            Self::UncommittedRead => Entry {
                name: "uncommitted-read",
                source: "a read that returns uncommitted data (SB26)",
                mode: Mode::Sc,
                rule: "a write is not to be seen before its replicas have it",
                class: "dirty-read",
                check: "dirty-reads",
                schedule: Schedule {
                    read_mode: "session",
                    processes: 120,
                    pinned: 60,
                    keys: 60,
                    writes_per_key: 4,
                    ..Schedule::of("register", "isolate-node", "keep")
                },
                dense: None,
                unseen: None,
                over_sockets: false,
            },
            Self::RetransmitAppliesAgain => Entry {
                name: "retransmit-applies-again",
                source: "a replica write whose retransmission is applied twice (SB02)",
                mode: Mode::Sc,
                rule: "a retransmission carries the result, not the request",
                class: "duplicate",
                check: "sets",
                schedule: Schedule { disorder: true, ..Schedule::of("set", "flapping", "keep") },
                dense: None,
                unseen: None,
                over_sockets: false,
            },
            Self::StaleCopyTakenForCurrent => Entry {
                name: "stale-copy-taken-for-current",
                source: "the data condition of the availability rules, left out",
                mode: Mode::Sc,
                rule: "only a copy of the last regime in which the partition was available is current",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule::of("register", "isolate-node", "keep"),
                dense: Some(Schedule {
                    processes: 60,
                    keys: 1500,
                    rate: 2700,
                    ..Schedule::dense("register", "isolate-pair")
                }),
                unseen: None,
                over_sockets: true,
            },
            Self::HalfFilledTakenForFull => Entry {
                name: "half-filled-taken-for-full",
                source: "AER-6078: immigrators not cleared on rebalance",
                mode: Mode::Sc,
                rule: "a copy that is being filled is not current",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule {
                    keys: 200,
                    ..Schedule::of("register", "return-then-isolate", "keep")
                },
                dense: Some(Schedule {
                    processes: 60,
                    keys: 1500,
                    rate: 2700,
                    ..Schedule::dense("register", "return-then-isolate-pair")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::FullBeforeFilled => Entry {
                name: "full-before-filled",
                source: "a rebalance that assigns versions to copies which are not there (AER-6304)",
                mode: Mode::Sc,
                rule: "a copy is noted as full when the master has sent all of it",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule {
                    keys: 200,
                    ..Schedule::of("register", "return-then-isolate", "keep")
                },
                dense: Some(Schedule {
                    processes: 60,
                    keys: 1500,
                    rate: 2700,
                    ..Schedule::dense("register", "return-then-isolate-pair")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::StaleCopyPromoted => Entry {
                name: "stale-copy-promoted",
                source: "a revive that promotes a stale copy (SB08)",
                mode: Mode::Sc,
                rule: "a partition without a current copy is not served",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule {
                    keys: 300,
                    ..Schedule::of("register", "isolate-in-turn", "keep")
                },
                dense: None,
                unseen: None,
                over_sockets: false,
            },
            Self::RoundNotedByHoldersOnly => Entry {
                name: "round-noted-by-holders-only",
                source: "stale namespace data kept by nodes without a copy (AER-6329)",
                mode: Mode::Sc,
                rule: "every roster node of a sub-cluster notes the regime before anybody serves in it",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule {
                    keys: 300,
                    ..Schedule::of("register", "isolate-in-turn", "keep")
                },
                dense: Some(Schedule {
                    roster: 5,
                    processes: 60,
                    keys: 1500,
                    rate: 2500,
                    ..Schedule::dense("register", "majorities-in-turn")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::OneReplicaIsAll => Entry {
                name: "one-replica-is-all",
                source: "the first availability rule, without its condition",
                mode: Mode::Sc,
                rule: "a minority serves a partition only if it has all its roster replicas",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule::of("register", "partition-majority", "keep"),
                dense: Some(Schedule {
                    processes: 60,
                    keys: 1500,
                    rate: 2700,
                    ..Schedule::dense("register", "partition-majority")
                }),
                unseen: None,
                over_sockets: true,
            },
            Self::NonRosterNodesCounted => Entry {
                name: "non-roster-nodes-counted",
                source: "the quorum of the availability rules, of the wrong nodes",
                mode: Mode::Sc,
                rule: "live nodes that are not on the roster count for nothing",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule {
                    roster: 4,
                    keys: 64,
                    ..Schedule::of("register", "storm", "keep")
                },
                dense: Some(Schedule {
                    roster: 4,
                    processes: 60,
                    keys: 1500,
                    rate: 2700,
                    ..Schedule::dense("register", "storm")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::RecentRecordsNotMigrated => Entry {
                name: "recent-records-not-migrated",
                source: "AER-6785: a race that exempts a just-updated record from emigration (SB30)",
                mode: Mode::Sc,
                rule: "a migration sends every record of the partition",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule { keys: 64, ..Schedule::of("register", "isolate-node", "keep") },
                dense: Some(Schedule {
                    processes: 60,
                    keys: 1500,
                    reads_milli: 300,
                    rate: 4000,
                    ..Schedule::dense("register", "isolate-pair")
                }),
                unseen: None,
                over_sockets: true,
            },
            Self::HandoverKeepsServing => Entry {
                name: "handover-keeps-serving",
                source: "two masters of one partition (SB54)",
                mode: Mode::Sc,
                rule: "a working master steps down before its heir serves",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule {
                    processes: 96,
                    pinned: 48,
                    keys: 24,
                    round_trip_us: 10_000,
                    ..Schedule::of("set", "partition-majority", "keep")
                },
                dense: None,
                unseen: None,
                over_sockets: true,
            },
            Self::UpdateTimeMayFall => Entry {
                name: "update-time-may-fall",
                source: "a backward clock jump loses to an older copy (SB13)",
                mode: Mode::Sc,
                rule: "a record's last update time never falls",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule {
                    keys: 64,
                    ..Schedule::of("register", "skew-then-isolate", "keep")
                },
                dense: Some(Schedule {
                    processes: 60,
                    rate: 2700,
                    ..Schedule::dense("register", "skew-then-isolate")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::RegimeNotPublished => Entry {
                name: "regime-not-published",
                source: "clients that ignore regimes follow an old master (SB25)",
                mode: Mode::Sc,
                rule: "of two claims on a partition, clients believe that of the higher regime",
                class: "backward-read",
                check: "session-guarantees",
                schedule: Schedule {
                    read_mode: "session",
                    processes: 24,
                    keys: 150,
                    reads_milli: 900,
                    heartbeat_interval_ms: 150,
                    ..Schedule::of("register", "isolate-node", "keep")
                },
                dense: None,
                unseen: Some(
                    "a claim without a regime loses to the one that a client knows, so that it only \
                     follows the new master later; to send it back to the old one, the old and the \
                     new master must both keep their regimes from the same client in turn",
                ),
                over_sockets: false,
            },
            Self::AbsentForUnavailable => Entry {
                name: "absent-for-unavailable",
                source: "a vanished record reported as not found (SB55)",
                mode: Mode::Sc,
                rule: "what cannot be read is not answered",
                class: "stale-read",
                check: "stale-reads",
                schedule: Schedule {
                    processes: 48,
                    pinned: 24,
                    ..Schedule::of("register", "partition-racks", "cut")
                },
                dense: None,
                unseen: None,
                over_sockets: true,
            },
            Self::TornReplica => Entry {
                name: "torn-replica",
                source: "multi-bin writes that are not atomic (SB48)",
                mode: Mode::Sc,
                rule: "a replica stores a write whole or not at all",
                class: "torn-record",
                check: "linearizable",
                schedule: Schedule::of("sightings", "isolate-node", "keep"),
                dense: None,
                unseen: None,
                over_sockets: false,
            },
            Self::RecycledMessage => Entry {
                name: "recycled-message",
                source: "AER-5911: the recycled content of a fabric message (SB32)",
                mode: Mode::Sc,
                rule: "a replica write carries the record of its own transaction",
                class: "garbage-read",
                check: "dirty-reads",
                schedule: Schedule {
                    processes: 48,
                    keys: 64,
                    ..Schedule::of("register", "isolate-node", "keep")
                },
                dense: Some(Schedule {
                    processes: 60,
                    keys: 200,
                    writes_per_key: 2,
                    rate: 2700,
                    quiet_ms: 500,
                    ..Schedule::dense("register", "isolate-pair")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::RestartMarksReplicated => Entry {
                name: "restart-marks-replicated",
                source: "cold-restarted records marked replicated",
                mode: Mode::Sc,
                rule: "what a process knew of its replicas dies with it",
                class: "stale-read",
                check: "stale-reads",
                schedule: Schedule {
                    processes: 48,
                    keys: 300,
                    ..Schedule::of("register", "cut-restart-isolate", "keep")
                },
                dense: Some(Schedule {
                    processes: 600,
                    keys: 1500,
                    writes_per_key: 0,
                    reads_milli: 700,
                    heartbeat_interval_ms: 150,
                    timeout_ms: 100,
                    rate: 3800,
                    load_ms: 24_000,
                    ..Schedule::dense("register", "part-restart-isolate-pair")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::WipedCopyTrusted => Entry {
                name: "wiped-copy-trusted",
                source: "revived partitions although a device was erased (SB09, AER-6772)",
                mode: Mode::Sc,
                rule: "a copy whose storage was replaced is not trusted",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule { keys: 64, ..Schedule::of("register", "wipe-node", "keep") },
                dense: None,
                unseen: None,
                over_sockets: false,
            },
            Self::TimeoutMarksReplicated => Entry {
                name: "timeout-marks-replicated",
                source: "AER-6787: an unreplicated record flagged as replicated (SB31)",
                mode: Mode::Sc,
                rule: "a write that some replica may lack is marked so",
                class: "stale-read",
                check: "stale-reads",
                schedule: Schedule {
                    processes: 48,
                    keys: 300,
                    ..Schedule::of("register", "brief-cut-then-isolate", "keep")
                },
                dense: Some(Schedule {
                    processes: 200,
                    keys: 1000,
                    writes_per_key: 0,
                    reads_milli: 700,
                    heartbeat_interval_ms: 150,
                    timeout_ms: 100,
                    rate: 3800,
                    load_ms: 24_000,
                    ..Schedule::dense("register", "part-then-isolate-pair")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::UnreplicatedCopyShown => Entry {
                name: "unreplicated-copy-shown",
                source: "a relaxed read that returns uncommitted data (SB26)",
                mode: Mode::Sc,
                rule: "a relaxed read may be stale, and never dirty",
                class: "dirty-read",
                check: "dirty-reads",
                schedule: Schedule {
                    read_mode: "allow-replica",
                    processes: 96,
                    pinned: 48,
                    keys: 60,
                    writes_per_key: 4,
                    ..Schedule::of("register", "isolate-node", "keep")
                },
                dense: None,
                unseen: None,
                over_sockets: false,
            },
            Self::MigrationOverwritesNewer => Entry {
                name: "migration-overwrites-newer",
                source: "a record that migrates over a concurrent update (SB30)",
                mode: Mode::Sc,
                rule: "of two versions of a record the newer one stays",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule {
                    disorder: true,
                    keys: 64,
                    processes: 48,
                    ..Schedule::of("register", "isolate-node", "keep")
                },
                dense: Some(Schedule {
                    processes: 100,
                    keys: 1000,
                    writes_per_key: 6,
                    reads_milli: 200,
                    rate: 2400,
                    ..Schedule::dense("register", "fill-in-pieces")
                }),
                unseen: None,
                over_sockets: false,
            },
            Self::MergeKeepsOlder => Entry {
                name: "merge-keeps-older",
                source: "copies that conflict resolution misses (AER-6397)",
                mode: Mode::Ap,
                rule: "of two versions of a record that meet, the policy's winner stays",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule {
                    keys: 64,
                    writes_per_key: 12,
                    ..Schedule::of("register", "kill-node", "keep")
                },
                dense: Some(Schedule {
                    processes: 60,
                    keys: 600,
                    reads_milli: 300,
                    rate: 2700,
                    ..Schedule::dense("register", "kill-node")
                }),
                unseen: None,
                over_sockets: false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_defect_has_a_name_of_its_own() {
        for defect in Defect::ALL {
            assert_eq!(Defect::named(defect.entry().name), Some(defect));
        }
    }
}
