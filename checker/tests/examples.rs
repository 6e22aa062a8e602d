//! What the examples print.

use std::error::Error;

#[path = "../examples/certificate.rs"]
#[expect(dead_code, reason = "its `main` prints the same")]
mod certificate;
#[path = "../examples/columns.rs"]
#[expect(dead_code, reason = "its `main` prints the same")]
mod columns;
#[path = "../examples/jepsen.rs"]
#[expect(dead_code, reason = "its `main` prints the same")]
mod jepsen;
#[path = "../examples/own_model.rs"]
#[expect(dead_code, reason = "its `main` prints the same")]
mod own_model;
#[path = "../examples/transactions.rs"]
#[expect(dead_code, reason = "its `main` prints the same")]
mod transactions;
#[path = "../examples/watch.rs"]
#[expect(dead_code, reason = "its `main` prints the same")]
mod watch;

fn printed(run: impl FnOnce(&mut Vec<u8>) -> Result<(), Box<dyn Error>>) -> Vec<String> {
    let mut text = Vec::new();
    run(&mut text).expect("an example succeeds");
    let text = String::from_utf8(text).expect("it prints text");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_log_is_judged_from_columns() {
    assert_eq!(
        printed(|to| columns::run(to)),
        [
            "1 of 2 keys are linearizable",
            "x is not; no order holds all of these:",
            "  x 100 180 write a",
            "  x 300 340 read b",
            "  x 440 480 read a"
        ]
    );
}

#[test]
fn an_account_is_judged_by_its_model() {
    assert_eq!(
        printed(|to| own_model::run(to)),
        [
            "5 requests have an order",
            "no order explains these 6:",
            "  Deposit(100)",
            "  Deposit(50)",
            "  Withdraw { amount: 120, paid: true }",
            "  Withdraw { amount: 120, paid: false }",
            "  Balance(30)",
            "  Withdraw { amount: 40, paid: true }"
        ]
    );
}

#[test]
fn a_jepsen_history_is_judged() {
    assert_eq!(
        printed(|to| jepsen::run_sample(to)),
        [
            "invalid: 5 operations of a register",
            "A read returned a value that had been replaced before the read began. (stale-read)",
            "  write of 1 by process 0 succeeded (lines 1 and 2)",
            "  write of 2 by process 1 is in doubt (lines 5 and 6)",
            "  read by process 2 returned 2 (lines 7 and 8)",
            "  read by process 2 returned 1 (lines 9 and 10)",
            "line 10 is the first that no order explains"
        ]
    );
}

#[test]
fn a_load_stops_at_the_first_violation() {
    assert_eq!(
        printed(|to| watch::run(to)),
        [
            "stopped: non-linearizable",
            "operations that show it: 3",
            "the replica had been behind for 24 ms"
        ]
    );
}

#[test]
fn transactions_stand_between_models() {
    assert_eq!(
        printed(|to| transactions::run_sample(to)),
        [
            "invalid: 3 transactions",
            "strongest that holds: strong-snapshot-isolation",
            "weakest that is broken: repeatable-read",
            "G2-item:",
            "  T1 read [] from bob, without 2, which T2 appended (rw)",
            "  T2 read [] from alice, without 1, which T1 appended (rw)"
        ]
    );
}

#[test]
fn a_certificate_is_verified_and_a_forged_one_is_not() {
    assert_eq!(
        printed(|to| certificate::run(to)),
        [
            "\"mail\" is valid, in the order [2, 1, 5]",
            "\"jobs\" is invalid, as [7, 9, 10] show",
            "forged: operation 5 returned something else"
        ]
    );
}

#[test]
fn every_example_is_run_here() {
    let here = include_str!("examples.rs");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    for entry in std::fs::read_dir(folder).expect("there are examples") {
        let name = entry.expect("it can be listed").file_name();
        let path = format!("\"../examples/{}\"", name.to_string_lossy());
        assert!(here.contains(&path), "{name:?} is not run");
    }
}
