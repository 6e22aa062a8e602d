//! Why a schedule cannot be made.

use super::NEMESES;

/// Why a schedule cannot be made. Every one is a mistake of the plan, found before anything is
/// touched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// No nemesis of that name.
    #[error("no nemesis is called '{name}' (there are {})", NEMESES.join(", "))]
    UnknownNemesis {
        /// The name asked for.
        name: String,
    },
    /// The nemesis splits sites, and there is nothing to split.
    #[error("{nemesis} needs nodes in two sites at least, and all nodes are in one")]
    OneSite {
        /// The nemesis.
        nemesis: String,
    },
    /// The nemesis needs more nodes.
    #[error("{nemesis} needs {needed} nodes at least, and the cluster has {nodes}")]
    TooFewNodes {
        /// The nemesis.
        nemesis: String,
        /// How many it needs.
        needed: usize,
        /// How many there are.
        nodes: usize,
    },
    /// A cut that nobody would notice.
    #[error("a cut of {cut_ms} ms is over before nodes notice it, which takes {detection_ms} ms")]
    CutTooShort {
        /// The cut's length, in ms.
        cut_ms: u64,
        /// The detection time, in ms.
        detection_ms: u64,
    },
    /// A detection time too small to be divided.
    #[error("a detection time of {detection_ms} ms leaves no room for a cut below it")]
    DetectionTooShort {
        /// The detection time, in ms.
        detection_ms: u64,
    },
    /// Not one fault fits into the load.
    #[error("{nemesis} needs a load of {needed_ms} ms at least, and the load lasts {load_ms} ms")]
    WindowTooShort {
        /// The nemesis.
        nemesis: String,
        /// What it needs, in ms, quiet time included.
        needed_ms: u64,
        /// What it has, in ms.
        load_ms: u64,
    },
    /// A fault that is still in force when the load ends.
    #[error("fault {index} outlasts the load of {load_ms} ms")]
    OutlastsLoad {
        /// The fault's position.
        index: u32,
        /// How long the load lasts, in ms.
        load_ms: u64,
    },
    /// A fault of no length.
    #[error("fault {index} lasts 0 ms")]
    NoLength {
        /// The fault's position.
        index: u32,
    },
    /// A node that does not exist.
    #[error("fault {index} names node {node}, and the cluster's nodes are 0 to {last}")]
    NoSuchNode {
        /// The fault's position.
        index: u32,
        /// The node named.
        node: u8,
        /// The last node that exists.
        last: usize,
    },
    /// A side of a partition without nodes.
    #[error("fault {index} is a partition with an empty side")]
    EmptySide {
        /// The fault's position.
        index: u32,
    },
    /// A node that stands twice in a partition.
    #[error("fault {index} is a partition that names node {node} twice")]
    NodeTwice {
        /// The fault's position.
        index: u32,
        /// The node.
        node: u8,
    },
    /// Two faults on one thing at one time: no probe could tell them apart.
    #[error(
        "faults {first} and {second} overlap in time on {what}, so no probe could tell them apart"
    )]
    Overlap {
        /// The earlier fault's position.
        first: u32,
        /// The later fault's position.
        second: u32,
        /// What both disturb.
        what: String,
    },
}
