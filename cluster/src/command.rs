//! What a backend does, as values: they can cross a control socket.

use std::collections::BTreeMap;

use history::{Interruption, Link};
use serde::{Deserialize, Serialize};

/// Names an interruption until it is restored or lapses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InterruptionId(pub u64);

/// What a backend is asked to do. Nodes and sites are positions in the topology.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// Ask a node info commands; [`Reply::Answers`].
    Info {
        /// The node.
        node: u8,
        /// The client site from which to ask, over its links; `None`: past every interruption, as
        /// on the node's console.
        from: Option<u8>,
        /// The commands.
        commands: Vec<String>,
    },
    /// Interrupt links; [`Reply::Interruption`].
    Interrupt {
        /// The links.
        links: Vec<Link>,
        /// How.
        interruption: Interruption,
        /// After how many ms it ends by itself if nobody renews it.
        lease_ms: u64,
    },
    /// Begin an interruption's lease anew.
    Renew(InterruptionId),
    /// End an interruption; one that has lapsed is no error.
    Restore(InterruptionId),
    /// The interruptions in force; [`Reply::Standing`].
    Standing,
    /// Whether a message sent now would pass a link; [`Reply::Open`].
    IsOpen(Link),
    /// Kill a node's process.
    Kill(u8),
    /// Start a killed node with its data; one that runs is left as it is.
    Start(u8),
    /// Stop a node in its tracks.
    Pause(u8),
    /// Let a paused node go on; one that runs is left as it is.
    Resume(u8),
    /// Set a node's wall clock off.
    SetClockOffset {
        /// The node.
        node: u8,
        /// By how much, in ms.
        offset_ms: i64,
    },
    /// By how much a node's wall clock is off; [`Reply::OffsetMs`].
    ClockOffset(u8),
}

/// What came of a [`Command`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// It is done.
    Done,
    /// Values by info command.
    Answers(BTreeMap<String, String>),
    /// The new interruption.
    Interruption(InterruptionId),
    /// The interruptions in force.
    Standing(Vec<Standing>),
    /// Whether the link is open.
    Open(bool),
    /// How far the clock is off, in ms.
    OffsetMs(i64),
}

/// An interruption in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Its name.
    pub id: InterruptionId,
    /// The links.
    pub links: Vec<Link>,
    /// How they are interrupted.
    pub interruption: Interruption,
    /// After how many ms it ends by itself.
    pub remaining_ms: u64,
}
