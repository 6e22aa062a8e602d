//! On an emulated cluster title, first sentence, print header, JUnit suite and JSON all say that
//! it is emulated and says nothing about a real cluster, latencies included.

use aerocert_reports::{certificate_json, certificate_page, cluster_notice, junit, run_page};
use history::{ClusterKind, Workload};

use crate::html::text;
use crate::made_up::{MadeUp, certificate};

fn run(kind: ClusterKind) -> MadeUp {
    let mut run = MadeUp::run("sc", Workload::Register, "partition-racks");
    run.manifest.cluster.kind = kind;
    run
}

fn pages(kind: ClusterKind) -> [String; 2] {
    let runs = [run(kind)];
    let views = [runs[0].view()];
    let mut certificate = certificate(&runs, &[]);
    // Whatever wrote the certificate may have forgotten to say it.
    certificate.statement = "every expectation is met.".to_owned();
    [run_page(&views[0]), certificate_page(&certificate, &views)]
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let rest = text.split_once(start).unwrap_or_else(|| panic!("no {start}")).1;
    rest.split(end).next().unwrap_or(rest)
}

#[test]
fn the_notice_says_it_all() {
    let notice = cluster_notice(ClusterKind::Emulated);
    for word in ["Emulated", "nothing about a real cluster", "latencies included"] {
        assert!(notice.contains(word), "{word}");
    }
    assert_eq!(notice, notice.replace(['"', '<', '&', '\\'], ""), "it stands in a style sheet");
}

#[test]
fn title_first_sentence_and_print_header_say_so() {
    let notice = cluster_notice(ClusterKind::Emulated);
    for page in pages(ClusterKind::Emulated) {
        assert!(between(&page, "<title>", "</title>").contains(&notice));
        let text = text(&page);
        let sentence = text.split_once(&format!("{notice}: ")).expect("the notice").0;
        assert!(sentence.chars().count() < 20, "only the verdict precedes it: {sentence}");
        assert!(page.contains(&format!("<p class=\"print-header\">{notice}</p>")));
        assert!(page.contains(&format!("@page{{@top-center{{content:\"{notice}\"}}}}")));
    }
}

#[test]
fn junit_suite_and_json_say_so() {
    let notice = cluster_notice(ClusterKind::Emulated);
    let mut certificate = certificate(&[run(ClusterKind::Emulated)], &[]);
    certificate.statement = "every expectation is met.".to_owned();
    let xml = junit(&certificate);
    assert!(between(&xml, "<testsuite name=\"", "\"").contains(&notice), "{xml}");
    let json: serde_json::Value =
        serde_json::from_str(&certificate_json(&certificate).expect("json")).expect("json");
    assert_eq!(json["cluster"]["kind"], "emulated");
    assert_eq!(json["cluster"]["notice"], notice);
    assert!(json["statement"].as_str().expect("text").starts_with(&notice));
}

#[test]
fn a_real_cluster_is_not_called_emulated() {
    assert_eq!(cluster_notice(ClusterKind::Real), "");
    for page in pages(ClusterKind::Real) {
        assert!(!text(&page).contains("Emulated cluster"));
        assert!(!page.contains("<p class=\"print-header\">"));
    }
    let certificate = certificate(&[run(ClusterKind::Real)], &[]);
    assert!(!junit(&certificate).contains("Emulated"));
}
