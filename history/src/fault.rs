//! Faults as schedules plan them and `faults.jsonl` records them.

use serde::{Deserialize, Serialize};

/// What is done to the cluster. Nodes are positions in [`Topology::nodes`](crate::Topology::nodes),
/// sites positions in [`Topology::sites`](crate::Topology::sites).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Fault {
    /// Links between the nodes of `one` and the nodes of `other` are interrupted.
    Partition {
        /// One side.
        one: Vec<u8>,
        /// The other side.
        other: Vec<u8>,
        /// Which way messages are stopped.
        direction: Direction,
        /// How.
        interruption: Interruption,
        /// What happens to the links between client sites and nodes.
        clients: ClientLinks,
    },
    /// The node's process is killed; healing starts it again with its data.
    Kill {
        /// The node.
        node: u8,
    },
    /// The node's process is stopped in its tracks; healing lets it go on.
    Pause {
        /// The node.
        node: u8,
    },
    /// The node's wall clock is set off.
    ClockSkew {
        /// The node.
        node: u8,
        /// By how much, in ms.
        offset_ms: i64,
    },
}

/// Which way a link is interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Both ways.
    Both,
    /// Only messages from `one` to `other` are stopped.
    OneToOther,
}

/// How a link is interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interruption {
    /// Messages are held, and on healing each connection delivers or discards them, as TCP does.
    Cut,
    /// Messages are held and all delivered on healing.
    Stall,
    /// Connections are reset.
    Close,
}

/// What a partition does to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientLinks {
    /// Every client still reaches every node.
    Keep,
    /// Clients are cut from the nodes of the other side along with their site.
    Cut,
}

/// What became of a planned fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultOutcome {
    /// Planned, and not begun.
    Planned,
    /// In force, by a probe.
    Applied,
    /// It was in force and is gone, by probes.
    Healed,
    /// Not applied, and why.
    Skipped(String),
    /// Nobody can tell whether it is in force, and why.
    Indeterminate(String),
}

/// A line of `faults.jsonl`: one fault of the schedule and what became of it. A fault has several
/// lines, the last one counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRecord {
    /// Its position in the schedule, from 0.
    pub index: u32,
    /// The nemesis that planned it (`partition-racks`, …).
    pub nemesis: String,
    /// What is done.
    pub fault: Fault,
    /// When it shall begin, in ms after the load begins.
    pub planned_at_ms: u64,
    /// How long it shall last, in ms.
    pub planned_for_ms: u64,
    /// When a probe first found it in force, in ns since the run began.
    pub applied_ns: Option<u64>,
    /// When a probe first found it gone, in ns since the run began.
    pub healed_ns: Option<u64>,
    /// What became of it.
    pub outcome: FaultOutcome,
    /// What the probes saw, in words.
    pub probes: Vec<String>,
}
