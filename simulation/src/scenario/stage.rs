//! The stage of a scenario: an emulated cluster in virtual time, its clients, its operator.

use std::collections::BTreeMap;

use emulator::world::{Channels, End, Interruption, InterruptionId, Link, Ticket, World};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use super::account::{Account, Expected, Finding, Observed, Step};
use super::book::Book;
use super::cast::Cast;
use super::client::{Client, Done, Reads};
use super::load::{Act, Open, Verb, Worker};
use super::{Scenario, Settings};
use crate::agenda::Agenda;

pub(super) const MS: u64 = 1_000_000;
pub(super) const SECOND: u64 = 1000 * MS;

/// See the module.
pub(super) struct Stage {
    pub(super) cast: Cast,
    pub(super) world: World,
    pub(super) clients: Vec<Client>,
    pub(super) workers: Vec<Worker>,
    pub(super) open: BTreeMap<Ticket, Open>,
    pub(super) tends: BTreeMap<Ticket, (usize, u8)>,
    pub(super) done: Vec<Done>,
    pub(super) book: Book,
    pub(super) last_ticket: u64,
    agenda: Agenda<Act>,
    random: ChaCha8Rng,
    account: Account,
}

impl Stage {
    /// How long a cluster has to form, or to notice that it was cut.
    const NOTICE_NS: u64 = 5 * SECOND;
    /// How long migrations may last.
    const SETTLING_NS: u64 = 600 * SECOND;

    /// Starts the cluster, without its standby nodes.
    pub(super) fn new(scenario: &Scenario, cast: Cast, settings: &Settings) -> Self {
        let mut world = World::new(cast.world(), settings.seed);
        for (node, member) in (0u8..).zip(&cast.nodes) {
            if member.standby {
                world.kill(node);
            }
        }
        Self {
            cast,
            world,
            clients: Vec::new(),
            workers: Vec::new(),
            open: BTreeMap::new(),
            tends: BTreeMap::new(),
            done: Vec::new(),
            book: Book::default(),
            last_ticket: 0,
            agenda: Agenda::default(),
            random: ChaCha8Rng::seed_from_u64(settings.seed),
            account: Account { scenario: scenario.name, steps: Vec::new() },
        }
    }

    /// Begins a step.
    pub(super) fn step(&mut self, title: &str) {
        self.end_step();
        self.account.steps.push(Step {
            title: title.to_owned(),
            commands: Vec::new(),
            at_ms: 0,
            findings: Vec::new(),
            nodes: Vec::new(),
        });
    }

    fn end_step(&mut self) {
        let (at_ms, nodes) = (self.world.now_ns() / MS, self.rows());
        if let Some(step) = self.account.steps.last_mut() {
            step.at_ms = at_ms;
            step.nodes = nodes;
        }
    }

    /// Says what should be seen and what is.
    pub(super) fn expect(
        &mut self,
        what: impl Into<String>,
        expected: impl Into<Expected>,
        observed: impl Into<Observed>,
    ) {
        let finding =
            Finding { what: what.into(), expected: expected.into(), observed: observed.into() };
        if let Some(step) = self.account.steps.last_mut() {
            step.findings.push(finding);
        }
    }

    /// The scenario is over.
    pub(super) fn end(mut self) -> Account {
        self.end_step();
        self.account
    }

    pub(super) fn ticket(&mut self) -> Ticket {
        self.last_ticket += 1;
        Ticket(self.last_ticket)
    }

    pub(super) fn plan(&mut self, at_ns: u64, act: Act) {
        self.agenda.plan(at_ns, act);
    }

    /// Lets time pass until `end_ns`, or until `done`, which is looked at after every event of the
    /// clients.
    pub(super) fn pass(&mut self, end_ns: u64, done: impl Fn(&Self) -> bool) {
        while !done(self) {
            let act = self.agenda.next_ns().unwrap_or(u64::MAX);
            let world = self.world.next_deadline_ns().unwrap_or(u64::MAX);
            let next_ns = act.min(world);
            if next_ns > end_ns {
                self.world.advance(end_ns);
                self.hear();
                return;
            }
            self.world.advance(next_ns);
            self.hear();
            while let Some(act) = self.agenda.due(self.world.now_ns()) {
                self.act(act);
            }
        }
    }

    /// Lets time pass.
    pub(super) fn run_for(&mut self, ns: u64) {
        self.pass(self.world.now_ns() + ns, |_| false);
    }

    /// Lets the cluster notice what happened to it, without waiting for migrations.
    pub(super) fn notice(&mut self) {
        self.run_for(Self::NOTICE_NS);
    }

    /// Lets the cluster notice what happened to it, and its migrations end.
    pub(super) fn settle(&mut self) {
        self.notice();
        let end_ns = self.world.now_ns() + Self::SETTLING_NS;
        while self.migrations(&self.all()) > 0 && self.world.now_ns() < end_ns {
            self.run_for(SECOND / 2);
        }
        // Clients learn the last map.
        self.run_for(3 * SECOND);
    }

    /// All nodes.
    pub(super) fn all(&self) -> Vec<u8> {
        (0..self.cast.nodes.len() as u8).collect()
    }

    /// The nodes of a site.
    pub(super) fn site(&self, site: u8) -> Vec<u8> {
        let here = |node: &u8| self.cast.nodes[usize::from(*node)].site == site;
        self.all().into_iter().filter(here).collect()
    }

    /// Everybody but these.
    pub(super) fn others(&self, nodes: &[u8]) -> Vec<u8> {
        self.all().into_iter().filter(|node| !nodes.contains(node)).collect()
    }

    /// A new client at a site, which knows nothing yet; it has asked every node once when this
    /// returns.
    pub(super) fn client(&mut self, site: u8, reads: Reads) -> usize {
        self.clients.push(Client { site, reads, ..Client::default() });
        let client = self.clients.len() - 1;
        self.plan(self.world.now_ns(), Act::Tend { client });
        self.run_for(SECOND / 2);
        client
    }

    /// Cuts these nodes off from all others, and the clients of the sites where only others stand
    /// off from them, and the other way round.
    pub(super) fn cut(&mut self, nodes: &[u8]) -> Option<InterruptionId> {
        let others = self.others(nodes);
        let site = |node: &u8| self.cast.nodes[usize::from(*node)].site;
        let mut links = Vec::new();
        for (ours, theirs) in [(nodes, &*others), (&*others, nodes)] {
            for to in theirs {
                links.extend(
                    ours.iter().map(|from| Link { from: End::Node(*from), to: End::Node(*to) }),
                );
                let mut sites: Vec<u8> = ours.iter().map(site).collect();
                sites.retain(|one| !theirs.iter().any(|node| site(node) == *one));
                sites.dedup();
                links.extend(sites.iter().flat_map(|from| {
                    let link = Link { from: End::Site(*from), to: End::Node(*to) };
                    [link, link.reversed()]
                }));
            }
        }
        self.world.interrupt(&links, Channels::ALL, Interruption::Cut).ok()
    }

    /// Cuts the clients of a site off from nodes that otherwise stay as they are.
    pub(super) fn cut_clients(&mut self, site: u8, nodes: &[u8]) -> Option<InterruptionId> {
        let links: Vec<Link> = nodes
            .iter()
            .map(|node| Link { from: End::Site(site), to: End::Node(*node) })
            .flat_map(|link| [link, link.reversed()])
            .collect();
        self.world.interrupt(&links, Channels::ALL, Interruption::Cut).ok()
    }

    /// Lifts a cut.
    pub(super) fn heal(&mut self, cut: Option<InterruptionId>) {
        let healed = cut.map(|cut| self.world.restore(cut));
        debug_assert!(healed.is_some_and(|healed| healed.is_ok()), "it was in force");
    }

    /// The operator gives a node a command; its answer. Nothing is answered by a dead node.
    pub(super) fn command(&mut self, node: u8, command: &str) -> String {
        let line = format!("{command}\n");
        let answer = self.world.info(node, &line).unwrap_or_default();
        answer.trim_end().split_once('\t').map_or_else(String::new, |(_, value)| value.to_owned())
    }

    /// The operator gives nodes a command, which the step notes.
    pub(super) fn order(&mut self, nodes: &[u8], command: &str) -> Vec<String> {
        let names: Vec<String> = nodes.iter().map(|node| self.name(*node)).collect();
        if let Some(step) = self.account.steps.last_mut() {
            step.commands.push(format!("{command}  [{}]", names.join(" ")));
        }
        nodes.iter().map(|node| self.command(*node, command)).collect()
    }

    /// `recluster:` to these nodes, of which only the principal acts.
    pub(super) fn recluster(&mut self, nodes: &[u8]) {
        self.order(nodes, "recluster:");
    }

    /// Sets the pending roster of a node's cluster.
    pub(super) fn set_roster(&mut self, node: u8, nodes: &[u8]) {
        let entry = |node: &u8| {
            let member = self.cast.nodes[usize::from(*node)];
            match member.rack {
                0 => format!("{:X}", member.id),
                rack => format!("{:X}@{rack}", member.id),
            }
        };
        let roster: Vec<String> = nodes.iter().map(entry).collect();
        let namespace = crate::cluster::NAMESPACE;
        self.order(
            &[node],
            &format!("roster-set:namespace={namespace};nodes={}", roster.join(",")),
        );
    }

    /// How a node is named.
    pub(super) fn name(&self, node: u8) -> String {
        format!("{:X}", self.cast.nodes[usize::from(node)].id)
    }

    /// The keys `0..count` in an order of chance.
    pub(super) fn shuffled(&mut self, count: u64) -> Vec<u64> {
        let mut keys: Vec<u64> = (0..count).collect();
        keys.shuffle(&mut self.random);
        keys
    }

    /// How many records of which a write was acknowledged are read with something else, or not at
    /// all.
    pub(super) fn lost(&mut self, client: usize) -> u64 {
        let keys = self.book.acknowledged();
        let done = self.each(client, Verb::Read, &keys);
        done.iter().filter(|one| !self.book.is_kept(one.key, one.value)).count() as u64
    }
}
