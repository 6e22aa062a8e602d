//! The main job: a certificate of the quick profile.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use crate::program::{files, output, stdout_of};

/// One night, made once for all tests that look at it.
pub(crate) struct Night {
    _folder: tempfile::TempDir,
    pub(crate) page: PathBuf,
    pub(crate) certificate: Value,
}

/// The night of seed 1.
pub(crate) fn night() -> &'static Night {
    static NIGHT: OnceLock<Night> = OnceLock::new();
    NIGHT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let begun = std::time::Instant::now();
        let output = output(&["certify", "--seed", "1", "--out", folder.path().to_str().unwrap()]);
        eprintln!("certify took {:.1} s", begun.elapsed().as_secs_f32());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{stdout}\n{said}");
        let page = PathBuf::from(stdout.lines().last().expect("it says where the page is"));
        assert!(page.is_file(), "{}", page.display());
        let json = std::fs::read(page.with_file_name("certificate.json")).unwrap();
        Night { _folder: folder, page, certificate: serde_json::from_slice(&json).unwrap() }
    })
}

fn runs() -> &'static Vec<Value> {
    night().certificate["runs"].as_array().unwrap()
}

fn folder_of(run: &Value) -> PathBuf {
    night().page.with_file_name(run["path"].as_str().unwrap())
}

fn results_of(run: &Value) -> Value {
    let text = std::fs::read(folder_of(run).join("results.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn classes_of(run: &Value) -> Vec<&str> {
    run["anomalies"].as_array().unwrap().iter().map(|a| a["class"].as_str().unwrap()).collect()
}

#[test]
fn every_expectation_of_the_quick_profile_is_met() {
    assert_eq!(night().certificate["verdict"], "met");
    assert_eq!(night().certificate["cluster"]["kind"], "emulated");
    for run in runs() {
        assert_eq!(run["expected"], true, "{run}");
        if run["mode"] == "sc" {
            assert_eq!(run["verdict"], "valid", "{run}");
        }
    }
    for canary in night().certificate["canaries"].as_array().unwrap() {
        assert_eq!(canary["caught"], true, "{canary}");
    }
}

#[test]
fn the_profile_holds_the_promised_pairs_with_both_arms() {
    let promised = [
        ("register", "none"),
        ("register", "partition-racks"),
        ("set", "partition-racks"),
        ("cas-register", "isolate-node"),
        ("counter", "partition-majority"),
        ("sightings", "flapping"),
    ];
    for (workload, nemesis) in promised {
        for mode in ["sc", "ap"] {
            let found = runs().iter().any(|run| {
                run["workload"] == workload && run["nemesis"] == nemesis && run["mode"] == mode
            });
            assert!(found, "{workload} {nemesis} {mode}");
        }
    }
}

/// The first example of a class in a run's results.
fn example_of(run: &Value, class: &str) -> Option<Value> {
    let results = results_of(run);
    let checks = results["checks"].as_array().unwrap().iter();
    let mut groups = checks.flat_map(|check| check["anomalies"].as_array().unwrap());
    groups.find(|group| group["class"] == class).map(|group| group["examples"][0].clone())
}

/// Blind writes in step with one clock lose nothing to a later update: the newer one is the later.
/// Appends do, since the whole record wins.
#[test]
fn availability_loses_under_the_rack_partition_under_both_policies() {
    for (arm, workload) in [("ap", "register"), ("ap", "set"), ("ap-last-update-time", "set")] {
        let run = runs()
            .iter()
            .find(|run| {
                run["arm"] == arm
                    && run["workload"] == workload
                    && run["nemesis"] == "partition-racks"
            })
            .unwrap_or_else(|| panic!("no run of {arm}"));
        let classes = classes_of(run);
        assert!(classes.contains(&"lost-write"), "{arm}: {classes:?}");
        assert!(
            classes.contains(&"stale-read") || classes.contains(&"backward-read"),
            "{arm}: {classes:?}"
        );
        let example = example_of(run, "lost-write").expect("a lost write has a proof");
        let operations = example["operations"].as_array().unwrap();
        assert!((2..=12).contains(&operations.len()), "{example}");
        if (arm, workload) == ("ap", "register") {
            let claim = example["claim"].as_str().unwrap();
            assert!(claim.contains("The older write survived with generation"), "{claim}");
        }
    }
}

#[test]
fn both_arms_of_a_pair_stood_under_one_and_the_same_cut() {
    for pair in runs().iter().filter(|run| run["mode"] == "sc") {
        let twin = runs().iter().find(|run| run["pair"] == pair["pair"] && run["mode"] == "ap");
        let faults = |run: &Value| std::fs::read(folder_of(run).join("faults.jsonl")).ok();
        assert_eq!(faults(pair), faults(twin.expect("an AP twin")));
        assert_eq!(pair["nemesis"] == "none", faults(pair).is_none_or(|text| text.is_empty()));
    }
}

#[test]
fn each_run_holds_its_floor() {
    for run in runs() {
        let operations = &run["operations"];
        let completed = operations["ok"].as_u64().unwrap() + operations["fail"].as_u64().unwrap();
        assert!(completed >= 10_000, "{run}");
        for assumption in results_of(run)["assumptions"].as_array().unwrap() {
            assert_eq!(assumption["held"], true, "{run}: {assumption}");
        }
    }
}

#[test]
fn the_hashes_are_those_of_the_files_and_a_stored_run_is_judged_alike() {
    let run = &runs()[0];
    let folder = folder_of(run);
    let judged = stdout_of(&["check", "--json", folder.to_str().unwrap()], 0);
    let judged: Value = serde_json::from_str(&judged).unwrap();
    assert_eq!(judged, results_of(run));
    assert_eq!(run["history_sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn an_emulated_cluster_is_called_one_everywhere() {
    let page = std::fs::read_to_string(&night().page).unwrap();
    let title = between(&page, "<title>", "</title>");
    assert!(title.to_lowercase().contains("emulated"), "{title}");
    let statement = night().certificate["statement"].as_str().unwrap();
    assert!(statement.starts_with("Emulated cluster"), "{statement}");
    let junit = std::fs::read_to_string(night().page.with_file_name("junit.xml")).unwrap();
    assert!(between(&junit, "<testsuites", ">").contains("Emulated"), "{junit}");
    for page in files(night().page.parent().unwrap(), "report.html") {
        let text = std::fs::read_to_string(&page).unwrap();
        let title = between(&text, "<title>", "</title>").to_lowercase();
        assert!(title.contains("emulated"), "{}: {title}", page.display());
    }
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let from = text.find(begin).unwrap_or_else(|| panic!("no {begin}")) + begin.len();
    &text[from..from + text[from..].find(end).unwrap_or_else(|| panic!("no {end}"))]
}

#[test]
fn a_dry_run_prints_the_plan_and_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("nights");
    let plan = stdout_of(
        &["certify", "--dry-run", "--seed", "7", "--json", "--out", out.to_str().unwrap()],
        0,
    );
    let plan: Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(plan["seed"], 7);
    assert_eq!(plan["pairs"].as_array().unwrap().len(), 6);
    assert!(!Path::new(&out).exists());
}
