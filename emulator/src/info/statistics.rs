//! `statistics` and `namespace/<name>`.

use super::idle;
use crate::node::{
    ClusterView, ConflictResolution, Kind, Mode, NamespaceConfig, NamespaceView, Node,
};
use crate::partition::NodeId;

/// Live records and tombstones of a namespace on this node.
fn objects(view: &NamespaceView) -> u64 {
    view.master_objects + view.prole_objects + view.non_replica_objects
}

/// See [`objects`].
fn tombstones(view: &NamespaceView) -> u64 {
    view.master_tombstones + view.prole_tombstones + view.non_replica_tombstones
}

/// The answer to `objects`.
pub(super) fn all_objects(namespaces: &[NamespaceView]) -> u64 {
    namespaces.iter().map(objects).sum()
}

/// The answer to `statistics`.
pub(super) fn service(cluster: &ClusterView, namespaces: &[NamespaceView]) -> String {
    let principal = cluster.principal.unwrap_or(NodeId(0)).to_string();
    let remaining: u64 =
        namespaces.iter().map(|view| view.migrate_tx_remaining + view.migrate_rx_remaining).sum();
    let has_sc = namespaces.iter().any(|view| view.mode == Mode::Sc);
    let stop_writes_s = if has_sc { cluster.clock_skew_stop_writes_ms / 1000 } else { 0 };
    let peers = cluster.peers.len();
    idle::STATISTICS.with(&[
        ("cluster_size", cluster.members.len().to_string()),
        ("cluster_key", format!("{:X}", cluster.key)),
        ("cluster_generation", cluster.cluster_generation.to_string()),
        ("cluster_principal", principal.clone()),
        ("cluster_integrity", cluster.integrity.to_string()),
        ("cluster_is_member", cluster.is_member.to_string()),
        ("cluster_clock_skew_stop_writes_sec", stop_writes_s.to_string()),
        ("cluster_clock_skew_ms", cluster.clock_skew_ms.to_string()),
        ("uptime", (cluster.uptime_ms / 1000).to_string()),
        ("objects", all_objects(namespaces).to_string()),
        ("tombstones", namespaces.iter().map(tombstones).sum::<u64>().to_string()),
        ("client_connections", cluster.connections.open.to_string()),
        ("client_connections_opened", cluster.connections.opened.to_string()),
        (
            "client_connections_closed",
            (cluster.connections.opened - cluster.connections.open).to_string(),
        ),
        ("heartbeat_connections", peers.to_string()),
        ("paxos_principal", principal),
        ("time_since_rebalance", (cluster.since_rebalance_ms / 1000).to_string()),
        ("migrate_allowed", cluster.is_member.to_string()),
        ("migrate_partitions_remaining", remaining.to_string()),
    ])
}

/// The answer to `namespace/<name>`: what is counted, then how it is configured. Times are in ms
/// since 2010.
pub(super) fn namespace(
    view: &NamespaceView,
    config: &NamespaceConfig,
    configured: &str,
    (now_ms, truncate_lut): (u64, u64),
) -> String {
    let mut known = vec![
        ("current_time", (now_ms / 1000).to_string()),
        ("truncate_lut", truncate_lut.to_string()),
        ("ns_cluster_size", view.cluster_size.to_string()),
        ("effective_replication_factor", view.effective_replication_factor.to_string()),
        ("objects", objects(view).to_string()),
        ("tombstones", tombstones(view).to_string()),
        ("master_objects", view.master_objects.to_string()),
        ("master_tombstones", view.master_tombstones.to_string()),
        ("prole_objects", view.prole_objects.to_string()),
        ("prole_tombstones", view.prole_tombstones.to_string()),
        ("non_replica_objects", view.non_replica_objects.to_string()),
        ("non_replica_tombstones", view.non_replica_tombstones.to_string()),
        ("unreplicated_records", view.unreplicated_records.to_string()),
        ("dead_partitions", view.dead_partitions.to_string()),
        ("unavailable_partitions", view.unavailable_partitions.to_string()),
        ("clock_skew_stop_writes", view.clock_skew_stop_writes.to_string()),
        ("pending_quiesce", view.pending_quiesce.to_string()),
        ("effective_is_quiesced", view.effective_is_quiesced.to_string()),
        ("nodes_quiesced", view.nodes_quiesced.to_string()),
        ("effective_prefer_uniform_balance", config.preference.uniform_balance.to_string()),
        ("effective_active_rack", config.preference.active_rack.unwrap_or(0).to_string()),
        ("migrate_tx_partitions_initial", view.migrate_tx_initial.to_string()),
        ("migrate_tx_partitions_remaining", view.migrate_tx_remaining.to_string()),
        ("migrate_rx_partitions_initial", view.migrate_rx_initial.to_string()),
        ("migrate_rx_partitions_remaining", view.migrate_rx_remaining.to_string()),
        ("migrate_fresh_partitions", view.fresh_partitions.to_string()),
    ];
    known.extend(view.counters.iter().map(|(key, count)| (*key, count.to_string())));
    let counted = idle::NAMESPACE.with(&known);
    format!("{counted};{configured}")
}

/// The answer to `get-config:context=namespace`.
/// `settings` are those that were changed while it runs.
pub(super) fn configuration(
    config: &NamespaceConfig,
    rack: u32,
    settings: Vec<(&'static str, String)>,
) -> String {
    let policy = match config.conflict_resolution {
        ConflictResolution::Generation => "generation",
        ConflictResolution::LastUpdateTime => "last-update-time",
    };
    let mut known = vec![
        ("active-rack", config.preference.active_rack.unwrap_or(0).to_string()),
        ("conflict-resolution-policy", policy.to_owned()),
        ("prefer-uniform-balance", config.preference.uniform_balance.to_string()),
        ("rack-id", rack.to_string()),
        ("replication-factor", config.replication_factor.to_string()),
        ("strong-consistency", (config.mode == Mode::Sc).to_string()),
        ("strong-consistency-allow-expunge", config.allow_expunge.to_string()),
        ("transaction-pending-limit", config.pending_limit.to_string()),
    ];
    known.extend(settings);
    idle::NAMESPACE_CONFIG.with(&known)
}

/// The answer to `smd-info`. Rosters and truncations are spread in ways of their own and not counted
/// here.
pub(super) fn metadata(cluster: &ClusterView, node: &Node) -> String {
    let own = node.config().id;
    let principal = cluster.principal.unwrap_or(own);
    let state = if principal == own { "pr" } else { "npr" };
    let mut answer = format!(
        "smd:n_pending_sets=0,n_events=0,n_nodes={},principal={principal},cluster_key={:X};",
        cluster.members.len(),
        cluster.key
    );
    let count = |kind| node.metadata().of(kind).count();
    let modules = [
        ("evict", 0),
        ("sindex", count(Kind::Index)),
        ("truncate", 0),
        ("UDF", count(Kind::Functions)),
    ];
    for (module, keys) in modules {
        answer.push_str(&format!(
            "{module}:committed_key=0,committed_tid=0,n_keys={keys},state={state};"
        ));
    }
    answer
}
