//! A cluster that can be steered, whatever it is made of.
//!
//! [`Cluster`] has one set of handles over several backends: *embedded* (aerocert's own emulated
//! cluster in this process), *netns* (the same in processes, each in a network namespace), *kept*
//! (either, kept by another process behind a control socket, see [`control`]) and *hosts* (a running
//! cluster, which can be loaded and looked at, not disturbed).
//!
//! A backend does few things ([`Command`]), each a value that can cross a socket. Everything that is
//! *looked at* comes from the nodes' own info commands: observations ([`observe`]), whether the
//! cluster is whole or has come apart ([`split`]), and the tables of the vendor's admin tool
//! ([`table`]). Those are pure functions of the answers.

mod cluster;
mod command;
pub mod control;
mod embedded;
mod error;
mod hosts;
mod info;
mod lease;
mod netns;
pub mod observe;
pub mod split;
pub mod table;

pub use cluster::Cluster;
pub use command::{Command, InterruptionId, Reply, Standing};
pub use embedded::{AccessPlan, EmbeddedPlan, NamespacePlan, TlsPlan};
pub use error::ClusterError;
pub use netns::{Leftover, NodePlan, enter, leftovers, run_node};
