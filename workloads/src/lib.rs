//! What clients do: seeded generators, the outcome table, and the recording adapter round the
//! official client.
//!
//! - [`generator`] decides, from a seed alone, what each process asks next. No IO, no clock.
//! - [`outcome`] decides what is known of an operation's effect once the client has answered.
//! - [`client`] (feature `client`) runs the processes against a cluster and records what happens.

#[cfg(feature = "client")]
pub mod client;
pub mod generator;
pub mod outcome;

/// The client whose answers the outcome table reads, as manifests name it.
pub const CLIENT: &str = "aerospike (Rust) 3.0.0";

#[cfg(test)]
mod tests {
    #[test]
    fn the_client_is_the_one_that_is_built_in() {
        let version = super::CLIENT.rsplit(' ').next().unwrap();
        let locked = format!("name = \"aerospike\"\nversion = \"{version}\"");
        assert!(include_str!("../../Cargo.lock").contains(&locked));
    }
}
