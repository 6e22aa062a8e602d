//! An emulated cluster that is kept for any client, its tables, and faults by hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{Lasting, aerocert, stderr_of, stdout_of};

/// A kept cluster with a port and a state folder of its own.
pub(crate) struct Kept {
    _process: Lasting,
    _folder: tempfile::TempDir,
    state: PathBuf,
}

impl Kept {
    /// Starts it and waits until it is whole.
    pub(crate) fn start(port: u16) -> Self {
        Self::start_with(port, &[])
    }

    /// The same, with more arguments.
    pub(crate) fn start_with(port: u16, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let mut command = aerocert();
        command
            .args(["cluster", "up", "--port", &port.to_string(), "--state"])
            .arg(&state)
            .args(more);
        let process = Lasting::start(command, "ready");
        Self { _process: process, _folder: folder, state }
    }

    pub(crate) fn state(&self) -> &Path {
        &self.state
    }

    /// What a command about it prints.
    pub(crate) fn says(&self, arguments: &[&str]) -> String {
        let mut all = arguments.to_vec();
        all.extend(["--state", self.state.to_str().unwrap()]);
        stdout_of(&all, 0)
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        serde_json::from_str(&self.says(&all)).unwrap()
    }

    /// The rows of the partition map of `mydata`, and whether every node that answers agrees that
    /// `unavailable` of its partitions are.
    fn pmap(&self, from: Option<&str>) -> Vec<Value> {
        let mut arguments = vec!["cluster", "pmap"];
        arguments.extend(from.iter().flat_map(|site| ["--from", site]));
        let table = self.json(&arguments);
        let rows = table["rows"].as_array().unwrap().clone();
        rows.into_iter().filter(|row| row["namespace"] == "mydata").collect()
    }

    /// The nodes' ids by their addresses.
    fn ids(&self) -> BTreeMap<String, String> {
        let status = self.json(&["cluster", "status"]);
        let text = |cell: &Value| cell.as_str().unwrap_or_default().replace('*', "");
        let rows = status["rows"].as_array().unwrap().iter();
        rows.map(|row| (text(&row["node"]), text(&row["node_id"]))).collect()
    }

    /// Waits until the cluster is whole and no migration remains: until then a copy may be stale,
    /// and a cut may leave a partition without a current one.
    fn await_settled(&self) {
        self.await_pmap(None, 6, 4096, 30);
        let begun = std::time::Instant::now();
        loop {
            let status = self.json(&["cluster", "status"]);
            let rows = status["rows"].as_array().unwrap();
            if rows.iter().all(|row| row["migrations"] == 0) {
                return;
            }
            assert!(begun.elapsed().as_secs() < 60, "{rows:#?}");
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
    }

    /// Waits until the sum of primaries and each node's unavailable count are as expected, seen
    /// from a site or from everywhere.
    pub(crate) fn await_pmap(&self, from: Option<&str>, nodes: usize, primary: u64, within: u64) {
        let begun = std::time::Instant::now();
        loop {
            let rows = self.pmap(from);
            let answering: Vec<&Value> =
                rows.iter().filter(|row| row["primary"].is_number()).collect();
            let total: u64 = answering.iter().map(|row| row["primary"].as_u64().unwrap()).sum();
            let agreed =
                answering.iter().all(|row| row["unavailable"].as_u64() == Some(4096 - primary));
            if answering.len() == nodes && total == primary && agreed {
                return;
            }
            assert!(begun.elapsed().as_secs() < within, "{rows:#?}");
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
    }
}

/// The example's settings, with a certificate made for them.
#[test]
fn a_cluster_is_reached_by_alternate_addresses_and_told_of_with_tls() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["aerocert.test".to_owned()]).unwrap();
    std::fs::write(folder.path().join("node.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.path().join("node.key"), made.signing_key.serialize_pem()).unwrap();
    let example = include_str!("../../examples/access.toml");
    let at = |file: &str| format!("\"{}\"", folder.path().join(file).display());
    let text = example
        .replace("\"node.pem\"", &at("node.pem"))
        .replace("\"node.key\"", &at("node.key"))
        .replace("port = 4333 ", "port = 4390 ");
    let config = folder.path().join("access.toml");
    std::fs::write(&config, text).unwrap();
    let kept = Kept::start_with(3490, &["--config", config.to_str().unwrap()]);
    kept.await_pmap(None, 6, 4096, 10);
    let status = stdout_of(&["cluster", "status", "--hosts", "127.32.2.101:3490", "--json"], 0);
    let table: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(table["rows"].as_array().unwrap().len(), 6, "{table:#}");
    for site in [1, 2, 101, 102] {
        let socket = std::net::TcpStream::connect(format!("127.32.6.{site}:4390"));
        assert!(socket.is_ok(), "TLS is served for site {site}");
    }
}

#[test]
fn a_three_and_three_cut_leaves_half_of_the_partitions_on_each_side() {
    let kept = Kept::start(3410);
    kept.await_pmap(None, 6, 4096, 10);
    let ids = kept.ids();
    let healed: Vec<(String, u64)> = kept
        .pmap(None)
        .iter()
        .map(|row| (ids[row["node"].as_str().unwrap()].clone(), row["primary"].as_u64().unwrap()))
        .collect();
    for (id, primary) in
        [("A352", 683), ("A600", 683), ("A129", 682), ("A70", 682), ("A882", 683), ("A517", 683)]
    {
        assert!(healed.contains(&(id.to_owned(), primary)), "{healed:?}");
    }

    kept.says(&["nemesis", "apply", "partition-racks", "--for", "120s"]);
    for site in ["london", "paris"] {
        kept.await_pmap(Some(site), 3, 2048, 20);
    }
    let text = kept.says(&["cluster", "pmap", "--from", "paris"]);
    for part in ["Namespace", "Cluster Key", "Primary", "Secondary", "Unavailable", "Dead", "~~"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(text.contains("6144"), "{text}");

    let split = ["cluster", "split", "--state", kept.state().to_str().unwrap()];
    let told = stdout_of(&split, 1);
    assert!(told.starts_with("SPLIT BRAIN, 3 + 3 nodes: "), "{told}");

    kept.says(&["nemesis", "heal"]);
    kept.await_pmap(None, 6, 4096, 30);
    assert_eq!(stdout_of(&split, 0).trim(), "one cluster of all nodes");
    assert!(kept.says(&["nemesis", "status"]).contains("no fault"));
    assert!(kept.says(&["cluster", "roster"]).contains("A882@33"));
    assert!(kept.says(&["cluster", "status"]).contains("A129"));
}

#[test]
fn unequal_cuts_leave_what_the_rosters_rules_say() {
    let kept = Kept::start(3420);
    kept.await_pmap(None, 6, 4096, 10);
    // Two nodes of one rack: no partition has both copies there.
    kept.says(&["nemesis", "apply", "split", "--nodes", "A600,A352", "--for", "120s"]);
    let split_of = |expected: (u64, u64), tolerance: u64| {
        let begun = std::time::Instant::now();
        loop {
            let rows = kept.pmap(None);
            let unavailable: std::collections::BTreeSet<u64> =
                rows.iter().filter_map(|row| row["unavailable"].as_u64()).collect();
            let near = |wanted: u64| unavailable.iter().any(|u| u.abs_diff(wanted) <= tolerance);
            if unavailable.len() == 2 && near(expected.0) && near(expected.1) {
                assert_eq!(unavailable.iter().sum::<u64>(), 4096, "{unavailable:?}");
                return;
            }
            assert!(begun.elapsed().as_secs() < 30, "{rows:#?}");
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
    };
    split_of((0, 4096), 0);
    kept.says(&["nemesis", "heal"]);
    kept.await_settled();
    // Two nodes of different racks: they keep the partitions whose both copies they hold.
    kept.says(&["nemesis", "apply", "split", "--nodes", "A600,A882", "--for", "120s"]);
    split_of((444, 3652), 60);
}

#[test]
fn two_clusters_cannot_be_kept_in_one_place() {
    let kept = Kept::start(3430);
    let state = kept.state().to_str().unwrap();
    let said = stderr_of(&["cluster", "up", "--port", "3440", "--state", state], 2);
    assert!(said.contains("cluster down"), "{said}");
}

#[test]
fn a_running_cluster_is_loaded_by_its_addresses_and_a_wrong_mode_is_refused() {
    let kept = Kept::start(3460);
    kept.await_pmap(None, 6, 4096, 10);
    let status = kept.json(&["cluster", "status"]);
    let address = status["rows"][0]["node"].as_str().unwrap().to_owned();
    let out = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        let mut all = vec!["run", "--backend", "hosts", "--hosts", &address, "--json", "--out"];
        all.push(out.path().to_str().unwrap());
        all.extend(more);
        all.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let said = stderr_of(&run(&["--mode", "sc", "--namespace", "mydata_ap"]), 2);
    assert!(said.contains("mydata_ap"), "{said}");
    let said = stderr_of(&run(&["--mode", "ap", "--namespace", "nowhere"]), 2);
    assert!(said.contains("nowhere"), "{said}");
    let summary = stdout_of(&run(&["--mode", "sc", "--duration", "6s", "--seed", "1"]), 0);
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["verdict"], "valid", "{summary}");
    assert_eq!(summary["cluster"]["kind"], "emulated", "{summary}");
    // The set now holds another run's records: nothing may be judged on top of them.
    let said = stderr_of(&run(&["--mode", "sc", "--duration", "6s", "--seed", "2"]), 2);
    assert!(said.contains("dummy"), "{said}");
}
