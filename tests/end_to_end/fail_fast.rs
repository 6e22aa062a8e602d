//! A run that stops at its first violation.

use std::time::{Duration, Instant};

use crate::program::{files, output, stderr_of};

const RUN: [&str; 10] = [
    "run",
    "--mode",
    "sc",
    "--workload",
    "register",
    "--nemesis",
    "isolate-node",
    "--fail-fast",
    "--seed",
    "1",
];

#[test]
fn a_violation_stops_the_run_which_heals_writes_and_ends_invalid() {
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let out = folder.path().to_str().unwrap();
    let more = ["--defect", "ack-before-replication", "--duration", "60s", "--out", out];
    let output = output(&[&RUN[..], &more].concat());
    let took = begun.elapsed();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    eprintln!("{stdout}{stderr}it took {:.1} s", took.as_secs_f32());
    assert_eq!(output.status.code(), Some(1), "{stdout}\n{stderr}");
    assert!(stderr.contains("stopping early: arm sc: "), "{stderr}");
    assert!(stdout.contains(": invalid ("), "{stdout}");
    assert!(took < Duration::from_secs(50), "it took {took:?}");
    // Healed, and read to the end.
    let results = files(folder.path(), "results.json").remove(0);
    let faults = std::fs::read_to_string(results.with_file_name("faults.jsonl")).unwrap();
    let last = faults.lines().last().unwrap();
    assert!(last.contains("\"healed\""), "{last}");
    let results: serde_json::Value =
        serde_json::from_slice(&std::fs::read(results).unwrap()).unwrap();
    assert_eq!(results["verdict"], "invalid");
    assert!(results["truncated"].is_null(), "{}", results["truncated"]);
}

#[test]
fn without_a_violation_the_run_lasts_its_time_and_ends_valid() {
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let more = ["--duration", "16s", "--out", folder.path().to_str().unwrap()];
    let said = output(&[&RUN[..], &more].concat());
    let stderr = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(0), "{stderr}");
    assert!(begun.elapsed() >= Duration::from_secs(16));
    assert!(!stderr.contains("stopping early") && !stderr.contains("will not stop"), "{stderr}");
}

#[test]
fn an_arm_that_may_show_anomalies_cannot_fail_fast() {
    let said = stderr_of(&["run", "--mode", "ap", "--nemesis", "isolate-node", "--fail-fast"], 2);
    assert!(said.contains("--fail-fast needs an arm that must show nothing"), "{said}");
}
