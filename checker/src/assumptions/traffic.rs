//! Enough happened: in all, while faults were in force, and in each site then.

use history::Assumption;

use super::coverage;
use crate::run::Run;

pub(super) fn completed(run: &Run<'_>) -> Assumption {
    let counts = run.survey.counts;
    let completed = counts.ok + counts.fail + counts.info - run.survey.unanswered;
    let floor = run.manifest.floors.completed;
    let detail = format!("{completed} operations completed, {floor} needed");
    coverage("traffic", completed >= floor, detail)
}

pub(super) fn in_faults(run: &Run<'_>) -> Assumption {
    let acknowledged: u64 = run.survey.acknowledged_in_faults.iter().sum();
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
    let counts = run.survey.acknowledged_in_faults.iter().copied().chain(std::iter::repeat(0));
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
