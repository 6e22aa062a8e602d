//! Verdicts in one sentence.

use history::{Certificate, CertificateVerdict, Manifest, Mode, Results, RunSummary, Verdict};

use crate::notice::noticed;
use crate::words;

/// A run's verdict in one sentence; on an emulated cluster the sentence begins with the notice.
#[must_use]
pub fn run_statement(manifest: &Manifest, results: &Results) -> String {
    let operations = results.operations;
    let total = operations.ok + operations.fail + operations.info;
    let arm = words::mode(manifest.arm.mode);
    let under = format!("{} under {}", manifest.load.workload.name(), manifest.nemesis.name);
    let counted = words::counted(total, "operation");
    let sentence = match results.verdict {
        _ if total == 0 => {
            format!("{arm}: no operation was recorded, so nothing can be said of {under}.")
        }
        Verdict::Valid => format!("{arm}: no violation found in {counted} of {under}."),
        Verdict::Invalid => {
            let classes = words::classes_counted(results.anomalies());
            format!("{arm}: violated. {counted} of {under} show {classes}.")
        }
        Verdict::Unknown => {
            format!("{arm}: inconclusive after {counted} of {under}. {}.", why_unknown(results))
        }
    };
    noticed(manifest.cluster.kind, &sentence)
}

/// The first reason why a run is undecided.
fn why_unknown(results: &Results) -> String {
    let assumption = results.assumptions.iter().find(|assumption| !assumption.held);
    let check = results.checks.iter().find(|check| check.verdict == Verdict::Unknown);
    match (assumption, &results.truncated, check) {
        (Some(missing), _, _) => format!("{}: {}", missing.name, missing.detail),
        (_, Some(why), _) => format!("The history was cut short: {why}"),
        (_, _, Some(check)) => {
            let reason = check.reason.as_deref().unwrap_or("no reason was given");
            format!("{} could not be decided: {reason}", check.check.name())
        }
        (None, None, None) => "No reason was given".to_owned(),
    }
    .trim_end_matches('.')
    .to_owned()
}

/// A certificate's verdict in one sentence; on an emulated cluster the sentence begins with the
/// notice. Does not look at [`Certificate::statement`], which it is meant to fill. `failed` are the
/// failures of the harness, in words.
#[must_use]
pub fn certificate_statement(certificate: &Certificate, failed: &[String]) -> String {
    let runs = &certificate.runs;
    let unexpected: Vec<&RunSummary> = runs.iter().filter(|run| !run.expected).collect();
    let sentence = match certificate.verdict {
        CertificateVerdict::Met => format!("Every expectation is met. {}", sc_and_ap(runs)),
        CertificateVerdict::Broken => {
            format!(
                "An expectation on consistency is broken in {}: {}.",
                words::counted(unexpected.len() as u64, "run"),
                first_of(unexpected.iter().map(|run| {
                    let why = run.unexpected.as_deref().unwrap_or("not as expected");
                    format!("{}, {}", named(run), why.trim_end_matches('.'))
                })),
            )
        }
        CertificateVerdict::CanaryMissed => {
            let missed = certificate.canaries.iter().filter(|canary| !canary.caught);
            let missed: Vec<String> = missed.map(|canary| canary.defect.clone()).collect();
            format!(
                "A known defect was not caught ({}), so a clean run means nothing.",
                missed.join(", ")
            )
        }
        CertificateVerdict::HarnessFailure => {
            let failed = first_of(failed.iter().cloned());
            format!(
                "The harness failed, so the night is not whole: {}.",
                failed.trim_end_matches('.')
            )
        }
        CertificateVerdict::Inconclusive => {
            let undecided = runs.iter().filter(|run| run.verdict == Verdict::Unknown);
            let undecided: Vec<&RunSummary> = undecided.collect();
            format!(
                "{} of {} could not be decided: {}.",
                words::count(undecided.len() as u64),
                words::counted(runs.len() as u64, "run"),
                first_of(undecided.iter().map(|run| named(run))),
            )
        }
    };
    noticed(certificate.cluster.kind, &sentence)
}

/// What the two modes showed under the same faults.
fn sc_and_ap(runs: &[RunSummary]) -> String {
    let of = |mode: Mode| runs.iter().filter(move |run| run.mode == mode);
    let operations = |mode| {
        of(mode).map(|run| run.operations.ok + run.operations.fail + run.operations.info).sum()
    };
    let valid = of(Mode::Sc).filter(|run| run.verdict == Verdict::Valid).count() as u64;
    let mut sentences = Vec::new();
    if valid > 0 {
        sentences.push(format!(
            "SC lost no acknowledged write and served no stale read in {} ({})",
            words::counted(valid, "run"),
            words::counted(operations(Mode::Sc), "operation"),
        ));
    }
    let ap = of(Mode::Ap).count() as u64;
    if ap > 0 {
        let mut classes = std::collections::BTreeMap::new();
        for count in of(Mode::Ap).flat_map(|run| &run.anomalies) {
            *classes.entry(count.class).or_insert(0) += count.count;
        }
        let shown = words::classes_counted(classes);
        let runs = words::counted(ap, "run");
        sentences.push(format!(
            "AP, under the same faults, showed {shown} in {runs} ({})",
            words::counted(operations(Mode::Ap), "operation")
        ));
    }
    if sentences.is_empty() { "No run was made.".to_owned() } else { sentences.join("; ") + "." }
}

/// A run by what was tested.
fn named(run: &RunSummary) -> String {
    format!("{} {} under {}", run.arm, run.workload, run.nemesis)
}

/// The first of several phrases, and how many more there are.
fn first_of(phrases: impl ExactSizeIterator<Item = String>) -> String {
    let more = phrases.len().saturating_sub(1);
    let first = { phrases }.next().unwrap_or_else(|| "none is named".to_owned());
    if more == 0 { first } else { format!("{first} (and {more} more)") }
}
