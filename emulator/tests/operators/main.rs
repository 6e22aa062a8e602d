//! What operators ask and tell a cluster by the vendor's admin tool, `asadm`: each request that its
//! views and its `manage` commands send, in every form of its parameters; the form of each answer;
//! and the effect of each command. Requests are those that asadm 5 was seen to send (public
//! source), answers those of the vendor's reference of info commands.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod config;
mod manage;
mod metadata;
mod revive;
mod stage;
mod truncate;
mod views;
mod xdr;
