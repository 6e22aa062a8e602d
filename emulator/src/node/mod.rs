//! One server without IO: time, messages and requests go in, messages and answers come out.
//!
//! [`Node::step`] is the only way in. A node knows its own state and what it was sent.

pub mod access;
pub mod clock;
pub mod config;
pub mod dynamic;
pub mod heartbeat;
pub mod journal;
pub mod membership;
pub mod message;
pub mod metadata;
pub mod migration;
pub mod namespace;
mod observe;
pub mod plan;
pub mod rebalance;
pub mod roster;
pub mod round;
mod rounds;
pub mod settings;
pub mod state;
pub mod statistics;
pub mod storage;
mod transaction;
pub mod truncation;
mod users;
pub mod view;
pub mod xdr;

pub use access::{Access, Entrance};
pub use config::{
    ConflictResolution, Heartbeat, MigrationRate, Mode, NamespaceConfig, NodeConfig, Place,
    RosterEntry,
};
pub use dynamic::Shown;
pub use journal::Change;
pub use message::{Fabric, Input, Output, PeerMessage};
pub use metadata::{Fields, Full, Kind, Metadata};
pub use state::{Node, Storage};
pub use view::{
    ClusterView, Connections, NamespaceView, PartitionView, Quiesce, Recluster, RosterView, SetView,
};
pub use xdr::Xdr;
