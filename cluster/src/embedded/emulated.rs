//! An emulated cluster as a backend.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use emulator::embedded::{Embedded, EmbeddedError, ReadModeCounts};
use emulator::world::{self, Channels};
use history::{ClusterIdentity, ClusterKind, End, Interruption, Link, Topology};
use tokio::time::timeout;

use super::EmbeddedPlan;
use crate::command::{Command, InterruptionId, Reply};
use crate::lease::{Lease, Leases};
use crate::{ClusterError, info};

/// An emulated cluster in this process.
pub(crate) struct Emulated {
    cluster: Arc<Embedded>,
    leases: Arc<Leases>,
    security: bool,
    /// The clocks that were set off, in ms by node.
    offsets_ms: Mutex<BTreeMap<u8, i64>>,
}

impl Emulated {
    /// Starts the nodes; they listen when this returns, and have still to find each other.
    pub(crate) async fn start(
        plan: &EmbeddedPlan,
    ) -> Result<(Self, ClusterIdentity), ClusterError> {
        let cluster = Embedded::start(plan.config()?).await?;
        let emulated = Self {
            cluster: Arc::new(cluster),
            leases: Arc::default(),
            security: plan.security,
            offsets_ms: Mutex::default(),
        };
        let identity = emulated.identity(plan).await?;
        Ok((emulated, identity))
    }

    async fn identity(&self, plan: &EmbeddedPlan) -> Result<ClusterIdentity, ClusterError> {
        let said = self.info(0, None, &["edition".to_owned(), "build".to_owned()]).await?;
        let said = |command: &str| said.get(command).cloned().unwrap_or_default();
        Ok(ClusterIdentity {
            kind: ClusterKind::Emulated,
            name: plan.name.clone(),
            edition: said("edition"),
            build: said("build"),
            topology: self.topology(&plan.topology),
            replication_factor: plan.replication_factor(),
            heartbeat: plan.heartbeat,
            round_trip_us: Some(plan.round_trip_us),
        })
    }

    /// The planned topology with the addresses on which the nodes listen.
    fn topology(&self, planned: &Topology) -> Topology {
        let mut topology = planned.clone();
        for (number, node) in (0..).zip(&mut topology.nodes) {
            node.addresses =
                self.cluster.addresses(number).iter().map(ToString::to_string).collect();
        }
        topology
    }

    /// Does what a value asks for.
    pub(crate) async fn perform(&self, command: Command) -> Result<Reply, ClusterError> {
        match command {
            Command::Info { node, from, commands } => {
                return Ok(Reply::Answers(self.info(node, from, &commands).await?));
            }
            Command::Interrupt { links, interruption, lease_ms } => {
                let lease = Duration::from_millis(lease_ms);
                return Ok(Reply::Interruption(self.interrupt(links, interruption, lease).await?));
            }
            Command::Renew(id) if !self.leases.renew(id) => {
                return Err(ClusterError::NoSuchInterruption(id.0));
            }
            Command::Renew(_) => {}
            Command::Restore(id) => {
                if self.leases.end(id) {
                    self.cluster.restore(world::InterruptionId(id.0)).await?;
                }
            }
            Command::Standing => return Ok(Reply::Standing(self.leases.standing())),
            Command::IsOpen(link) => {
                return Ok(Reply::Open(self.cluster.is_open(world_link(link)).await?));
            }
            Command::Kill(node) => self.cluster.kill(node).await?,
            Command::Start(node) => self.cluster.start_node(node, true).await?,
            Command::Pause(node) => self.cluster.pause(node).await?,
            Command::Resume(node) => self.cluster.resume(node).await?,
            Command::SetClockOffset { node, offset_ms } => {
                self.cluster.set_clock_offset(node, offset_ms).await?;
                let mut offsets_ms = self.offsets_ms.lock().unwrap_or_else(PoisonError::into_inner);
                offsets_ms.insert(node, offset_ms);
            }
            Command::ClockOffset(node) => {
                let offsets_ms = self.offsets_ms.lock().unwrap_or_else(PoisonError::into_inner);
                return Ok(Reply::OffsetMs(offsets_ms.get(&node).copied().unwrap_or(0)));
            }
        }
        Ok(Reply::Done)
    }

    /// How many SC reads arrived in which mode.
    pub(crate) fn read_modes(&self) -> ReadModeCounts {
        self.cluster.read_modes()
    }

    /// Stops all nodes.
    pub(crate) fn stop(&self) {
        self.cluster.stop();
    }

    async fn info(
        &self,
        node: u8,
        from: Option<u8>,
        commands: &[String],
    ) -> Result<BTreeMap<String, String>, ClusterError> {
        let addresses = self.cluster.addresses(node);
        if addresses.is_empty() {
            return Err(ClusterError::NoSuchNode(node));
        }
        let lines: String = commands.iter().flat_map(|command| [command, "\n"]).collect();
        let over = from.and_then(|site| Some((site, addresses.get(usize::from(site))?)));
        let body = match over {
            Some((_, address)) if !self.security => {
                return info::ask(&address.to_string(), commands).await;
            }
            // Who keeps a cluster needs no user of it.
            Some((site, _)) => {
                let answer = timeout(info::PATIENCE, self.cluster.info_over(node, site, &lines));
                answer.await.ok().flatten()
            }
            None => self.cluster.info(node, &lines).await?,
        };
        let body = body.ok_or(ClusterError::Down(node))?;
        wire::info::decode_reply(body.as_bytes()).map_err(|error| ClusterError::Foreign {
            address: addresses[0].to_string(),
            why: error.to_string(),
        })
    }

    async fn interrupt(
        &self,
        links: Vec<Link>,
        interruption: Interruption,
        lease: Duration,
    ) -> Result<InterruptionId, ClusterError> {
        let how = match interruption {
            Interruption::Cut => world::Interruption::Cut,
            Interruption::Stall => world::Interruption::Stall,
            Interruption::Close => world::Interruption::Close,
        };
        let world_links: Vec<world::Link> = links.iter().copied().map(world_link).collect();
        let in_world = self.cluster.interrupt(&world_links, Channels::ALL, how).await?;
        let id = InterruptionId(in_world.0);
        self.leases.begin(id, Lease::new(links, interruption, lease));
        let (cluster, leases) = (Arc::clone(&self.cluster), Arc::clone(&self.leases));
        tokio::spawn(async move {
            if leases.lapse(id).await {
                // Only a cluster that has stopped refuses.
                let _: Result<(), EmbeddedError> = cluster.restore(in_world).await;
            }
        });
        Ok(id)
    }
}

fn world_link(link: Link) -> world::Link {
    let end = |end| match end {
        End::Node(node) => world::End::Node(node),
        End::Site(site) => world::End::Site(site),
    };
    world::Link { from: end(link.from), to: end(link.to) }
}
