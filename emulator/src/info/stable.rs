//! `cluster-stable:`: whether the cluster has come to rest.

use wire::ResultCode;
use wire::info::{Command, error};

use crate::node::{ClusterView, NamespaceView};

/// The answer: the cluster key, or why there is none.
///
/// `namespaces` are those that the command asks for; an unavailable or dead partition, or a
/// migration under way, makes the cluster unstable.
pub(super) fn answer(
    command: &Command<'_>,
    cluster: &ClusterView,
    namespaces: &[NamespaceView],
) -> String {
    let failure = |text| error(ResultCode::CLUSTER_KEY_MISMATCH, text);
    if let Some(size) = command.parameter("size")
        && size.parse() != Ok(cluster.members.len())
    {
        return failure("cluster not specified size");
    }
    let ignores_migrations = command.parameter("ignore-migrations") == Some("true");
    let at_rest = |view: &NamespaceView| {
        view.unavailable_partitions == 0
            && view.dead_partitions == 0
            && (ignores_migrations || view.migrate_tx_remaining + view.migrate_rx_remaining == 0)
    };
    if cluster.is_member && cluster.integrity && namespaces.iter().all(at_rest) {
        format!("{:X}", cluster.key)
    } else {
        failure("unstable cluster")
    }
}
