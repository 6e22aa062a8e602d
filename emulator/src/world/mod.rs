//! All nodes and the network between them, without IO, on one clock.
//!
//! A driver moves the clock ([`World::advance`] in virtual time, [`World::wake`] in real time),
//! hands in what clients send and takes out what they are answered. Everything random comes from
//! one seed; the same calls give the same answers.

mod config;
mod engine;
mod link;
mod network;

pub use config::{Delays, Disorder, WorldConfig};
pub use engine::{Answer, Ticket, World, WorldError};
pub use link::{Channels, End, Interruption, InterruptionId, Link};
