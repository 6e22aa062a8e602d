//! The verdict over a night, and its one sentence.

use history::{Canary, CertificateVerdict, ClusterKind, Mode, RunSummary, Verdict};

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

/// The verdict in one sentence. On an emulated cluster that is the first thing it says.
pub(super) fn statement(
    verdict: CertificateVerdict,
    kind: ClusterKind,
    runs: &[RunSummary],
    failed: &[String],
) -> String {
    let what = match kind {
        ClusterKind::Emulated => "On an emulated cluster (this says nothing about a real one)",
        ClusterKind::Real => "On a real cluster",
    };
    let operations: u64 = runs.iter().map(|run| run.operations.ok).sum();
    let of = |mode: Mode| runs.iter().filter(move |run| run.mode == mode);
    let lossy = of(Mode::Ap).filter(|run| run.verdict == Verdict::Invalid).count();
    let said = match verdict {
        CertificateVerdict::Met => format!(
            "no strong-consistency run of {} lost an acknowledged write or served a stale read; \
             {lossy} of {} availability runs did, as their mode allows",
            of(Mode::Sc).count(),
            of(Mode::Ap).count(),
        ),
        CertificateVerdict::Broken => {
            let broken = runs.iter().filter(|run| !run.expected).count();
            let sc = of(Mode::Sc).filter(|run| !run.expected).count();
            format!("consistency is broken in {broken} of {} runs ({sc} of them strong-consistency)", runs.len())
        }
        CertificateVerdict::CanaryMissed => {
            "a known defect was not found, so nothing that was found valid can be trusted".to_owned()
        }
        CertificateVerdict::HarnessFailure => {
            format!("{} of the planned pairs could not be run: {}", failed.len(), failed.join("; "))
        }
        CertificateVerdict::Inconclusive => {
            let unknown = runs.iter().filter(|run| run.verdict == Verdict::Unknown).count();
            format!("no expectation is broken, but {unknown} of {} runs could not be decided", runs.len())
        }
    };
    format!("{what}, {said} ({operations} acknowledged operations).")
}

#[cfg(test)]
mod tests {
    use super::*;
    use history::OperationCounts;

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
        let said = statement(CertificateVerdict::Met, ClusterKind::Emulated, &runs, &[]);
        assert!(said.starts_with("On an emulated cluster"), "{said}");
        assert!(said.contains("1 of 1 availability runs did"), "{said}");
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
