//! What an embedded cluster cannot do.

use std::io;
use std::net::SocketAddr;

use crate::world::WorldError;

/// Why an embedded cluster does not start or do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// Somebody else listens there.
    #[error("{0} is in use: stop the program that listens there or choose another port")]
    AddressInUse(SocketAddr),
    /// The system does not let us listen there.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// The thread that owns the world could not be started.
    #[error("cannot start the emulator's thread")]
    Thread(#[source] io::Error),
    /// More nodes or sites than there are addresses for.
    #[error("an embedded cluster has at most 250 nodes and 250 sites")]
    TooLarge,
    /// There is no such node.
    #[error("node {0} does not exist")]
    NoSuchNode(u8),
    /// The world refuses.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The cluster was shut down, or its thread failed.
    #[error("the emulated cluster has stopped")]
    Stopped,
}
