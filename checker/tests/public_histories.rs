//! Public histories with known verdicts: etcd's by way of Porcupine, and Knossos' own.
//!
//! They are no part of this project. Where the variable `AEROCERT_HISTORIES` names their folder they
//! are judged; else the test says so, and only the equivalents written for it run.

use std::path::Path;
use std::time::Instant;

use aerocert_checker::linearizability::{Decision, Unseen, decide};
use history::exchange::jepsen;
use history::{History, Model};

/// Whether a register's history, absent at the start, is linearizable.
#[track_caller]
fn is_linearizable(name: &str, history: &History) -> bool {
    let operations: Vec<_> = history.operations.iter().collect();
    let operations: Vec<_> = operations.iter().collect();
    match decide(Model::CasRegister, &operations, Unseen::Impossible) {
        Decision::Holds => true,
        Decision::Broken(_) => false,
        Decision::Undecided(why) => panic!("{name} is undecided: {why}"),
    }
}

#[test]
fn equivalents_of_public_histories_get_their_verdicts() {
    let log = |lines: &[&str]| {
        let text: String = lines.iter().map(|line| format!("INFO  x - {line}\n")).collect();
        is_linearizable("a log", &jepsen::read_log(&text).unwrap())
    };
    // A compare-and-set in doubt took effect between two reads.
    let base =
        ["0 :invoke :write 1", "0 :ok :write 1", "1 :invoke :cas [1 2]", "1 :info :cas :timed-out"];
    assert!(log(&[&base[..], &["2 :invoke :read nil", "2 :ok :read 2"]].concat()));
    assert!(log(&[&base[..], &["2 :invoke :read nil", "2 :ok :read 1"]].concat()));
    assert!(!log(&[&base[..], &["2 :invoke :read nil", "2 :ok :read 3"]].concat()));
    // It cannot take effect and then not have.
    let twice = ["2 :invoke :read nil", "2 :ok :read 2", "2 :invoke :read nil", "2 :ok :read 1"];
    assert!(!log(&[&base[..], &twice].concat()));
    // A failed compare-and-set saw another value than the one it expected.
    let failed =
        ["1 :invoke :cas [1 2]", "1 :fail :cas [1 2]", "1 :invoke :read nil", "1 :ok :read 1"];
    assert!(!log(&[&base[..2], &failed].concat()));
    // A value may come back where it is written twice.
    let again = [
        "0 :invoke :write 1",
        "0 :ok :write 1",
        "0 :invoke :write 2",
        "0 :ok :write 2",
        "1 :invoke :read nil",
        "1 :ok :read 2",
        "0 :invoke :write 1",
        "0 :ok :write 1",
        "1 :invoke :read nil",
        "1 :ok :read 1",
    ];
    assert!(log(&again));
    assert!(!log(&[&again[..8], &["1 :invoke :read nil", "1 :ok :read 2"]].concat()));
}

#[test]
fn public_histories_get_their_known_verdicts() {
    let Some(folder) = std::env::var_os("AEROCERT_HISTORIES") else {
        println!("SKIPPED: AEROCERT_HISTORIES names no folder; only the equivalents were judged");
        return;
    };
    let folder = Path::new(&folder);
    let mut judged = 0;
    let begin = Instant::now();
    let verdicts = std::fs::read_to_string(folder.join("etcd/verdicts.csv")).unwrap();
    for line in verdicts.lines() {
        let Some((name, verdict)) = line.split_once(',') else { continue };
        let Ok(text) = std::fs::read_to_string(folder.join("etcd").join(name)) else { continue };
        let history = jepsen::read_log(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(is_linearizable(name, &history), verdict == "linearizable", "{name}");
        judged += 1;
    }
    for (kind, expected) in [("good", true), ("bad", false)] {
        let files = std::fs::read_dir(folder.join("knossos").join(kind)).unwrap();
        for file in files {
            let path = file.unwrap().path();
            let name = path.display().to_string();
            let text = std::fs::read_to_string(&path).unwrap();
            let history = jepsen::read_edn(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(is_linearizable(&name, &history), expected, "{name}");
            judged += 1;
        }
    }
    println!("{judged} public histories judged in {:?}, none unknown", begin.elapsed());
    assert!(judged > 0, "the folder holds none");
}
