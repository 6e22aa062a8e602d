//! A node: its state, and the way in.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::clock::{Clock, Skew};
use super::dynamic::Shown;
use super::heartbeat::{Beat, Peers};
use super::journal::Written;
use super::membership::{Ledger, Membership};
use super::message::{Fabric, Input, Output};
use super::metadata::Metadata;
use super::migration::Migrations;
use super::namespace::{Kept, Namespace};
use super::plan::NamespacePlan;
use super::rebalance::RowsCache;
use super::transaction::Transactions;
use super::xdr::Xdr;
use super::{Connections, NodeConfig};
use crate::partition::NodeId;
use crate::security::{Directory, Sessions};

/// What a node keeps when its process ends.
#[derive(Debug)]
pub struct Storage {
    pub(super) incarnation: u64,
    /// What the process knew of its replicas is kept too.
    pub(super) warm: bool,
    pub(super) ledger: Ledger,
    pub(super) namespaces: Vec<Kept>,
    pub(super) directory: Arc<Directory>,
    pub(super) metadata: Arc<Metadata>,
}

impl Storage {
    /// The number of the process that left it.
    #[must_use]
    pub fn incarnation(&self) -> u64 {
        self.incarnation
    }

    /// The storage without its records, which claims as much as before.
    #[must_use]
    pub fn emptied(mut self) -> Self {
        for partition in self.namespaces.iter_mut().flat_map(|kept| &mut kept.partitions) {
            partition.records.clear();
            partition.stale.clear();
        }
        self
    }
}

/// One server.
#[derive(Debug)]
pub struct Node {
    pub(super) id: NodeId,
    pub(super) config: NodeConfig,
    pub(super) random: ChaCha8Rng,
    pub(super) clock: Clock,
    pub(super) skew: Skew,
    pub(super) peers: Peers,
    pub(super) ledger: Ledger,
    pub(super) membership: Membership,
    pub(super) rows: RowsCache,
    pub(super) namespaces: Vec<Namespace>,
    pub(super) transactions: Transactions,
    pub(super) partition_generation: u64,
    pub(super) peers_generation: u64,
    /// Every peer that it ever had, in the order in which it met them.
    pub(super) alumni: Vec<NodeId>,
    pub(super) directory: Arc<Directory>,
    pub(super) metadata: Arc<Metadata>,
    pub(super) xdr: Xdr,
    pub(super) sessions: Sessions,
    pub(super) started_ns: u64,
    /// What the driver has told of clients' connections.
    pub(super) connections: Connections,
    /// What an operator changed that is shown and steers nothing.
    pub(super) service: Shown,
    /// See `service`.
    pub(super) network: Shown,
    /// See `service`.
    pub(super) security: Shown,
    /// The levels of log messages that an operator changed.
    pub(super) log_levels: BTreeMap<&'static str, &'static str>,
    /// An operator wants it quiesced from the next rebalance on.
    pub(super) quiesced: bool,
    /// What a driver has written down of what is kept, if it does.
    pub(super) written: Option<Written>,
    sequence: u64,
    next_beat_ns: u64,
    next_migration_ns: u64,
    next_sweep_ns: u64,
    /// When the device is written next, in a namespace that does not write it at once.
    next_flush_ns: u64,
    /// Messages to itself.
    loopback: VecDeque<Fabric>,
}

impl Node {
    /// After how many quantum intervals unreplicated records that nobody asked for are replicated.
    const SWEEP_QUANTA: u64 = 5;
    /// How often the device is written where it is not written at once (`flush-max-ms`), in ns.
    const FLUSH_NS: u64 = 1_000_000_000;

    /// Starts a node, with what it kept or with nothing (`lost`: it had a storage before, and it
    /// is gone). `origin_ms` is the Unix time at time 0.
    #[must_use]
    pub fn start(
        config: NodeConfig,
        storage: Option<Storage>,
        lost: Option<u64>,
        seed: u64,
        origin_ms: i64,
        now_ns: u64,
    ) -> Self {
        let directory = storage.as_ref().map(|storage| Arc::clone(&storage.directory));
        let metadata = storage.as_ref().map(|storage| Arc::clone(&storage.metadata));
        let warm = storage.as_ref().is_some_and(|storage| storage.warm);
        let (incarnation, ledger, kept) = match (storage, lost) {
            (Some(storage), _) => {
                (storage.incarnation + 1, storage.ledger, Some(storage.namespaces))
            }
            (None, Some(incarnation)) => (incarnation + 1, Ledger::after_loss(), None),
            (None, None) => (1, Ledger::default(), None),
        };
        let mut kept: Vec<Option<Kept>> = match kept {
            Some(kept) => kept.into_iter().map(Some).collect(),
            None => Vec::new(),
        };
        kept.resize_with(config.namespaces.len(), || None);
        let defects = &config.defects;
        let namespaces: Vec<Namespace> = config
            .namespaces
            .iter()
            .zip(kept)
            .map(|(config, kept)| {
                let mut namespace = Namespace::new(config.clone(), kept, warm, defects);
                if lost.is_some() {
                    namespace.distrust();
                }
                namespace
            })
            .collect();
        let mut random = ChaCha8Rng::seed_from_u64(seed ^ config.id.0.rotate_left(32));
        random.set_stream(incarnation);
        // Nodes do not beat in step.
        let phase_ns =
            config.id.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) % config.heartbeat.interval_ns().max(1);
        Self {
            id: config.id,
            random,
            clock: Clock::new(origin_ms),
            skew: Skew::default(),
            peers: Peers::default(),
            ledger,
            membership: Membership::new(incarnation, now_ns),
            rows: RowsCache::default(),
            namespaces,
            transactions: Transactions::default(),
            partition_generation: 0,
            peers_generation: 0,
            alumni: Vec::new(),
            directory: directory.unwrap_or_default(),
            metadata: metadata.unwrap_or_default(),
            xdr: Xdr::default(),
            sessions: Sessions::new(seed ^ config.id.0 ^ incarnation.rotate_left(48)),
            started_ns: now_ns,
            connections: Connections::default(),
            service: Shown::service(),
            network: Shown::network(),
            security: Shown::security(),
            log_levels: BTreeMap::new(),
            quiesced: false,
            written: None,
            sequence: 0,
            next_beat_ns: now_ns + phase_ns,
            next_migration_ns: u64::MAX,
            next_sweep_ns: now_ns + config.heartbeat.quantum_ns(),
            next_flush_ns: if config.namespaces.iter().all(|one| one.commit_to_device) {
                u64::MAX
            } else {
                now_ns + Self::FLUSH_NS
            },
            loopback: VecDeque::new(),
            config,
        }
    }

    /// Ends the process in order; what is left is its storage. `warm`: its index is kept too (a fast
    /// restart), and with it what it knew of its replicas.
    #[must_use]
    pub fn stop(self, warm: bool) -> Storage {
        let kept = |namespace: Namespace| namespace.kept;
        Storage {
            incarnation: self.membership.incarnation,
            warm,
            ledger: self.ledger,
            namespaces: self.namespaces.into_iter().map(kept).collect(),
            directory: self.directory,
            metadata: self.metadata,
        }
    }

    /// The process is killed; what is left is what its device has.
    #[must_use]
    pub fn crash(self) -> Storage {
        Storage {
            incarnation: self.membership.incarnation,
            warm: false,
            ledger: self.ledger,
            namespaces: self.namespaces.into_iter().map(Namespace::crash).collect(),
            directory: self.directory,
            metadata: self.metadata,
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// Its configuration.
    #[must_use]
    pub fn config(&self) -> &NodeConfig {
        &self.config
    }

    /// Takes note of clients' connections, of which the node itself knows nothing.
    pub fn note_connections(&mut self, connections: Connections) {
        self.connections = connections;
    }

    /// Sets the node's wall clock off, in ms.
    pub fn set_clock_offset_ms(&mut self, offset_ms: i64) {
        self.clock.set_offset_ms(offset_ms);
    }

    /// When the node must be stepped next though nothing arrives, in ns.
    #[must_use]
    pub fn next_deadline_ns(&self) -> u64 {
        self.next_beat_ns
            .min(self.next_migration_ns)
            .min(self.next_sweep_ns)
            .min(self.next_flush_ns)
            .min(self.transactions.next_deadline_ns())
    }

    /// Lets something happen to the node. What it does about it is appended to `out`.
    pub fn step(&mut self, now_ns: u64, input: Input, out: &mut Vec<Output>) {
        match input {
            Input::Tick => self.tick(now_ns, out),
            Input::Beat { from, beat } => self.on_beat(now_ns, from, beat, out),
            Input::Fabric { from, message } => self.on_fabric(now_ns, from, message, out),
            Input::Request { ticket, caller, message } => {
                self.on_request(now_ns, ticket, &caller, message, out);
            }
        }
        self.run_ready(now_ns, out);
        while let Some(message) = self.loopback.pop_front() {
            self.on_fabric(now_ns, self.id, message, out);
            self.run_ready(now_ns, out);
        }
    }

    fn tick(&mut self, now_ns: u64, out: &mut Vec<Output>) {
        if now_ns >= self.next_beat_ns {
            self.beat(now_ns, out);
            let interval_ns = self.config.heartbeat.interval_ns().max(1);
            // A node that was paused does not catch up on heartbeats.
            self.next_beat_ns = (self.next_beat_ns + interval_ns).max(now_ns + interval_ns / 2);
        }
        if now_ns >= self.next_migration_ns {
            self.migrate(now_ns, Migrations::TICK_NS, out);
            self.plan_migration(now_ns);
        }
        if now_ns >= self.next_sweep_ns {
            self.heal_unreplicated(now_ns);
            self.next_sweep_ns = now_ns + Self::SWEEP_QUANTA * self.config.heartbeat.quantum_ns();
        }
        if now_ns >= self.next_flush_ns {
            self.namespaces.iter_mut().for_each(Namespace::flush);
            self.next_flush_ns = now_ns + Self::FLUSH_NS;
        }
        self.expire_transactions(now_ns, out);
    }

    /// Sees to it that streams are looked at while there are any.
    pub(super) fn plan_migration(&mut self, now_ns: u64) {
        let idle = self.namespaces.iter().all(|namespace| namespace.migrations.is_idle());
        self.next_migration_ns = if idle { u64::MAX } else { now_ns + Migrations::TICK_NS };
    }

    /// Streams that were idle may have work now.
    pub(super) fn wake_migration(&mut self, now_ns: u64) {
        if self.next_migration_ns == u64::MAX {
            self.plan_migration(now_ns);
        }
    }

    fn beat(&mut self, now_ns: u64, out: &mut Vec<Output>) {
        for silent in self.peers.expire(now_ns, self.config.heartbeat.node_timeout_ns()) {
            self.skew.forget(silent);
        }
        self.lead_rounds(now_ns, out);
        self.sequence += 1;
        let beat = Arc::new(Beat {
            incarnation: self.membership.incarnation,
            sequence: self.sequence,
            wall_ms: self.clock.wall_ms(now_ns),
            adjacency: self.peers.ids().collect(),
            active: self.membership.active_id(),
            accepted: self.ledger.accepted_number(),
            orphan: self.membership.orphan_since_ns.is_some(),
            rosters: self
                .namespaces
                .iter()
                .map(|namespace| namespace.kept.roster.pending.clone())
                .collect(),
            truncations: self
                .namespaces
                .iter()
                .map(|namespace| Arc::clone(&namespace.kept.truncations))
                .collect(),
            directory: self.config.security.then(|| Arc::clone(&self.directory)),
            metadata_version: self.metadata.version(),
            metadata: self.told_metadata(),
        });
        for place in self.config.places.iter().filter(|place| place.id != self.id) {
            out.push(Output::Beat { to: place.id, beat: Arc::clone(&beat) });
        }
    }

    fn on_beat(&mut self, now_ns: u64, from: NodeId, beat: Arc<Beat>, out: &mut Vec<Output>) {
        let ahead_ms = beat.wall_ms - self.clock.wall_ms(now_ns);
        let active = beat.active;
        for (namespace, setting) in self.namespaces.iter_mut().zip(&*beat.rosters) {
            if let Some(setting) = setting {
                namespace.kept.roster.learn(setting);
            }
        }
        for (namespace, truncations) in beat.truncations.iter().enumerate() {
            if namespace < self.namespaces.len() {
                self.learn_truncations(namespace, truncations);
            }
        }
        if let Some(directory) = &beat.directory {
            self.learn_directory(directory);
        }
        if let Some(metadata) = &beat.metadata {
            self.learn_metadata(metadata);
        }
        if self.peers.hear(now_ns, from, beat) {
            self.skew.observe(from, ahead_ms);
            // A member that serves the round proves that everybody has prepared it.
            if active.is_some() {
                self.activate_if_prepared(now_ns, active, out);
            }
        }
    }

    pub(super) fn on_fabric(
        &mut self,
        now_ns: u64,
        from: NodeId,
        message: Fabric,
        out: &mut Vec<Output>,
    ) {
        match message {
            Fabric::Round(message) => self.on_round(now_ns, from, message, out),
            Fabric::Record(message) => self.on_record(now_ns, from, message, out),
            Fabric::Migration(message) => self.on_migration(now_ns, from, message, out),
        }
    }

    /// Sends a message, to itself too.
    pub(super) fn send(&mut self, to: NodeId, message: Fabric, out: &mut Vec<Output>) {
        if to == self.id {
            self.loopback.push_back(message);
        } else {
            out.push(Output::Fabric { to, message });
        }
    }

    /// The members of the round in force.
    pub(super) fn members(&self) -> Vec<NodeId> {
        self.membership.serving().map_or_else(Vec::new, |plan| plan.round.members.to_vec())
    }

    /// Takes note of the members of a new round: clients are told when their number of peers
    /// changes.
    pub(super) fn meet_peers(&mut self, before: &[NodeId]) {
        let members = self.members();
        let changed = members.iter().filter(|node| !before.contains(node)).count()
            + before.iter().filter(|node| !members.contains(node)).count();
        let own = usize::from(members.contains(&self.id) != before.contains(&self.id));
        self.peers_generation += changed.saturating_sub(own) as u64;
        for node in members {
            if node != self.id && !self.alumni.contains(&node) {
                self.alumni.push(node);
            }
        }
    }

    /// A namespace's plan in the round in force.
    pub(super) fn namespace_plan(&self, namespace: usize) -> Option<Arc<NamespacePlan>> {
        self.membership.serving().map(|plan| Arc::clone(&plan.namespaces[namespace]))
    }
}
