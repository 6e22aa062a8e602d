//! Addresses of the nodes: `127.<network>.<node + 1>.<site + 1>`, one port for all; alternate ones
//! end in `<site + 101>`.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use super::EmbeddedError;

/// Connections that the system queues until they are accepted.
const BACKLOG: u32 = 1024;
/// How often a port that is free on the first address, but not on all, is given up for another.
const PORT_ATTEMPTS: u32 = 32;
/// The most nodes and the most sites.
const MOST: u8 = 250;

/// How far the last byte of alternate addresses is from that of the usual ones.
pub(super) const ALTERNATE: u8 = 100;

/// The listeners of a cluster, by node and then by site.
pub(super) type Listeners = Vec<Vec<TcpListener>>;

/// Listens for all nodes and sites, at the usual addresses or so far from them. Port 0 looks for
/// one that is free on every address.
pub(super) fn listen_all(
    network: u8,
    (nodes, sites): (u8, u8),
    offset: u8,
    port: u16,
) -> Result<Listeners, EmbeddedError> {
    if nodes > MOST || sites > MOST - offset {
        return Err(EmbeddedError::TooLarge);
    }
    let mut attempts = PORT_ATTEMPTS;
    loop {
        match listen_on_one_port(network, (nodes, sites), offset, port) {
            Err(EmbeddedError::AddressInUse(_)) if port == 0 && attempts > 1 => attempts -= 1,
            result => return result,
        }
    }
}

fn listen_on_one_port(
    network: u8,
    (nodes, sites): (u8, u8),
    offset: u8,
    mut port: u16,
) -> Result<Listeners, EmbeddedError> {
    let mut listeners = Vec::new();
    for node in 0..nodes {
        let mut of_node = Vec::new();
        for site in 0..sites {
            let ip = Ipv4Addr::new(127, network, node + 1, site + 1 + offset);
            let listener = listen(SocketAddr::new(IpAddr::V4(ip), port))?;
            port = local_address(&listener)?.port();
            of_node.push(listener);
        }
        listeners.push(of_node);
    }
    Ok(listeners)
}

/// Listens on one address.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener, EmbeddedError> {
    let open = || {
        let socket = TcpSocket::new_v4()?;
        // A node that is started again takes over the port of its killed predecessor.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    open().map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => EmbeddedError::AddressInUse(address),
        _ => EmbeddedError::Listen { address, source },
    })
}

/// The address of a listener.
pub(super) fn local_address(listener: &TcpListener) -> Result<SocketAddr, EmbeddedError> {
    listener.local_addr().map_err(|source| EmbeddedError::Listen {
        address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
        source,
    })
}
