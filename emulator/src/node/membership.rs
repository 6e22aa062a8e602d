//! Membership: which round a node has accepted, prepared and serves, and when it wants another.
//!
//! A round has four steps, led by the member with the highest id:
//! *propose* (members accept the number and promise to prepare no lower one), *gather* (members
//! report what they hold), *prepare* (members note the plan durably and stop serving the round
//! before), *activate* (everybody has prepared, so everybody serves). A round that not all its
//! members prepared was never served by anyone, and can be undone: also when a later round has been
//! served meanwhile, by fewer members, for the partitions that this one left as they were.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Heartbeat;
use super::heartbeat::Peers;
use super::plan::{Plan, Report};
use super::round::{Round, RoundId};
use super::storage::Claim;
use crate::partition::NodeId;

/// What a node durably knows of rounds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Ledger {
    /// The highest round that it accepted.
    pub accepted: Option<RoundId>,
    /// The rounds that it prepared and did not undo, the latest last.
    prepared: VecDeque<RoundId>,
    /// From which number on `prepared` is complete.
    complete_from: u64,
    /// The rounds of which it does not know that everybody prepared them, and on which a claim
    /// stands, the latest last, each with the claims that stood before it (by namespace).
    open: Vec<(Round, Vec<Vec<Claim>>)>,
    /// How often it was changed.
    #[serde(skip)]
    changes: u64,
}

impl Ledger {
    const REMEMBERED: usize = 256;

    /// The ledger of a node that lost its storage: it cannot tell what it prepared before.
    #[must_use]
    pub fn after_loss() -> Self {
        Self { complete_from: u64::MAX, ..Self::default() }
    }

    /// The number of the highest round accepted; 0: none.
    #[must_use]
    pub fn accepted_number(&self) -> u64 {
        self.accepted.map_or(0, |round| round.number)
    }

    /// How often it was changed in this process.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Accepts a round.
    pub fn accept(&mut self, round: RoundId) {
        self.changes += 1;
        self.complete_from = self.complete_from.min(round.number);
        self.accepted = Some(round);
    }

    /// Notes that a round was prepared; `saved` are the claims that stood before.
    pub fn prepare(&mut self, round: Round, saved: Vec<Vec<Claim>>) {
        self.changes += 1;
        if self.prepared.len() == Self::REMEMBERED {
            let dropped = self.prepared.pop_front().map_or(0, |round| round.number);
            self.complete_from = self.complete_from.max(dropped + 1);
        }
        self.prepared.push_back(round.id);
        self.open.push((round, saved));
    }

    /// Everybody prepared a round; `claims` are those that stand in it. Rounds before it need no
    /// undoing once no claim stands on them. A partition that the round could not serve still does.
    pub fn settle(&mut self, settled: RoundId, claims: &[Vec<Claim>]) {
        self.changes += u64::from(!self.open.is_empty());
        let mut kept: Vec<(Round, Vec<Vec<Claim>>)> = Vec::new();
        for (round, saved) in self.open.drain(..).rev() {
            let below = |claims: &[Vec<Claim>]| {
                claims.iter().flatten().any(|claim| claim.last_available == round.id.number)
            };
            let needed = below(claims) || kept.iter().any(|(_, saved)| below(saved));
            if needed && round.id != settled {
                kept.push((round, saved));
            }
        }
        kept.reverse();
        self.open = kept;
    }

    /// What the principal must know to tell which rounds were never served.
    #[must_use]
    pub fn excerpt(&self) -> LedgerExcerpt {
        LedgerExcerpt {
            open: self.open.iter().map(|(round, _)| round.clone()).collect(),
            prepared: self.prepared.iter().copied().collect(),
            complete_from: self.complete_from,
        }
    }

    /// Undoes rounds that were never served: `claims` that stand on them go back to what stood
    /// before. True if any did.
    pub fn undo(&mut self, dead: &[RoundId], claims: &mut [Vec<Claim>]) -> bool {
        self.changes += 1;
        self.prepared.retain(|round| !dead.contains(round));
        let mut changed = false;
        while let Some(index) = self.open.iter().rposition(|(round, _)| dead.contains(&round.id)) {
            let (round, before) = self.open.remove(index);
            // What a later round goes back to must not be this one.
            for (_, saved) in &mut self.open[index..] {
                go_back(saved, round.id, &before);
            }
            changed |= go_back(claims, round.id, &before);
        }
        changed
    }
}

/// Lets claims that stand on a round be what they were before it. True if any did.
fn go_back(claims: &mut [Vec<Claim>], round: RoundId, before: &[Vec<Claim>]) -> bool {
    let mut changed = false;
    for (claim, before) in claims.iter_mut().flatten().zip(before.iter().flatten()) {
        if claim.last_available == round.number {
            *claim = *before;
            changed = true;
        }
    }
    changed
}

/// A part of a node's [`Ledger`], as it tells the principal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LedgerExcerpt {
    open: Vec<Round>,
    prepared: Vec<RoundId>,
    complete_from: u64,
}

/// The open rounds that were never served: a member that is here has not prepared them, and will
/// not, since it accepted a later one.
#[must_use]
pub fn dead_rounds(excerpts: &BTreeMap<NodeId, LedgerExcerpt>) -> Vec<RoundId> {
    let mut dead: Vec<RoundId> = excerpts
        .values()
        .flat_map(|excerpt| &excerpt.open)
        .filter(|round| {
            round.members.iter().any(|member| {
                excerpts.get(member).is_some_and(|excerpt| {
                    !excerpt.prepared.contains(&round.id)
                        && round.id.number >= excerpt.complete_from
                })
            })
        })
        .map(|round| round.id)
        .collect();
    dead.sort_unstable();
    dead.dedup();
    dead
}

/// Why the principal wants a new round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// An operator asked for it, or a round was begun and given up.
    Forced,
    /// A member is gone.
    Departure,
    /// A node without a cluster is here, or a member is in another round.
    Arrival,
    /// A node of another cluster is here.
    Merge,
    /// Nobody else is here.
    Alone,
}

impl Change {
    /// How long the change must last before a round begins. Source: the server's clustering acts
    /// once per quantum interval, counted from the last heartbeat of a departed node; the timing of
    /// joins and merges follows measurements of a real server.
    fn delay_ns(self, heartbeat: Heartbeat) -> u64 {
        let quantum = heartbeat.quantum_ns();
        match self {
            Self::Forced => 0,
            Self::Departure => quantum.saturating_sub(heartbeat.node_timeout_ns()),
            Self::Arrival => quantum / 2,
            Self::Merge | Self::Alone => quantum,
        }
    }
}

/// The leading of a round.
#[derive(Debug)]
pub struct Lead {
    /// The round.
    pub round: Round,
    /// Since when.
    pub since_ns: u64,
    /// The step, with the answers so far.
    pub step: LeadStep,
}

/// Where a led round stands.
#[derive(Debug)]
pub enum LeadStep {
    /// Members are asked to accept.
    Propose(BTreeMap<NodeId, LedgerExcerpt>),
    /// Members are asked what they hold.
    Gather {
        /// The rounds that were never served.
        dead: Arc<[RoundId]>,
        /// What members reported.
        reports: BTreeMap<NodeId, Arc<Report>>,
    },
    /// Members are asked to note the plan.
    Prepare {
        /// The plan.
        plan: Arc<Plan>,
        /// Who has.
        prepared: Vec<NodeId>,
    },
}

/// A node's place in the cluster.
#[derive(Debug)]
pub struct Membership {
    /// Rises with every start of the process.
    pub incarnation: u64,
    /// The round in force here.
    pub active: Option<Arc<Plan>>,
    /// A later round that is prepared; nothing is served until it is active.
    pub prepared: Option<Arc<Plan>>,
    /// The round for which this node has reported its copies: until it is over, no copy may change
    /// its standing.
    pub reported: Option<RoundId>,
    /// Since when the node has no cluster that it can rely on, in ns.
    pub orphan_since_ns: Option<u64>,
    /// It was an orphan for too long and serves nothing.
    pub frozen: bool,
    /// The round that it leads.
    pub lead: Option<Lead>,
    /// A new round is wanted whatever else holds.
    pub forced: bool,
    /// When a round became active last (or the node started), in ns.
    pub changed_ns: u64,
    /// Rounds that became active here.
    pub activations: u64,
    wanted: BTreeMap<Change, u64>,
    strayed_ns: Option<u64>,
    parted_ns: Option<u64>,
}

impl Membership {
    /// After how many quantum intervals an orphan serves nothing any more.
    const ORPHAN_QUANTA: u64 = 5;
    /// After how many heartbeat intervals a principal that is heard, but with which no cluster can
    /// be formed, counts as gone. When two clusters meet, nodes hear of each other in turn, and for
    /// an interval or two nobody knows of everybody that they hear each other.
    const PARTED_INTERVALS: u64 = 2;

    /// A node that just started.
    #[must_use]
    pub fn new(incarnation: u64, now_ns: u64) -> Self {
        Self {
            incarnation,
            active: None,
            prepared: None,
            reported: None,
            orphan_since_ns: Some(now_ns),
            frozen: false,
            lead: None,
            forced: false,
            changed_ns: now_ns,
            activations: 0,
            wanted: BTreeMap::new(),
            strayed_ns: None,
            parted_ns: None,
        }
    }

    /// The round in force; `None` before the first and once frozen.
    #[must_use]
    pub fn serving(&self) -> Option<&Arc<Plan>> {
        self.active.as_ref().filter(|_| !self.frozen)
    }

    /// The name of the round in force.
    #[must_use]
    pub fn active_id(&self) -> Option<RoundId> {
        self.serving().map(|plan| plan.round.id)
    }

    /// Whether copies may change their standing: not between a report and the round that it is for.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.prepared.is_none()
            && self.reported.is_none_or(|reported| Some(reported) == self.active_id())
    }

    /// Looks at the peers. Returns the members of a round that this node shall lead now.
    pub fn look(
        &mut self,
        now_ns: u64,
        me: NodeId,
        peers: &Peers,
        ledger: &Ledger,
        heartbeat: Heartbeat,
    ) -> Option<Vec<NodeId>> {
        let clique = peers.clique(me);
        self.watch_orphanage(now_ns, me, &clique, peers, heartbeat);
        if clique.first() != Some(&me) {
            self.wanted.clear();
            self.lead = None;
            return None;
        }
        if let Some(lead) = &self.lead {
            let stale = now_ns >= lead.since_ns + heartbeat.quantum_ns();
            let lost = lead.round.members.iter().any(|member| !clique.contains(member));
            if !stale && !lost {
                return None;
            }
            self.lead = None;
            self.forced = true;
        }
        let wanted = self.changes(&clique, peers, ledger);
        self.wanted.retain(|change, _| wanted.contains(change));
        for change in wanted {
            self.wanted.entry(change).or_insert(now_ns);
        }
        let due =
            self.wanted.iter().map(|(change, since)| since + change.delay_ns(heartbeat)).min()?;
        let rested = self.changed_ns + heartbeat.quantum_ns() / 2;
        if now_ns < due || (now_ns < rested && !self.forced) {
            return None;
        }
        self.wanted.clear();
        self.forced = false;
        Some(clique)
    }

    fn changes(&self, clique: &[NodeId], peers: &Peers, ledger: &Ledger) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.forced {
            changes.push(Change::Forced);
        }
        let Some(active) = self.active.as_ref().filter(|_| !self.frozen) else {
            let alone = clique.len() == 1;
            if !alone {
                changes.push(Change::Arrival);
            } else if peers.is_empty() {
                changes.push(Change::Alone);
            }
            return changes;
        };
        let round = &active.round;
        if clique.len() == 1 && round.members.len() > 1 {
            // Who hears old peers that do not hear him is no cluster of his own.
            if peers.is_empty() {
                changes.push(Change::Alone);
            }
            return changes;
        }
        if round.members.iter().any(|member| !clique.contains(member)) {
            changes.push(Change::Departure);
        }
        for beat in clique.iter().filter_map(|node| Some((*node, peers.beat(*node)?))) {
            let (node, beat) = beat;
            if !round.members.contains(&node) {
                let homeless = beat.orphan || beat.active.is_none();
                changes.push(if homeless { Change::Arrival } else { Change::Merge });
            } else if beat.active != Some(round.id) || beat.accepted > round.id.number {
                changes.push(Change::Arrival);
            }
        }
        if ledger.accepted_number() > round.id.number {
            changes.push(Change::Arrival);
        }
        changes
    }

    /// Becomes an orphan when the principal is gone (at once if nobody hears it any more, else when
    /// that lasts), or has moved on without this node, and freezes when that lasts.
    fn watch_orphanage(
        &mut self,
        now_ns: u64,
        me: NodeId,
        clique: &[NodeId],
        peers: &Peers,
        heartbeat: Heartbeat,
    ) {
        if let Some(active) = &self.active {
            let principal = active.round.principal().filter(|principal| *principal != me);
            // Who hears his old peers but is not heard has lost them all the same.
            let unheard = clique.len() == 1 && active.round.members.len() > 1 && !peers.is_empty();
            let parted = principal.filter(|principal| !clique.contains(principal));
            let gone = match parted {
                Some(principal) if peers.beat(principal).is_some() => {
                    let since = *self.parted_ns.get_or_insert(now_ns);
                    now_ns >= since + Self::PARTED_INTERVALS * heartbeat.interval_ns()
                }
                parted => {
                    self.parted_ns = None;
                    parted.is_some()
                }
            };
            // A cluster that waits to be merged into another has its principal still.
            let elsewhere = principal
                .and_then(|principal| peers.beat(principal))
                .is_some_and(|beat| beat.active != Some(active.round.id));
            if elsewhere {
                let since = *self.strayed_ns.get_or_insert(now_ns);
                if now_ns >= since + heartbeat.quantum_ns() {
                    self.orphan_since_ns.get_or_insert(now_ns);
                }
            } else {
                self.strayed_ns = None;
            }
            if unheard || gone {
                self.orphan_since_ns.get_or_insert(now_ns);
            }
        }
        let limit = Self::ORPHAN_QUANTA * heartbeat.quantum_ns();
        if self.orphan_since_ns.is_some_and(|since| now_ns >= since + limit) {
            self.frozen = true;
        }
    }

    /// A prepared round becomes the active one.
    pub fn activate(&mut self, now_ns: u64, plan: Arc<Plan>) {
        self.active = Some(plan);
        self.prepared = None;
        self.orphan_since_ns = None;
        self.strayed_ns = None;
        self.parted_ns = None;
        self.frozen = false;
        self.changed_ns = now_ns;
        self.activations += 1;
        self.wanted.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(number: u64, members: &[u64]) -> Round {
        let members = members.iter().map(|id| NodeId(*id)).collect();
        Round { id: RoundId { number, key: number }, members }
    }

    fn claims(last_available: u64) -> Vec<Vec<Claim>> {
        vec![vec![Claim { last_available, copy: last_available, full: true, evade: false }]]
    }

    fn prepared(rounds: &[&Round]) -> Ledger {
        let mut ledger = Ledger::default();
        for round in rounds {
            ledger.accept(round.id);
            ledger.prepare((*round).clone(), claims(round.id.number - 1));
        }
        ledger
    }

    fn dead(ledgers: &[(u64, &Ledger)]) -> Vec<u64> {
        let excerpts = ledgers.iter().map(|(id, one)| (NodeId(*id), one.excerpt())).collect();
        dead_rounds(&excerpts).iter().map(|round| round.number).collect()
    }

    #[test]
    fn a_round_is_dead_only_if_a_member_is_here_that_did_not_prepare_it() {
        let five = round(5, &[3, 2, 1]);
        let (with, without) = (prepared(&[&five]), Ledger::default());
        assert_eq!(dead(&[(1, &with), (2, &without)]), [5]);
        assert_eq!(dead(&[(1, &with), (2, &with)]), [] as [u64; 0], "3 may have served it");
        assert_eq!(dead(&[(1, &with), (4, &without)]), [] as [u64; 0], "4 is no member");
        assert_eq!(dead(&[(1, &with), (2, &Ledger::after_loss())]), [] as [u64; 0]);
    }

    /// The claims of a namespace with one partition for each.
    fn standing(last_available: &[u64]) -> Vec<Vec<Claim>> {
        vec![last_available.iter().flat_map(|round| claims(*round).remove(0)).collect()]
    }

    fn undone(ledger: &mut Ledger, dead: &[&Round], mut from: Vec<Vec<Claim>>) -> Vec<Vec<Claim>> {
        let dead: Vec<RoundId> = dead.iter().map(|round| round.id).collect();
        let before = from.clone();
        assert_eq!(ledger.undo(&dead, &mut from), from != before);
        from
    }

    #[test]
    fn what_was_served_is_never_undone() {
        let five = round(5, &[2, 1]);
        let mut served = prepared(&[&five]);
        served.settle(five.id, &claims(5));
        assert_eq!(dead(&[(1, &served), (2, &Ledger::default())]), [] as [u64; 0]);
        assert_eq!(undone(&mut served, &[&five], claims(5)), claims(5));
    }

    #[test]
    fn undoing_goes_back_past_dead_rounds_and_skips_those_below_one_that_stands() {
        let (five, six) = (round(5, &[2, 1]), round(6, &[2, 1]));
        assert_eq!(undone(&mut prepared(&[&five, &six]), &[&five, &six], claims(6)), claims(4));
        assert_eq!(undone(&mut prepared(&[&five, &six]), &[&six], claims(6)), claims(5));
        let mut ledger = prepared(&[&five, &six]);
        assert_eq!(undone(&mut ledger, &[&five], claims(6)), claims(6), "the upper one stands");
        assert_eq!(undone(&mut ledger, &[&six], claims(6)), claims(4), "on what was before 5");
    }

    #[test]
    fn a_round_that_was_served_settles_none_before_it_where_it_served_nothing() {
        // All six were to take part in round 7, and node 1 was cut off before it heard the plan. The
        // others went on in round 8 without it, which could serve the second partition alone.
        let (seven, eight) = (round(7, &[3, 2, 1]), round(8, &[3, 2]));
        let mut ledger = Ledger::default();
        ledger.accept(seven.id);
        ledger.prepare(seven.clone(), standing(&[6, 6]));
        ledger.accept(eight.id);
        ledger.prepare(eight.clone(), standing(&[7, 7]));
        ledger.settle(eight.id, &standing(&[7, 8]));
        assert_eq!(dead(&[(2, &ledger), (3, &ledger)]), [] as [u64; 0], "1 may have served it");
        assert_eq!(dead(&[(1, &Ledger::default()), (2, &ledger)]), [7]);
        assert_eq!(undone(&mut ledger, &[&seven], standing(&[7, 8])), standing(&[6, 8]));
        assert!(ledger.open.is_empty() && ledger.prepared == [eight.id]);
    }

    #[test]
    fn rounds_on_which_no_claim_stands_are_forgotten() {
        let (seven, eight) = (round(7, &[3, 2, 1]), round(8, &[3, 2]));
        let mut ledger = prepared(&[&seven, &eight]);
        ledger.settle(eight.id, &claims(8));
        assert!(ledger.open.is_empty());
        // Round 8 went back to 7, and neither is known to have been prepared by all.
        let nine = round(9, &[3, 2]);
        let mut ledger = prepared(&[&seven, &eight, &nine]);
        ledger.settle(nine.id, &claims(8));
        let open: Vec<u64> = ledger.open.iter().map(|(round, _)| round.id.number).collect();
        assert_eq!(open, [7, 8]);
    }
}
