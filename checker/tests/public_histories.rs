//! Public histories with known verdicts: etcd's and a key-value store's by way of Porcupine, and
//! Knossos' own.
//!
//! They are no part of this project. Where the variable `AEROCERT_HISTORIES` names their folder they
//! are judged; else the test says so, and only the equivalents written for it run.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use aerocert_checker::foreign::{Judgement, ObjectModel, Question, judge};
use history::Verdict;
use history::exchange::foreign::{DatumId, Foreign, Format};

/// A history's verdict under the model that it looks like.
#[track_caller]
fn judged(name: &str, text: &[u8]) -> (ObjectModel, Judgement) {
    let format = Format::guess(text).unwrap_or_else(|at| panic!("{name}: {at:?}"));
    let history = Foreign::read(text, format).unwrap_or_else(|error| panic!("{name}: {error}"));
    let model = ObjectModel::guess(&history).unwrap_or_else(|error| panic!("{name}: {error}"));
    let judgement = judge(&history, Question::of(model));
    (model, judgement.unwrap_or_else(|complaint| panic!("{name}: {complaint}")))
}

/// The verdict on lines of a log.
#[track_caller]
fn log(lines: &[&str]) -> Verdict {
    let text: String = lines.iter().map(|line| format!("INFO  x - {line}\n")).collect();
    judged(&text, text.as_bytes()).1.verdict
}

#[test]
fn equivalents_of_etcds_logs_get_their_verdicts() {
    // A compare-and-set in doubt took effect between two reads.
    let base =
        ["0 :invoke :write 1", "0 :ok :write 1", "1 :invoke :cas [1 2]", "1 :info :cas :timed-out"];
    let then = |more: &[&str]| log(&[&base[..], more].concat());
    assert_eq!(then(&["2 :invoke :read nil", "2 :ok :read 2"]), Verdict::Valid);
    assert_eq!(then(&["2 :invoke :read nil", "2 :ok :read 1"]), Verdict::Valid);
    assert_eq!(then(&["2 :invoke :read nil", "2 :ok :read 3"]), Verdict::Invalid);
    // It cannot take effect and then not have.
    let twice = ["2 :invoke :read nil", "2 :ok :read 2", "2 :invoke :read nil", "2 :ok :read 1"];
    assert_eq!(then(&twice), Verdict::Invalid);
    // A failed compare-and-set saw another value than the one it expected, unless it timed out.
    let read = ["1 :invoke :read nil", "1 :ok :read 1"];
    let failed = |end| log(&[&base[..3], &[end], &read].concat());
    assert_eq!(failed("1 :fail :cas [1 2]"), Verdict::Invalid);
    assert_eq!(failed("1 :fail :cas :timed-out"), Verdict::Valid);
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
    ];
    let and_read = |end| log(&[&again[..], &["1 :invoke :read nil", end]].concat());
    assert_eq!(and_read("1 :ok :read 1"), Verdict::Valid);
    assert_eq!(and_read("1 :ok :read 2"), Verdict::Invalid);
}

/// Operations one after another: (function, value, returned).
type Script<'a> = &'a [(&'a str, &'a str, &'a str)];

fn one_by_one(operations: Script<'_>) -> String {
    operations
        .iter()
        .map(|(f, value, returned)| {
            format!("{{:process 0 :type :invoke :f :{f} :value {value}}}\n")
                + &format!("{{:process 0 :type :ok :f :{f} :value {returned}}}\n")
        })
        .collect()
}

#[test]
fn every_model_has_histories_of_both_verdicts() {
    use ObjectModel as Is;
    let cases: [(Is, Script<'_>, Script<'_>); 9] = [
        (
            Is::Register,
            &[("read", "nil", "nil"), ("write", "1", "1"), ("read", "nil", "1")],
            &[("write", "1", "1"), ("write", "2", "2"), ("read", "nil", "1")],
        ),
        (
            Is::CasRegister,
            &[
                ("write", "\"a\"", "\"a\""),
                ("cas", "[\"a\" :b]", "[\"a\" :b]"),
                ("read", "nil", ":b"),
            ],
            &[("write", "-1", "-1"), ("cas", "[2 3]", "[2 3]")],
        ),
        (
            Is::Counter,
            &[("add", "5", "5"), ("add", "-2", "-2"), ("read", "nil", "3")],
            &[("add", "1", "1"), ("read", "nil", "2")],
        ),
        (
            Is::Set,
            &[("add", "1", "1"), ("add", "2", "2"), ("read", "nil", "#{2 1}")],
            &[("add", "1", "1"), ("add", "2", "2"), ("read", "nil", "[2]")],
        ),
        (
            Is::Queue,
            &[("enqueue", "1", "1"), ("enqueue", "2", "2"), ("dequeue", "nil", "1")],
            &[("enqueue", "1", "1"), ("enqueue", "2", "2"), ("dequeue", "nil", "2")],
        ),
        (
            Is::Mutex,
            &[("acquire", "nil", "nil"), ("release", "nil", "nil"), ("acquire", "nil", "nil")],
            &[("acquire", "nil", "nil"), ("acquire", "nil", "nil")],
        ),
        (
            Is::MultiRegister,
            &[
                ("txn", "[[:write :x 1] [:write :y 1]]", "[[:write :x 1] [:write :y 1]]"),
                ("txn", "[[:read :x nil] [:write :x 2]]", "[[:read :x 1] [:write :x 2]]"),
            ],
            &[
                ("txn", "[[:write :x 1] [:write :y 1]]", "[[:write :x 1] [:write :y 1]]"),
                ("txn", "[[:read :x nil] [:read :y nil]]", "[[:read :x 1] [:read :y nil]]"),
            ],
        ),
        (
            Is::List,
            &[("append", "1", "1"), ("append", "2", "2"), ("read", "nil", "[1 2]")],
            &[("append", "1", "1"), ("append", "2", "2"), ("read", "nil", "[2 1]")],
        ),
        (
            Is::KeyValue,
            &[
                ("get", "nil", "\"\""),
                ("put", "\"a\"", "nil"),
                ("append", "\"b\"", "nil"),
                ("get", "nil", "\"ab\""),
            ],
            &[("put", "\"a\"", "nil"), ("append", "\"b\"", "nil"), ("get", "nil", "\"a\"")],
        ),
    ];
    for (model, valid, invalid) in cases {
        for (operations, verdict) in [(valid, Verdict::Valid), (invalid, Verdict::Invalid)] {
            let text = one_by_one(operations);
            let (guessed, judgement) = judged(model.name(), text.as_bytes());
            assert_eq!((guessed, judgement.verdict), (model, verdict), "{text}");
            if let Some(proof) = judgement.proof {
                assert!(proof.operations.len() <= operations.len());
                // All but the last end have an order.
                assert_eq!(proof.explained, Some(operations.len() - 1), "{text}");
            }
        }
    }
}

#[test]
fn what_objects_hold_at_the_start_can_be_said() {
    let text =
        one_by_one(&[("read", "nil", "nil"), ("cas", "[0 1]", "[0 1]"), ("read", "nil", "1")]);
    let mut history = Foreign::read(text.as_bytes(), Format::Edn).unwrap();
    let initial = history.data.read("0").unwrap();
    let verdict = |initial| {
        judge(&history, Question { model: ObjectModel::CasRegister, initial }).unwrap().verdict
    };
    assert_eq!(verdict(DatumId::NIL), Verdict::Invalid);
    // A read of nil then says nothing.
    assert_eq!(verdict(initial), Verdict::Valid);
}

#[test]
fn proofs_leave_out_what_is_not_needed() {
    // Thirty writes over two values, each of them read, then a read of what is long gone.
    let mut operations = Vec::new();
    for at in 0..30 {
        let value = if at % 2 == 0 { "1" } else { "2" };
        operations.extend([("write", value, value), ("read", "nil", value)]);
    }
    operations.extend([("read", "nil", "1"), ("read", "nil", "2")]);
    let text = one_by_one(&operations);
    let history = Foreign::read(text.as_bytes(), Format::Edn).unwrap();
    let proof = judge(&history, Question::of(ObjectModel::Register)).unwrap().proof.unwrap();
    assert!(proof.operations.len() <= 17, "{proof:?}");
    assert_eq!(proof.explained, Some(60));
    // Locks that were given back say nothing of the one that was not.
    let mut locks = [("acquire", "nil", "nil"), ("release", "nil", "nil")].repeat(40);
    locks.extend([("acquire", "nil", "nil"), ("acquire", "nil", "nil")]);
    let text = one_by_one(&locks);
    let history = Foreign::read(text.as_bytes(), Format::Edn).unwrap();
    let proof = judge(&history, Question::of(ObjectModel::Mutex)).unwrap().proof.unwrap();
    assert_eq!(proof.operations, [80, 81]);
}

#[test]
fn a_history_that_is_none_of_its_model_is_refused() {
    let said = |text: &str, model| {
        let history = Foreign::read(text.as_bytes(), Format::Edn).unwrap();
        judge(&history, Question::of(model)).unwrap_err().to_string()
    };
    let cas = one_by_one(&[("write", "1", "1"), ("cas", "[1 2]", "[1 2]")]);
    let complaint = said(&cas, ObjectModel::Register);
    assert!(complaint.starts_with("line 3: `cas` is no operation of a register"), "{complaint}");
    let counter = one_by_one(&[("add", "1", "1"), ("read", "nil", "[1]")]);
    let complaint = said(&counter, ObjectModel::Counter);
    assert!(complaint.starts_with("line 4: a `read` of a counter returns a number"), "{complaint}");
    // Nothing was tested, so nothing is valid.
    let nothing = judge(&Foreign::default(), Question::of(ObjectModel::Register)).unwrap();
    assert_eq!(nothing.verdict, Verdict::Unknown);
}

#[test]
fn public_histories_get_their_known_verdicts() {
    let Some(folder) = std::env::var_os("AEROCERT_HISTORIES") else {
        println!("SKIPPED: AEROCERT_HISTORIES names no folder; only the equivalents were judged");
        return;
    };
    let begin = Instant::now();
    let known = known(Path::new(&folder));
    for (path, model, expected) in &known {
        let name = path.display().to_string();
        let (guessed, judgement) = judged(&name, &std::fs::read(path).unwrap());
        assert_eq!(judgement.verdict, *expected, "{name}: {judgement:?}");
        // Some files of compare-and-set registers hold none.
        assert!(guessed == *model || guessed == ObjectModel::Register, "{name}: {guessed:?}");
    }
    println!("{} public histories judged in {:?}, none unknown", known.len(), begin.elapsed());
    assert!(!known.is_empty(), "the folder holds none");
}

#[test]
fn public_transactions_break_strict_serializability() {
    use aerocert_checker::transactions::{Level, judge};
    let Some(folder) = std::env::var_os("AEROCERT_HISTORIES") else {
        println!("SKIPPED: AEROCERT_HISTORIES names no folder of transactions");
        return;
    };
    for name in ["paper-example.edn", "si-without-g-single.edn"] {
        let text = std::fs::read_to_string(Path::new(&folder).join("elle").join(name)).unwrap();
        let history = history::exchange::elle::read(&text).unwrap();
        let judgement = judge(&history, Level::StrictSerializable);
        assert_eq!(judgement.verdict, Verdict::Invalid, "{name}");
        println!("{name}: {:?}", judgement.counts);
    }
}

/// The histories of single objects, with their models and verdicts.
fn known(folder: &Path) -> Vec<(PathBuf, ObjectModel, Verdict)> {
    let mut known = Vec::new();
    let verdicts = std::fs::read_to_string(folder.join("etcd/verdicts.csv")).unwrap();
    for line in verdicts.lines() {
        let Some((name, verdict)) = line.split_once(',') else { continue };
        let verdict = if verdict == "linearizable" { Verdict::Valid } else { Verdict::Invalid };
        let path = folder.join("etcd").join(name);
        if path.is_file() {
            known.push((path, ObjectModel::CasRegister, verdict));
        }
    }
    for (folder_name, valid, invalid, model) in [
        ("kv", "ok", "bad", ObjectModel::KeyValue),
        ("knossos/good", "", "-", ObjectModel::CasRegister),
        ("knossos/bad", "-", "", ObjectModel::CasRegister),
    ] {
        for file in std::fs::read_dir(folder.join(folder_name)).unwrap() {
            let path = file.unwrap().path();
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            let verdict = match (stem.ends_with(valid), stem.ends_with(invalid)) {
                (true, false) => Verdict::Valid,
                (false, true) => Verdict::Invalid,
                _ if folder_name.ends_with("good") => Verdict::Valid,
                _ => Verdict::Invalid,
            };
            known.push((path, model, verdict));
        }
    }
    known.sort_by(|one, other| one.0.cmp(&other.0));
    known
}
