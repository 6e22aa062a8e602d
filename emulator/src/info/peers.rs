//! Where nodes serve clients: `service-clear-std`, `services`, `peers-clear-std`, and the same for
//! alternate addresses and for TLS.
//!
//! A node has one address per client site, so that the links of one site can be cut; a client is
//! told the addresses for the site that it came from.

use crate::node::{Entrance, Place};
use crate::partition::NodeId;

/// The address at which a node serves the clients of a site; empty if it has none of that kind.
pub(super) fn address(place: &Place, site: u8, entrance: Entrance) -> &str {
    let addresses = match entrance {
        Entrance::Standard => &place.addresses,
        Entrance::Alternate => &place.access.alternate,
        Entrance::Tls => &place.access.tls,
        Entrance::TlsAlternate => &place.access.tls_alternate,
    };
    addresses.get(usize::from(site)).map_or("", String::as_str)
}

/// The entrance that the end of a command's name means (`peers-tls-alt`).
pub(super) fn entrance(command: &str) -> Option<Entrance> {
    [
        ("-clear-std", Entrance::Standard),
        ("-clear-alt", Entrance::Alternate),
        ("-tls-std", Entrance::Tls),
        ("-tls-alt", Entrance::TlsAlternate),
    ]
    .into_iter()
    .find_map(|(end, entrance)| command.ends_with(end).then_some(entrance))
}

/// `address:port` of the given nodes, as `services` lists them.
pub(super) fn services(places: &[Place], nodes: &[NodeId], site: u8, entrance: Entrance) -> String {
    let addresses = known(places, nodes).map(|place| address(place, site, entrance));
    addresses.filter(|address| !address.is_empty()).collect::<Vec<_>>().join(";")
}

/// `generation,default port,[[ID,TLS name,[address]],…]`. The default port is `own`'s; an address
/// with another port names it. Nodes without such an address are not listed.
pub(super) fn list(
    generation: u64,
    own: &Place,
    (places, nodes): (&[Place], &[NodeId]),
    site: u8,
    entrance: Entrance,
) -> String {
    let default_port = match (address(own, site, entrance), entrance.is_tls()) {
        ("", true) => "",
        ("", false) => split_port(address(own, site, Entrance::Standard)).1,
        (address, _) => split_port(address).1,
    };
    let entry = |place: &Place| {
        let address = address(place, site, entrance);
        let (host, port) = split_port(address);
        let suffix = if port == default_port { String::new() } else { format!(":{port}") };
        let tls_name = if entrance.is_tls() { &place.access.tls_name } else { "" };
        (!address.is_empty()).then(|| format!("[{},{tls_name},[{host}{suffix}]]", place.id))
    };
    let entries: Vec<String> = known(places, nodes).filter_map(entry).collect();
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
    use crate::node::Access;

    fn place(id: u64, addresses: [&str; 2]) -> Place {
        let access = Access {
            alternate: vec![addresses[0].replace("127.", "10."); 2],
            tls_name: "cert".to_owned(),
            tls: vec![addresses[0].replace(":3", ":4"); 2],
            tls_alternate: Vec::new(),
        };
        Place {
            id: NodeId(id),
            site: 0,
            rack: 0,
            stay_quiesced: false,
            addresses: addresses.map(str::to_owned).into(),
            access,
        }
    }

    #[test]
    fn peers_are_told_by_the_clients_site_and_by_the_entrance() {
        let places = [
            place(0xA1, ["127.0.1.1:3000", "127.0.1.2:3000"]),
            place(0xA2, ["127.0.2.1:3000", "127.0.2.2:3100"]),
        ];
        let peers = [NodeId(0xA2)];
        let told = |site, entrance| list(7, &places[0], (&places, &peers), site, entrance);
        assert_eq!(told(0, Entrance::Standard), "7,3000,[[A2,,[127.0.2.1]]]");
        assert_eq!(told(1, Entrance::Standard), "7,3000,[[A2,,[127.0.2.2:3100]]]");
        assert_eq!(told(0, Entrance::Alternate), "7,3000,[[A2,,[10.0.2.1]]]");
        assert_eq!(told(0, Entrance::Tls), "7,4000,[[A2,cert,[127.0.2.1]]]");
        assert_eq!(told(0, Entrance::TlsAlternate), "7,,[]", "there are none");
        assert_eq!(services(&places, &peers, 1, Entrance::Standard), "127.0.2.2:3100");
        assert_eq!(services(&places, &peers, 1, Entrance::Alternate), "10.0.2.1:3000");
        assert_eq!(services(&places, &peers, 1, Entrance::TlsAlternate), "");
        let alone = list(7, &places[0], (&places, &[]), 1, Entrance::Standard);
        assert_eq!(alone, "7,3000,[]", "an isolated node");
    }

    #[test]
    fn commands_name_their_entrance() {
        assert_eq!(entrance("peers-tls-alt"), Some(Entrance::TlsAlternate));
        assert_eq!(entrance("service-clear-std"), Some(Entrance::Standard));
        assert_eq!(entrance("services"), None);
    }
}
