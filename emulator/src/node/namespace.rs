//! A namespace on a node: its copies, and the node's duties in the round in force.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wire::Digest;

use super::journal::{CopyChange, Journal};
use super::migration::Migrations;
use super::plan::{NamespacePlan, NamespaceReport, Standing};
use super::roster::Roster;
use super::round::RoundId;
use super::settings::Settings;
use super::statistics::Counters;
use super::storage::{Claim, Lineage, Partition, Replication, Stored};
use super::truncation::Truncations;
use super::{Mode, NamespaceConfig};
use crate::defect::{Defect, Defects};
use crate::partition::{NodeId, PARTITIONS};
use crate::record::{Deletes, Rules};

/// What a node keeps of a namespace when its process ends.
#[derive(Debug)]
pub struct Kept {
    /// Its roster.
    pub roster: Roster,
    /// Its copies.
    pub partitions: Vec<Partition>,
    /// Which records are gone, whatever copies are found of them.
    pub truncations: Arc<Truncations>,
}

/// A namespace.
#[derive(Debug)]
pub struct Namespace {
    /// Its configuration.
    pub config: NamespaceConfig,
    /// What requests may do to its records.
    pub rules: Rules,
    /// What else an operator can change while it runs.
    pub settings: Settings,
    /// An operator has revived its copies: they are good enough where no better ones are left.
    pub revived: bool,
    /// What stays when the process ends.
    pub kept: Kept,
    /// The node's part in each partition, in the round in force.
    pub duties: Vec<Duty>,
    /// Records that some replica may lack.
    pub unreplicated: BTreeSet<Digest>,
    /// Data on the move.
    pub migrations: Migrations,
    /// What is counted.
    pub counters: Counters,
    /// The records that were changed since the device was written last, as they are on it;
    /// `None` where every change is written at once.
    unflushed: Option<BTreeMap<Digest, Option<Stored>>>,
    /// Changes of the copies, where a driver writes them down.
    pub(super) journal: Option<Journal>,
}

/// A node's part in a partition, in the round in force. It changes while migrations go on.
#[derive(Clone, Debug, Default)]
pub struct Duty {
    /// Who takes writes; `None` if nobody may.
    pub working_master: Option<NodeId>,
    /// Replicas that the working master still has to fill (known to it alone).
    pub lacking: Vec<NodeId>,
    /// Duplicates that it still has to take in (known to it alone).
    pub duplicates: Vec<NodeId>,
    /// This node is a replica and not yet full.
    pub filling: bool,
    /// The working master takes no new requests: it hands over.
    pub draining: bool,
    /// Requests that hold a record of the partition here.
    pub in_flight: u32,
}

impl Namespace {
    /// A namespace with what was kept, or with nothing. `warm`: also what the process before knew
    /// of its replicas was kept.
    #[must_use]
    pub fn new(config: NamespaceConfig, kept: Option<Kept>, warm: bool, defects: &Defects) -> Self {
        let mut rules = match config.mode {
            Mode::Sc => Rules::sc(),
            Mode::Ap => Rules::ap(),
        };
        if config.allow_expunge {
            rules.deletes = Deletes::Any;
        }
        let mut kept = kept.unwrap_or_else(|| Kept {
            roster: Roster::preset(config.roster.clone()),
            partitions: std::iter::repeat_with(Partition::default).take(PARTITIONS).collect(),
            truncations: Arc::default(),
        });
        let mut unreplicated = BTreeSet::new();
        for partition in &mut kept.partitions {
            // A copy that was away may have missed writes.
            if let Some(lineage) = &mut partition.lineage {
                lineage.subset = true;
                lineage.master = false;
            }
            if config.mode == Mode::Sc {
                for (digest, stored) in &mut partition.records {
                    if warm && stored.replication == Replication::Replicated {
                        continue;
                    }
                    // What a process knew of its replicas died with it.
                    if defects.fires(Defect::RestartMarksReplicated) {
                        stored.replication = Replication::Replicated;
                        continue;
                    }
                    stored.replication = Replication::Unreplicated;
                    unreplicated.insert(*digest);
                }
            }
        }
        let mut namespace = Self {
            rules,
            settings: Settings::default(),
            revived: false,
            kept,
            duties: vec![Duty::default(); PARTITIONS],
            unreplicated,
            migrations: Migrations::default(),
            counters: Counters::default(),
            unflushed: (!config.commit_to_device).then(BTreeMap::new),
            journal: None,
            config,
        };
        namespace.sweep_truncated();
        namespace
    }

    /// Whether it is an SC namespace.
    #[must_use]
    pub fn is_strong(&self) -> bool {
        self.config.mode == Mode::Sc
    }

    /// A partition's copy.
    #[must_use]
    pub fn copy(&self, partition: usize) -> &Partition {
        &self.kept.partitions[partition]
    }

    /// What this node knows of a partition's copy, to be changed.
    pub fn known_mut(&mut self, partition: usize) -> (&mut Claim, &mut Option<Lineage>) {
        if let Some(journal) = &mut self.journal {
            journal.know(partition);
        }
        let copy = &mut self.kept.partitions[partition];
        (&mut copy.claim, &mut copy.lineage)
    }

    /// A partition's records, to be changed by what is noted.
    fn change(&mut self, partition: usize, change: impl FnOnce() -> CopyChange) -> &mut Partition {
        if let Some(journal) = &mut self.journal {
            journal.note(change());
        }
        &mut self.kept.partitions[partition]
    }

    /// A record as it is stored here.
    #[must_use]
    pub fn stored(&self, digest: &Digest) -> Option<&Stored> {
        self.copy(usize::from(digest.partition())).records.get(digest)
    }

    /// Stores a record, unless it is older than a truncation.
    pub fn store(&mut self, digest: Digest, stored: Stored) {
        if self.kept.truncations.cover(&stored.record, &stored.version) {
            self.expunge(&digest);
            return;
        }
        self.remember(&digest);
        self.note(digest, stored.replication);
        let noted = || CopyChange::Stored(digest, stored.clone());
        self.change(usize::from(digest.partition()), noted).records.insert(digest, stored);
    }

    /// Removes a record without a trace.
    pub fn expunge(&mut self, digest: &Digest) {
        self.remember(digest);
        self.unreplicated.remove(digest);
        let noted = || CopyChange::Removed(*digest);
        self.change(usize::from(digest.partition()), noted).records.remove(digest);
    }

    /// Remembers what the device has of a record that is about to change.
    fn remember(&mut self, digest: &Digest) {
        let Some(unflushed) = &mut self.unflushed else { return };
        let copy = &self.kept.partitions[usize::from(digest.partition())];
        unflushed.entry(*digest).or_insert_with(|| copy.records.get(digest).cloned());
    }

    /// The device has everything from now on.
    pub fn flush(&mut self) {
        self.unflushed.iter_mut().for_each(BTreeMap::clear);
    }

    /// The device has everything of a partition from now on.
    fn flush_partition(&mut self, partition: usize) {
        let unflushed = self.unflushed.iter_mut();
        unflushed.for_each(|all| all.retain(|at, _| usize::from(at.partition()) != partition));
    }

    /// The process ends without a last write to the device: what was not written is gone, and nobody
    /// knows what that was.
    #[must_use]
    pub fn crash(mut self) -> Kept {
        if let Some(unflushed) = self.unflushed.take() {
            for (digest, before) in unflushed {
                let records = &mut self.kept.partitions[usize::from(digest.partition())].records;
                match before {
                    Some(stored) => drop(records.insert(digest, stored)),
                    None => drop(records.remove(&digest)),
                }
            }
            self.distrust();
        }
        self.kept
    }

    /// No copy can be relied on (SC).
    pub fn distrust(&mut self) {
        if self.is_strong() {
            self.kept.partitions.iter_mut().for_each(|copy| copy.claim.evade = true);
        }
    }

    /// An operator relies on all copies again, though something may be missing from them.
    pub fn revive(&mut self) {
        for partition in 0..PARTITIONS {
            if self.copy(partition).claim.evade {
                let (claim, _) = self.known_mut(partition);
                (claim.evade, claim.full) = (false, false);
            }
        }
        self.revived = true;
    }

    /// Removes what truncations cover. Copies that were set aside are not noted down: the process
    /// that comes after this one sweeps again.
    pub fn sweep_truncated(&mut self) {
        let truncations = Arc::clone(&self.kept.truncations);
        if *truncations == Truncations::default() {
            return;
        }
        let gone = |stored: &Stored| truncations.cover(&stored.record, &stored.version);
        for partition in 0..PARTITIONS {
            let copy = &mut self.kept.partitions[partition];
            copy.stale.retain(|_, stored| !gone(stored));
            let digests = copy.records.iter().filter(|(_, stored)| gone(stored));
            for digest in digests.map(|(digest, _)| *digest).collect::<Vec<_>>() {
                self.expunge(&digest);
            }
        }
    }

    /// Notes whether the other copies have a record. The process that comes after this one takes
    /// none of it on trust, so it is not written down.
    pub fn mark(&mut self, digest: Digest, replication: Replication) {
        let copy = &mut self.kept.partitions[usize::from(digest.partition())];
        if let Some(stored) = copy.records.get_mut(&digest) {
            stored.replication = replication;
            self.note(digest, replication);
        }
    }

    fn note(&mut self, digest: Digest, replication: Replication) {
        if self.is_strong() && replication == Replication::Unreplicated {
            self.unreplicated.insert(digest);
        } else {
            self.unreplicated.remove(&digest);
        }
    }

    /// Drops all records of a partition.
    pub fn clear(&mut self, partition: usize) {
        self.flush_partition(partition);
        let noted = || CopyChange::Cleared(partition as u16);
        let records = std::mem::take(&mut self.change(partition, noted).records);
        for digest in records.keys() {
            self.unreplicated.remove(digest);
        }
    }

    /// What the principal must know.
    #[must_use]
    pub fn report(&self, rack: u32, quiesced: bool) -> NamespaceReport {
        let partitions = &self.kept.partitions;
        let strong = self.is_strong();
        NamespaceReport {
            roster: self.kept.roster.pending.clone(),
            revived: self.revived,
            quiesced,
            rack,
            claims: self.claims(),
            lineages: if strong {
                Vec::new()
            } else {
                partitions.iter().map(|partition| partition.lineage).collect()
            },
        }
    }

    /// The claims of all partitions; empty in AP.
    #[must_use]
    pub fn claims(&self) -> Vec<Claim> {
        if !self.is_strong() {
            return Vec::new();
        }
        self.kept.partitions.iter().map(|partition| partition.claim).collect()
    }

    /// Goes back to the claims that stood before rounds which were never served.
    pub fn restore_claims(&mut self, claims: &[Claim]) {
        for (partition, claim) in (0..PARTITIONS).zip(claims) {
            if self.copy(partition).claim != *claim {
                *self.known_mut(partition).0 = *claim;
            }
        }
    }

    /// Notes durably what a plan says, before anybody serves by it (SC).
    pub fn prepare(&mut self, me: NodeId, round: RoundId, plan: &NamespacePlan, defects: &Defects) {
        if !self.is_strong() {
            return;
        }
        let listed = plan
            .roster
            .as_ref()
            .is_some_and(|roster| roster.entries.iter().any(|entry| entry.node == me));
        for (partition, plan) in plan.partitions.iter().enumerate() {
            if !plan.is_open() || !listed {
                continue;
            }
            let holds = plan.replicas.contains(&me) || plan.working_master == Some(me);
            let (claim, _) = self.known_mut(partition);
            if holds || !defects.fires(Defect::RoundNotedByHoldersOnly) {
                claim.last_available = round.number;
            }
            if holds {
                claim.copy = round.number;
                // What is to be merged first makes a copy whole only then.
                claim.full = (plan.is_full(me) && plan.duplicates.is_empty())
                    || defects.fires(Defect::FullBeforeFilled);
            }
            // What it has is whole, or it is not needed.
            if !holds || plan.is_full(me) {
                claim.evade = false;
            }
        }
    }

    /// Takes up the duties of a round.
    pub fn activate(&mut self, me: NodeId, round: RoundId, plan: &Arc<NamespacePlan>) {
        if let Some(roster) = &plan.roster {
            self.kept.roster.current = Some(Arc::clone(roster));
            self.kept.roster.learn(roster);
        }
        self.migrations = Migrations::default();
        self.revived = false;
        for partition in 0..PARTITIONS {
            let planned = &plan.partitions[partition];
            let in_flight = self.duties[partition].in_flight;
            let leads = planned.working_master == Some(me);
            let filling = planned.lacking.contains(&me);
            self.duties[partition] = Duty {
                working_master: planned.working_master,
                lacking: if leads { planned.lacking.to_vec() } else { Vec::new() },
                duplicates: if leads { planned.duplicates.to_vec() } else { Vec::new() },
                filling,
                draining: false,
                in_flight,
            };
            match self.config.mode {
                Mode::Sc if !planned.duplicates.is_empty() => self.take_back(partition),
                Mode::Sc if filling => self.set_aside(partition),
                Mode::Sc => {}
                Mode::Ap => self.advance_lineage(me, round, partition, plan),
            }
        }
        self.migrations.plan(me, plan);
    }

    /// The master's copy replaces this one: what is here may hold writes that nobody acknowledged
    /// and that the cluster went on without.
    fn set_aside(&mut self, partition: usize) {
        self.flush_partition(partition);
        let noted = || CopyChange::SetAside(partition as u16);
        let copy = self.change(partition, noted);
        let records = std::mem::take(&mut copy.records);
        let digests: Vec<Digest> = records.keys().copied().collect();
        if copy.stale.is_empty() {
            copy.stale = records;
        }
        for digest in digests {
            self.unreplicated.remove(&digest);
        }
    }

    /// An older copy that was set aside is part of this one again: all that is left is merged.
    fn take_back(&mut self, partition: usize) {
        let stale = std::mem::take(&mut self.kept.partitions[partition].stale);
        for (digest, stored) in stale {
            if self.stored(&digest).is_none_or(|newer| newer.version < stored.version) {
                self.store(digest, stored);
            }
        }
        self.change(partition, || CopyChange::AsideDropped(partition as u16));
    }

    /// Drops the older copy that was set aside.
    pub fn drop_aside(&mut self, partition: usize) {
        if !self.copy(partition).stale.is_empty() {
            self.change(partition, || CopyChange::AsideDropped(partition as u16)).stale.clear();
        }
    }

    fn advance_lineage(
        &mut self,
        me: NodeId,
        round: RoundId,
        partition: usize,
        plan: &Arc<NamespacePlan>,
    ) {
        let planned = &plan.partitions[partition];
        let leads = planned.working_master == Some(me);
        let holds = planned.replicas.contains(&me);
        if planned.standing == Standing::Fresh {
            self.clear(partition);
            *self.known_mut(partition).1 =
                holds.then_some(Lineage { round, subset: false, master: leads });
            return;
        }
        let lacks = planned.lacking.contains(&me);
        let (_, lineage) = self.known_mut(partition);
        if leads || (holds && !lacks) {
            *lineage = Some(Lineage { round, subset: false, master: leads });
        } else if let Some(lineage) = lineage {
            lineage.master = false;
        } else if holds {
            *lineage = Some(Lineage { round, subset: true, master: false });
        }
    }
}
