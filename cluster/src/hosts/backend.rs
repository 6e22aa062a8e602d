//! A running cluster as a backend.

use history::ClusterIdentity;

use crate::command::{Command, Reply};
use crate::{ClusterError, info};

/// A running cluster.
#[derive(Debug)]
pub(crate) struct Hosts {
    /// The nodes' addresses, in the order of the topology.
    addresses: Vec<String>,
}

impl Hosts {
    /// Finds the cluster that seed addresses belong to, and its namespaces.
    pub(crate) async fn find(
        seeds: &[String],
        namespaces: &[String],
    ) -> Result<(Self, ClusterIdentity, Vec<String>), ClusterError> {
        let (identity, namespaces) = super::find::identity(seeds, namespaces).await?;
        let nodes = identity.topology.nodes.iter();
        let addresses = nodes.flat_map(|node| node.addresses.first().cloned()).collect();
        Ok((Self { addresses }, identity, namespaces))
    }

    /// Answers what is asked of nodes, refuses the rest.
    pub(crate) async fn perform(&self, command: Command) -> Result<Reply, ClusterError> {
        let refused = match command {
            Command::Info { node, commands, .. } => {
                let address = self.addresses.get(usize::from(node));
                let address = address.ok_or(ClusterError::NoSuchNode(node))?;
                return Ok(Reply::Answers(info::ask(address, &commands).await?));
            }
            Command::Standing => return Ok(Reply::Standing(Vec::new())),
            Command::Interrupt { .. } | Command::Renew(_) | Command::Restore(_) => "cutting links",
            Command::IsOpen(_) => "probing links",
            Command::Kill(_) | Command::Start(_) => "killing nodes",
            Command::Pause(_) | Command::Resume(_) => "pausing nodes",
            Command::SetClockOffset { .. } | Command::ClockOffset(_) => "setting clocks off",
        };
        Err(ClusterError::LoadOnly(refused))
    }
}
