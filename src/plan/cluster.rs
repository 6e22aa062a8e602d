//! The emulated cluster that a plan needs.

use cluster::{AccessPlan, TlsPlan};
use history::{Heartbeat, Node, NodeId, Topology};

use crate::config::{ClusterSettings, Settings};
use crate::exit::Failure;

/// What the emulated cluster looks like.
#[derive(Clone, Debug)]
pub(crate) struct ClusterPlan {
    pub(crate) name: String,
    /// Addresses are filled in when the cluster is up.
    pub(crate) topology: Topology,
    pub(crate) replication_factor: u32,
    pub(crate) heartbeat: Heartbeat,
    pub(crate) round_trip_us: u64,
    pub(crate) security: bool,
    pub(crate) access: AccessPlan,
    pub(crate) sc_namespace: String,
    pub(crate) ap_namespace: String,
    pub(crate) ap_last_update_time_namespace: String,
}

/// The cluster of the settings.
///
/// # Errors
/// A topology that cannot be: unknown sites, ids twice, more copies than nodes.
pub(crate) fn cluster(settings: &Settings) -> Result<ClusterPlan, Failure> {
    let cluster = &settings.cluster;
    let impossible = |why: String| Failure::Usage(format!("the cluster cannot be built: {why}"));
    let mut nodes: Vec<Node> = Vec::new();
    for node in &cluster.nodes {
        let id: NodeId = node.id.parse().map_err(|_| {
            impossible(format!(
                "node id `{}` is not a hexadecimal number of at most 16 digits",
                node.id
            ))
        })?;
        if id.0 == 0 || nodes.iter().any(|known| known.id == id) {
            return Err(impossible(format!(
                "node id {id} is used twice or zero; give each node its own"
            )));
        }
        let site = cluster.sites.iter().position(|site| *site == node.site).ok_or_else(|| {
            impossible(format!(
                "node {id} is in site `{}`, which `cluster.sites` does not name ({})",
                node.site,
                cluster.sites.join(", ")
            ))
        })?;
        nodes.push(Node { id, site: site as u8, rack: node.rack, addresses: Vec::new() });
    }
    if cluster.sites.is_empty() || cluster.sites.len() > 8 {
        return Err(impossible("`cluster.sites` must name one to eight sites".to_owned()));
    }
    if nodes.is_empty() || nodes.len() > 32 {
        return Err(impossible("`cluster.nodes` must name one to thirty-two nodes".to_owned()));
    }
    if cluster.replication_factor == 0 || cluster.replication_factor as usize > nodes.len() {
        return Err(impossible(format!(
            "replication factor {} does not fit {} nodes; choose 1 to {}",
            cluster.replication_factor,
            nodes.len(),
            nodes.len()
        )));
    }
    if !(10..=1000).contains(&cluster.heartbeat.interval_ms)
        || !(3..=100).contains(&cluster.heartbeat.timeout)
    {
        return Err(impossible(
            "`cluster.heartbeat` needs interval_ms of 10 to 1000 and timeout of 3 to 100"
                .to_owned(),
        ));
    }
    Ok(ClusterPlan {
        access: access(cluster)?,
        name: cluster.name.clone(),
        topology: Topology { sites: cluster.sites.clone(), nodes },
        replication_factor: cluster.replication_factor,
        heartbeat: Heartbeat {
            interval_ms: cluster.heartbeat.interval_ms,
            timeout: cluster.heartbeat.timeout,
        },
        round_trip_us: cluster.round_trip_us,
        security: cluster.security,
        sc_namespace: settings.namespaces.sc.clone(),
        ap_namespace: settings.namespaces.ap.clone(),
        ap_last_update_time_namespace: settings.namespaces.ap_last_update_time.clone(),
    })
}

/// At which further addresses nodes serve clients.
fn access(cluster: &ClusterSettings) -> Result<AccessPlan, Failure> {
    let usage = |why: &str| Failure::Usage(why.to_owned());
    let tls = match &cluster.tls {
        None => None,
        Some(tls) if tls.name.is_empty() || tls.name.contains([',', ':', '[', ']']) => {
            return Err(usage(
                "`cluster.tls.name` must be the name on the certificate, as `aerocert.test`",
            ));
        }
        Some(tls) => Some(TlsPlan {
            name: tls.name.clone(),
            certificate: tls.certificate.clone(),
            key: tls.key.clone(),
            port: tls.port,
        }),
    };
    let plan = AccessPlan { alternate: cluster.alternate_addresses, tls };
    if cluster.backend == "netns" && plan != AccessPlan::default() {
        return Err(no_access_in_namespaces());
    }
    Ok(plan)
}

/// Nodes in network namespaces have one address each.
pub(crate) fn no_access_in_namespaces() -> Failure {
    Failure::Usage(
        "`cluster.alternate_addresses` and `cluster.tls` are for the backend `embedded`: leave them \
         out, or choose it"
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings;

    fn refused(change: impl FnOnce(&mut Settings)) -> String {
        let mut settings = settings("quick", None).unwrap();
        change(&mut settings);
        cluster(&settings).unwrap_err().to_string()
    }

    #[test]
    fn impossible_topologies_are_refused_with_the_mend() {
        assert!(refused(|s| s.cluster.replication_factor = 7).contains("choose 1 to 6"));
        assert!(refused(|s| s.cluster.nodes[1].id = "A882".into()).contains("used twice"));
        assert!(refused(|s| s.cluster.nodes[1].id = "xyz".into()).contains("hexadecimal"));
        assert!(refused(|s| s.cluster.nodes[1].site = "rome".into()).contains("london, paris"));
        let tls = |name: &str| crate::config::TlsSettings {
            name: name.into(),
            certificate: "node.pem".into(),
            key: "node.key".into(),
            port: 4333,
        };
        assert!(refused(|s| s.cluster.tls = Some(tls(""))).contains("`cluster.tls.name`"));
        assert!(refused(|s| s.cluster.tls = Some(tls("a,b"))).contains("`cluster.tls.name`"));
        assert!(
            refused(|s| {
                s.cluster.backend = "netns".into();
                s.cluster.alternate_addresses = true;
            })
            .contains("backend `embedded`")
        );
        assert!(refused(|s| s.cluster.nodes.clear()).contains("one to thirty-two"));
    }
}
