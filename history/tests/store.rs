//! Runs together: listing, finding, pruning.

mod runs;

use std::fs;
use std::time::Duration;

use history::Verdict;
use history::store::{Retention, RunDirectory, Store, StoreError};
use runs::{fault, manifest, results};

/// A store with two runs of its own and a certificate with one more.
fn store() -> (tempfile::TempDir, Store) {
    let root = tempfile::tempdir().expect("the file system obeys");
    let store = Store::new(root.path());
    store.create(&manifest("0101-register")).expect("the file system obeys");
    store.create(&manifest("0102-set")).expect("the file system obeys");
    RunDirectory::create(&root.path().join("0103-night"), &manifest("sc-counter"))
        .expect("the file system obeys");
    (root, store)
}

fn names(store: &Store) -> Vec<String> {
    store.list().expect("the store is readable").into_iter().map(|entry| entry.name).collect()
}

#[test]
fn lists_runs_and_those_of_certificates_once() {
    let (root, store) = store();
    fs::create_dir(root.path().join("no-run")).unwrap();
    assert_eq!(names(&store), ["0101-register", "0102-set", "0103-night/sc-counter"]);
    assert_eq!(names(&Store::new(root.path().join("nowhere"))), Vec::<String>::new());
}

#[test]
fn finds_by_name_by_beginning_and_the_latest() {
    let (_root, store) = store();
    let found = |wanted: &str| store.find(wanted).map(|run| run.manifest().run.clone());
    assert_eq!(found("0102-set").unwrap(), "0102-set");
    assert_eq!(found("0101").unwrap(), "0101-register");
    assert_eq!(found("sc-c").unwrap(), "sc-counter");
    assert_eq!(found("latest").unwrap(), "0102-set");
    store.link_latest("0101-register").unwrap();
    assert_eq!(found("latest").unwrap(), "0101-register");
    let error = found("010").unwrap_err();
    let expected = "\"010\" may be 0101-register, 0102-set, 0103-night/sc-counter";
    assert!(error.to_string().starts_with(expected), "{error}");
    assert!(matches!(found("nothing"), Err(StoreError::Unknown { .. })));
}

#[test]
fn an_unreadable_run_is_listed_with_its_error() {
    let (root, store) = store();
    fs::write(root.path().join("0102-set/manifest.json"), "{}").unwrap();
    let entries = store.list().unwrap();
    assert!(entries[1].run.as_ref().unwrap_err().to_string().contains("manifest.json"));
    assert!(entries[0].run.is_ok() && entries[2].run.is_ok());
}

#[test]
fn prunes_by_age_and_spares_failures() {
    let (_root, store) = store();
    let judged = |name: &str, expectation| {
        store.find(name).unwrap().write_results(&results(Verdict::Invalid, expectation)).unwrap();
    };
    judged("0101", Ok(()));
    judged("0102", Err("lost a write".into()));
    let day = Duration::from_secs(86_400);
    let expendable = |older_than, keep_failures| {
        let now = "2026-01-08T00:00:00Z".parse().unwrap();
        let runs = store.expendable(Retention { older_than, keep_failures }, now).unwrap();
        runs.into_iter().map(|entry| entry.name).collect::<Vec<_>>()
    };
    assert_eq!(expendable(8 * day, false), Vec::<String>::new());
    assert_eq!(expendable(6 * day, false).len(), 3);
    assert_eq!(expendable(6 * day, true), ["0101-register"]);
    store.remove(&store.list().unwrap()[0]).unwrap();
    assert_eq!(names(&store), ["0102-set", "0103-night/sc-counter"]);
}

#[test]
fn the_runs_of_a_certificate_go_together_and_with_it() {
    let (root, store) = store();
    let night = root.path().join("0103-night");
    fs::write(night.join("certificate.json"), "{}").unwrap();
    let second = RunDirectory::create(&night, &manifest("ap-counter")).unwrap();
    store.link_latest("0103-night").unwrap();
    let error = store.find("latest").unwrap_err().to_string();
    assert!(error.contains("0103-night/ap-counter, 0103-night/sc-counter"), "{error}");
    store.find("sc-counter").unwrap().write_results(&results(Verdict::Valid, Ok(()))).unwrap();
    let expendable = || {
        let retention = Retention { older_than: Duration::ZERO, keep_failures: true };
        store.expendable(retention, "2026-01-08T00:00:00Z".parse().unwrap()).unwrap()
    };
    assert!(expendable().is_empty(), "the other run was not judged");
    second.write_results(&results(Verdict::Invalid, Ok(()))).unwrap();
    let expendable = expendable();
    assert_eq!(expendable.len(), 2);
    expendable.iter().for_each(|entry| store.remove(entry).unwrap());
    assert!(!night.exists() && !root.path().join("latest").is_symlink());
    assert_eq!(names(&store), ["0101-register", "0102-set"]);
}

#[test]
fn a_line_that_is_no_fault_is_named() {
    let (_root, store) = store();
    let run = store.find("0101").unwrap();
    run.append_fault(&fault()).unwrap();
    let path = run.path().join("faults.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text + "{}\n").unwrap();
    let error = run.faults().unwrap_err().to_string();
    assert!(error.contains("faults.jsonl, line 2: missing field"), "{error}");
}
