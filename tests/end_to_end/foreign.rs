//! Histories of other programs, judged by the program.

use std::path::Path;

use crate::program::{stderr_of, stdout_of};

/// A file with a text.
fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), text).expect("it can be written");
    file
}

/// A write that succeeded, and a read after it that did not see it.
const LOST: &str = "{:process 0, :type :invoke, :f :write, :value 5}\n\
                    {:process 0, :type :ok, :f :write, :value 5}\n\
                    {:process 1, :type :invoke, :f :read, :value nil}\n\
                    {:process 1, :type :ok, :f :read, :value nil}\n";

#[test]
fn the_verdict_comes_first_and_then_its_proof() {
    let lost = file(LOST);
    let path = lost.path().to_str().unwrap();
    let said = stdout_of(&["check", path], 1);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        lines,
        [
            "invalid: register, linearizable; 2 operations",
            "A read returned a value that had been replaced before the read began.",
            "  write of 5 by process 0 succeeded (lines 1 and 2)",
            "  read by process 1 returned nil (lines 3 and 4)",
            "Its first 1 ends have an order; the one on line 4 has none.",
        ]
    );
    assert!(stderr_of(&["check", path], 1).contains("--format edn --model register"));
    let found = file(&LOST.replace("{:process 1, :type :ok, :f :read, :value nil}", ""));
    let said = stdout_of(&["check", found.path().to_str().unwrap()], 0);
    assert_eq!(said, "valid: register, linearizable; 2 operations\n");
}

#[test]
fn the_proof_is_there_for_programs_too() {
    let lost = file(LOST);
    let said = stdout_of(&["check", lost.path().to_str().unwrap(), "--json"], 1);
    let document: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(document["verdict"], "invalid");
    assert_eq!(document["proof"]["operations"][1]["returned"], "nil");
    assert_eq!(document["proof"]["operations"][0]["lines"], serde_json::json!([1, 2]));
    assert_eq!(document["proof"]["fails_at_line"], 4);
    assert_eq!(document["proof"]["class"], "stale-read");
}

/// A write skew, and what proves it.
const SKEW: &str = "{:type :invoke, :process 0, :f :txn, :value [[:r x nil] [:append y 1]]}\n\
                    {:type :invoke, :process 1, :f :txn, :value [[:r y nil] [:append x 2]]}\n\
                    {:type :ok, :process 0, :f :txn, :value [[:r x nil] [:append y 1]]}\n\
                    {:type :ok, :process 1, :f :txn, :value [[:r y nil] [:append x 2]]}\n";
const SKEW_PROOF: &str = r#"{"verdict":"invalid","anomaly":"G2-item","cycle":[{"from":0,"to":1,"edge":"rw","key":"x","over":"2"},{"from":1,"to":0,"edge":"rw","key":"y","over":"1"}]}"#;

/// What is written verifies against its file alone; a changed line, another file and another question
/// do not.
#[test]
fn certificates_are_written_and_verified() {
    let queue = "{:process 0, :type :invoke, :f :enqueue, :value 7}\n\
                 {:process 0, :type :ok, :f :enqueue, :value 7}\n\
                 {:process 1, :type :invoke, :f :dequeue, :value nil}\n\
                 {:process 1, :type :ok, :f :dequeue, :value 7}\n";
    let serial = "{:process 0, :type :invoke, :f :txn, :value [[:append x 1]]}\n\
                  {:process 0, :type :ok, :f :txn, :value [[:append x 1]]}\n\
                  {:process 1, :type :invoke, :f :txn, :value [[:r x nil]]}\n\
                  {:process 1, :type :ok, :f :txn, :value [[:r x [1]]]}\n";
    let folder = tempfile::tempdir().unwrap();
    let proofs = folder.path().join("proofs.jsonl");
    let proofs = proofs.to_str().unwrap();
    for (text, code, line) in [
        (queue, 0, r#"{"key":null,"verdict":"valid","order":[1,3]}"#),
        (LOST, 1, r#"{"key":null,"verdict":"invalid","witness":[1,3]}"#),
        (serial, 0, r#"{"verdict":"valid","order":[0,1]}"#),
        (SKEW, 1, SKEW_PROOF),
    ] {
        let history = file(text);
        let path = history.path().to_str().unwrap();
        stdout_of(&["check", path, "--certificate", proofs], code);
        let written = std::fs::read_to_string(proofs).unwrap();
        assert_eq!(written.lines().nth(1), Some(line), "{written}");
        let verified = stdout_of(&["check", path, "--verify-certificate", proofs], code);
        assert!(verified.starts_with("every proof holds: "), "{verified}");
        let said = stdout_of(&["check", path, "--verify-certificate", proofs, "--json"], code);
        let document: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(document["valid"], u64::from(code == 0));

        let refused = |text: &str, what: &str| {
            std::fs::write(proofs, text).unwrap();
            let said = stderr_of(&["check", path, "--verify-certificate", proofs], 2);
            assert!(said.contains(what), "{said}");
        };
        let changed = written.replace("1,3]", "3]").replace("0,1]", "1,0]");
        refused(
            &changed
                .replace("rw\",\"key\":\"y", "wr\",\"key\":\"y")
                .replace("\"over\":\"1", "\"value\":\"1"),
            "does not hold: ",
        );
        refused(&written[..=written.find('\n').unwrap()], "proofs.jsonl:2: ");
        refused("{}", "proofs.jsonl:1: not a file of proofs");
        std::fs::write(proofs, &written).unwrap();
        let other = ["check", path, "--verify-certificate", proofs, "--model", "mutex"];
        assert!(stderr_of(&other, 2).contains("the proofs are about `--model "));
    }
    // What is weaker need not have a serial order.
    let skew = file(SKEW);
    let path = skew.path().to_str().unwrap();
    let weaker = ["check", path, "--certificate", proofs, "--consistency", "snapshot-isolation"];
    let said = stderr_of(&weaker, 2);
    assert!(said.contains("`--consistency serializable`"), "{said}");
}

#[test]
fn every_format_and_flag_is_understood() {
    let log = file("INFO x - 0 :invoke :cas [0 1]\nINFO x - 0 :ok :cas [0 1]\n");
    let path = log.path().to_str().unwrap();
    stdout_of(&["check", path], 1);
    stdout_of(&["check", path, "--initial", "0"], 0);
    let json = file(
        "{\"process\":0,\"type\":\"invoke\",\"f\":\"add\",\"value\":1}\n\
         {\"process\":0,\"type\":\"ok\",\"f\":\"add\",\"value\":1}\n",
    );
    let path = json.path().to_str().unwrap();
    assert!(stderr_of(&["check", path], 2).contains("--model counter"));
    stdout_of(&["check", path, "--model", "counter", "--format", "jsonl"], 0);
    let nothing = file("");
    assert!(
        stdout_of(&["check", nothing.path().to_str().unwrap()], 3).contains("nothing was tested")
    );
}

#[test]
fn bad_files_are_told_with_their_place_and_the_mend() {
    let torn = file("{:process 0 :type :invoke :f :read}\n {:process 0 :type");
    let path = torn.path().to_str().unwrap();
    let said = stderr_of(&["check", path], 2);
    assert!(said.contains(&format!("{path}:2:2: ")) && said.contains("cut off"), "{said}");
    let other = file("\n\n  hello\n");
    let said = stderr_of(&["check", other.path().to_str().unwrap()], 2);
    assert!(said.contains(":3:3: no history begins like this"), "{said}");
    let lost = file(LOST);
    let path = lost.path().to_str().unwrap();
    let said = stderr_of(&["check", path, "--model", "queue"], 2);
    assert!(said.contains(&format!("{path}:1: `write` is no operation of a queue")), "{said}");
    assert!(stderr_of(&["check", path, "--initial", "[1"], 2).contains("--initial [1"));
    assert!(stderr_of(&["check", "nowhere.edn", "--model", "set"], 2).contains("nowhere.edn"));
}

#[test]
fn public_histories_get_their_verdicts_from_the_program() {
    let Some(folder) = std::env::var_os("AEROCERT_HISTORIES") else {
        eprintln!("SKIPPED: AEROCERT_HISTORIES names no folder of public histories");
        return;
    };
    let folder = Path::new(&folder);
    for (name, code) in [
        ("etcd/etcd_000.log", 1),
        ("etcd/etcd_002.log", 0),
        ("kv/c10-ok.txt", 0),
        ("kv/c10-bad.txt", 1),
        ("knossos/good/memstress3-1.edn", 0),
        ("knossos/bad/rethink-fail-minimal.edn", 1),
        ("elle/paper-example.edn", 1),
        ("elle/si-without-g-single.edn", 1),
    ] {
        let path = folder.join(name);
        stdout_of(&["check", path.to_str().unwrap()], code);
    }
}
