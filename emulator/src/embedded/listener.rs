//! One address of a node: accepts the clients of one site.

use std::sync::Arc;

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::connection::Connection;
use super::engine::Engine;
use super::read_modes::ReadModes;
use super::room::Room;

/// What all connections on one address share.
#[derive(Clone)]
pub(crate) struct Door {
    /// The node.
    pub(crate) node: u8,
    /// The client site.
    pub(crate) site: u8,
    /// What it shows clients, where they speak TLS.
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// The world.
    pub(crate) engine: Arc<Engine>,
    /// What the node has room for.
    pub(crate) room: Arc<Room>,
    /// Where the read modes of SC reads are counted.
    pub(crate) read_modes: Arc<ReadModes>,
    /// How many interruptions reset connections here.
    pub(crate) resets: watch::Receiver<u32>,
    /// The node's process: cancelled when it is killed.
    pub(crate) process: CancellationToken,
}

impl Door {
    /// Accepts connections until the node's process ends, then closes the address.
    pub(crate) async fn serve(self, listener: TcpListener) {
        while let Some(accepted) = self.process.run_until_cancelled(listener.accept()).await {
            let Ok((stream, from)) = accepted else {
                // The process has no file descriptors left, or the client is gone already.
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                continue;
            };
            let Ok(place) = self.room.connection() else { continue };
            tokio::spawn(Connection::new(self.clone(), place, from.ip()).serve(stream));
        }
    }
}
