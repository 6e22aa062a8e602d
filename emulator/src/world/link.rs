//! Links and what can be done to them.

/// One direction between two ends: what `from` sends to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// Who sends.
    pub from: End,
    /// Who receives.
    pub to: End,
}

impl Link {
    /// The same two ends, the other way.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { from: self.to, to: self.from }
    }
}

/// An end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// A node, by its position in the configuration.
    Node(u8),
    /// The clients of a site.
    Site(u8),
}

/// The channels of node-node links that an interruption touches; client links have one (service).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channels {
    /// Heartbeats.
    pub heartbeat: bool,
    /// Everything else between nodes.
    pub fabric: bool,
}

impl Channels {
    /// Both.
    pub const ALL: Self = Self { heartbeat: true, fabric: true };
}

/// How a link is interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interruption {
    /// Messages are held, and on healing each connection delivers or discards them, as TCP does.
    Cut,
    /// Messages are held and all delivered on healing.
    Stall,
    /// Connections are reset; messages are discarded, clients see a closed connection.
    Close,
}

/// Names an interruption until it is restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InterruptionId(pub u64);
