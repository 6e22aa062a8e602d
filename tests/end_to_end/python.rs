//! The official Python client, unmodified, against a kept cluster.

use std::process::{Command, Output};

use crate::cluster::Kept;
use crate::program::needed;

/// An interpreter that has the client: the one that `AEROCERT_PYTHON` names, or the system's.
fn python() -> Option<String> {
    let python = std::env::var("AEROCERT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mend = "install the package `aerospike` from PyPI, or name an interpreter that has it in \
                AEROCERT_PYTHON";
    needed(&python, &["-c", "import aerospike"], mend).map(|()| python)
}

fn sightings(python: &str, host: &str, namespace: &str, seconds: u32) -> Output {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/sightings.py");
    Command::new(python)
        .args([script, host, namespace, &seconds.to_string()])
        .output()
        .expect("python starts")
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The address of a node for clients of a site.
fn host(kept: &Kept, node: &str, site: &str) -> String {
    let status = kept.json(&["cluster", "status", "--from", site]);
    let row = status["rows"].as_array().unwrap().iter().find(|row| row["node_id"] == node);
    row.expect("the node answers")["node"].as_str().unwrap().to_owned()
}

#[test]
fn the_stretch_clusters_application_runs_and_meets_the_cut() {
    let Some(python) = python() else { return };
    let kept = Kept::start(3450);
    kept.await_pmap(None, 6, 4096, 10);
    let london = host(&kept, "A600", "london");
    let seconds = if std::env::var_os("CI").is_some() { 60 } else { 10 };
    let whole = sightings(&python, &london, "mydata", seconds);
    assert_eq!(whole.status.code(), Some(0), "{}", text(&whole));

    kept.says(&["nemesis", "apply", "partition-racks", "--for", "300s"]);
    kept.await_pmap(Some("london"), 3, 2048, 20);
    // Half of the random keys are out of reach, so a start may well stop at its first one; of
    // sixteen starts one at least writes before it stops.
    let mut said = String::new();
    for _ in 0..16 {
        let cut = sightings(&python, &london, "mydata", 60);
        said = text(&cut);
        assert_eq!(cut.status.code(), Some(1), "{said}");
        assert!(said.contains("connected"), "{said}");
        if said.contains("wrote ") {
            break;
        }
    }
    assert!(said.contains("wrote "), "{said}");
    let error = said.lines().find(|line| line.starts_with("Error: ")).expect("it stops");
    let partition = error
        .split(|c: char| !c.is_ascii_digit())
        .find_map(|word| word.parse::<u16>().ok().filter(|partition| *partition < 4096));
    assert!(error.contains("partition") && partition.is_some(), "{error}");

    let available = sightings(&python, &london, "mydata_ap", 10);
    assert_eq!(available.status.code(), Some(0), "{}", text(&available));
}
