//! What an embedded cluster is made of.

use super::room::Room;
use super::tls::Tls;
use crate::world::WorldConfig;

/// A world and where it listens.
#[derive(Clone, Debug)]
pub struct EmbeddedConfig {
    /// The world. The addresses of its places are filled in when the cluster starts.
    pub world: WorldConfig,
    /// The seed of everything random in the world.
    pub seed: u64,
    /// The second byte of the addresses `127.<network>.<node + 1>.<site + 1>`.
    pub network: u8,
    /// The port of every node; 0 takes one that is free on all addresses.
    pub port: u16,
    /// The most connections of a node (`proto-fd-max`); fewer if the process has not the
    /// descriptors for so many on every node.
    pub connections: usize,
    /// Whether every node has alternate addresses, `127.<network>.<node + 1>.<site + 101>`.
    pub alternate: bool,
    /// What nodes show clients that speak TLS; `None`: they speak none.
    pub tls: Option<Tls>,
}

impl EmbeddedConfig {
    /// The second byte that the addresses have unless the configuration says otherwise.
    pub const NETWORK: u8 = 32;

    /// A world on ports that the system chooses.
    #[must_use]
    pub fn new(world: WorldConfig, seed: u64) -> Self {
        Self {
            world,
            seed,
            network: Self::NETWORK,
            port: 0,
            connections: Room::CONNECTIONS,
            alternate: false,
            tls: None,
        }
    }
}
