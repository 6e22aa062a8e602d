//! The backend *netns*: every node a process in a network namespace of its own, real firewalls.
//!
//! A site is a subnet, and a router joins the sites. Clients live in a namespace of their site.
//! Namespaces are named `aerocert-<process>-…` after the process that keeps them, hold nothing but
//! what was made here, and are not joined to the machine's own network. Links are cut by elements
//! of a verdict map in the one table that is ours, on the receiving end; the kernel lets each
//! element expire, so that the network heals even if nobody is left to heal it.

mod backend;
mod firewall;
mod leftovers;
mod names;
mod namespace;
mod network;
mod probe;
mod process;
mod tool;

pub(crate) use backend::Netns;
pub use leftovers::{Leftover, leftovers};
pub use namespace::enter;
pub use process::{NodePlan, run_node};
