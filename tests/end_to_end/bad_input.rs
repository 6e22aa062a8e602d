//! Bad input gets one clear error, the right exit code, and the mend.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::program::{aerocert, files, stderr_of, stdout_of};

#[test]
fn an_unknown_key_in_the_configuration() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[load]\nproceses = 3\n").unwrap();
    let path = file.path().to_str().unwrap();
    let said = stderr_of(&["certify", "--dry-run", "--config", path], 2);
    assert!(said.contains(&format!("{path}:2:1")) && said.contains("`processes`"), "{said}");
}

#[test]
fn an_impossible_topology() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[cluster]\nreplication_factor = 7\n").unwrap();
    let said = stderr_of(&["certify", "--config", file.path().to_str().unwrap()], 2);
    assert!(said.contains("choose 1 to 6"), "{said}");
}

#[test]
fn further_addresses_that_cannot_be() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let up = ["cluster", "up", "--config", path];
    let tls = "[cluster.tls]\ncertificate = \"nowhere.pem\"\nkey = \"nowhere.key\"\n";
    for (text, arguments, code, mend) in [
        (format!("{tls}name = \"a\"\n"), &up[..], 2, "nowhere.pem holds no certificate"),
        (format!("{tls}name = \"\"\n"), &up[..], 2, "`cluster.tls.name`"),
        (tls.to_owned(), &up[..], 2, "missing field `name`"),
        (format!("{tls}name = \"a\"\nport = 70000\n"), &up[..], 2, "u16"),
        ("[cluster]\nalternate_adresses = true\n".to_owned(), &up[..], 2, "`alternate_addresses`"),
        (
            "[cluster]\nalternate_addresses = true\nbackend = \"netns\"\n".to_owned(),
            &up[..],
            2,
            "backend `embedded`",
        ),
        (
            "[cluster]\nalternate_addresses = true\n".to_owned(),
            &["certify", "--dry-run", "--config", path][..],
            2,
            "`cluster up`",
        ),
    ] {
        std::fs::write(file.path(), &text).unwrap();
        let said = stderr_of(arguments, code);
        assert!(said.contains(mend), "{text}{said}");
    }
}

#[test]
fn a_nemesis_that_the_topology_cannot_have() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = "[cluster]\nsites = [\"london\"]\nreplication_factor = 1\n\
                nodes = [{ id = \"A1\", site = \"london\", rack = 1 }]\n";
    std::fs::write(file.path(), text).unwrap();
    let path = file.path().to_str().unwrap();
    let said = stderr_of(&["run", "--nemesis", "partition-racks", "--config", path], 2);
    assert!(said.contains("partition-racks"), "{said}");
}

#[test]
fn names_that_nobody_knows() {
    for (flag, value, mend) in [
        ("--workload", "regster", "register"),
        ("--nemesis", "partition-rack", "partition-racks"),
        ("--read-mode", "linearise", "linearize"),
        ("--defect", "proxy-resnd", "proxy-resend"),
    ] {
        let said = stderr_of(&["run", flag, value], 2);
        assert!(said.contains(value) && said.contains(mend), "{said}");
    }
}

#[test]
fn a_cluster_that_is_not_there() {
    let said = stderr_of(&["run", "--backend", "hosts", "--hosts", "127.0.0.1:1"], 2);
    assert!(said.contains("127.0.0.1:1"), "{said}");
}

#[test]
fn faults_on_a_backend_that_only_loads() {
    let arguments =
        ["run", "--backend", "hosts", "--hosts", "127.0.0.1:1", "--nemesis", "isolate-node"];
    assert!(stderr_of(&arguments, 2).contains("--nemesis none"));
}

#[test]
fn a_port_in_use() {
    let state = tempfile::tempdir().unwrap();
    let taken: Vec<std::net::TcpListener> = (1..=8)
        .flat_map(|node| (0..=8).map(move |site| (node, site)))
        .flat_map(|(node, site)| {
            [format!("127.32.{node}.{site}:3977"), format!("127.33.{node}.{site}:3977")]
        })
        .filter_map(|address| std::net::TcpListener::bind(address).ok())
        .collect();
    assert!(!taken.is_empty());
    let output = aerocert()
        .args(["cluster", "up", "--port", "3977", "--state"])
        .arg(state.path().join("state"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("3977") && said.contains("another port"), "{said}");
}

/// A short stored run, made once; each test works on a copy.
fn stored() -> &'static Path {
    static RUN: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, run) = RUN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap();
        // One process misses the floor: the verdict is unknown, the history is whole.
        let few = ["--duration", "2s", "--processes", "1", "--rate", "0"];
        stdout_of(&[&["run", "--seed", "1", "--out", out][..], &few].concat(), 3);
        let manifest = files(folder.path(), "manifest.json").remove(0);
        let run = manifest.parent().unwrap().to_owned();
        (folder, run)
    });
    run
}

fn copy() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    for file in files(stored(), "") {
        let target = run.join(file.strip_prefix(stored()).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(file, target).unwrap();
    }
    (folder, run)
}

fn blocks(run: &Path) -> PathBuf {
    files(&run.join("history"), "").remove(0)
}

#[test]
fn a_run_below_its_floor_is_unknown_and_says_why() {
    let said = stdout_of(&["check", stored().to_str().unwrap()], 3);
    assert!(said.contains("not held"), "{said}");
}

#[test]
fn a_truncated_history_is_judged_as_far_as_it_goes() {
    let (_folder, run) = copy();
    let path = blocks(&run);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() * 2 / 3]).unwrap();
    let said = stdout_of(&["check", run.to_str().unwrap()], 3);
    assert!(said.contains("ends early"), "{said}");
}

#[test]
fn a_flipped_bit_is_named_with_its_place_and_never_believed() {
    let (_folder, run) = copy();
    let path = blocks(&run);
    let bytes = std::fs::read(&path).unwrap();
    for place in [20, bytes.len() / 2, bytes.len() - 3] {
        let mut flipped = bytes.clone();
        flipped[place] ^= 0x10;
        std::fs::write(&path, &flipped).unwrap();
        let output = aerocert().args(["check", run.to_str().unwrap()]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout);
        let code = output.status.code();
        assert!(code == Some(2) || code == Some(3), "{code:?} {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn a_history_of_a_newer_format() {
    let (_folder, run) = copy();
    let manifest = run.join("manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let newer = text.replacen("\"schema_version\": 1", "\"schema_version\": 99", 1);
    assert_ne!(text, newer);
    std::fs::write(&manifest, newer).unwrap();
    let said = stderr_of(&["check", run.to_str().unwrap()], 2);
    assert!(said.contains("99"), "{said}");
}

#[test]
fn a_run_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let said = stderr_of(&["check", "nothing", "--out", folder.path().to_str().unwrap()], 2);
    assert!(said.contains("nothing"), "{said}");
}

#[test]
fn proofs_hold_and_what_was_changed_in_them_is_found() {
    let run = stored().to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("proofs.jsonl");
    let path = file.to_str().unwrap();
    stdout_of(&["check", run, "--certificate", path], 3);
    let said = stdout_of(&["check", run, "--verify-certificate", path], 0);
    assert!(said.contains("every proof holds"), "{said}");
    let proofs = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = proofs.lines().collect();
    // Of a record with several operations, without the one that took effect first.
    let order =
        |line: &&str| line.split_once("\"order\":[").is_some_and(|(_, ids)| ids.contains(','));
    let several = lines.iter().copied().find(order).unwrap();
    let (before, order) = several.split_once("\"order\":[").unwrap();
    let (_, rest) = order.split_once(',').unwrap();
    let changed = format!("{}\n{before}\"order\":[{rest}\n", lines[0]);
    std::fs::write(&file, changed).unwrap();
    let said = stderr_of(&["check", run, "--verify-certificate", path], 2);
    assert!(said.contains("proofs.jsonl:2: the proof of key"), "{said}");
    std::fs::write(&file, format!("{}\n", lines[0])).unwrap();
    let said = stderr_of(&["check", run, "--verify-certificate", path], 2);
    assert!(said.contains("keys have no proof"), "{said}");
    std::fs::write(&file, "{}\n").unwrap();
    let said = stderr_of(&["check", run, "--verify-certificate", path], 2);
    assert!(said.contains("not a file of proofs"), "{said}");
}
