//! One emulated server as a process of its own: its peers are other processes, the network between
//! them is real, and what it keeps is on disk.
//!
//! It is the core of the embedded cluster with other surroundings: a [`World`](crate::world::World)
//! of which only one node lives here. It can be cut off by a firewall, paused and killed by
//! signals, and started again with its data or without.

mod clock;
mod config;
mod device;
mod error;
mod mesh;
mod node;

pub use clock::set_clock_offset;
pub use config::{NodeProcessConfig, PeerAddress};
pub use error::NodeProcessError;
pub use node::NodeProcess;

pub(crate) use node::Surroundings;
