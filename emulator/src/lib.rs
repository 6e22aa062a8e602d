//! A wire-compatible Aerospike cluster: a pure core, fault rules, deliberate defects, a socket shell.

pub mod defect;
pub mod embedded;
pub mod info;
pub mod node;
pub mod partition;
pub mod process;
pub mod record;
pub mod security;
pub mod world;
