//! Why a load cannot begin.

use history::{Key, Mode};

/// Why a load cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The topology has no site or no node, or a node has no address.
    #[error("the topology leaves no process a place: it needs a site, and every node an address")]
    NoPlace,
    /// A site's client did not find its cluster.
    #[error("clients of site {site} cannot connect to {hosts}: {reason}")]
    Connect {
        /// The site's name.
        site: String,
        /// The seeds that were tried.
        hosts: String,
        /// What the client said.
        reason: String,
    },
    /// The cluster has no such namespace.
    #[error("the cluster has no namespace {namespace}")]
    NoNamespace {
        /// The namespace.
        namespace: String,
    },
    /// The namespace is not in the mode that the arm says.
    #[error(
        "namespace {namespace} is {}strongly consistent, though the arm says it is {}",
        if *.expected == Mode::Sc { "not " } else { "" },
        if *.expected == Mode::Sc { "sc" } else { "ap" }
    )]
    WrongMode {
        /// The namespace.
        namespace: String,
        /// What the arm says.
        expected: Mode,
    },
    /// A record is there before the load has begun.
    #[error("key {} of {namespace}.{set} holds a record before the load begins", .key.0)]
    NotEmpty {
        /// The namespace.
        namespace: String,
        /// The set.
        set: String,
        /// The first key found.
        key: Key,
    },
    /// Whether the key space is empty cannot be told.
    #[error("key {} cannot be read before the load begins: {reason}", .key.0)]
    Unreadable {
        /// A key that cannot be read.
        key: Key,
        /// What the client said.
        reason: String,
    },
}
