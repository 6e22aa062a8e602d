//! A wire-compatible Aerospike cluster: a pure core, fault rules, deliberate defects, a socket shell.

pub mod partition;
