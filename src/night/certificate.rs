//! The certificate of judged runs.

use std::path::Path;

use history::{Canary, Certificate, ClusterIdentity, ClusterSummary, Expectation, RunSummary};

use super::verdict::verdict;
use crate::exit::Failure;
use crate::run::Judged;

/// Everything that a night judged.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    /// The runs, in the order of the plan; a canary's manifest carries its defect.
    pub(crate) runs: Vec<Judged>,
    /// The pairs that could not be run, each with why.
    pub(crate) failed: Vec<String>,
}

/// The certificate in `folder` over all of it.
///
/// # Errors
/// A run's files cannot be read; nothing was judged at all.
pub(crate) fn certificate(
    judgement: &Judgement,
    folder: &Path,
    profile: &str,
    seed: u64,
    reproduce: String,
) -> Result<Certificate, Failure> {
    let Some(first) = judgement.runs.first() else {
        return Err(Failure::Harness(format!("nothing was run: {}", judgement.failed.join("; "))));
    };
    let mut runs: Vec<RunSummary> = Vec::new();
    let mut canaries = Vec::new();
    for judged in &judgement.runs {
        let summary = judged.summary(folder)?;
        match &judged.manifest.arm.defect {
            None => runs.push(summary),
            Some(defect) => canaries.push(Canary {
                defect: defect.clone(),
                caught: caught(judged),
                run: summary,
            }),
        }
    }
    let cluster = &first.manifest.cluster;
    let verdict = verdict(&runs, &canaries, &judgement.failed);
    let mut certificate = Certificate {
        schema_version: Certificate::SCHEMA_VERSION,
        verdict,
        statement: String::new(),
        started: first.manifest.started.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        profile: profile.to_owned(),
        seed,
        cluster: cluster_summary(cluster),
        runs,
        canaries,
        reproduce,
    };
    certificate.statement = reports::certificate_statement(&certificate, &judgement.failed);
    Ok(certificate)
}

/// Whether a run with a defect shows the class that the defect's entry names.
pub(crate) fn caught(judged: &Judged) -> bool {
    match judged.manifest.expectation {
        Expectation::MustShow { class } => {
            judged.results.anomalies().iter().any(|(found, _)| *found == class)
        }
        _ => false,
    }
}

fn cluster_summary(cluster: &ClusterIdentity) -> ClusterSummary {
    ClusterSummary {
        kind: cluster.kind,
        name: cluster.name.clone(),
        edition: cluster.edition.clone(),
        build: cluster.build.clone(),
        nodes: cluster.topology.nodes.len() as u32,
        sites: cluster.topology.sites.clone(),
        round_trip_us: cluster.round_trip_us,
        notice: reports::cluster_notice(cluster.kind),
    }
}
