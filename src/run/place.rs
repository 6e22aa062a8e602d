//! Where a pair runs.

use cluster::{Cluster, EmbeddedPlan, NamespacePlan};
use history::{ConflictResolution, Mode};

use crate::exit::Failure;
use crate::plan::{ClusterPlan, Pair};

/// What the cluster under test is made of.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// An emulated cluster of its own for every pair.
    Embedded,
    /// A running cluster, by its seed addresses.
    Hosts(Vec<String>),
}

impl Place {
    /// Starts or finds the cluster.
    ///
    /// # Errors
    /// It cannot be started or reached.
    pub(crate) async fn open(&self, pair: &Pair) -> Result<Cluster, Failure> {
        match self {
            Self::Embedded => {
                let plan = embedded(&pair.cluster, pair.seed, pair.defect.clone(), 0);
                Cluster::embedded(plan).await.map_err(Failure::harness)
            }
            Self::Hosts(hosts) => {
                let namespaces: Vec<&str> =
                    pair.arms.iter().map(|arm| arm.arm.namespace.as_str()).collect();
                Cluster::hosts(hosts, &namespaces).await.map_err(Failure::usage)
            }
        }
    }
}

/// The emulated cluster of a plan; port 0 lets the system choose.
pub(crate) fn embedded(
    plan: &ClusterPlan,
    seed: u64,
    defect: Option<String>,
    port: u16,
) -> EmbeddedPlan {
    let namespace = |name: &str, mode, conflict_resolution| NamespacePlan {
        name: name.to_owned(),
        mode,
        replication_factor: plan.replication_factor,
        conflict_resolution,
    };
    EmbeddedPlan {
        name: plan.name.clone(),
        topology: plan.topology.clone(),
        namespaces: vec![
            namespace(&plan.sc_namespace, Mode::Sc, ConflictResolution::Generation),
            namespace(&plan.ap_namespace, Mode::Ap, ConflictResolution::Generation),
            namespace(
                &plan.ap_last_update_time_namespace,
                Mode::Ap,
                ConflictResolution::LastUpdateTime,
            ),
        ],
        heartbeat: plan.heartbeat,
        round_trip_us: plan.round_trip_us,
        security: plan.security,
        seed,
        defect,
        port,
    }
}
