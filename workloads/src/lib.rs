//! What clients do: seeded generators, the outcome table, and the recording adapter round the
//! official client.
//!
//! - [`generator`] decides, from a seed alone, what each process asks next. No IO, no clock.
//! - [`outcome`] decides what is known of an operation's effect once the client has answered.
//! - [`client`] (feature `client`) runs the processes against a cluster and records what happens.

#[cfg(feature = "client")]
pub mod client;
pub mod generator;
pub mod outcome;
