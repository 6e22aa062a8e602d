//! The verdict over a night.

use history::{Canary, CertificateVerdict, RunSummary, Verdict};

/// The worst of what the runs and the canaries say; `failed` are the pairs that could not be run.
pub(super) fn verdict(
    runs: &[RunSummary],
    canaries: &[Canary],
    failed: &[String],
) -> CertificateVerdict {
    let mut worst = CertificateVerdict::Met;
    for run in runs {
        let said = if !run.expected {
            CertificateVerdict::Broken
        } else if run.verdict == Verdict::Unknown {
            CertificateVerdict::Inconclusive
        } else {
            CertificateVerdict::Met
        };
        worst = worst.max(said);
    }
    if canaries.iter().any(|canary| !canary.caught) {
        worst = worst.max(CertificateVerdict::CanaryMissed);
    }
    if !failed.is_empty() {
        worst = worst.max(CertificateVerdict::HarnessFailure);
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;
    use history::{Mode, OperationCounts};

    fn run(mode: Mode, verdict: Verdict, expected: bool) -> RunSummary {
        RunSummary {
            path: "run".into(),
            arm: "arm".into(),
            mode,
            workload: "register".into(),
            nemesis: "none".into(),
            seed: 1,
            pair: "pair".into(),
            verdict,
            expectation: String::new(),
            expected,
            unexpected: None,
            operations: OperationCounts::default(),
            anomalies: Vec::new(),
            history_sha256: String::new(),
            results_sha256: String::new(),
        }
    }

    #[test]
    fn an_availability_loss_that_was_expected_is_met() {
        let runs = [run(Mode::Sc, Verdict::Valid, true), run(Mode::Ap, Verdict::Invalid, true)];
        assert_eq!(verdict(&runs, &[], &[]), CertificateVerdict::Met);
    }

    #[test]
    fn the_worst_wins_and_unknown_never_hides_a_break() {
        let runs = [run(Mode::Sc, Verdict::Unknown, true), run(Mode::Sc, Verdict::Invalid, false)];
        assert_eq!(verdict(&runs, &[], &["x".into()]), CertificateVerdict::Broken);
        assert_eq!(verdict(&runs[..1], &[], &[]), CertificateVerdict::Inconclusive);
        let missed = [Canary { defect: "d".into(), caught: false, run: runs[0].clone() }];
        assert_eq!(verdict(&runs[..1], &missed, &[]), CertificateVerdict::CanaryMissed);
    }
}
