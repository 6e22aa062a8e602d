//! One server without IO: time, messages and requests go in, messages and answers come out.
//!
//! [`Node::step`] is the only way in. A node knows its own state and what it was sent.

mod clock;
mod config;
mod heartbeat;
mod membership;
mod message;
mod migration;
mod namespace;
mod observe;
mod plan;
mod rebalance;
mod roster;
mod round;
mod rounds;
mod state;
mod statistics;
mod storage;
mod transaction;
mod view;

pub use config::{
    ConflictResolution, Heartbeat, MigrationRate, Mode, NamespaceConfig, NodeConfig, Place,
    RosterEntry,
};
pub use message::{Fabric, Input, Output};
pub use state::{Node, Storage};
pub use view::{ClusterView, NamespaceView, PartitionView, Recluster, RosterView, SetView};
