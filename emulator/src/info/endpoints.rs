//! Where a node listens: `endpoints`, and the ports that follow its service port.
//!
//! The emulator listens for clients alone. The other ports are those that a server with the usual
//! configuration has: each channel one above the other.

use super::peers::{address, split_port};
use crate::node::{Entrance, Place};
use crate::partition::NodeId;

/// A node's host and its ports, for the clients of a site.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ports<'a> {
    pub(super) host: &'a str,
    service: u16,
    place: &'a Place,
    site: u8,
}

impl<'a> Ports<'a> {
    pub(super) const SERVICE: u16 = 0;
    pub(super) const FABRIC: u16 = 1;
    pub(super) const HEARTBEAT: u16 = 2;
    pub(super) const ADMIN: u16 = 3;

    pub(super) fn of(place: &'a Place, site: u8) -> Self {
        let (host, port) = split_port(address(place, site, Entrance::Standard));
        Self { host, service: port.parse().unwrap_or(3000), place, site }
    }

    /// The port of a channel.
    pub(super) fn port(&self, channel: u16) -> u16 {
        self.service.wrapping_add(channel)
    }

    /// Host and port of another entrance; `null` and 0 if there is none.
    fn of_entrance(&self, entrance: Entrance) -> (&'a str, &'a str) {
        match address(self.place, self.site, entrance) {
            "" => ("null", "0"),
            address => split_port(address),
        }
    }

    /// The port for TLS; 0: none.
    pub(super) fn tls_port(&self) -> &'a str {
        self.of_entrance(Entrance::Tls).1
    }

    /// The name on the certificate; `null`: none.
    pub(super) fn tls_name(&self) -> &'a str {
        if self.tls_port() == "0" { "null" } else { &self.place.access.tls_name }
    }

    /// The `host:port` of a channel.
    pub(super) fn at(&self, channel: u16) -> String {
        format!("{}:{}", self.host, self.port(channel))
    }
}

/// The answer to `admin-clear-std`: an address of the loopback network is not told.
pub(super) fn admin(own: &Place, site: u8) -> String {
    let ports = Ports::of(own, site);
    if ports.host.starts_with("127.") { String::new() } else { ports.at(Ports::ADMIN) }
}

/// The answer to `endpoints`.
pub(super) fn answer(own: &Place, places: &[Place], peers: &[NodeId], site: u8) -> String {
    let ports = Ports::of(own, site);
    let (host, service) = (ports.host, ports.port(Ports::SERVICE));
    // A server that listens on an address of its own listens on the loopback address, too.
    let own_addresses =
        if host.starts_with("127.") { host.to_owned() } else { format!("{host},127.0.0.1") };
    let mut peers = peers.to_vec();
    peers.sort_unstable();
    let of_peers = |channel: &str, port: u16| -> String {
        let known = peers.iter().filter_map(|id| places.iter().find(|place| place.id == *id));
        known
            .map(|place| {
                let at = Ports::of(place, site).at(port);
                format!("{channel}.peer=node-id={}:endpoint={at}:endpoint-tls={at};", place.id)
            })
            .collect()
    };
    let channel = |name: &str, port: u16, addresses: &str| {
        format!(
            "{name}.port={};{name}.addresses={addresses};{name}.tls-port=0;\
             {name}.tls-addresses=null;",
            ports.port(port)
        )
    };
    let (alternate, alternate_port) = match ports.of_entrance(Entrance::Alternate) {
        ("null", _) => ("null", service.to_string()),
        (host, port) => (host, port.to_owned()),
    };
    let (tls, tls_port) = ports.of_entrance(Entrance::Tls);
    let (tls_alternate, tls_alternate_port) = ports.of_entrance(Entrance::TlsAlternate);
    let mut answer = format!(
        "service.port={service};service.addresses={own_addresses};service.access-port={service};\
         service.access-addresses={host};service.alternate-access-port={alternate_port};\
         service.alternate-access-addresses={alternate};service.tls-port={tls_port};\
         service.tls-addresses={tls};service.tls-access-port={tls_port};\
         service.tls-access-addresses={tls};\
         service.tls-alternate-access-port={tls_alternate_port};\
         service.tls-alternate-access-addresses={tls_alternate};"
    );
    answer.push_str(&channel("admin", Ports::ADMIN, &own_addresses));
    answer.push_str(&channel("heartbeat", Ports::HEARTBEAT, host));
    answer.push_str(&of_peers("heartbeat", Ports::HEARTBEAT));
    answer.push_str(&channel("fabric", Ports::FABRIC, host));
    answer.push_str(&of_peers("fabric", Ports::FABRIC));
    answer.pop();
    answer
}
