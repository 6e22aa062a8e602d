//! The judgement of one run.

use history::{FaultRecord, History, Manifest, Observation, Results, Verdict};

use crate::anomalies::Record;
use crate::run::Run;
use crate::{assumptions, census, checks, expectation};

/// Judges a stored run: assumptions first, then the checks of its manifest, then its expectation.
///
/// Missing coverage turns *valid* into *unknown* and never touches an anomaly; broken evidence (a
/// dirty key space, two open operations of one process, a clock that runs backwards) makes
/// everything unknown.
#[must_use]
pub fn judge(
    manifest: &Manifest,
    history: &History,
    faults: &[FaultRecord],
    observations: &[Observation],
) -> Results {
    let run = Run::new(manifest, history, faults, observations);
    let records: Vec<Record<'_>> = run.keys().map(|key| Record::of(&run, key)).collect();
    let assumptions = assumptions::examine(&run);
    let checked: Vec<_> =
        manifest.checks.iter().map(|check| checks::check(&run, &records, *check)).collect();
    let void = assumptions.iter().any(|one| !one.held && one.voids_anomalies);
    let covered = assumptions.iter().all(|one| one.held);
    let found =
        checked.iter().map(|checked| checked.result.verdict).fold(Verdict::Valid, Verdict::and);
    let verdict = match found {
        _ if void => Verdict::Unknown,
        Verdict::Valid if !covered => Verdict::Unknown,
        found => found,
    };
    let expectation = if void { Ok(()) } else { expectation::judge(&run, &records, &checked) };
    let census = census::take(&run, &records, &checked);
    Results {
        schema_version: Results::SCHEMA_VERSION,
        verdict,
        expectation,
        operations: history.counts(),
        assumptions,
        checks: checked.into_iter().map(|checked| checked.result).collect(),
        truncated: history.truncated.clone(),
        census,
    }
}
