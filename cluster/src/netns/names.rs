//! Names and addresses: which namespace and which address a node or a site's clients have.

use std::net::Ipv4Addr;

use history::{End, Topology};

/// How every namespace's name begins.
pub(super) const PREFIX: &str = "aerocert-";
/// The port of the clients; the next two are those of the nodes among themselves.
pub(super) const SERVICE_PORT: u16 = 3000;
/// See [`SERVICE_PORT`].
pub(super) const FABRIC_PORT: u16 = 3001;
/// See [`SERVICE_PORT`].
pub(super) const HEARTBEAT_PORT: u16 = 3002;

/// The names and addresses of one cluster's network.
///
/// Addresses are those that are reserved for tests of networks (RFC 2544, `198.18.0.0/15`): site
/// `s` is `198.18.s.0/24`, its gateway `.1`, its clients `.2`, node `n` of all nodes `.(10 + n)`.
#[derive(Clone, Debug)]
pub(super) struct Names {
    process: u32,
    topology: Topology,
}

impl Names {
    /// Bits of a site's subnet.
    pub(super) const SUBNET_BITS: u8 = 24;

    /// The network that a process keeps.
    pub(super) fn new(process: u32, topology: &Topology) -> Self {
        Self { process, topology: topology.clone() }
    }

    /// The namespace that joins the sites.
    pub(super) fn router(&self) -> String {
        format!("{PREFIX}{}-router", self.process)
    }

    /// The namespace of a node or of a site's clients.
    pub(super) fn namespace(&self, end: End) -> String {
        match end {
            End::Node(node) => {
                let id = self.topology.nodes.get(usize::from(node)).map(|node| node.id);
                let id = id.map_or_else(|| node.to_string(), |id| id.to_string());
                format!("{PREFIX}{}-node-{}", self.process, id.to_lowercase())
            }
            End::Site(site) => format!("{PREFIX}{}-clients-{site}", self.process),
        }
    }

    /// The address of a node or of a site's clients.
    pub(super) fn address(&self, end: End) -> Ipv4Addr {
        match end {
            End::Node(node) => {
                let site = self.topology.nodes.get(usize::from(node)).map_or(0, |node| node.site);
                Ipv4Addr::new(198, 18, site, 10 + node)
            }
            End::Site(site) => Ipv4Addr::new(198, 18, site, 2),
        }
    }

    /// The router's address in a site.
    pub(super) fn gateway(site: u8) -> Ipv4Addr {
        Ipv4Addr::new(198, 18, site, 1)
    }

    /// Where a node serves clients.
    pub(super) fn service(&self, node: u8) -> String {
        format!("{}:{SERVICE_PORT}", self.address(End::Node(node)))
    }

    /// The site of a node or of clients.
    pub(super) fn site(&self, end: End) -> u8 {
        match end {
            End::Site(site) => site,
            End::Node(node) => {
                self.topology.nodes.get(usize::from(node)).map_or(0, |node| node.site)
            }
        }
    }

    /// All nodes, then the clients of all sites.
    pub(super) fn ends(&self) -> impl Iterator<Item = End> + use<> {
        let (nodes, sites) = (self.topology.nodes.len() as u8, self.topology.sites.len() as u8);
        (0..nodes).map(End::Node).chain((0..sites).map(End::Site))
    }

    /// How many sites there are.
    pub(super) fn sites(&self) -> u8 {
        self.topology.sites.len() as u8
    }

    /// Whether a node or a site's clients are part of the network.
    pub(super) fn has(&self, end: End) -> bool {
        match end {
            End::Node(node) => usize::from(node) < self.topology.nodes.len(),
            End::Site(site) => site < self.sites(),
        }
    }
}

/// The process that keeps a namespace, by the namespace's name; `None` for one that is not ours.
pub(super) fn keeper(namespace: &str) -> Option<u32> {
    let (process, _) = namespace.strip_prefix(PREFIX)?.split_once('-')?;
    process.parse().ok()
}

#[cfg(test)]
mod tests {
    use history::{Node, NodeId};

    use super::*;

    #[test]
    fn ends_have_names_and_addresses_of_their_site() {
        let node = |id, site| Node { id: NodeId(id), site, rack: 0, addresses: Vec::new() };
        let topology = Topology {
            sites: vec!["london".into(), "paris".into()],
            nodes: vec![node(0xA1, 0), node(0xB2, 1)],
        };
        let names = Names::new(77, &topology);
        assert_eq!(names.namespace(End::Node(1)), "aerocert-77-node-b2");
        assert_eq!(names.namespace(End::Site(1)), "aerocert-77-clients-1");
        assert_eq!(names.address(End::Node(1)), Ipv4Addr::new(198, 18, 1, 11));
        assert_eq!(names.service(0), "198.18.0.10:3000");
        assert_eq!(keeper(&names.router()), Some(77));
        assert_eq!(names.ends().count(), 4);
        for other in ["docker-1", "aerocert-", "aerocert-x-router", "my-aerocert-7-router"] {
            assert_eq!(keeper(other), None, "{other}");
        }
    }
}
