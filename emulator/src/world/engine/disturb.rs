//! What befalls nodes and links: interruptions, kills, pauses, clocks that are off.

use super::{
    Answer, Channel, Channels, End, Fate, Interruption, InterruptionId, Link, Load, Node, Storage,
    Ticket, World, WorldError,
};
use crate::defect::Defect;

impl World {
    /// Interrupts links.
    ///
    /// # Errors
    /// An end that does not exist.
    pub fn interrupt(
        &mut self,
        links: &[Link],
        channels: Channels,
        interruption: Interruption,
    ) -> Result<InterruptionId, WorldError> {
        let exists = |end: End| match end {
            End::Node(node) => usize::from(node) < self.slots.len(),
            End::Site(site) => site < self.config.sites,
        };
        if !links.iter().all(|link| exists(link.from) && exists(link.to)) {
            return Err(WorldError::NoSuchEnd);
        }
        let id = self.network.interrupt(links.to_vec(), channels, interruption);
        if interruption == Interruption::Close {
            self.reset_clients(links);
        }
        Ok(id)
    }

    /// Closes the clients' connections over links.
    fn reset_clients(&mut self, links: &[Link]) {
        let over = |node: u8, site: u8| {
            let request = Link { from: End::Site(site), to: End::Node(node) };
            links.contains(&request) || links.contains(&request.reversed())
        };
        let closed: Vec<Ticket> = self
            .open
            .iter()
            .filter(|(_, (node, site))| over(*node, *site))
            .map(|(ticket, _)| *ticket)
            .collect();
        for ticket in closed {
            self.open.remove(&ticket);
            self.answers.push((ticket, Answer::Close));
        }
    }

    /// Lifts an interruption; links that nothing else interrupts are open again.
    ///
    /// # Errors
    /// Not an interruption in force.
    pub fn restore(&mut self, interruption: InterruptionId) -> Result<(), WorldError> {
        let (links, kind) =
            self.network.restore(interruption).ok_or(WorldError::NoSuchInterruption)?;
        for link in links {
            for channel in [Channel::Fabric, Channel::Service] {
                if self.network.fate(link, channel) == Fate::Pass {
                    self.release(interruption, link, channel, kind);
                }
            }
        }
        Ok(())
    }

    /// Delivers what a link held back; after a cut, only what belongs to connections that survived.
    fn release(&mut self, id: InterruptionId, link: Link, channel: Channel, kind: Interruption) {
        let Some(flights) = self.held.remove(&(link, channel)) else { return };
        for flight in flights {
            // Nodes have one connection to another; each request of a client has its own.
            let connection = flight.load.ticket().map_or(0, |ticket| ticket.0);
            let delivered =
                kind == Interruption::Stall || self.network.survives(id, link, connection);
            if delivered {
                // Before anything that arrives from now on.
                self.sequence += 1;
                self.flights.insert((self.now_ns, self.sequence), flight);
            } else {
                self.lose(&flight);
            }
        }
    }

    /// Whether a message sent now would pass.
    #[must_use]
    pub fn is_open(&self, link: Link) -> bool {
        self.network.is_open(link)
    }

    /// Kills a node's process; its connections close.
    pub fn kill(&mut self, node: u8) {
        self.end(node, Node::crash);
    }

    /// Stops a node's process in order. `warm`: its index outlives it, for a fast restart.
    pub fn stop(&mut self, node: u8, warm: bool) {
        self.end(node, |process| process.stop(warm));
    }

    fn end(&mut self, node: u8, end: impl FnOnce(Node) -> Storage) {
        let Some(slot) = self.slots.get_mut(usize::from(node)) else { return };
        let Some(process) = slot.process.take() else { return };
        slot.storage = Some(end(process));
        slot.paused = false;
        slot.inbox.clear();
        let closed: Vec<(Ticket, u8)> = self
            .open
            .iter()
            .filter(|(_, (at, _))| *at == node)
            .map(|(ticket, (_, site))| (*ticket, *site))
            .collect();
        for (ticket, site) in closed {
            let link = Link { from: End::Node(node), to: End::Site(site) };
            self.launch(link, Channel::Service, node, Load::ToClient(ticket, Answer::Close));
        }
    }

    /// Starts a killed node again, with its storage or with an empty one.
    pub fn start(&mut self, node: u8, keep_storage: bool) {
        let index = usize::from(node);
        if self.slots.get(index).is_none_or(|slot| slot.process.is_some()) {
            return;
        }
        let storage = self.slots[index].storage.take();
        let incarnation = storage.as_ref().map(Storage::incarnation);
        if keep_storage {
            self.boot(index, storage, None);
        } else if self.config.defects.fires(Defect::WipedCopyTrusted) {
            self.boot(index, storage.map(Storage::emptied), None);
        } else {
            self.boot(index, None, incarnation);
        }
    }

    /// Whether the node's process is there (paused or not).
    #[must_use]
    pub fn is_running(&self, node: u8) -> bool {
        self.slots.get(usize::from(node)).is_some_and(|slot| slot.process.is_some())
    }

    /// Stops a node in its tracks.
    pub fn pause(&mut self, node: u8) {
        if let Some(slot) = self.slots.get_mut(usize::from(node)) {
            slot.paused = slot.process.is_some();
        }
    }

    /// Lets a paused node go on; what arrived meanwhile comes first.
    pub fn resume(&mut self, node: u8) {
        let Some(slot) = self.slots.get_mut(usize::from(node)) else { return };
        slot.paused = false;
        for arrival in std::mem::take(&mut slot.inbox) {
            self.take_in(node, arrival);
        }
    }

    /// Sets a node's wall clock off the world's, in ms.
    pub fn set_clock_offset(&mut self, node: u8, offset_ms: i64) {
        let Some(slot) = self.slots.get_mut(usize::from(node)) else { return };
        slot.clock_offset_ms = offset_ms;
        if let Some(process) = &mut slot.process {
            process.set_clock_offset_ms(offset_ms);
        }
    }
}
