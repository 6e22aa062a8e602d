//! Routing: who serves a request.

use wire::{Digest, Info1, ReadMode, ResultCode};

use super::request::is_relaxed;
use super::table::{Kind, Origin, Stage};
use crate::defect::Defect;
use crate::node::message::Output;
use crate::node::state::Node;
use crate::node::storage::{Partition, Replication};
use crate::partition::NodeId;

/// Where a request is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Destination {
    /// Here, as the working master.
    Here,
    /// Here, from what is stored (relaxed SC reads, AP reads at a replica).
    Copy,
    /// At another node.
    Remote(NodeId),
    /// Nobody knows yet.
    Nowhere,
    /// Nowhere in this cluster.
    Closed,
}

impl Node {
    /// Routes what is ready.
    pub(in crate::node) fn run_ready(&mut self, now_ns: u64, out: &mut Vec<Output>) {
        while let Some(id) = self.transactions.ready.pop_front() {
            let is_ready =
                self.transactions.get(id).is_some_and(|t| matches!(t.stage, Stage::Ready));
            if is_ready {
                self.route(now_ns, id, out);
            }
        }
    }

    /// Routes what waited for a working master again.
    pub(in crate::node) fn wake_parked(&mut self) {
        for id in self.transactions.ids() {
            if self.transactions.get(id).is_some_and(|t| matches!(t.stage, Stage::Parked)) {
                self.transactions.make_ready(id);
            }
        }
    }

    fn route(&mut self, now_ns: u64, id: u64, out: &mut Vec<Output>) {
        match self.destination(id) {
            Destination::Closed => {
                let read = self.transactions.get(id).is_some_and(|t| t.kind == Kind::Read);
                let absent = read && self.config.defects.fires(Defect::AbsentForUnavailable);
                let code = if absent { ResultCode::NOT_FOUND } else { ResultCode::UNAVAILABLE };
                self.refuse(id, code, out);
            }
            Destination::Copy => self.read_copy(id, out),
            Destination::Nowhere => {
                if let Some(transaction) = self.transactions.get_mut(id) {
                    transaction.stage = Stage::Parked;
                }
            }
            Destination::Remote(master) => self.pass_on(now_ns, id, master, out),
            Destination::Here => match self.transactions.get(id).map(|t| t.kind) {
                Some(Kind::Read) => self.read(now_ns, id, out),
                Some(Kind::Write | Kind::Heal) => self.write(now_ns, id, out),
                None => {}
            },
        }
    }

    fn destination(&self, id: u64) -> Destination {
        let Some(transaction) = self.transactions.get(id) else { return Destination::Closed };
        // Between two rounds nobody serves; it takes a round trip or two.
        if self.membership.prepared.is_some() {
            return Destination::Nowhere;
        }
        let Some(plan) = self.membership.serving() else { return Destination::Closed };
        let namespace = &self.namespaces[transaction.namespace];
        let partition = transaction.partition();
        let planned = &plan.namespaces[transaction.namespace].partitions[partition];
        let relaxed = namespace.is_strong()
            && transaction.kind == Kind::Read
            && is_relaxed(&transaction.request);
        let duty = &namespace.duties[partition];
        if !planned.is_open() {
            let last_resort = transaction.request.info3.read_mode() == ReadMode::AllowUnavailable;
            let copy = namespace.copy(partition);
            let holds = !copy.records.is_empty() || !copy.stale.is_empty();
            let here = relaxed
                && last_resort
                && (holds || copy.claim.copy > 0)
                && self.may_show(copy, &transaction.digest);
            return if here { Destination::Copy } else { Destination::Closed };
        }
        if relaxed
            && planned.replicas.contains(&self.id)
            && !duty.filling
            && self.may_show(namespace.copy(partition), &transaction.digest)
        {
            return Destination::Copy;
        }
        // AP reads what a full replica has, unless all copies shall agree.
        let plain = !namespace.is_strong()
            && transaction.kind == Kind::Read
            && transaction.request.info3.read_mode() != ReadMode::Linearize
            && !transaction.request.info1.has(Info1::CONSISTENCY_ALL);
        let master_elsewhere = duty.working_master.is_some_and(|master| master != self.id);
        if plain && master_elsewhere && planned.replicas.contains(&self.id) && !duty.filling {
            return Destination::Copy;
        }
        match duty.working_master {
            Some(master) if master != self.id => {
                // The round's first working master has handed over.
                let was = planned.working_master == Some(self.id);
                if was && self.config.defects.fires(Defect::HandoverKeepsServing) {
                    Destination::Here
                } else {
                    Destination::Remote(master)
                }
            }
            Some(_) if duty.draining && !transaction.holds_turn => Destination::Nowhere,
            // Copies that were revived are merged before anybody sees them.
            Some(_) if namespace.is_strong() && !duty.duplicates.is_empty() => Destination::Nowhere,
            Some(_) => Destination::Here,
            None => Destination::Closed,
        }
    }

    /// Whether a relaxed read may show what is stored: a record that other copies may lack yet is
    /// for the master to settle first.
    fn may_show(&self, copy: &Partition, digest: &Digest) -> bool {
        let stored = copy.records.get(digest).or_else(|| copy.stale.get(digest));
        stored.is_none_or(|stored| stored.replication != Replication::Unreplicated)
            || self.config.defects.fires(Defect::UnreplicatedCopyShown)
    }

    /// Whether a request came from another node, which must then look for the master itself.
    pub(super) fn came_by_proxy(&self, id: u64) -> bool {
        self.transactions.get(id).is_some_and(|t| matches!(t.origin, Origin::Proxy { .. }))
    }
}
