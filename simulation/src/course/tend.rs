//! How the clients of a course come to know nodes and their partitions.

use std::collections::BTreeSet;

use emulator::world::Ticket;
use history::{Call, Mode, ReadMode};

use super::{Act, Course, MS};
use crate::client::{Peers, Tended};
use crate::cluster::{NAMESPACE, NODES};

/// What a node is asked about itself and its peers.
const ABOUT_PEERS: &[u8] = b"partition-generation\npeers-clear-std\n";
/// The tend of a site's client.
#[derive(Debug, Default)]
pub(super) struct Tending {
    stage: Stage,
    /// Its questions that nobody has answered yet.
    open: BTreeSet<Ticket>,
}

/// What a tend asks for.
#[derive(Clone, Copy, Debug, Default)]
enum Stage {
    #[default]
    Refresh,
    Peers,
    Maps,
}

impl Course<'_> {
    /// The client of a site asks the nodes that it knows whether their partitions have changed.
    pub(super) fn tend(&mut self, site: u8) {
        self.tending[usize::from(site)].stage = Stage::Refresh;
        for node in self.known[usize::from(site)].begin(0..NODES) {
            self.ask_node(site, node, b"partition-generation\n");
        }
    }

    fn ask_node(&mut self, site: u8, node: u8, commands: &[u8]) {
        let ticket = self.ticket();
        self.tends.insert(ticket, (site, node));
        self.tending[usize::from(site)].open.insert(ticket);
        self.world.request_info(node, site, ticket, commands);
        self.plan(self.world.now_ns() + self.timeout_ns(), Act::GiveUp { ticket });
    }

    /// A question of a tend has come to its end: with the last one, the tend moves on.
    pub(super) fn move_on(&mut self, site: u8, ticket: Ticket) {
        let of = usize::from(site);
        if !self.tending[of].open.remove(&ticket) {
            return;
        }
        while self.tending[of].open.is_empty() {
            match self.tending[of].stage {
                Stage::Refresh => {
                    self.tending[of].stage = Stage::Peers;
                    for node in self.known[of].answered() {
                        self.ask_node(site, node, ABOUT_PEERS);
                    }
                }
                Stage::Peers => {
                    self.tending[of].stage = Stage::Maps;
                    for node in self.reconsider(site) {
                        self.ask_node(site, node, b"replicas\npartition-generation\n");
                    }
                }
                Stage::Maps => {
                    self.plan(self.world.now_ns() + self.night.tend_ms * MS, Act::Tend { site });
                    return;
                }
            }
        }
    }

    /// Draws conclusions from what nodes said of themselves and their peers. Returns whose maps are
    /// wanted.
    fn reconsider(&mut self, site: u8) -> Vec<u8> {
        let map = &mut self.maps[usize::from(site)];
        let changes = self.known[usize::from(site)].conclude(|node| map.is_mapped(node));
        changes.dropped.into_iter().for_each(|node| map.forget(node));
        changes.back.into_iter().for_each(|node| map.ask_again(node));
        let maps = changes.maps.into_iter();
        maps.filter(|(node, generation)| map.is_new(*node, *generation))
            .map(|(node, _)| node)
            .collect()
    }

    /// The node to which a client sends: the first copy at a node that it knows. Session reads ask
    /// the master only.
    pub(super) fn mapped(&self, site: u8, partition: u16, call: &Call) -> Option<u8> {
        let (known, map) = (&self.known[usize::from(site)], &self.maps[usize::from(site)]);
        if *call == Call::Read
            && self.night.mode == Mode::Sc
            && self.night.read_mode == ReadMode::Session
        {
            return map.master(partition).filter(|node| known.knows(*node));
        }
        map.holders(partition).into_iter().find(|node| known.knows(*node))
    }

    /// Takes in what a node says when it is tended.
    pub(super) fn learn(&mut self, site: u8, node: u8, bytes: &[u8]) {
        let Some(Tended { generation, replicas, peers }) = Tended::read(bytes) else { return };
        if let Some(value) = replicas {
            self.maps[usize::from(site)].merge(node, generation, &value, NAMESPACE);
            return;
        }
        let known = &mut self.known[usize::from(site)];
        known.hear(node, generation);
        let Some(Peers { generation, ids }) = peers else { return };
        let index = |id: u64| self.topology.nodes.iter().position(|node| node.id.0 == id);
        let named = ids.into_iter().filter_map(index).map(|node| node as u8).collect();
        for stranger in known.hear_of(node, generation, named) {
            self.ask_node(site, stranger, ABOUT_PEERS);
        }
    }
}
