//! Where nodes serve clients: `service-clear-std`, `services`, `peers-clear-std`, `endpoints`.
//!
//! A node has one address per client site, so that the links of one site can be cut; a client is
//! told the addresses for the site that it came from.

use crate::node::Place;
use crate::partition::NodeId;

/// The address at which a node serves the clients of a site.
pub(super) fn address(place: &Place, site: u8) -> &str {
    place.addresses.get(usize::from(site)).map_or("", String::as_str)
}

/// `address:port` of the given nodes, as `services` lists them.
pub(super) fn services(places: &[Place], nodes: &[NodeId], site: u8) -> String {
    let addresses: Vec<&str> = known(places, nodes).map(|place| address(place, site)).collect();
    addresses.join(";")
}

/// `generation,default port,[[ID,TLS name,[address]],…]`. The default port is `own`'s; an address
/// with another port names it.
pub(super) fn list(
    generation: u64,
    own: &Place,
    places: &[Place],
    nodes: &[NodeId],
    site: u8,
) -> String {
    let default_port = split_port(address(own, site)).1;
    let entries: Vec<String> = known(places, nodes)
        .map(|place| {
            let (host, port) = split_port(address(place, site));
            let suffix = if port == default_port { String::new() } else { format!(":{port}") };
            format!("[{},,[{host}{suffix}]]", place.id)
        })
        .collect();
    format!("{generation},{default_port},[{}]", entries.join(","))
}

/// Host and port of an `address:port`.
pub(super) fn split_port(address: &str) -> (&str, &str) {
    address.rsplit_once(':').unwrap_or((address, "3000"))
}

fn known<'a>(places: &'a [Place], nodes: &'a [NodeId]) -> impl Iterator<Item = &'a Place> {
    nodes.iter().filter_map(|node| places.iter().find(|place| place.id == *node))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(id: u64, addresses: [&str; 2]) -> Place {
        Place {
            id: NodeId(id),
            site: 0,
            rack: 0,
            stay_quiesced: false,
            addresses: addresses.map(str::to_owned).into(),
        }
    }

    #[test]
    fn peers_are_told_by_the_clients_site() {
        let places = [
            place(0xA1, ["127.0.1.1:3000", "127.0.1.2:3000"]),
            place(0xA2, ["127.0.2.1:3000", "127.0.2.2:3100"]),
        ];
        let peers = [NodeId(0xA2)];
        assert_eq!(list(7, &places[0], &places, &peers, 0), "7,3000,[[A2,,[127.0.2.1]]]");
        assert_eq!(list(7, &places[0], &places, &peers, 1), "7,3000,[[A2,,[127.0.2.2:3100]]]");
        assert_eq!(services(&places, &peers, 1), "127.0.2.2:3100");
        assert_eq!(list(7, &places[0], &places, &[], 1), "7,3000,[]", "an isolated node");
    }
}
