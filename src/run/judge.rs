//! Judging a stored run, and writing its page.

use std::path::Path;

use history::store::RunDirectory;
use history::{AnomalyCount, Results, RunSummary};

use crate::exit::Failure;

/// A run with everything that was recorded and found.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) directory: RunDirectory,
    pub(crate) manifest: history::Manifest,
    pub(crate) history: history::History,
    pub(crate) faults: Vec<history::FaultRecord>,
    pub(crate) observations: Vec<history::Observation>,
    pub(crate) results: Results,
}

impl Judged {
    /// What the page shows.
    pub(crate) fn view(&self) -> reports::RunView<'_> {
        reports::RunView {
            manifest: &self.manifest,
            history: &self.history,
            faults: &self.faults,
            observations: &self.observations,
            results: &self.results,
        }
    }

    /// The run's line in a certificate that lies in `above`.
    ///
    /// # Errors
    /// The files of the run cannot be read.
    pub(crate) fn summary(&self, above: &Path) -> Result<RunSummary, Failure> {
        let path = self.directory.path();
        let relative = path.strip_prefix(above).unwrap_or(path);
        Ok(RunSummary {
            path: relative.display().to_string(),
            arm: self.manifest.arm.name.clone(),
            mode: self.manifest.arm.mode,
            workload: self.manifest.load.workload.name().to_owned(),
            nemesis: self.manifest.nemesis.name.clone(),
            seed: self.manifest.seed,
            pair: self.manifest.pair.clone(),
            verdict: self.results.verdict,
            expectation: reports::expectation_text(&self.manifest.expectation),
            expected: self.results.expectation.is_ok(),
            unexpected: self.results.expectation.clone().err(),
            operations: self.results.operations,
            anomalies: self
                .results
                .anomalies()
                .into_iter()
                .map(|(class, count)| AnomalyCount { class, count })
                .collect(),
            history_sha256: self.directory.history_sha256().map_err(Failure::harness)?,
            results_sha256: self.directory.results_sha256().map_err(Failure::harness)?,
        })
    }
}

/// Judges a run as it is stored, without writing anything.
///
/// # Errors
/// The run cannot be read.
pub(crate) fn judge(directory: RunDirectory) -> Result<Judged, Failure> {
    let manifest = directory.manifest().clone();
    let history = directory.history().map_err(Failure::usage)?;
    let faults = latest_of_each(directory.faults().map_err(Failure::usage)?);
    let observations = directory.observations().map_err(Failure::usage)?;
    let results = checker::judge(&manifest, &history, &faults, &observations);
    Ok(Judged { directory, manifest, history, faults, observations, results })
}

/// Judges a run and writes `results.json` and the page beside its history.
///
/// # Errors
/// The run cannot be read or written.
pub(crate) fn judge_stored(directory: RunDirectory) -> Result<Judged, Failure> {
    let judged = judge(directory)?;
    judged.directory.write_results(&judged.results).map_err(Failure::harness)?;
    write_page(&judged)?;
    Ok(judged)
}

/// Writes the page of a judged run.
///
/// # Errors
/// The file cannot be written.
fn write_page(judged: &Judged) -> Result<(), Failure> {
    let page = reports::run_page(&judged.view());
    let path = judged.directory.report_path();
    std::fs::write(&path, page)
        .map_err(|error| Failure::Harness(format!("failed to write {}: {error}", path.display())))
}

/// A fault has a line for each of its stages; the last one counts.
fn latest_of_each(lines: Vec<history::FaultRecord>) -> Vec<history::FaultRecord> {
    let mut latest: Vec<history::FaultRecord> = Vec::new();
    for line in lines {
        match latest.iter_mut().find(|known| known.index == line.index) {
            Some(known) => *known = line,
            None => latest.push(line),
        }
    }
    latest.sort_by_key(|fault| fault.index);
    latest
}
