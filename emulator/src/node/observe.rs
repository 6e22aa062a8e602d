//! What a node tells of itself.

use std::collections::BTreeMap;

use wire::replicas::{NamespaceReplicas, PartitionBitmap};

use super::clock::Skew;
use super::namespace::{Duty, Namespace};
use super::plan::{NamespacePlan, PartitionPlan, Standing};
use super::state::Node;
use super::storage::Partition;
use super::{
    ClusterView, Mode, NamespaceConfig, NamespaceView, PartitionView, RosterEntry, RosterView,
    SetView,
};
use crate::defect::Defect;
use crate::partition::PARTITIONS;

impl Node {
    /// Its view of the cluster.
    #[must_use]
    pub fn cluster(&self, now_ns: u64) -> ClusterView {
        let members = self.members();
        let rebalances = self.membership.activations;
        let serving = self.membership.serving();
        ClusterView {
            key: serving.map_or(0, |plan| plan.round.id.key),
            principal: members.first().copied(),
            integrity: serving.is_some()
                && self.membership.orphan_since_ns.is_none()
                && members.iter().all(|node| *node == self.id || self.peers.beat(*node).is_some()),
            is_member: serving.is_some() && self.membership.orphan_since_ns.is_none(),
            alumni: self.alumni.clone(),
            peers: members.iter().copied().filter(|node| *node != self.id).collect(),
            cluster_generation: rebalances,
            peers_generation: self.peers_generation,
            partition_generation: if rebalances == 0 {
                -1
            } else {
                i64::try_from(self.partition_generation).unwrap_or(i64::MAX)
            },
            rebalance_generation: rebalances,
            clock_skew_ms: self.skew.spread_ms(&members),
            clock_skew_stop_writes_ms: Skew::stop_writes_ms(self.config.heartbeat),
            connections: self.connections,
            since_rebalance_ms: now_ns.saturating_sub(self.membership.changed_ns) / 1_000_000,
            uptime_ms: now_ns.saturating_sub(self.started_ns) / 1_000_000,
            members,
        }
    }

    /// Its wall clock, in ms since the server's epoch.
    #[must_use]
    pub fn update_time_ms(&self, now_ns: u64) -> u64 {
        self.clock.update_time_ms(now_ns)
    }

    /// Its namespaces, in the order of the configuration.
    pub fn namespaces(&self) -> impl Iterator<Item = &NamespaceConfig> {
        self.namespaces.iter().map(|namespace| &namespace.config)
    }

    /// A namespace's facts.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Option<NamespaceView> {
        let index = self.namespace_index(name)?;
        let space = &self.namespaces[index];
        let plan = self.namespace_plan(index);
        let plan = plan.as_deref();
        let mut view = NamespaceView {
            mode: space.config.mode,
            cluster_size: plan.map_or(0, |plan| plan.cluster_size),
            effective_replication_factor: plan.map_or(0, |plan| plan.effective_replication_factor),
            regime: self.regime(space),
            unavailable_partitions: plan
                .map_or(PARTITIONS as u32, |plan| plan.count(Standing::Unavailable)),
            dead_partitions: plan.map_or(0, |plan| plan.count(Standing::Dead)),
            master_objects: 0,
            prole_objects: 0,
            non_replica_objects: 0,
            master_tombstones: 0,
            prole_tombstones: 0,
            non_replica_tombstones: 0,
            unreplicated_records: space.unreplicated.len() as u64,
            clock_skew_stop_writes: self.is_skewed(index),
            migrate_tx_remaining: space.migrations.sending(),
            migrate_rx_remaining: 0,
            migrate_tx_initial: space.migrations.initial().0,
            migrate_rx_initial: space.migrations.initial().1,
            fresh_partitions: match space.config.mode {
                Mode::Ap => plan.map_or(0, |plan| u64::from(plan.count(Standing::Fresh))),
                Mode::Sc => 0,
            },
            rack: self.rack(index),
            nodes_quiesced: plan.map_or(0, |plan| plan.quiesced.len() as u32),
            pending_quiesce: self.is_quiesced(),
            effective_is_quiesced: plan.is_some_and(|plan| plan.quiesced.contains(&self.id)),
            counters: space.counters.values().clone(),
        };
        for partition in 0..PARTITIONS {
            let duty = &space.duties[partition];
            view.migrate_rx_remaining += u64::from(duty.filling) + duty.duplicates.len() as u64;
            // What the handover still waits for is a migration to come.
            view.migrate_tx_remaining += u64::from(duty.draining);
            if duty.working_master == Some(self.id) && !duty.duplicates.is_empty() {
                view.migrate_tx_remaining += duty.lacking.len() as u64;
            }
            let (live, tombstones) = contents(space.copy(partition));
            let replica = plan.is_some_and(|p| p.partitions[partition].replicas.contains(&self.id));
            let (objects, graves) = if plan.is_some() && duty.working_master == Some(self.id) {
                (&mut view.master_objects, &mut view.master_tombstones)
            } else if replica {
                (&mut view.prole_objects, &mut view.prole_tombstones)
            } else {
                (&mut view.non_replica_objects, &mut view.non_replica_tombstones)
            };
            *objects += live;
            *graves += tombstones;
        }
        Some(view)
    }

    fn regime(&self, space: &Namespace) -> u64 {
        match (space.config.mode, self.membership.active_id()) {
            (Mode::Sc, Some(round)) => round.regime(),
            _ => 0,
        }
    }

    /// The partitions of a namespace that this node claims towards clients, by column; `None` for
    /// an unknown namespace. Clients ask after every change, so this looks at no record.
    #[must_use]
    pub fn replicas(&self, namespace: &str) -> Option<NamespaceReplicas> {
        let index = self.namespace_index(namespace)?;
        let space = &self.namespaces[index];
        let plan = self.namespace_plan(index);
        let width = plan.as_deref().map_or(1, |plan| plan.effective_replication_factor.max(1));
        let mut columns = vec![PartitionBitmap::default(); width];
        for (partition, duty) in space.duties.iter().enumerate() {
            let planned = plan.as_deref().map(|plan| &plan.partitions[partition]);
            let replica = planned.and_then(|p| p.replicas.iter().position(|n| *n == self.id));
            for column in self.owned_columns(duty, planned, replica) {
                if let Some(bitmap) = columns.get_mut(column) {
                    bitmap.insert(partition as u16);
                }
            }
        }
        let untold = space.is_strong() && self.config.defects.fires(Defect::RegimeNotPublished);
        let regime = if untold { 0 } else { self.regime(space) };
        let regime = u32::try_from(regime).unwrap_or(u32::MAX);
        Some(NamespaceReplicas { namespace: namespace.to_owned(), regime, columns })
    }

    /// A partition's facts; `None` for an unknown namespace or partition.
    #[must_use]
    pub fn partition(&self, namespace: &str, partition: usize) -> Option<PartitionView> {
        let index = self.namespace_index(namespace)?;
        if partition >= PARTITIONS {
            return None;
        }
        let space = &self.namespaces[index];
        let plan = self.namespace_plan(index);
        Some(self.partition_view(space, plan.as_deref(), partition))
    }

    fn partition_view(
        &self,
        space: &Namespace,
        plan: Option<&NamespacePlan>,
        partition: usize,
    ) -> PartitionView {
        let copy = space.copy(partition);
        let duty = &space.duties[partition];
        let planned = plan.map(|plan| &plan.partitions[partition]);
        let open = planned.is_some_and(|planned| planned.is_open());
        let replica = planned.and_then(|p| p.replicas.iter().position(|node| *node == self.id));
        let row = plan.map_or(&[][..], |plan| plan.rows.row(partition));
        let leads = open && duty.working_master == Some(self.id);
        let holds = copy.claim.copy > 0 || copy.lineage.is_some();
        let state = match (open, replica) {
            (true, Some(_)) if duty.filling => 'D',
            (true, Some(_)) => 'S',
            (true, None) if holds => 'Z',
            (false, _) if holds => 'X',
            _ => 'A',
        };
        let (records, tombstones) = contents(copy);
        let waiting = if leads { duty.lacking.len() as u32 } else { 0 };
        let version = self.version_text(space, copy, leads);
        PartitionView {
            state,
            n_replicas: planned.map_or(0, |planned| planned.replicas.len()),
            replica: replica.filter(|_| open),
            succession: row.iter().position(|node| *node == self.id),
            n_dupl: duty.duplicates.len(),
            working_master: duty.working_master.filter(|_| open),
            proxy_destination: duty.working_master.filter(|master| open && *master != self.id),
            emigrates: waiting,
            lead_emigrates: u32::from(leads && (duty.draining || lacks_first(duty, planned))),
            immigrates: u32::from(duty.filling) + duty.duplicates.len() as u32,
            records,
            tombstones,
            regime: if space.is_strong() { copy.claim.last_available * 2 } else { 0 },
            final_version: self.final_version_text(planned).unwrap_or_else(|| version.clone()),
            version,
            owned_columns: self.owned_columns(duty, planned, replica),
        }
    }

    /// The columns that this node claims: the master's as the working master, with those of
    /// replicas which still fill and its own later place; else its own once it is full.
    fn owned_columns(
        &self,
        duty: &Duty,
        planned: Option<&PartitionPlan>,
        replica: Option<usize>,
    ) -> Vec<usize> {
        let Some(planned) = planned.filter(|planned| planned.is_open()) else { return Vec::new() };
        if duty.working_master == Some(self.id) {
            let others = (1..planned.replicas.len()).filter(|column| {
                Some(*column) == replica || duty.lacking.contains(&planned.replicas[*column])
            });
            return std::iter::once(0).chain(others).collect();
        }
        replica.filter(|column| *column > 0 && !duty.filling).into_iter().collect()
    }

    /// The version that the node's copy shall have in the round in force; `None` if there is none.
    fn final_version_text(&self, planned: Option<&PartitionPlan>) -> Option<String> {
        let planned = planned.filter(|planned| planned.is_open())?;
        let key = self.membership.active_id()?.key;
        let master = if planned.replicas.first() == Some(&self.id) { 'm' } else { '-' };
        Some(format!("{key:012x}.0.{master}p-"))
    }

    fn version_text(&self, space: &Namespace, copy: &Partition, leads: bool) -> String {
        let (key, subset) = match (space.config.mode, copy.lineage) {
            (Mode::Ap, Some(lineage)) => (lineage.round.key, lineage.subset),
            (Mode::Sc, _) if copy.claim.copy > 0 => {
                let active = self.membership.active_id();
                let current = active.filter(|round| round.number == copy.claim.copy);
                (current.map_or(copy.claim.copy, |round| round.key), !copy.claim.full)
            }
            _ => return "000000000000.0.-p-".to_owned(),
        };
        format!(
            "{key:012x}.0.{}{}{}",
            if leads { 'm' } else { '-' },
            if subset { 's' } else { 'p' },
            if copy.claim.evade { 'e' } else { '-' },
        )
    }

    /// A namespace's roster; `None` for an unknown or AP namespace.
    #[must_use]
    pub fn roster(&self, namespace: &str) -> Option<RosterView> {
        let index = self.namespace_index(namespace)?;
        let space = &self.namespaces[index];
        if !space.is_strong() {
            return None;
        }
        let entries = |setting: &Option<std::sync::Arc<super::roster::RosterSetting>>| {
            setting.as_ref().map_or_else(Vec::new, |setting| setting.entries.clone())
        };
        Some(RosterView {
            roster: entries(&space.kept.roster.current),
            pending: entries(&space.kept.roster.pending),
            observed: self.observed(index),
        })
    }

    /// The members of the cluster with the racks that they had at the last rebalance.
    fn observed(&self, namespace: usize) -> Vec<RosterEntry> {
        let plan = self.namespace_plan(namespace);
        let racks = plan.iter().flat_map(|plan| &plan.racks);
        racks.map(|(node, rack)| RosterEntry { node: *node, rack: *rack }).collect()
    }

    /// The same; `None` for an unknown namespace.
    #[must_use]
    pub fn observed_racks(&self, namespace: &str) -> Option<Vec<RosterEntry>> {
        Some(self.observed(self.namespace_index(namespace)?))
    }

    /// What the named sets of a namespace hold here; `None` for an unknown namespace.
    #[must_use]
    pub fn sets(&self, namespace: &str) -> Option<BTreeMap<&str, SetView>> {
        let space = &self.namespaces[self.namespace_index(namespace)?];
        let mut sets: BTreeMap<&str, SetView> = BTreeMap::new();
        let records = space.kept.partitions.iter().flat_map(|copy| copy.records.values());
        for record in records.map(|stored| &stored.record).filter(|r| !r.set.is_empty()) {
            let view = sets.entry(&record.set).or_default();
            view.objects += u64::from(!record.is_tombstone());
            view.tombstones += u64::from(record.is_tombstone());
        }
        Some(sets)
    }

    /// How many live records of a namespace here have a bin, those of one set or of all (an empty
    /// name); with an empty bin every record counts.
    #[must_use]
    pub fn records_with(&self, namespace: &str, set: &str, bin: &str) -> usize {
        let space = self.namespace_index(namespace).map(|index| &self.namespaces[index]);
        let copies = space.into_iter().flat_map(|space| &space.kept.partitions);
        let records = copies.flat_map(|copy| copy.records.values()).map(|stored| &stored.record);
        let counts = records.filter(|record| {
            !record.is_tombstone()
                && (set.is_empty() || record.set == set)
                && (bin.is_empty() || record.bins.get(bin.as_bytes()).is_some())
        });
        counts.count()
    }

    /// Sets the pending roster of a namespace (`roster-set:`); false for an unknown or AP namespace.
    pub fn set_roster(&mut self, namespace: &str, roster: Vec<RosterEntry>) -> bool {
        let Some(index) = self.namespace_index(namespace) else { return false };
        let space = &mut self.namespaces[index];
        if space.is_strong() {
            space.kept.roster.set(roster);
        }
        space.is_strong()
    }
}

fn contents(copy: &Partition) -> (u64, u64) {
    let tombstones = copy.records.values().filter(|stored| stored.record.is_tombstone()).count();
    ((copy.records.len() - tombstones) as u64, tombstones as u64)
}

fn lacks_first(duty: &Duty, planned: Option<&PartitionPlan>) -> bool {
    planned
        .and_then(|planned| planned.replicas.first())
        .is_some_and(|first| duty.lacking.contains(first))
}
