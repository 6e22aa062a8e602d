//! Rebalance: from what all members reported to who holds and serves which partition.
//!
//! Pure: the same reports give the same plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::plan::{NamespacePlan, NamespaceReport, PartitionPlan, Plan, Report, Standing};
use super::roster::RosterSetting;
use super::round::Round;
use super::storage::{Claim, Lineage};
use super::{Mode, NamespaceConfig, NodeConfig};
use crate::defect::{Defect, Defects};
use crate::partition::{self, Member, NodeId, PARTITIONS, QuorumRules, Rows, granting_rule};

/// Rows computed before: they depend on the members alone, and members return.
#[derive(Debug, Default)]
pub struct RowsCache {
    computed: Vec<Computed>,
}

/// Rows, and the members and the replication factor that they are for.
#[derive(Debug)]
struct Computed {
    members: Vec<Member>,
    factor: usize,
    rows: Arc<Rows>,
}

impl RowsCache {
    const KEPT: usize = 8;

    fn rows(&mut self, members: Vec<Member>, config: &NamespaceConfig) -> Arc<Rows> {
        let factor = config.replication_factor;
        let known = |one: &&Computed| one.members == members && one.factor == factor;
        if let Some(computed) = self.computed.iter().find(known) {
            return Arc::clone(&computed.rows);
        }
        let rows = Arc::new(Rows::compute(&members, factor, config.preference));
        if self.computed.len() == Self::KEPT {
            self.computed.remove(0);
        }
        self.computed.push(Computed { members, factor, rows: Arc::clone(&rows) });
        rows
    }
}

/// Plans a round for all namespaces.
#[must_use]
pub fn plan(
    round: Round,
    config: &NodeConfig,
    reports: &BTreeMap<NodeId, Arc<Report>>,
    cache: &mut RowsCache,
) -> Plan {
    let namespaces = config
        .namespaces
        .iter()
        .enumerate()
        .map(|(index, namespace)| {
            let told: Vec<(NodeId, &NamespaceReport)> = round
                .members
                .iter()
                .filter_map(|id| Some((*id, reports.get(id)?.namespaces.get(index)?)))
                .collect();
            Arc::new(match namespace.mode {
                Mode::Sc => strong(namespace, config, &told, cache),
                Mode::Ap => available(namespace, &told, cache),
            })
        })
        .collect();
    Plan { round, namespaces }
}

/// The members that are quiesced, unless nobody would be left.
fn quiesced(told: &[(NodeId, &NamespaceReport)]) -> Vec<NodeId> {
    let quiesced: Vec<NodeId> =
        told.iter().filter(|(_, report)| report.quiesced).map(|(id, _)| *id).collect();
    if quiesced.len() == told.len() { Vec::new() } else { quiesced }
}

fn racks(told: &[(NodeId, &NamespaceReport)]) -> Vec<(NodeId, u32)> {
    told.iter().map(|(id, report)| (*id, report.rack)).collect()
}

/// Strong consistency: the rules of [`granting_rule`], and the data must be here.
///
/// A partition's data are here if a trusted member has a full copy of the last round in which any
/// present roster node knows the partition to have been available. Any two sub-clusters that pass
/// the rules share a roster node, and every member notes a round durably before anybody serves in
/// it: so the newest round is always known here, and an older copy is never taken for current.
fn strong(
    config: &NamespaceConfig,
    node: &NodeConfig,
    told: &[(NodeId, &NamespaceReport)],
    cache: &mut RowsCache,
) -> NamespacePlan {
    let roster: Option<Arc<RosterSetting>> =
        told.iter().filter_map(|(_, report)| report.roster.clone()).max();
    let entries = roster.as_ref().map_or(&[][..], |roster| &roster.entries);
    let listed: Vec<Member> = entries
        .iter()
        .map(|entry| Member {
            id: entry.node,
            rack: entry.rack,
            quiesced: node.stays_quiesced(entry.node),
        })
        .collect();
    let present: Vec<(NodeId, &NamespaceReport)> = told
        .iter()
        .filter(|(id, _)| listed.iter().any(|member| member.id == *id))
        .copied()
        .collect();
    let rows = cache.rows(listed, config);
    let quiesced = quiesced(&present);
    let defects = &node.defects;
    let strangers = told.len() - present.len();
    let partitions = (0..PARTITIONS)
        .map(|partition| {
            let present = Present { told: &present, quiesced: &quiesced, strangers };
            strong_partition((config, defects), rows.row(partition), present, partition)
        })
        .collect();
    NamespacePlan {
        roster,
        rows,
        cluster_size: present.len(),
        racks: racks(told),
        effective_replication_factor: config.replication_factor.min(present.len() - quiesced.len()),
        quiesced,
        partitions,
    }
}

/// The roster nodes that are here.
#[derive(Clone, Copy)]
struct Present<'a> {
    told: &'a [(NodeId, &'a NamespaceReport)],
    quiesced: &'a [NodeId],
    /// How many nodes are here that are not on the roster.
    strangers: usize,
}

impl<'a> Present<'a> {
    /// Whether an operator has revived copies, and all can be relied on again. Source: the vendor's
    /// documentation of `revive`, which wants no untrusted node left.
    fn are_revived(self, partition: usize) -> bool {
        let relied_on = |told: &NamespaceReport| !told.claims[partition].evade;
        self.told.iter().all(|(_, told)| relied_on(told))
            && self.told.iter().any(|(_, told)| told.revived)
    }

    fn report_of(self, node: NodeId) -> Option<&'a NamespaceReport> {
        self.told.iter().find(|(id, _)| *id == node).map(|(_, told)| *told)
    }
}

fn strong_partition(
    (config, defects): (&NamespaceConfig, &Defects),
    row: &[NodeId],
    present: Present<'_>,
    partition: usize,
) -> PartitionPlan {
    let report_of = |node: NodeId| present.report_of(node);
    let claim_of = |node: NodeId| {
        report_of(node).and_then(|told| told.claims.get(partition)).copied().unwrap_or_default()
    };
    let standing = |node: NodeId| match report_of(node) {
        None => partition::Standing::Absent,
        Some(_) => partition::Standing::Present {
            trusted: !claim_of(node).evade,
            quiesced: present.quiesced.contains(&node),
        },
    };
    let needed = present.told.iter().map(|(id, _)| claim_of(*id).last_available).max().unwrap_or(0);
    let is_current = |node: NodeId| {
        let Claim { copy, full, evade, .. } = claim_of(node);
        needed == 0
            || (copy > 0
                && !evade
                && match (full, copy == needed) {
                    (true, true) => true,
                    (false, true) => defects.fires(Defect::HalfFilledTakenForFull),
                    (true, false) => defects.fires(Defect::StaleCopyTakenForCurrent),
                    (false, false) => false,
                })
    };
    // Who is quiesced comes last, and is no replica.
    let active = || {
        let active = |node: &NodeId| report_of(*node).is_some() && !present.quiesced.contains(node);
        row.iter().copied().filter(active)
    };
    let here =
        || active().chain(row.iter().copied().filter(|node| present.quiesced.contains(node)));
    let granted_by =
        |rules| granting_rule(row, config.replication_factor, rules, standing).is_some();
    let documented = QuorumRules::default();
    let granted = granted_by(documented)
        || [
            (Defect::TieWithoutRosterMaster, QuorumRules { tie_needs_master: false, ..documented }),
            (Defect::OneReplicaIsAll, QuorumRules { all_replicas_needed: false, ..documented }),
            (
                Defect::NonRosterNodesCounted,
                QuorumRules { strangers: present.strangers, ..documented },
            ),
        ]
        .into_iter()
        .any(|(defect, lax)| granted_by(lax) && defects.fires(defect));
    let replicas: Box<[NodeId]> = active().take(config.replication_factor).collect();
    let mut current: Vec<NodeId> = here().filter(|node| is_current(*node)).collect();
    let whole = row.len() == present.told.len() && !row.is_empty();
    let mut duplicates = Vec::new();
    if current.is_empty() && whole && present.are_revived(partition) {
        // What is lost is lost: the latest copy that is left, or none, and what others have beside.
        let latest = |node: &NodeId| (claim_of(*node).copy, claim_of(*node).full);
        // The first of the latest: `max_by_key` would take the last.
        let survivors: Vec<NodeId> = here().collect();
        current.extend(survivors.iter().rev().max_by_key(|node| latest(node)));
        let holds = |node: &NodeId| claim_of(*node).copy > 0 && !current.contains(node);
        duplicates = survivors.into_iter().filter(holds).collect();
    }
    if granted
        && current.is_empty()
        && let Some(best) = here().find(|node| claim_of(*node).copy > 0)
        && defects.fires(Defect::StaleCopyPromoted)
    {
        current.push(best);
    }
    let master = replicas.iter().find(|node| current.contains(node)).or(current.first()).copied();
    if !granted || master.is_none() {
        return PartitionPlan::closed(if whole { Standing::Dead } else { Standing::Unavailable });
    }
    let keeps = |node: &NodeId| replicas.contains(node) || master == Some(*node);
    PartitionPlan {
        standing: if needed == 0 { Standing::Fresh } else { Standing::Available },
        lacking: replicas.iter().copied().filter(|node| !current.contains(node)).collect(),
        duplicates: duplicates.into(),
        superfluous: here()
            .filter(|node| claim_of(*node).copy > 0 && !keeps(node))
            .chain(master.filter(|node| !replicas.contains(node)))
            .collect(),
        working_master: master,
        replicas,
    }
}

/// Availability: every partition is served by whoever is here.
fn available(
    config: &NamespaceConfig,
    told: &[(NodeId, &NamespaceReport)],
    cache: &mut RowsCache,
) -> NamespacePlan {
    let quiesced = quiesced(told);
    let members = told.iter().map(|(id, report)| Member {
        id: *id,
        rack: report.rack,
        quiesced: quiesced.contains(id),
    });
    let rows = cache.rows(members.collect(), config);
    let copies = config.replication_factor.min(told.len() - quiesced.len());
    let partitions = (0..PARTITIONS)
        .map(|partition| available_partition(copies, rows.row(partition), told, partition))
        .collect();
    NamespacePlan {
        roster: None,
        rows,
        cluster_size: told.len(),
        racks: racks(told),
        quiesced,
        effective_replication_factor: copies,
        partitions,
    }
}

/// The working master is the first node of the row that has the fullest copy: one that took writes
/// before one that did not, a full one before a subset. Copies of another lineage are duplicates,
/// and so is a subset unless a full copy of its lineage is here.
fn available_partition(
    copies: usize,
    row: &[NodeId],
    told: &[(NodeId, &NamespaceReport)],
    partition: usize,
) -> PartitionPlan {
    let lineage_of = |node: NodeId| -> Option<Lineage> {
        let (_, report) = told.iter().find(|(id, _)| *id == node)?;
        *report.lineages.get(partition)?
    };
    let replicas: Box<[NodeId]> = row.iter().copied().take(copies).collect();
    let holders: Vec<(NodeId, Lineage)> =
        row.iter().filter_map(|node| Some((*node, lineage_of(*node)?))).collect();
    let score = |lineage: &Lineage| (!lineage.subset, lineage.master);
    // The first of the best: `max_by_key` would take the last.
    let best = holders.iter().rev().max_by_key(|(_, lineage)| score(lineage)).copied();
    let Some((chosen, lineage)) = best else {
        return PartitionPlan {
            standing: Standing::Fresh,
            working_master: replicas.first().copied(),
            replicas,
            lacking: Box::default(),
            duplicates: Box::default(),
            superfluous: Box::default(),
        };
    };
    let same = |other: &Lineage| !other.subset && other.round == lineage.round;
    // An earlier replica that is just as full takes over at once.
    let equal =
        |node: &NodeId| !lineage.subset && lineage_of(*node).is_some_and(|other| same(&other));
    let master = replicas.iter().copied().find(equal).unwrap_or(chosen);
    // Lineages of which a full copy is the master's or a duplicate: their other copies add nothing.
    let mut covered = Vec::new();
    if !lineage.subset {
        covered.push(lineage.round);
    }
    let mut duplicates = Vec::new();
    for (node, other) in holders.iter().filter(|(node, _)| *node != master) {
        if covered.contains(&other.round) {
            continue;
        }
        if !other.subset {
            covered.push(other.round);
        }
        duplicates.push(*node);
    }
    let lacking: Box<[NodeId]> = replicas
        .iter()
        .copied()
        .filter(|node| *node != master && (!duplicates.is_empty() || !equal(node)))
        .collect();
    PartitionPlan {
        standing: Standing::Available,
        superfluous: holders
            .iter()
            .map(|(node, _)| *node)
            .filter(|node| !replicas.contains(node))
            .collect(),
        working_master: Some(master),
        lacking,
        duplicates: duplicates.into(),
        replicas,
    }
}
