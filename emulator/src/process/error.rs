//! What a node's process cannot do.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::embedded::EmbeddedError;

/// Why a node's process does not start, or ends.
#[derive(Debug, thiserror::Error)]
pub enum NodeProcessError {
    /// The position of a node that the configuration does not have, or has no address for.
    #[error("node {0} does not stand in the configuration")]
    NoSuchNode(u8),
    /// An address cannot be listened on, a thread cannot be started.
    #[error(transparent)]
    Shell(#[from] EmbeddedError),
    /// The node's peers cannot reach it.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// What the node keeps cannot be read or written.
    #[error("{}: cannot keep the node's data there", path.display())]
    Device {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Another process has the folder.
    #[error("{}: another process keeps its data there", .0.display())]
    InUse(PathBuf),
}
