//! The nodes as data distribution sees them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A node's id, printed as the server prints it: upper hex without leading zeros.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct NodeId(pub u64);

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}", self.0)
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:X}", self.0)
    }
}

/// A node that takes part in a namespace: of the current cluster (AP) or of the roster (SC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: NodeId,
    /// Its rack. In SC this is the rack of the roster's entry (`ID@rack`), not the configured one.
    pub rack: u32,
    /// Whether it shall hold no data while enough others can. Every sub-cluster must compute the
    /// same roster rows, so in SC only a lasting property of the node (`stay-quiesced`) belongs
    /// here, never one that only its present peers know.
    pub quiesced: bool,
}
