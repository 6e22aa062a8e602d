//! The emulated cluster on real sockets: official clients over loopback TCP, no root.
//!
//! Every node listens on one 127/8 address per client site, so that the links of a site can be
//! interrupted. The [`World`](crate::world::World) follows the machine's clock; connections hand it
//! what clients send and write what it answers.
//!
//! **Hostile clients** neither stop nor bloat a node. Whatever its clients do, a node takes at most
//! [`MEMORY_PER_CONNECTION`] for each connection, of which it has 15,000 at most, and [`MEMORY`]
//! beside: bytes that were announced take no memory before they have come, a frame that was begun
//! must end in time, an answer must be taken in time, and what is bigger than a page counts against
//! budgets of the node (`room.rs` has the table). What clients *store* comes on top, as on a server;
//! `tests/memory.rs` measures all this with ten thousand connections. TLS, where a cluster has it,
//! takes its own buffers for each connection beside.

mod address;
mod cluster;
mod config;
mod connection;
mod engine;
mod error;
mod listener;
mod read_modes;
mod room;
mod stream;
mod tls;

pub use cluster::Embedded;
pub use config::EmbeddedConfig;
pub use error::EmbeddedError;
pub use read_modes::ReadModeCounts;
pub use tls::{Tls, TlsError};

pub(crate) use address::listen;
pub(crate) use engine::Engine;
pub(crate) use listener::Door;
pub(crate) use read_modes::ReadModes;
pub(crate) use room::{Room, connections_of_each};

/// The most memory that a connection takes, in bytes.
pub const MEMORY_PER_CONNECTION: usize = 16 * 1024;
/// The most memory that all requests and answers take that are bigger than a page, in bytes.
pub const MEMORY: usize = 384 * 1024 * 1024;
