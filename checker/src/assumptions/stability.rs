//! Nodes joined and left only where a fault explains it (`unplanned-recluster` otherwise): a busy
//! machine that splits an emulated cluster is no fault of the consistency mode.

use history::{Assumption, Mark, Observation};

use super::coverage;
use crate::run::Run;

/// How many times the detection time a cluster is given to settle after a fault.
const SETTLING: u64 = 4;
/// Time to settle besides, in ns.
const SETTLING_NS: u64 = 3_000_000_000;

pub(super) fn examine(run: &Run<'_>) -> Assumption {
    let heartbeat = run.manifest.cluster.heartbeat;
    let detection_ns = u64::from(heartbeat.interval_ms) * u64::from(heartbeat.timeout) * 1_000_000;
    let slack_ns = SETTLING * detection_ns + SETTLING_NS;
    let disturbed = |from_ns: u64, to_ns: u64| {
        run.windows.iter().any(|window| window.touches(from_ns.saturating_sub(slack_ns), to_ns))
    };
    let load_ns = run.history.marked_ns(Mark::LoadStarted).unwrap_or(0);
    let during_run: Vec<&Observation> =
        run.observations.iter().filter(|one| one.time_ns >= load_ns).collect();
    let mut unplanned = 0_u64;
    let mut first = None;
    for pair in during_run.windows(2) {
        let (from_ns, to_ns) = (pair[0].time_ns, pair[1].time_ns);
        if !disturbed(from_ns, to_ns) && reclustered(pair[0], pair[1]) {
            unplanned += 1;
            first.get_or_insert(to_ns);
        }
    }
    let detail = match first {
        None => format!("{} observations, no unplanned recluster", during_run.len()),
        Some(at) => format!(
            "{unplanned} unplanned reclusters, the first by {}.{:03} s",
            at / 1_000_000_000,
            at / 1_000_000 % 1_000
        ),
    };
    coverage("no-unplanned-recluster", unplanned == 0, detail)
}

/// Whether a node that answered both times is in another cluster, or one of another size.
fn reclustered(before: &Observation, after: &Observation) -> bool {
    before.nodes.iter().zip(&after.nodes).any(|(before, after)| match (before, after) {
        (Some(before), Some(after)) => {
            before.cluster_key != after.cluster_key || before.cluster_size != after.cluster_size
        }
        _ => false,
    })
}
