//! Ends in the middle: by force, and by Ctrl-C.

use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::program::{aerocert, files, output};

fn started(out: &std::path::Path, nemesis: &str) -> std::process::Child {
    aerocert()
        .args(["run", "--duration", "20s", "--seed", "5", "--nemesis", nemesis, "--json", "--out"])
        .arg(out)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn signal(child: &std::process::Child, signal: Signal) {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(child.id() as i32), signal).unwrap();
}

#[test]
fn what_was_flushed_before_a_kill_is_judged_and_its_end_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = started(folder.path(), "none");
    std::thread::sleep(Duration::from_secs(9));
    child.kill().unwrap();
    child.wait().unwrap();
    let manifest = files(folder.path(), "manifest.json").remove(0);
    let run = manifest.parent().unwrap().to_str().unwrap();
    let output = output(&["check", "--json", run]);
    let said = String::from_utf8_lossy(&output.stdout);
    // Valid cannot be said of a run that never reached its end; an anomaly could be.
    assert_eq!(output.status.code(), Some(3), "{said}");
    let results: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert!(results["truncated"].as_str().is_some_and(|end| end.contains(" s")), "{said}");
    assert!(results["operations"]["ok"].as_u64().unwrap() > 1000, "{said}");
    for check in results["checks"].as_array().unwrap() {
        assert_eq!(check["anomalies"].as_array().unwrap().len(), 0, "{check}");
    }
}

#[test]
fn ctrl_c_heals_writes_judges_and_ends_with_130() {
    let folder = tempfile::tempdir().unwrap();
    let child = started(folder.path(), "partition-racks");
    std::thread::sleep(Duration::from_secs(8));
    signal(&child, Signal::SIGINT);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_ne!(summary["verdict"], "invalid", "{summary}");
    let run = files(folder.path(), "report.html").remove(0);
    let faults = std::fs::read_to_string(run.with_file_name("faults.jsonl")).unwrap();
    let last = faults.lines().last().unwrap();
    assert!(last.contains("\"healed\""), "{last}");
}
