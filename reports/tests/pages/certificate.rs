//! The page of a certificate.

use aerocert_reports::{certificate_page, certificate_statement};
use history::{CertificateVerdict, Check, Workload};

use crate::html::{assert_sound, attribute, text};
use crate::made_up::{MadeUp, certificate, lost_write, stale_read};

fn lossy(arm: &str) -> MadeUp {
    MadeUp::run(arm, Workload::Register, "partition-racks")
        .with(Check::LostWrites, vec![lost_write()], 37)
        .with(Check::StaleReads, vec![stale_read()], 112)
}

fn night() -> Vec<MadeUp> {
    vec![
        MadeUp::run("sc", Workload::Register, "none"),
        MadeUp::run("ap", Workload::Register, "none"),
        MadeUp::run("sc", Workload::Register, "partition-racks"),
        lossy("ap"),
        lossy("ap-last-update-time"),
    ]
}

fn page(runs: &[MadeUp], canaries: &[(&str, bool)]) -> String {
    let views: Vec<_> = runs.iter().map(MadeUp::view).collect();
    let page = certificate_page(&certificate(runs, canaries), &views);
    assert_sound(&page);
    page
}

#[test]
fn a_good_night_says_what_sc_kept_and_what_ap_lost() {
    let page = page(&night(), &[("proxy-resend", true)]);
    let text = text(&page);
    assert!(text.starts_with("✔ met"), "{}", &text[..80]);
    assert!(text.contains("SC lost no acknowledged write and served no stale read in 2 runs"));
    assert!(
        text.contains("AP, under the same faults, showed 74 lost-write, 224 stale-read in 3 runs")
    );
    assert!(text.contains("expectations met 5 of 5 canaries caught 1 of 1"));
    assert!(text.contains("ap showed 37 lost-write, 112 stale-read. It answered"));
}

#[test]
fn a_broken_expectation_leads_the_page() {
    let mut runs = night();
    runs[2] = lossy("sc");
    let page = page(&runs, &[]);
    let text = text(&page);
    assert!(text.starts_with("✘ broken"), "{}", &text[..80]);
    assert!(text.contains(
        "An expectation on consistency is broken in 1 run: sc register under partition-racks"
    ));
    assert!(text.contains("✘ not as expected"));
    let first = page.find("class=\"proof\"").expect("a proof");
    assert!(page[first..].contains("anomaly-sc-lost-write-1"), "the unexpected ones come first");
    assert!(page[first..first + 60].contains("anomaly-sc-"), "{}", &page[first..first + 60]);
}

#[test]
fn a_missed_canary_is_as_bad_as_a_broken_expectation() {
    let text = text(&page(&night(), &[("proxy-resend", false)]));
    assert!(text.starts_with("✘ canary missed"), "{}", &text[..80]);
    assert!(text.contains("A known defect was not caught (proxy-resend)"));
    assert!(text.contains("proxy-resend ✘ missed"));
}

#[test]
fn an_undecided_night_is_not_a_good_one() {
    let mut runs = night();
    runs[2] = runs[2].clone().undecided("traffic", "41 of 500 operations");
    let text = text(&page(&runs, &[]));
    assert!(text.starts_with("? inconclusive"), "{}", &text[..80]);
    assert!(text.contains("1 of 5 runs could not be decided: sc register under partition-racks"));
}

#[test]
fn a_failed_harness_is_neither_good_nor_bad_news() {
    let runs = night();
    let mut certificate = certificate(&runs, &[]);
    certificate.verdict = CertificateVerdict::HarnessFailure;
    certificate.statement =
        certificate_statement(&certificate, &["port 3000 is in use".to_owned()]);
    let text = text(&certificate_page(&certificate, &[runs[0].view()]));
    assert!(text.starts_with("! harness failure"), "{}", &text[..80]);
    assert!(text.contains("The harness failed, so the night is not whole: port 3000 is in use."));
}

#[test]
fn every_run_is_linked_and_every_arm_has_its_cell() {
    let page = page(&night(), &[]);
    let links = attribute(&page, "href");
    for run in night() {
        let link = format!("./runs/{}/report.html", run.manifest.run);
        assert!(links.contains(&link.as_str()), "{link}");
    }
    assert!(text(&page).contains("not run"), "the pair without a fault has no third arm");
}

#[test]
fn arms_share_axes_and_fault_bands() {
    let page = page(&night(), &[]);
    let chart = page.split("id=\"pair-2-throughput\"").nth(1).expect("the chart of the pair");
    let chart = chart.split("</svg>").next().expect("its end");
    for class in ["arm-0", "arm-1", "arm-2"] {
        assert!(chart.contains(&format!("class=\"{class}\"")), "{class} is not drawn");
    }
    assert_eq!(chart.matches("class=\"band\"").count(), 1);
}

#[test]
fn a_certificate_without_histories_has_a_page() {
    let page = certificate_page(&certificate(&night(), &[]), &[]);
    assert_sound(&page);
    assert!(text(&page).contains("The histories of this pair are not at hand"));
}

#[test]
fn a_hostile_path_stays_a_path() {
    let mut runs = night();
    runs[0].manifest.run = "../..//x\"><script>alert(1)</script>".to_owned();
    let page = page(&runs, &[]);
    assert_eq!(page.matches("<script>").count(), 1, "only ours");
}

#[test]
fn a_night_of_thirteen_runs_fits_its_page() {
    let mut runs = Vec::new();
    for nemesis in
        ["none", "partition-racks", "isolate-node", "flapping", "one-way", "partition-majority"]
    {
        for arm in ["sc", "ap", "ap-last-update-time"] {
            runs.push(MadeUp::run(arm, Workload::Register, nemesis).with(
                Check::LostWrites,
                vec![lost_write()],
                2,
            ));
        }
    }
    let first = page(&runs, &[("a", true)]);
    assert!(first.len() < 3_000_000, "{} bytes", first.len());
    assert_eq!(first, page(&runs, &[("a", true)]));
}
