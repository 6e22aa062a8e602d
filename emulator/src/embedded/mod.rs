//! The emulated cluster on real sockets: official clients over loopback TCP, no root.
//!
//! Every node listens on one 127/8 address per client site, so that the links of a site can be
//! interrupted. One thread owns the [`World`](crate::world::World) and follows the machine's
//! clock; connections hand it what clients send and write what it answers.

mod address;
mod cluster;
mod config;
mod connection;
mod engine;
mod error;
mod listener;
mod read_modes;

pub use cluster::Embedded;
pub use config::EmbeddedConfig;
pub use error::EmbeddedError;
pub use read_modes::ReadModeCounts;
