//! Where a pair runs.

use cluster::{Cluster, EmbeddedPlan, NamespacePlan};
use history::{ConflictResolution, Mode};

use crate::cli::Backend;
use crate::config::Settings;
use crate::exit::Failure;
use crate::output::note;
use crate::plan::{ClusterPlan, Pair};

/// What the cluster under test is made of.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// An emulated cluster of its own for every pair.
    Embedded,
    /// The same, in processes in network namespaces.
    Netns,
    /// A running cluster, by its seed addresses.
    Hosts(Vec<String>),
}

impl Place {
    /// A place for an emulated cluster: what the command line says, or else the configuration.
    ///
    /// # Errors
    /// A backend that nobody knows, or one that starts no cluster.
    pub(crate) fn emulated(said: Option<Backend>, settings: &Settings) -> Result<Self, Failure> {
        match (said, settings.cluster.backend.as_str()) {
            (Some(Backend::Embedded), _) | (None, "embedded") => Ok(Self::Embedded),
            (Some(Backend::Netns), _) | (None, "netns") => Ok(Self::Netns),
            (Some(Backend::Hosts), _) => Err(Failure::Usage(
                "--backend hosts only loads a running cluster: `aerocert run` does".to_owned(),
            )),
            (None, other) => Err(Failure::Usage(format!(
                "`cluster.backend` is `{other}`; there are embedded, netns"
            ))),
        }
    }

    /// What a command that does the same again must say of the place.
    pub(crate) fn flags(&self) -> String {
        match self {
            Self::Embedded => String::new(),
            Self::Netns => " --backend netns".to_owned(),
            Self::Hosts(hosts) => format!(" --backend hosts --hosts {}", hosts.join(",")),
        }
    }

    /// Starts or finds the cluster.
    ///
    /// # Errors
    /// It cannot be started or reached.
    pub(crate) async fn open(&self, pair: &Pair) -> Result<Cluster, Failure> {
        match self {
            Self::Embedded => {
                let plan = embedded(&pair.cluster, pair.seed, pair.defect.clone(), 0);
                Cluster::embedded(plan).await.map_err(Failure::starting)
            }
            Self::Netns => {
                for leftover in cluster::leftovers() {
                    let cluster::Leftover { namespace, keeper } = leftover;
                    note(&format!(
                        "{namespace} was left by process {keeper}, which is gone; `aerocert cluster \
                         down --all` removes it"
                    ));
                }
                let plan = embedded(&pair.cluster, pair.seed, pair.defect.clone(), 0);
                let program = std::env::current_exe().map_err(Failure::harness)?;
                Cluster::netns(plan, &program).await.map_err(Failure::starting)
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
        access: plan.access.clone(),
        seed,
        defect,
        port,
    }
}
