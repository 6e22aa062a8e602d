//! The recording adapter round the official client.
//!
//! A [`Load`] is one arm under one workload: a client per site (and per pinned node), and processes
//! that ask what the generator says. Every call is one operation of the history: its invocation is
//! recorded before anything is sent, its completion after the client has answered, and what the
//! client answered is reduced to our own words in one place (`failure`). Retries are off.

mod connection;
mod connections;
mod error;
mod failure;
mod final_reads;
mod load;
mod policies;
mod process;
mod reach;
mod record;
mod worker;

pub use error::LoadError;
pub use final_reads::FinalReads;
pub use load::{Load, LoadReport};
