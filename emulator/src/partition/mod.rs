//! Which nodes hold which partition, and whether a sub-cluster may serve it: pure functions.
//!
//! [`Rows::compute`] orders the nodes of every partition (its *succession row*); position 0 is the
//! master, the positions below the replication factor are the replicas. An AP namespace computes
//! rows over the nodes of the current cluster, an SC namespace over its whole roster, present or
//! not. [`granting_rule`] applies the three SC availability rules to one roster row.

mod availability;
mod balance;
mod member;
mod succession;

pub use availability::{QuorumRules, Rule, Standing, granting_rule};
pub use balance::{Preference, Rows};
pub use member::{Member, NodeId};

/// The number of partitions of every namespace.
pub const PARTITIONS: usize = wire::digest::PARTITIONS as usize;

#[cfg(test)]
mod tests;
