//! Enough happened: in all, while faults were in force, and in each site then.

use history::{Assumption, Outcome, Packed};

use super::coverage;
use crate::run::Run;

pub(super) fn completed(run: &Run<'_>) -> Assumption {
    let counts = run.history.counts();
    let unanswered =
        run.history.operations.iter_packed().filter(|one| one.completed_ns().is_none()).count();
    let completed = counts.ok + counts.fail + counts.info - unanswered as u64;
    let floor = run.manifest.floors.completed;
    let detail = format!("{completed} operations completed, {floor} needed");
    coverage("traffic", completed >= floor, detail)
}

pub(super) fn in_faults(run: &Run<'_>) -> Assumption {
    let acknowledged = acknowledged_in_faults(run).count() as u64;
    let floor = run.manifest.floors.acknowledged_in_faults;
    let detail = format!(
        "{acknowledged} operations were acknowledged while faults were in force, {floor} needed"
    );
    coverage("traffic-in-faults", acknowledged >= floor, detail)
}

/// One assumption for each site, if the profile has a floor for sites.
pub(super) fn in_faults_per_site(run: &Run<'_>) -> Vec<Assumption> {
    let floor = run.manifest.floors.acknowledged_in_faults_per_site;
    if floor == 0 {
        return Vec::new();
    }
    let sites = &run.manifest.cluster.topology.sites;
    let mut counts = vec![0_u64; sites.len()];
    for operation in acknowledged_in_faults(run) {
        if let Some(count) = counts.get_mut(usize::from(operation.site().0)) {
            *count += 1;
        }
    }
    sites
        .iter()
        .zip(counts)
        .map(|(site, count)| {
            let detail = format!(
                "{count} operations of {site} were acknowledged while faults were in force, {floor} needed"
            );
            coverage(&format!("traffic-in-faults-{site}"), count >= floor, detail)
        })
        .collect()
}

/// Operations that were acknowledged between a probe that found a fault in force and one that found
/// it gone.
fn acknowledged_in_faults<'a>(run: &'a Run<'_>) -> impl Iterator<Item = Packed<'a>> {
    let windows = run.history.fault_windows();
    run.history.operations.iter_packed().filter(move |one| {
        let Some(end) = one.completed_ns().filter(|_| one.outcome() == Outcome::Ok) else {
            return false;
        };
        windows.iter().any(|(_, from, to)| (*from..=*to).contains(&end))
    })
}
