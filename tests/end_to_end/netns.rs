//! The backend netns: separate processes, real firewalls.
//!
//! It needs root, `ip` and `nft`. Where they are missing the tests say so and end; with `CI=true`
//! they fail instead.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{aerocert, files, output, stdout_of};

/// A night of one pair.
const NIGHT: &str =
    "[[pair]]\nworkload = \"register\"\nnemesis = \"partition-racks\"\narms = [\"sc\", \"ap\"]\n";

/// Whether namespaces can be made here.
fn can() -> bool {
    let there = |tool: &str| {
        Command::new(tool).arg("-V").stdout(Stdio::null()).status().is_ok_and(|s| s.success())
    };
    let missing = if !nix::unistd::geteuid().is_root() {
        "root"
    } else if !there("ip") {
        "`ip` (package iproute2)"
    } else if !there("nft") {
        "`nft` (package nftables)"
    } else {
        return true;
    };
    assert!(std::env::var_os("CI").is_none(), "the gate must have {missing}");
    eprintln!("SKIPPED: network namespaces need {missing}");
    false
}

fn namespaces_of(keeper: u32) -> Vec<String> {
    let entries = fs::read_dir("/run/netns").into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.starts_with(&format!("aerocert-{keeper}-"))).collect()
}

/// How much is cut in a namespace, as the kernel tells it; `None` if that has no firewall (yet).
fn cuts_in(namespace: &str) -> Option<usize> {
    let list = ["netns", "exec", namespace, "nft", "list", "map", "inet", "aerocert", "from"];
    let listed = Command::new("ip").args(list).output().unwrap();
    let text = String::from_utf8_lossy(&listed.stdout);
    listed.status.success().then(|| text.matches("expires").count())
}

fn processes_in(namespace: &str) -> Vec<String> {
    let pids = Command::new("ip").args(["netns", "pids", namespace]).output().unwrap();
    String::from_utf8_lossy(&pids.stdout).lines().map(str::to_owned).collect()
}

/// A child that is ended by force, also if the test fails before it says so.
struct Ended(Child);

impl Ended {
    fn end(&mut self) {
        // An error means that it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.end();
    }
}

/// Waits until something is so.
fn until(within: Duration, what: &str, mut so: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < within, "after {within:?}: not {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
    begun.elapsed()
}

/// The body of the embedded cluster's test: strong consistency keeps, availability loses.
fn certified(backend: &str, config: &Path, out: &Path) {
    let [config, out] = [config, out].map(|path| path.to_str().unwrap());
    let arguments =
        ["certify", "--backend", backend, "--config", config, "--seed", "7", "--out", out];
    let done = output(&arguments);
    let (stdout, said) =
        (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert_eq!(done.status.code(), Some(0), "{backend}: {stdout}\n{said}");
    let page = Path::new(stdout.lines().last().unwrap());
    let json = fs::read(page.with_file_name("certificate.json")).unwrap();
    let certificate: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(certificate["verdict"], "met", "{backend}");
    let runs = certificate["runs"].as_array().unwrap();
    for run in runs {
        let classes: Vec<&str> = run["anomalies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a["class"].as_str().unwrap())
            .collect();
        if run["mode"] == "sc" {
            assert_eq!(run["verdict"], "valid", "{backend}: {run}");
        } else {
            assert!(classes.contains(&"lost-write"), "{backend}: {classes:?}");
        }
    }
    assert_eq!(runs.len(), 2);
}

#[test]
fn both_backends_come_to_the_same_verdicts() {
    if !can() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("night.toml");
    fs::write(&config, NIGHT).unwrap();
    certified("embedded", &config, folder.path());
    certified("netns", &config, folder.path());
}

#[test]
fn what_a_killed_controller_leaves_heals_by_itself_and_is_removed() {
    if !can() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let child = aerocert()
        .args(["run", "--backend", "netns", "--nemesis", "partition-racks", "--duration", "40s"])
        .args(["--seed", "5", "--out"])
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut child = Ended(child);
    let keeper = child.0.id();
    let cut =
        || namespaces_of(keeper).iter().any(|name| cuts_in(name).is_some_and(|cuts| cuts > 0));
    until(Duration::from_secs(60), "cut", cut);
    child.end();
    let left = namespaces_of(keeper);
    assert!(left.len() >= 9, "six nodes, two sites, a router: {left:?}");
    until(Duration::from_secs(5), "without processes", || {
        left.iter().all(|name| processes_in(name).is_empty())
    });
    until(Duration::from_secs(30), "healed by itself", || {
        left.iter().filter(|name| !name.ends_with("router")).all(|name| cuts_in(name) == Some(0))
    });
    let said = stdout_of(&["cluster", "down", "--all"], 0);
    for name in &left {
        assert!(said.contains(name.as_str()), "{said}");
    }
    assert!(namespaces_of(keeper).is_empty());
    assert!(!files(folder.path(), "manifest.json").is_empty(), "what was recorded is there");
}

#[test]
fn nodes_are_killed_paused_and_come_back_with_their_data() {
    if !can() {
        return;
    }
    for nemesis in ["kill-node", "pause-node"] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap();
        let arguments = ["run", "--backend", "netns", "--nemesis", nemesis, "--seed", "3"];
        let done = output(&[&arguments[..], &["--json", "--out", out]].concat());
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(0), "{nemesis}: {said}");
        let summary: Value = serde_json::from_slice(&done.stdout).unwrap();
        assert_eq!(summary["verdict"], "valid", "{nemesis}: {summary}");
    }
}
