//! The rules by which a sub-cluster may serve a partition of an SC namespace.

use super::NodeId;

/// What a sub-cluster knows of one roster node, as far as one partition is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not in the sub-cluster.
    Absent,
    /// In the sub-cluster.
    Present {
        /// Its copy can be relied on: it did not stop uncleanly, and its storage was not replaced.
        trusted: bool,
        /// It is quiesced: it counts for the quorum, but cannot win a tie.
        quiesced: bool,
    },
}

impl Standing {
    /// A node that is present, trusted and not quiesced.
    pub const SOUND: Self = Self::Present { trusted: true, quiesced: false };

    fn is_present(self) -> bool {
        self != Self::Absent
    }

    fn is_trusted(self) -> bool {
        matches!(self, Self::Present { trusted: true, .. })
    }
}

/// Which of the rules grants a partition to a sub-cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// All roster replicas of the partition are here.
    AllReplicas,
    /// More than half of the roster is here, with at least one roster replica.
    Majority,
    /// Exactly half of the roster is here, with the roster-master.
    TieWithMaster,
}

/// Checks that can be left out to plant a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuorumRules {
    /// Exactly half of the roster needs the roster-master.
    pub tie_needs_master: bool,
    /// The rule of all replicas needs all of them, and not just one.
    pub all_replicas_needed: bool,
    /// Nodes that count though they are not on the roster.
    pub strangers: usize,
}

impl Default for QuorumRules {
    /// The rules as documented.
    fn default() -> Self {
        Self { tie_needs_master: true, all_replicas_needed: true, strangers: 0 }
    }
}

/// The rule that lets a sub-cluster serve the partition with this roster row, if any does.
///
/// `row` is the partition's row over the whole roster, so that every sub-cluster judges by the
/// same row; `standing` tells what the sub-cluster knows of each roster node. Any two sub-clusters
/// that are granted a partition share a roster node, hence two disjoint ones are never both
/// granted it. Whether the partition's data are complete here is for the caller to tell.
#[must_use]
pub fn granting_rule(
    row: &[NodeId],
    replication_factor: usize,
    rules: QuorumRules,
    standing: impl Fn(NodeId) -> Standing,
) -> Option<Rule> {
    let replicas = &row[..replication_factor.min(row.len())];
    let (master, _) = replicas.split_first()?;
    let trusted = |node: &NodeId| standing(*node).is_trusted();
    if replicas.iter().all(trusted) || (!rules.all_replicas_needed && replicas.iter().any(trusted))
    {
        return Some(Rule::AllReplicas);
    }
    let present = row.iter().filter(|node| standing(**node).is_present()).count();
    let present = present + rules.strangers;
    if 2 * present > row.len() {
        let holds_one = replicas.iter().any(|node| standing(*node).is_trusted());
        return holds_one.then_some(Rule::Majority);
    }
    if 2 * present == row.len() {
        let holds_master = standing(*master) == Standing::SOUND;
        return (holds_master || !rules.tie_needs_master).then_some(Rule::TieWithMaster);
    }
    None
}
