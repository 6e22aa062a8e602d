//! `junit.xml`: the certificate as test cases, for the dashboards of build servers.

use history::{AnomalyCount, Canary, Certificate, RunSummary, Verdict};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite, XmlString};

use crate::notice::noticed;
use crate::words;

/// A test case per run and per canary, named by what was tested.
///
/// A case passes if the run shows what was expected of it: an AP run that loses writes as announced
/// passes. It fails if not, and its text says why. An undecided run is an *error*, not *skipped*:
/// build servers show skipped cases as harmless, and an undecided night must not look green. The
/// suite's name says if the cluster was emulated.
#[must_use]
pub fn junit(certificate: &Certificate) -> String {
    let name = noticed(
        certificate.cluster.kind,
        &format!("aerocert {}, seed {}", certificate.profile, certificate.seed),
    );
    let mut suite = TestSuite::new(name.as_str());
    suite.add_property(("verdict", words::certificate_badge(certificate.verdict).word));
    let statement = noticed(certificate.cluster.kind, &certificate.statement);
    suite.add_property(("statement", statement.as_str()));
    suite.add_property(("started", certificate.started.as_str()));
    suite.add_property(("reproduce", certificate.reproduce.as_str()));
    suite.add_test_cases(certificate.runs.iter().map(run_case));
    suite.add_test_cases(certificate.canaries.iter().map(canary_case));
    let mut report = Report::new(name.as_str());
    report.add_test_suite(suite);
    report.to_string().unwrap_or_else(|error| format!("<!-- no report: {error} -->"))
}

fn run_case(run: &RunSummary) -> TestCase {
    let why = run.unexpected.as_deref().unwrap_or("not as expected");
    let status = match (run.expected, run.verdict) {
        (false, _) => not_passed(NonSuccessKind::Failure, "expectation-broken", why),
        (true, Verdict::Unknown) => {
            not_passed(NonSuccessKind::Error, "inconclusive", "undecided; the run's page says why")
        }
        (true, _) => TestCaseStatus::success(),
    };
    let name = format!("{} / {} / {}", run.workload, run.nemesis, run.arm);
    case(&name, run, status)
}

fn canary_case(canary: &Canary) -> TestCase {
    let status = if canary.caught {
        TestCaseStatus::success()
    } else {
        let why = format!("the defect {} was switched on and not caught", canary.defect);
        not_passed(NonSuccessKind::Failure, "canary-missed", &why)
    };
    case(&format!("canary / {}", canary.defect), &canary.run, status)
}

fn not_passed(kind: NonSuccessKind, of_type: &str, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(of_type).set_message(message).set_description(message);
    status
}

fn case(name: &str, run: &RunSummary, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    let counts = run.operations;
    let anomalies = run.anomalies.iter().map(|AnomalyCount { class, count }| (*class, *count));
    let text = format!(
        "verdict: {}\nexpected: {}\nanomalies: {}\noperations: {} ok, {} failed, {} in doubt\n\
         seed: {}\nrun: {}\nhistory sha256: {}\n",
        run.verdict.name(),
        run.expectation,
        words::classes_counted(anomalies),
        counts.ok,
        counts.fail,
        counts.info,
        run.seed,
        run.path,
        run.history_sha256,
    );
    case.set_classname(format!("aerocert.{}", run.arm)).set_system_out(XmlString::new(text));
    case
}
