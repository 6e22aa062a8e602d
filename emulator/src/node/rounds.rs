//! A node in a round: as its principal, and as a member.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::RngExt;

use super::membership::{Lead, LeadStep, dead_rounds};
use super::message::{Fabric, Output, RoundMessage};
use super::namespace::Namespace;
use super::plan::{Plan, Report};
use super::rebalance;
use super::round::{Round, RoundId};
use super::state::Node;
use super::storage::Claim;
use super::{Quiesce, Recluster};
use crate::partition::NodeId;

impl Node {
    /// Begins a round if one is due, or repeats what members of the one under way did not answer.
    pub(super) fn lead_rounds(&mut self, now_ns: u64, out: &mut Vec<Output>) {
        let due =
            self.membership.look(now_ns, self.id, &self.peers, &self.ledger, self.config.heartbeat);
        if let Some(members) = due {
            let number = self.ledger.accepted_number().max(self.peers.highest_accepted()) + 1;
            let key = self.random.random_range(1..1 << 48);
            let round = Round { id: RoundId { number, key }, members: members.into() };
            self.membership.lead =
                Some(Lead { round, since_ns: now_ns, step: LeadStep::Propose(BTreeMap::new()) });
        }
        self.ask_members(out);
    }

    /// Sends the question of the step under way to those who have not answered it.
    fn ask_members(&mut self, out: &mut Vec<Output>) {
        let Some(lead) = &self.membership.lead else { return };
        let id = lead.round.id;
        let (answered, question): (Vec<NodeId>, _) = match &lead.step {
            LeadStep::Propose(answers) => {
                (answers.keys().copied().collect(), RoundMessage::Propose(lead.round.clone()))
            }
            LeadStep::Gather { dead, reports } => {
                (reports.keys().copied().collect(), RoundMessage::Gather(id, Arc::clone(dead)))
            }
            LeadStep::Prepare { plan, prepared } => {
                (prepared.clone(), RoundMessage::Prepare(Arc::clone(plan)))
            }
        };
        for member in Arc::clone(&lead.round.members).iter() {
            if !answered.contains(member) {
                self.send(*member, Fabric::Round(question.clone()), out);
            }
        }
    }

    /// A message about a round arrives.
    pub(super) fn on_round(
        &mut self,
        now_ns: u64,
        from: NodeId,
        message: RoundMessage,
        out: &mut Vec<Output>,
    ) {
        match message {
            RoundMessage::Propose(round) => self.on_propose(from, &round, out),
            RoundMessage::Refuse(id) => self.on_refuse(id),
            RoundMessage::Gather(id, dead) if self.ledger.accepted == Some(id) => {
                if !dead.is_empty() {
                    self.undo(&dead);
                }
                let undone = |plan: &Arc<Plan>| dead.contains(&plan.round.id);
                if self.membership.prepared.as_ref().is_some_and(undone) {
                    self.membership.prepared = None;
                }
                self.membership.reported = Some(id);
                let quiesced = self.is_quiesced();
                let report =
                    |index: usize| self.namespaces[index].report(self.rack(index), quiesced);
                let namespaces = (0..self.namespaces.len()).map(report).collect();
                let report = RoundMessage::Report(id, Arc::new(Report { namespaces }));
                self.send(from, Fabric::Round(report), out);
            }
            RoundMessage::Prepare(plan) if self.ledger.accepted == Some(plan.round.id) => {
                self.prepare(&plan);
                self.send(from, Fabric::Round(RoundMessage::Prepared(plan.round.id)), out);
            }
            RoundMessage::Activate(id) => self.activate_if_prepared(now_ns, Some(id), out),
            RoundMessage::Accept(id, _)
            | RoundMessage::Report(id, _)
            | RoundMessage::Prepared(id) => self.on_answer(from, id, message, out),
            RoundMessage::Gather(..) | RoundMessage::Prepare(_) => {}
        }
    }

    fn on_propose(&mut self, from: NodeId, round: &Round, out: &mut Vec<Output>) {
        let id = round.id;
        let known = self.ledger.accepted == Some(id);
        let lawful = round.principal() == Some(from) && round.members.contains(&self.id);
        let answer = if lawful && (known || id.number > self.ledger.accepted_number()) {
            self.ledger.accept(id);
            RoundMessage::Accept(id, self.ledger.excerpt())
        } else {
            RoundMessage::Refuse(id)
        };
        self.send(from, Fabric::Round(answer), out);
    }

    /// A member knows a higher number: the round cannot be, a higher one may.
    fn on_refuse(&mut self, id: RoundId) {
        if self.membership.lead.as_ref().is_some_and(|lead| lead.round.id == id) {
            self.membership.lead = None;
            self.membership.forced = true;
        }
    }

    fn on_answer(
        &mut self,
        from: NodeId,
        id: RoundId,
        answer: RoundMessage,
        out: &mut Vec<Output>,
    ) {
        let Some(lead) = &mut self.membership.lead else { return };
        if lead.round.id != id || !lead.round.members.contains(&from) {
            return;
        }
        let members = lead.round.members.len();
        let next = match (&mut lead.step, answer) {
            (LeadStep::Propose(answers), RoundMessage::Accept(_, excerpt)) => {
                answers.insert(from, excerpt);
                (answers.len() == members).then(|| LeadStep::Gather {
                    dead: dead_rounds(answers).into(),
                    reports: BTreeMap::new(),
                })
            }
            (LeadStep::Gather { reports, .. }, RoundMessage::Report(_, report)) => {
                reports.insert(from, report);
                (reports.len() == members).then(|| {
                    let round = lead.round.clone();
                    let plan = rebalance::plan(round, &self.config, reports, &mut self.rows);
                    LeadStep::Prepare { plan: Arc::new(plan), prepared: Vec::new() }
                })
            }
            (LeadStep::Prepare { prepared, .. }, RoundMessage::Prepared(_)) => {
                if !prepared.contains(&from) {
                    prepared.push(from);
                }
                if prepared.len() == members {
                    let members = Arc::clone(&lead.round.members);
                    self.membership.lead = None;
                    for member in members.iter() {
                        self.send(*member, Fabric::Round(RoundMessage::Activate(id)), out);
                    }
                    return;
                }
                None
            }
            _ => None,
        };
        if let Some(step) = next {
            lead.step = step;
            self.ask_members(out);
        }
    }

    /// Notes a plan durably. From here on nothing of the round before is served or taken in.
    fn prepare(&mut self, plan: &Arc<Plan>) {
        let id = plan.round.id;
        let known = |known: &Option<Arc<Plan>>| known.as_ref().is_some_and(|p| p.round.id == id);
        if known(&self.membership.prepared) || known(&self.membership.active) {
            return;
        }
        let saved = self.claims();
        self.ledger.prepare(plan.round.clone(), saved);
        for (namespace, planned) in self.namespaces.iter_mut().zip(&plan.namespaces) {
            namespace.prepare(self.id, id, planned, &self.config.defects);
        }
        self.membership.prepared = Some(Arc::clone(plan));
    }

    /// The claims of all namespaces.
    fn claims(&self) -> Vec<Vec<Claim>> {
        self.namespaces.iter().map(Namespace::claims).collect()
    }

    /// Undoes rounds that were never served.
    fn undo(&mut self, dead: &[RoundId]) {
        let mut claims = self.claims();
        if self.ledger.undo(dead, &mut claims) {
            for (namespace, claims) in self.namespaces.iter_mut().zip(&claims) {
                namespace.restore_claims(claims);
            }
        }
    }

    /// Somebody serves a round; if it is the one that this node prepared, it serves it too.
    pub(super) fn activate_if_prepared(
        &mut self,
        now_ns: u64,
        id: Option<RoundId>,
        out: &mut Vec<Output>,
    ) {
        let Some(plan) = self.membership.prepared.clone().filter(|p| Some(p.round.id) == id) else {
            return;
        };
        let before = self.membership.active.clone();
        let settled = self.membership.reported.is_none_or(|reported| Some(reported) == id);
        let claims = self.claims();
        self.ledger.settle(plan.round.id, &claims);
        self.membership.activate(now_ns, Arc::clone(&plan));
        if settled {
            self.membership.reported = None;
        }
        for (index, planned) in plan.namespaces.iter().enumerate() {
            self.namespaces[index].activate(self.id, plan.round.id, planned);
            self.start_migrations(index);
        }
        // The first map is number 0.
        if self.membership.activations > 1 {
            self.partition_generation += 1;
        }
        let members = before.as_ref().map_or(&[][..], |plan| &plan.round.members);
        self.meet_peers(members);
        self.plan_migration(now_ns);
        self.renew_transactions(now_ns, before.as_deref(), out);
    }

    /// Whether the node wants to hold no data from the next rebalance on.
    pub(super) fn is_quiesced(&self) -> bool {
        self.quiesced || self.config.stays_quiesced(self.id)
    }

    /// Quiesces the node from the next rebalance on, or takes that back (`quiesce:`,
    /// `quiesce-undo:`). It is forgotten when the process ends.
    pub fn quiesce(&mut self, wanted: bool) -> Quiesce {
        if self.config.stays_quiesced(self.id) {
            return Quiesce::Permanent;
        }
        self.quiesced = wanted;
        Quiesce::Ok
    }

    /// Relies on a namespace's copies again, whatever became of them: from the next rebalance on
    /// dead partitions are served by all that is left, merged into the latest copy (`revive:`).
    /// False while a node of the roster is missing, whose copies may be better.
    pub fn revive(&mut self, namespace: &str) -> bool {
        let Some(index) = self.namespace_index(namespace) else { return false };
        let members = self.members();
        let space = &mut self.namespaces[index];
        if !space.is_strong() {
            return !members.is_empty();
        }
        let roster = space.kept.roster.current.as_ref();
        let whole = roster
            .is_some_and(|roster| roster.entries.iter().all(|entry| members.contains(&entry.node)));
        if whole {
            space.revive();
        }
        whole
    }

    /// Asks for a new round with the same members (`recluster:`).
    pub fn recluster(&mut self) -> Recluster {
        let Some(active) = self.membership.serving() else { return Recluster::Failed };
        if active.round.principal() != Some(self.id) {
            return Recluster::IgnoredByNonPrincipal;
        }
        if self.membership.lead.is_some() || self.membership.prepared.is_some() {
            return Recluster::Failed;
        }
        self.membership.forced = true;
        Recluster::Ok
    }
}
