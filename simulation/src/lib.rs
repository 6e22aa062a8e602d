//! Nights in virtual time: the emulator core under a simulated network, clients and clock.
//!
//! A [`Night`] runs a seeded load against an emulated cluster while a seeded schedule of faults
//! passes over it, and ends in a history like any other. Nothing in it knows the real time: the
//! same settings give the same bytes.

mod client;
mod cluster;
mod faults;
mod load;
mod night;
mod partition_map;
mod schedule;
mod verdict;

pub use cluster::stretch;
pub use night::{Night, Recorded};
pub use schedule::draw_schedule;
pub use verdict::judge;
