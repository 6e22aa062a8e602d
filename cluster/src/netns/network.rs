//! Namespaces, and the cables between them.

use history::End;

use super::names::Names;
use super::{firewall, namespace, tool};
use crate::ClusterError;

/// A network that stands. Dropping it takes it down.
#[derive(Debug)]
pub(super) struct Network {
    names: Names,
}

impl Network {
    /// Builds the network of a cluster, every link whole.
    ///
    /// # Errors
    /// The system refuses (this is not root, tools are missing); nothing is left of it then.
    pub(super) fn build(names: Names) -> Result<Self, ClusterError> {
        // It takes down what stands when the rest fails.
        let network = Self { names };
        network.lay()?;
        Ok(network)
    }

    /// Its names and addresses.
    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    fn lay(&self) -> Result<(), ClusterError> {
        let names = &self.names;
        let router = names.router();
        namespace::create(&router)?;
        let mut lines = String::new();
        for site in 0..names.sites() {
            let (gateway, bits) = (Names::gateway(site), Names::SUBNET_BITS);
            lines += &format!(
                "link add site{site} type bridge\n\
                 addr add {gateway}/{bits} dev site{site}\n\
                 link set site{site} up\n"
            );
        }
        tool::run("ip", &["-n", &router, "-batch", "-"], &lines)?;
        namespace::inside(&router, || std::fs::write("/proc/sys/net/ipv4/ip_forward", "1"))?
            .map_err(|error| ClusterError::Tool {
                command: "forwarding between sites".to_owned(),
                why: error.to_string(),
            })?;
        names.ends().try_for_each(|end| self.join(end, &router))
    }

    /// Makes the namespace of an end and joins it to its site.
    fn join(&self, end: End, router: &str) -> Result<(), ClusterError> {
        let (name, site) = (self.names.namespace(end), self.names.site(end));
        namespace::create(&name)?;
        let port = match end {
            End::Node(node) => format!("node{node}"),
            End::Site(site) => format!("clients{site}"),
        };
        let cable = ["link", "add", &port, "netns", router, "type", "veth"];
        tool::run("ip", &[&cable[..], &["peer", "name", "eth0", "netns", &name]].concat(), "")?;
        let plug = format!("link set {port} master site{site}\nlink set {port} up\n");
        tool::run("ip", &["-n", router, "-batch", "-"], &plug)?;
        let (address, bits) = (self.names.address(end), Names::SUBNET_BITS);
        let lines = format!(
            "addr add {address}/{bits} dev eth0\n\
             link set eth0 up\n\
             route add default via {}\n",
            Names::gateway(site)
        );
        tool::run("ip", &["-n", &name, "-batch", "-"], &lines)?;
        firewall::install(&name)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let ends = self.names.ends().map(|end| self.names.namespace(end));
        for name in ends.chain([self.names.router()]) {
            // What was not made, or is gone already, need not be removed; what stays is found as a
            // leftover.
            let _ = namespace::remove(&name);
        }
    }
}
