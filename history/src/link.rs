//! Links: what a network fault interrupts and a probe looks at.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One direction between two ends: what `from` sends to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Link {
    /// Who sends.
    pub from: End,
    /// Who receives.
    pub to: End,
}

/// An end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// A node, by its position in [`Topology::nodes`](crate::Topology::nodes).
    Node(u8),
    /// The clients of a site, by its position in [`Topology::sites`](crate::Topology::sites).
    Site(u8),
}

impl Link {
    /// The same two ends, the other way.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { from: self.to, to: self.from }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.from, self.to)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => write!(f, "node {node}"),
            Self::Site(site) => write!(f, "site {site}"),
        }
    }
}
