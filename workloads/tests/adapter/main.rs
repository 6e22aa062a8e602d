//! The adapter round the official client, against servers on the loopback.
#![cfg(feature = "client")]
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod access;
mod cluster;
mod emulated;
mod loading;
mod parted;
mod recording;
mod scripted;
mod security;
mod settings;
mod smoke;
mod split;
mod surfacing;
