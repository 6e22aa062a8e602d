//! Migration: data on the move after a rebalance.
//!
//! In AP duplicates first send what they have to the working master, which merges; then, as in SC,
//! the working master fills the replicas that lack data. Once all are full it hands over to the
//! first replica, if that is another node, and copies that nobody needs any more are dropped.
//! A stream has one batch under way, which is repeated until it is answered: whatever the network
//! loses, nothing arrives out of order.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

use wire::Digest;

use super::message::{Batch, Fabric, Item, MigrationMessage, Output};
use super::namespace::Namespace;
use super::plan::NamespacePlan;
use super::round::RoundId;
use super::state::Node;
use super::storage::{Lineage, Stored};
use super::{MigrationRate, Mode};
use crate::defect::{Defect, Defects};
use crate::partition::NodeId;

/// A namespace's data on the move from and to one node, in one round.
#[derive(Debug, Default)]
pub struct Migrations {
    outbound: BTreeMap<NodeId, Stream>,
    inbound: BTreeMap<NodeId, u64>,
    /// Partitions whose handover waits for requests under way.
    draining: BTreeSet<usize>,
    initial_tx: u64,
    initial_rx: u64,
}

#[derive(Debug, Default)]
struct Stream {
    jobs: VecDeque<Job>,
    /// Where in the first job's partition the next batch goes on.
    resume: Option<Digest>,
    sequence: u64,
    under_way: Option<(Arc<Batch>, u64)>,
    /// Records, and partitions, that may be sent now, times 10⁹.
    records_credit: u64,
    partitions_credit: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Job {
    partition: usize,
    task: Task,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    Fill,
    Merge,
    Handover,
    Drop,
}

const CREDIT: u64 = 1_000_000_000;
/// What was written within so many ms was written just now.
const JUST_NOW_MS: u64 = 1000;

impl Migrations {
    /// Between two looks at the streams, in ns.
    pub const TICK_NS: u64 = 10_000_000;
    /// After which time a batch is repeated, in ns.
    const REPEAT_NS: u64 = 500_000_000;

    /// Queues what a node has to send from the start of a round on.
    pub fn plan(&mut self, me: NodeId, plan: &NamespacePlan) {
        for (partition, planned) in plan.partitions.iter().enumerate() {
            if planned.duplicates.contains(&me) {
                if let Some(master) = planned.working_master {
                    self.queue(master, partition, Task::Merge);
                }
                self.initial_tx += 1;
            }
            if planned.lacking.contains(&me) {
                self.initial_rx += 1;
            }
            if planned.working_master == Some(me) {
                self.initial_rx += planned.duplicates.len() as u64;
                self.initial_tx += planned.lacking.len() as u64;
            }
        }
    }

    fn queue(&mut self, to: NodeId, partition: usize, task: Task) {
        self.outbound.entry(to).or_default().jobs.push_back(Job { partition, task });
    }

    /// Whether nothing is left to send.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.draining.is_empty()
            && self.outbound.values().all(|s| s.jobs.is_empty() && s.under_way.is_none())
    }

    /// Partitions to send and to receive at the start of the round.
    #[must_use]
    pub fn initial(&self) -> (u64, u64) {
        (self.initial_tx, self.initial_rx)
    }

    /// Partitions that are queued or under way.
    #[must_use]
    pub fn sending(&self) -> u64 {
        let queued = |stream: &Stream| {
            let jobs =
                stream.jobs.iter().filter(|job| matches!(job.task, Task::Fill | Task::Merge));
            let under_way = stream.under_way.iter().flat_map(|(batch, _)| &batch.items);
            let ends = under_way.filter(|i| matches!(i, Item::Filled(_) | Item::Merged(_)));
            jobs.count() + ends.count()
        };
        self.outbound.values().map(queued).sum::<usize>() as u64
    }
}

impl Stream {
    fn earn(&mut self, elapsed_ns: u64, rate: MigrationRate) {
        // At most what a tenth of a second earns, so that an idle stream saves nothing up.
        let earn = |credit: &mut u64, per_second: u32| {
            let per_second = u64::from(per_second.max(1));
            *credit =
                (*credit + elapsed_ns * per_second).min((per_second * CREDIT / 10).max(CREDIT));
        };
        earn(&mut self.records_credit, rate.records_per_second);
        earn(&mut self.partitions_credit, rate.partitions_per_second);
    }

    /// The next batch, as large as the credit allows.
    fn next(&mut self, source: &Source<'_>) -> Vec<Item> {
        let mut items = Vec::new();
        while self.partitions_credit >= CREDIT {
            let Some(job) = self.jobs.front().copied() else { break };
            let finished = match job.task {
                Task::Fill | Task::Merge => self.send_records(job, source, &mut items),
                Task::Handover => {
                    let records = &source.namespace.copy(job.partition).records;
                    let open = records
                        .iter()
                        .filter(|(digest, _)| source.namespace.unreplicated.contains(*digest));
                    items.extend(open.map(|(digest, stored)| item(*digest, stored)));
                    true
                }
                Task::Drop => true,
            };
            if !finished {
                break;
            }
            let partition = job.partition as u16;
            items.push(match job.task {
                Task::Fill => Item::Filled(partition),
                Task::Merge => Item::Merged(partition),
                Task::Handover => Item::Handover(partition),
                Task::Drop => Item::Drop(partition),
            });
            if matches!(job.task, Task::Fill | Task::Merge) {
                self.partitions_credit -= CREDIT;
            }
            self.resume = None;
            self.jobs.pop_front();
        }
        items
    }

    fn send_records(&mut self, job: Job, source: &Source<'_>, items: &mut Vec<Item>) -> bool {
        let from = self.resume.map_or(Bound::Unbounded, Bound::Excluded);
        let records = &source.namespace.copy(job.partition).records;
        for (digest, stored) in records.range((from, Bound::Unbounded)) {
            if self.records_credit < CREDIT {
                return false;
            }
            self.records_credit -= CREDIT;
            self.resume = Some(*digest);
            if stored.record.last_update_ms >= source.recent_ms
                && source.defects.fires(Defect::RecentRecordsNotMigrated)
            {
                continue;
            }
            items.push(item(*digest, stored));
        }
        true
    }
}

/// Where streams take records from.
struct Source<'a> {
    /// The namespace without its streams.
    namespace: &'a Namespace,
    defects: &'a Defects,
    /// Records that were written since then were written just now.
    recent_ms: u64,
}

fn item(digest: Digest, stored: &Stored) -> Item {
    Item::Record {
        digest,
        record: Arc::clone(&stored.record),
        version: stored.version,
        replication: stored.replication,
    }
}

impl Node {
    /// Begins what can begin at once after a round became active.
    pub(super) fn start_migrations(&mut self, namespace: usize) {
        for partition in 0..self.namespaces[namespace].duties.len() {
            let duty = &self.namespaces[namespace].duties[partition];
            if duty.working_master == Some(self.id) && duty.duplicates.is_empty() {
                self.fill_or_finish(namespace, partition);
            }
        }
    }

    /// All duplicates are in: what lacks data is filled; if nothing does, the partition is done.
    fn fill_or_finish(&mut self, namespace: usize, partition: usize) {
        let lacking = self.namespaces[namespace].duties[partition].lacking.clone();
        for node in &lacking {
            self.namespaces[namespace].migrations.queue(*node, partition, Task::Fill);
        }
        if lacking.is_empty() {
            self.finish_partition(namespace, partition);
        }
    }

    /// All replicas are full: the first takes over, and what is superfluous goes.
    fn finish_partition(&mut self, namespace: usize, partition: usize) {
        let Some(plan) = self.namespace_plan(namespace) else { return };
        let planned = &plan.partitions[partition];
        if planned.replicas.first() != Some(&self.id) {
            let Namespace { duties, migrations, .. } = &mut self.namespaces[namespace];
            duties[partition].draining = true;
            migrations.draining.insert(partition);
            return;
        }
        for node in planned.superfluous.iter().filter(|node| **node != self.id) {
            self.namespaces[namespace].migrations.queue(*node, partition, Task::Drop);
        }
    }

    /// Moves the streams on.
    pub(super) fn migrate(&mut self, now_ns: u64, elapsed_ns: u64, out: &mut Vec<Output>) {
        let Some(round) = self.membership.active_id().filter(|_| self.membership.is_settled())
        else {
            return;
        };
        for namespace in 0..self.namespaces.len() {
            if self.namespaces[namespace].migrations.is_idle() {
                continue;
            }
            self.hand_over(namespace);
            let mut streams = std::mem::take(&mut self.namespaces[namespace].migrations.outbound);
            let rate = self.namespaces[namespace].config.migration;
            for (to, stream) in &mut streams {
                stream.earn(elapsed_ns, rate);
                if let Some((batch, sent_ns)) = &mut stream.under_way {
                    if now_ns >= *sent_ns + Migrations::REPEAT_NS {
                        *sent_ns = now_ns;
                        let message = MigrationMessage::Batch(Arc::clone(batch));
                        self.send(*to, Fabric::Migration(message), out);
                    }
                    continue;
                }
                let items = stream.next(&Source {
                    namespace: &self.namespaces[namespace],
                    defects: &self.config.defects,
                    recent_ms: self.clock.update_time_ms(now_ns).saturating_sub(JUST_NOW_MS),
                });
                if items.is_empty() {
                    continue;
                }
                stream.sequence += 1;
                let sequence = stream.sequence;
                for item in &items {
                    if let Item::Handover(partition) = item {
                        self.step_down(namespace, usize::from(*partition), *to);
                    }
                }
                let batch = Arc::new(Batch { round, namespace, sequence, items });
                stream.under_way = Some((Arc::clone(&batch), now_ns));
                self.send(*to, Fabric::Migration(MigrationMessage::Batch(batch)), out);
            }
            self.namespaces[namespace].migrations.outbound = streams;
        }
    }

    /// Queues the handovers for which no request is under way any more.
    fn hand_over(&mut self, namespace: usize) {
        let Some(plan) = self.namespace_plan(namespace) else { return };
        let Namespace { duties, migrations, .. } = &mut self.namespaces[namespace];
        let draining = std::mem::take(&mut migrations.draining);
        for partition in draining {
            let heir = plan.partitions[partition].replicas.first().copied();
            match heir {
                Some(heir) if duties[partition].in_flight == 0 => {
                    migrations.queue(heir, partition, Task::Handover);
                }
                _ => {
                    migrations.draining.insert(partition);
                }
            }
        }
    }

    /// This node is a partition's working master no more, from the moment that it says so.
    fn step_down(&mut self, namespace: usize, partition: usize, heir: NodeId) {
        let me = self.id;
        let holds = self
            .namespace_plan(namespace)
            .is_some_and(|plan| plan.partitions[partition].replicas.contains(&me));
        let space = &mut self.namespaces[namespace];
        space.duties[partition].working_master = Some(heir);
        space.duties[partition].draining = false;
        let (claim, lineage) = space.known_mut(partition);
        if !holds {
            claim.full = false;
        }
        if let Some(lineage) = lineage {
            lineage.master = false;
            lineage.subset |= !holds;
        }
        self.partition_generation += 1;
        self.wake_parked();
    }

    /// A message about migrations arrives.
    pub(super) fn on_migration(
        &mut self,
        now_ns: u64,
        from: NodeId,
        message: MigrationMessage,
        out: &mut Vec<Output>,
    ) {
        let round = match &message {
            MigrationMessage::Batch(batch) => batch.round,
            MigrationMessage::BatchAnswer { round, .. } | MigrationMessage::Moved { round, .. } => {
                *round
            }
        };
        if self.membership.active_id() != Some(round) {
            return;
        }
        match message {
            MigrationMessage::Batch(batch) => self.take_batch(now_ns, from, &batch, out),
            MigrationMessage::BatchAnswer { namespace, sequence, .. } => {
                self.on_batch_answer(from, namespace, sequence);
            }
            MigrationMessage::Moved { namespace, partitions, .. } => {
                for partition in partitions.iter() {
                    self.namespaces[namespace].duties[usize::from(*partition)].working_master =
                        Some(from);
                }
                self.partition_generation += 1;
            }
        }
        self.wake_migration(now_ns);
    }

    fn on_batch_answer(&mut self, from: NodeId, namespace: usize, sequence: u64) {
        let Some(stream) = self.namespaces[namespace].migrations.outbound.get_mut(&from) else {
            return;
        };
        if stream.under_way.as_ref().is_none_or(|(batch, _)| batch.sequence != sequence) {
            return;
        }
        let Some((batch, _)) = stream.under_way.take() else { return };
        for item in &batch.items {
            if let Item::Filled(partition) = item {
                let partition = usize::from(*partition);
                let lacking = &mut self.namespaces[namespace].duties[partition].lacking;
                lacking.retain(|node| *node != from);
                if lacking.is_empty() {
                    self.finish_partition(namespace, partition);
                }
                self.partition_generation += 1;
            }
        }
    }

    fn take_batch(&mut self, now_ns: u64, from: NodeId, batch: &Batch, out: &mut Vec<Output>) {
        // Between a report and its round no copy may change its standing; the batch is repeated.
        if !self.membership.is_settled() {
            return;
        }
        let namespace = batch.namespace;
        let seen = self.namespaces[namespace].migrations.inbound.entry(from).or_insert(0);
        if batch.sequence > *seen + 1 {
            return;
        }
        let answer = MigrationMessage::BatchAnswer {
            round: batch.round,
            namespace,
            sequence: batch.sequence,
        };
        if batch.sequence == *seen + 1 {
            *seen = batch.sequence;
            let mut gained = Vec::new();
            for item in &batch.items {
                self.take_item(from, batch, item, &mut gained);
            }
            if !gained.is_empty() {
                self.announce(namespace, batch.round, gained, out);
            }
            self.partition_generation += 1;
        }
        self.send(from, Fabric::Migration(answer), out);
        self.run_ready(now_ns, out);
    }

    fn take_item(&mut self, from: NodeId, batch: &Batch, item: &Item, gained: &mut Vec<u16>) {
        let namespace = batch.namespace;
        let me = self.id;
        match item {
            Item::Record { digest, record, version, replication } => {
                let space = &mut self.namespaces[namespace];
                let defects = &self.config.defects;
                let newer = space.stored(digest).is_none_or(|local| match space.config.mode {
                    _ if *version == local.version => false,
                    Mode::Sc => {
                        *version > local.version || defects.fires(Defect::MigrationOverwritesNewer)
                    }
                    Mode::Ap => {
                        version.beats(&local.version, space.config.conflict_resolution)
                            != defects.fires(Defect::MergeKeepsOlder)
                    }
                });
                if newer {
                    let record = Arc::clone(record);
                    space.store(
                        *digest,
                        Stored { record, version: *version, replication: *replication },
                    );
                }
            }
            Item::Filled(partition) => {
                let space = &mut self.namespaces[namespace];
                let partition = usize::from(*partition);
                space.duties[partition].filling = false;
                let strong = space.is_strong();
                space.drop_aside(partition);
                let (claim, lineage) = space.known_mut(partition);
                if strong {
                    claim.full = true;
                    claim.evade = false;
                } else {
                    *lineage = Some(Lineage { round: batch.round, subset: false, master: false });
                }
            }
            Item::Merged(partition) => {
                let partition = usize::from(*partition);
                let space = &mut self.namespaces[namespace];
                let duplicates = &mut space.duties[partition].duplicates;
                duplicates.retain(|node| *node != from);
                if duplicates.is_empty() {
                    if space.is_strong() {
                        space.known_mut(partition).0.full = true;
                    }
                    self.fill_or_finish(namespace, partition);
                    self.wake_parked();
                }
            }
            Item::Handover(partition) => {
                gained.push(*partition);
                let partition = usize::from(*partition);
                self.namespaces[namespace].duties[partition].working_master = Some(me);
                if let (_, Some(lineage)) = self.namespaces[namespace].known_mut(partition) {
                    lineage.master = true;
                }
                self.finish_partition(namespace, partition);
                self.wake_parked();
            }
            Item::Drop(partition) => {
                let space = &mut self.namespaces[namespace];
                let partition = usize::from(*partition);
                space.clear(partition);
                space.drop_aside(partition);
                let (claim, lineage) = space.known_mut(partition);
                claim.copy = 0;
                claim.full = false;
                *lineage = None;
            }
        }
    }

    /// Tells the other members of whose partitions this node is now the working master.
    fn announce(
        &mut self,
        namespace: usize,
        round: RoundId,
        gained: Vec<u16>,
        out: &mut Vec<Output>,
    ) {
        let partitions: Arc<[u16]> = gained.into();
        for node in self.members() {
            if node != self.id {
                let partitions = Arc::clone(&partitions);
                let message = MigrationMessage::Moved { round, namespace, partitions };
                self.send(node, Fabric::Migration(message), out);
            }
        }
    }
}
