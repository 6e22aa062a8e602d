//! The world's clock and queue.

use super::{Channels, Interruption, InterruptionId, Link, WorldConfig};
use crate::node::Node;

/// Names a request until it is answered; the driver chooses it, each once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What a client gets back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Whole frames, to be written to the connection as they are.
    Bytes(Vec<u8>),
    /// The connection is closed (killed node, reset link, malformed request).
    Close,
}

/// What cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// A link with an end that does not exist.
    #[error("a link names an end that does not exist")]
    NoSuchEnd,
    /// Not an interruption in force.
    #[error("no such interruption")]
    NoSuchInterruption,
}

/// All nodes and their network.
#[derive(Debug)]
pub struct World {
    nodes: Vec<Node>,
}

impl World {
    /// A world at time 0, every node just started with empty storage.
    #[must_use]
    pub fn new(_config: WorldConfig, _seed: u64) -> Self {
        Self { nodes: Vec::new() }
    }

    /// The world's time, in ns.
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        0
    }

    /// When something happens next of itself, in ns of the world's time.
    #[must_use]
    pub fn next_deadline_ns(&self) -> Option<u64> {
        None
    }

    /// Moves the clock and lets everything happen up to then (virtual time).
    pub fn advance(&mut self, _to_ns: u64) {}

    /// Moves the clock by the real time since the last wake, at most by one heartbeat interval (a
    /// busy machine slows the world down and does not split the cluster). `monotonic_ns` is the
    /// driver's clock.
    pub fn wake(&mut self, _monotonic_ns: u64) {}

    /// A client of `site` sends a frame of type 3 to a node; `body` is what follows the frame's
    /// header. The answer comes by [`World::poll`], after the delay of the link and only over an
    /// open link. A frame that cannot be decoded closes the connection.
    pub fn request(&mut self, _node: u8, _site: u8, _ticket: Ticket, _body: &[u8]) {}

    /// A client of `site` sends an info request (`body` of a frame of type 1); likewise.
    pub fn request_info(&mut self, _node: u8, _site: u8, _ticket: Ticket, _body: &[u8]) {}

    /// What was answered since the last call, in order.
    pub fn poll(&mut self) -> Vec<(Ticket, Answer)> {
        Vec::new()
    }

    /// A node as it is, even if it is cut off or stopped; `None` while it is killed.
    #[must_use]
    pub fn node(&self, node: u8) -> Option<&Node> {
        self.nodes.get(usize::from(node))
    }

    /// Answers info commands at once, past the network (the operator's console). This and
    /// [`World::request_info`] call `info::answer(node: &mut Node, now_ns: u64, site: u8, commands:
    /// &str) -> String`, the text of a whole reply body.
    pub fn info(&mut self, _node: u8, _commands: &str) -> Option<String> {
        None
    }

    /// Interrupts links.
    ///
    /// # Errors
    /// An end that does not exist.
    pub fn interrupt(
        &mut self,
        _links: &[Link],
        _channels: Channels,
        _interruption: Interruption,
    ) -> Result<InterruptionId, WorldError> {
        Ok(InterruptionId(0))
    }

    /// Lifts an interruption; links that nothing else interrupts are open again.
    ///
    /// # Errors
    /// Not an interruption in force.
    pub fn restore(&mut self, _interruption: InterruptionId) -> Result<(), WorldError> {
        Ok(())
    }

    /// Whether a message sent now would pass.
    #[must_use]
    pub fn is_open(&self, _link: Link) -> bool {
        true
    }

    /// Kills a node's process; its connections close.
    pub fn kill(&mut self, _node: u8) {}

    /// Starts a killed node again, with its storage or with an empty one.
    pub fn start(&mut self, _node: u8, _keep_storage: bool) {}

    /// Whether the node's process is there (paused or not).
    #[must_use]
    pub fn is_running(&self, _node: u8) -> bool {
        true
    }

    /// Stops a node in its tracks.
    pub fn pause(&mut self, _node: u8) {}

    /// Lets a paused node go on.
    pub fn resume(&mut self, _node: u8) {}

    /// Sets a node's wall clock off the world's, in ms.
    pub fn set_clock_offset(&mut self, _node: u8, _offset_ms: i64) {}
}
