//! One server without IO: time, messages and requests go in, messages and answers come out.
//!
//! [`Node::step`] is the only way in. A node knows its own state and what it was sent.

mod config;
mod state;
mod view;

pub use config::{
    ConflictResolution, Heartbeat, MigrationRate, Mode, NamespaceConfig, NodeConfig, Place,
    RosterEntry,
};
pub use state::Node;
pub use view::{ClusterView, NamespaceView, PartitionView, Recluster, RosterView};
