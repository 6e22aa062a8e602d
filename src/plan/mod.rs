//! What a command will do, resolved from flags and settings before anything is touched.

mod arm;
mod canary;
mod cluster;
mod draw;
mod name;
mod night;
mod pair;

pub(crate) use arm::{ArmPlan, arm};
pub(crate) use canary::{Canary, defect};
pub(crate) use cluster::{ClusterPlan, cluster, no_access_in_namespaces};
pub(crate) use draw::{derived, drawn};
pub(crate) use name::{arm_mode, read_mode, read_mode_name, scenario, workload};
pub(crate) use night::{Night, night};
pub(crate) use pair::{Pair, PairRequest, pair};
