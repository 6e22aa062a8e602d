//! The sections of a configuration file. Every key may be left out.

use std::path::PathBuf;

use serde::Deserialize;

/// A whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The first violation in an arm that must show nothing ends the load of its pair.
    pub(crate) fail_fast: bool,
    pub(crate) cluster: ClusterSettings,
    pub(crate) namespaces: NamespaceSettings,
    pub(crate) client: ClientSettings,
    pub(crate) load: LoadDefaults,
    pub(crate) window: WindowSettings,
    pub(crate) floors: FloorSettings,
    pub(crate) pair: Vec<PairSettings>,
    pub(crate) matrix: Option<MatrixSettings>,
    pub(crate) canary: Vec<CanarySettings>,
}

/// `[cluster]`: what the emulated cluster looks like.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ClusterSettings {
    /// `embedded` or `netns`.
    pub(crate) backend: String,
    pub(crate) name: String,
    pub(crate) sites: Vec<String>,
    pub(crate) replication_factor: u32,
    pub(crate) round_trip_us: u64,
    /// Clients must log in; `cluster up` alone.
    pub(crate) security: bool,
    /// Nodes have alternate addresses as well, which clients can ask for; `cluster up` alone.
    pub(crate) alternate_addresses: bool,
    /// Nodes speak TLS as well; `cluster up` alone.
    pub(crate) tls: Option<TlsSettings>,
    pub(crate) heartbeat: HeartbeatSettings,
    pub(crate) nodes: Vec<NodeSettings>,
}

/// `cluster.tls`: the certificate that every node shows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsSettings {
    /// The name on the certificate, which clients are told with the addresses of peers.
    pub(crate) name: String,
    /// PEM: the certificate, and those that lead to its authority after it.
    pub(crate) certificate: PathBuf,
    /// PEM: its key.
    pub(crate) key: PathBuf,
    /// The port of every node.
    #[serde(default = "tls_port")]
    pub(crate) port: u16,
}

/// The vendor's usual port for TLS.
fn tls_port() -> u16 {
    4333
}

/// `cluster.heartbeat`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HeartbeatSettings {
    pub(crate) interval_ms: u32,
    pub(crate) timeout: u32,
}

/// One of `cluster.nodes`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NodeSettings {
    /// Upper hex, as the server prints it.
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) rack: u32,
}

/// `[namespaces]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NamespaceSettings {
    pub(crate) sc: String,
    pub(crate) ap: String,
    pub(crate) ap_last_update_time: String,
    pub(crate) set: String,
}

/// `[client]`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ClientSettings {
    pub(crate) timeout_ms: u32,
    pub(crate) tend_interval_ms: u32,
}

/// `[load]`: of every pair that says nothing else.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LoadDefaults {
    pub(crate) processes: u32,
    pub(crate) pinned: u32,
    pub(crate) rate: u32,
    pub(crate) keys: u32,
    pub(crate) writes_per_key: u32,
    pub(crate) skew: f64,
    pub(crate) reads: f64,
    pub(crate) read_mode: String,
}

/// `load` of one pair.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LoadOverrides {
    pub(crate) processes: Option<u32>,
    pub(crate) pinned: Option<u32>,
    pub(crate) rate: Option<u32>,
    pub(crate) keys: Option<u32>,
    pub(crate) writes_per_key: Option<u32>,
    pub(crate) skew: Option<f64>,
    pub(crate) reads: Option<f64>,
    pub(crate) read_mode: Option<String>,
}

/// `[window]`: the quiet time before the faults, the faults and the quiet time between them (as many
/// as fit into the load), the quiet time after them.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WindowSettings {
    pub(crate) before_ms: u64,
    pub(crate) fault_ms: u64,
    pub(crate) between_ms: u64,
    pub(crate) after_ms: u64,
}

/// `[floors]`: what a run must hold to mean anything.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FloorSettings {
    pub(crate) completed: u64,
    pub(crate) acknowledged_in_faults: u64,
    pub(crate) acknowledged_in_faults_per_site: u64,
    pub(crate) faults_ms: u64,
}

/// One `[[pair]]`: arms under one and the same faults.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PairSettings {
    pub(crate) workload: String,
    pub(crate) nemesis: String,
    pub(crate) arms: Vec<String>,
    #[serde(default)]
    pub(crate) clients: Option<String>,
    #[serde(default)]
    pub(crate) load: LoadOverrides,
}

/// `[matrix]`: every workload under every nemesis, after the pairs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatrixSettings {
    pub(crate) workloads: Vec<String>,
    pub(crate) nemeses: Vec<String>,
    pub(crate) arms: Vec<String>,
    #[serde(default = "once")]
    pub(crate) repeat: u32,
}

fn once() -> u32 {
    1
}

/// One `[[canary]]`: a known defect that the night must find.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CanarySettings {
    pub(crate) defect: String,
}
