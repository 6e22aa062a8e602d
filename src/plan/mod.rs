//! What a command will do, resolved from flags and settings before anything is touched.

mod arm;
mod cluster;
mod draw;
mod name;
mod night;
mod pair;

pub(crate) use arm::{ArmPlan, arm};
pub(crate) use cluster::{ClusterPlan, cluster};
pub(crate) use draw::{derived, drawn};
pub(crate) use name::{arm_mode, read_mode, workload};
pub(crate) use night::{Night, night};
pub(crate) use pair::{Canary, Pair, PairRequest, pair};
