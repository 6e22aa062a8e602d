//! The certificate for build servers.

use aerocert_reports::junit;
use history::{Check, Workload};

use crate::made_up::{MadeUp, certificate, stale_read};

fn run(arm: &str) -> MadeUp {
    MadeUp::run(arm, Workload::Register, "partition-racks")
}

#[test]
fn expected_losses_pass_and_unexpected_ones_fail_with_their_reason() {
    let runs = [
        run("sc").with(Check::StaleReads, vec![stale_read()], 1),
        run("ap").with(Check::StaleReads, vec![stale_read()], 1),
    ];
    let xml = junit(&certificate(&runs, &[]));
    assert!(xml.contains("tests=\"2\" skipped=\"0\" failures=\"1\" errors=\"0\""), "{xml}");
    assert!(xml.contains("name=\"register / partition-racks / sc\""));
    assert!(xml.contains("<failure message=\"stale-read was found\" type=\"expectation-broken\">"));
}

#[test]
fn an_undecided_run_is_an_error_and_a_missed_canary_a_failure() {
    let mut unexpected = run("sc").with(Check::StaleReads, vec![stale_read()], 1);
    unexpected.results.expectation = Err("found <one>".to_owned());
    let runs = [run("sc").undecided("traffic", "41 operations"), unexpected];
    let xml =
        junit(&certificate(&runs, &[("proxy-resend", false), ("tie-without-roster-master", true)]));
    assert!(xml.contains("failures=\"2\" errors=\"1\""), "{xml}");
    assert!(xml.contains("type=\"inconclusive\"") && xml.contains("found &lt;one&gt;"));
    assert!(
        xml.contains("name=\"canary / proxy-resend\"") && xml.contains("type=\"canary-missed\"")
    );
}
