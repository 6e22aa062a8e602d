//! The catalogue of deliberate defects.
//!
//! Each stands in exactly one place of the code, behind one switch; it leaves out one check and
//! adds no misbehaviour. A harness that does not find them cannot be trusted to find others.

/// Which defects are switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Defects {
    /// See [`Defect::AckBeforeReplication`].
    pub ack_before_replication: bool,
    /// See [`Defect::LinearizeWithoutRegimeCheck`].
    pub linearize_without_regime_check: bool,
    /// See [`Defect::UnreplicatedServed`].
    pub unreplicated_served: bool,
    /// See [`Defect::ProxyResend`].
    pub proxy_resend: bool,
    /// See [`Defect::TieWithoutRosterMaster`].
    pub tie_without_roster_master: bool,
    /// See [`Defect::DefiniteErrorAfterApply`].
    pub definite_error_after_apply: bool,
}

impl Defects {
    /// One defect and no other.
    #[must_use]
    pub fn only(defect: Defect) -> Self {
        let mut defects = Self::default();
        let switch = match defect {
            Defect::AckBeforeReplication => &mut defects.ack_before_replication,
            Defect::LinearizeWithoutRegimeCheck => &mut defects.linearize_without_regime_check,
            Defect::UnreplicatedServed => &mut defects.unreplicated_served,
            Defect::ProxyResend => &mut defects.proxy_resend,
            Defect::TieWithoutRosterMaster => &mut defects.tie_without_roster_master,
            Defect::DefiniteErrorAfterApply => &mut defects.definite_error_after_apply,
        };
        *switch = true;
        defects
    }
}

/// A deliberate defect of strong consistency.
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
}

/// A defect's page in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Where such a defect was seen, or which rule's absence it is.
    pub source: &'static str,
    /// The mode that it breaks.
    pub mode: crate::node::Mode,
    /// The rule that it breaks.
    pub rule: &'static str,
    /// The class of anomaly that must be found, in kebab-case.
    pub class: &'static str,
    /// The check that finds it, in kebab-case.
    pub check: &'static str,
    /// The smallest schedule that shows it.
    pub schedule: Schedule,
}

/// A workload under a nemesis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The workload's name.
    pub workload: &'static str,
    /// The nemesis' name.
    pub nemesis: &'static str,
    /// What a partition does to clients: `keep` or `cut`.
    pub clients: &'static str,
    /// Processes over all sites.
    pub processes: u32,
    /// How many of them are pinned to one node each.
    pub pinned: u32,
    /// Keys.
    pub keys: u32,
    /// There and back between two sites, in µs.
    pub round_trip_us: u64,
    /// Between two heartbeats, in ms: how long a cut goes unnoticed.
    pub heartbeat_interval_ms: u32,
}

impl Schedule {
    const fn register(nemesis: &'static str, clients: &'static str) -> Self {
        Self {
            workload: "register",
            nemesis,
            clients,
            processes: 24,
            pinned: 0,
            keys: 32,
            round_trip_us: 2000,
            heartbeat_interval_ms: 50,
        }
    }
}

impl Defect {
    /// All defects.
    pub const ALL: [Self; 6] = [
        Self::AckBeforeReplication,
        Self::LinearizeWithoutRegimeCheck,
        Self::UnreplicatedServed,
        Self::ProxyResend,
        Self::TieWithoutRosterMaster,
        Self::DefiniteErrorAfterApply,
    ];

    /// The defect of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|defect| defect.entry().name == name)
    }

    /// Its page in the catalogue.
    #[must_use]
    pub fn entry(self) -> Entry {
        let mode = crate::node::Mode::Sc;
        match self {
            Self::AckBeforeReplication => Entry {
                name: "ack-before-replication",
                source: "commit level `master`, which strong consistency refuses",
                mode,
                rule: "an acknowledged write is on every replica of its partition",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule::register("isolate-node", "keep"),
            },
            Self::LinearizeWithoutRegimeCheck => Entry {
                name: "linearize-without-regime-check",
                source: "the replica ping that the vendor's documentation describes, left out",
                mode,
                rule: "a linearize read returns only if no replica has seen a higher regime",
                class: "stale-read",
                check: "stale-reads",
                schedule: Schedule {
                    // Pinned processes go on reading at the isolated node.
                    pinned: 120,
                    processes: 120,
                    keys: 150,
                    heartbeat_interval_ms: 150,
                    ..Schedule::register("isolate-node", "keep")
                },
            },
            Self::UnreplicatedServed => Entry {
                name: "unreplicated-served",
                source: "the re-replication that the vendor's documentation describes, left out",
                mode,
                rule: "a write in doubt reaches every replica before anybody reads it",
                class: "stale-read",
                check: "stale-reads",
                schedule: Schedule {
                    processes: 48,
                    keys: 300,
                    ..Schedule::register("brief-cut-then-isolate", "keep")
                },
            },
            Self::ProxyResend => Entry {
                name: "proxy-resend",
                source: "Jepsen's report on 3.99.0.3 (2018), fixed in 3.99.1.5",
                mode,
                rule: "a request that may have been done is not sent again behind the client's back",
                class: "dirty-read",
                check: "dirty-reads",
                schedule: Schedule {
                    processes: 120,
                    pinned: 120,
                    keys: 400,
                    round_trip_us: 6000,
                    ..Schedule::register("partition-racks", "keep")
                },
            },
            Self::TieWithoutRosterMaster => Entry {
                name: "tie-without-roster-master",
                source: "the third availability rule, without its condition",
                mode,
                rule: "exactly half of the roster serves only partitions whose roster-master it has",
                class: "lost-write",
                check: "lost-writes",
                schedule: Schedule::register("partition-racks", "cut"),
            },
            Self::DefiniteErrorAfterApply => Entry {
                name: "definite-error-after-apply",
                source: "Jepsen's report on 3.99.0.3 (2018): an error more certain than the truth",
                mode,
                rule: "a write that was applied and not replicated in time is in doubt",
                class: "dirty-read",
                check: "dirty-reads",
                schedule: Schedule::register("partition-racks", "cut"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_defect_has_a_switch_and_a_name_of_its_own() {
        for defect in Defect::ALL {
            assert_eq!(Defect::named(defect.entry().name), Some(defect));
            assert_ne!(Defects::only(defect), Defects::default());
            for other in Defect::ALL.into_iter().filter(|other| *other != defect) {
                assert_ne!(Defects::only(defect), Defects::only(other));
            }
        }
    }
}
