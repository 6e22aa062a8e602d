//! What an embedded cluster shall be, in the words of the emulator.

use std::path::PathBuf;

use emulator::defect::{Defect, Defects};
use emulator::embedded::{EmbeddedConfig, Tls};
use emulator::node::{self, NamespaceConfig, Place};
use emulator::partition;
use emulator::world::{Delays, WorldConfig};
use history::{ConflictResolution, Heartbeat, Mode, Topology};
use serde::{Deserialize, Serialize};

use crate::ClusterError;

/// What an embedded cluster shall be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EmbeddedPlan {
    /// Its name.
    pub name: String,
    /// Sites and nodes; the nodes' addresses are filled in when they listen.
    pub topology: Topology,
    /// The namespaces, on every node.
    pub namespaces: Vec<NamespacePlan>,
    /// Heartbeats.
    pub heartbeat: Heartbeat,
    /// There and back between two sites, in µs.
    pub round_trip_us: u64,
    /// The seed of everything random in the cluster.
    pub seed: u64,
    /// Whether clients must log in.
    pub security: bool,
    /// The name of a defect to switch on.
    pub defect: Option<String>,
    /// The port of every node; 0 takes a free one.
    pub port: u16,
    /// At which further addresses clients are served.
    #[serde(default)]
    pub access: AccessPlan,
}

/// At which further addresses the nodes of an embedded cluster serve clients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessPlan {
    /// Every node has alternate addresses.
    pub alternate: bool,
    /// Every node speaks TLS, at a port beside; `None`: none does.
    pub tls: Option<TlsPlan>,
}

/// What nodes show clients that speak TLS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsPlan {
    /// The name on the certificate.
    pub name: String,
    /// The file of the certificate, with those that lead to its authority after it (PEM).
    pub certificate: PathBuf,
    /// The file of its key (PEM).
    pub key: PathBuf,
    /// The port of every node for TLS; 0 takes a free one.
    pub port: u16,
}

/// A namespace of an embedded cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NamespacePlan {
    /// Its name.
    pub name: String,
    /// Strong consistency or availability.
    pub mode: Mode,
    /// Copies of each record.
    pub replication_factor: u32,
    /// How versions are merged (AP).
    pub conflict_resolution: ConflictResolution,
}

impl EmbeddedPlan {
    /// The emulator's configuration.
    pub(crate) fn config(&self) -> Result<EmbeddedConfig, ClusterError> {
        let world = WorldConfig {
            cluster_name: self.name.clone(),
            sites: self.topology.sites.len() as u8,
            places: self.places(),
            heartbeat: node::Heartbeat {
                interval_ms: self.heartbeat.interval_ms,
                timeout: self.heartbeat.timeout,
            },
            namespaces: self.namespaces.iter().map(NamespacePlan::config).collect(),
            delays: Delays { round_trip_us: self.round_trip_us, ..Delays::default() },
            security: self.security,
            defects: self.defect.as_deref().map_or_else(|| Ok(Defects::default()), defects)?,
        };
        let tls = self.access.tls.as_ref();
        let tls = tls.map(|tls| Tls::load(&tls.name, &tls.certificate, &tls.key, tls.port));
        Ok(EmbeddedConfig {
            port: self.port,
            alternate: self.access.alternate,
            tls: tls.transpose()?,
            ..EmbeddedConfig::new(world, self.seed)
        })
    }

    /// The most copies that a namespace keeps of a record.
    pub(crate) fn replication_factor(&self) -> u32 {
        self.namespaces.iter().map(|namespace| namespace.replication_factor).max().unwrap_or(0)
    }

    fn places(&self) -> Vec<Place> {
        let place = |node: &history::Node| Place {
            id: partition::NodeId(node.id.0),
            site: node.site,
            rack: node.rack,
            stay_quiesced: false,
            addresses: Vec::new(),
            access: Default::default(),
        };
        self.topology.nodes.iter().map(place).collect()
    }
}

impl NamespacePlan {
    fn config(&self) -> NamespaceConfig {
        let mode = match self.mode {
            Mode::Sc => node::Mode::Sc,
            Mode::Ap => node::Mode::Ap,
        };
        NamespaceConfig {
            replication_factor: self.replication_factor as usize,
            conflict_resolution: match self.conflict_resolution {
                ConflictResolution::Generation => node::ConflictResolution::Generation,
                ConflictResolution::LastUpdateTime => node::ConflictResolution::LastUpdateTime,
            },
            ..NamespaceConfig::new(&self.name, mode)
        }
    }
}

/// The switches with the defect of that name on.
fn defects(name: &str) -> Result<Defects, ClusterError> {
    let known = || Defect::ALL.iter().map(|defect| defect.entry().name).collect();
    let defect = Defect::named(name);
    let defect = defect.ok_or_else(|| ClusterError::NoSuchDefect(name.to_owned(), known()))?;
    Ok(Defects::only(defect))
}
