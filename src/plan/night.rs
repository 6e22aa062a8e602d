//! A night: every pair of a profile.

use super::{Canary, Pair, PairRequest, cluster, derived, pair};
use crate::config::{LoadOverrides, Settings};
use crate::exit::Failure;

/// What `certify` does.
#[derive(Clone, Debug)]
pub(crate) struct Night {
    pub(crate) profile: String,
    pub(crate) seed: u64,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) canaries: Vec<Canary>,
}

/// Resolves a profile.
///
/// # Errors
/// Whatever the settings say that cannot be.
pub(crate) fn night(settings: &Settings, profile: &str, seed: u64) -> Result<Night, Failure> {
    let cluster = cluster(settings)?;
    let mut requests: Vec<PairRequest<'_>> = Vec::new();
    for listed in &settings.pair {
        requests.push(PairRequest {
            workload: &listed.workload,
            nemesis: &listed.nemesis,
            arms: listed.arms.iter().map(String::as_str).collect(),
            clients: listed.clients.as_deref(),
            load: listed.load.clone(),
            duration_ms: None,
            seed: 0,
        });
    }
    if let Some(matrix) = &settings.matrix {
        for _ in 0..matrix.repeat {
            for workload in &matrix.workloads {
                for nemesis in &matrix.nemeses {
                    requests.push(PairRequest {
                        workload,
                        nemesis,
                        arms: matrix.arms.iter().map(String::as_str).collect(),
                        clients: None,
                        load: LoadOverrides::default(),
                        duration_ms: None,
                        seed: 0,
                    });
                }
            }
        }
    }
    if requests.is_empty() {
        return Err(Failure::Usage("the profile names no pair; add a [[pair]]".to_owned()));
    }
    let mut pairs = Vec::new();
    for (index, mut request) in requests.into_iter().enumerate() {
        request.seed = derived(seed, index as u64);
        pairs.push(pair(settings, &cluster, &request)?);
    }
    let mut canaries = Vec::new();
    for (index, listed) in settings.canary.iter().enumerate() {
        let seed = derived(seed, (1 << 32) + index as u64);
        canaries.push(Canary::of(settings, &listed.defect, seed)?);
    }
    Ok(Night { profile: profile.to_owned(), seed, pairs, canaries })
}
