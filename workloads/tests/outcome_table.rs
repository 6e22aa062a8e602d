//! The outcome table, line by line, spelled out a second time by hand.

use aerocert_workloads::outcome::{Attempt, Signal, TABLE, classify};
use history::{Call, Outcome, Returned};

/// The operations, in the order of the letters below.
const CALLS: [Call; 6] = [
    Call::Read,
    Call::Write { value: 1 },
    Call::Cas { expected: Some(1), generation: 1, value: 2 },
    Call::Add { delta: 1 },
    Call::Append { element: 1 },
    Call::Delete,
];

/// `F` failed, `I` in doubt, `O` ok (the record is absent): read, write, cas, add, append, delete.
const EXPECTED: &[(Signal, &str)] = &[
    (Signal::Server(1), "FIIIII"),
    (Signal::Server(2), "OFFFFO"),
    (Signal::Server(3), "FFFFFF"),
    (Signal::Server(4), "FFFFFF"),
    (Signal::Server(5), "FFFFFF"),
    (Signal::Server(6), "FFFFFF"),
    (Signal::Server(8), "FFFFFF"),
    (Signal::Server(9), "FIIIII"),
    (Signal::Server(11), "FFFFFF"),
    (Signal::Server(12), "FFFFFF"),
    (Signal::Server(13), "FFFFFF"),
    (Signal::Server(14), "FFFFFF"),
    (Signal::Server(17), "FFFFFF"),
    (Signal::Server(18), "FFFFFF"),
    (Signal::Server(19), "FFFFFF"),
    (Signal::Server(20), "FFFFFF"),
    (Signal::Server(21), "FFFFFF"),
    (Signal::Server(22), "FFFFFF"),
    (Signal::Server(23), "FFFFFF"),
    (Signal::Server(24), "FFFFFF"),
    (Signal::Server(25), "FFFFFF"),
    (Signal::Server(26), "FFFFFF"),
    (Signal::Server(27), "FFFFFF"),
    (Signal::Server(120), "FFFFFF"),
    (Signal::Server(121), "FFFFFF"),
    (Signal::Server(122), "FIIIII"),
    (Signal::Server(123), "FFFFFF"),
    (Signal::Server(126), "FFFFFF"),
    // Listed nowhere: an internal code, a security code, one that no server gives today.
    (Signal::Server(7), "FIIIII"),
    (Signal::Server(80), "FIIIII"),
    (Signal::Server(255), "FIIIII"),
    // The client's: an inactive node, a refused connection, too many of them, a deadline.
    (Signal::Unsent(-3), "FFFFFF"),
    (Signal::Unsent(-8), "FFFFFF"),
    (Signal::Unsent(-7), "FFFFFF"),
    (Signal::Unsent(-11), "FFFFFF"),
    (Signal::Lost(-8), "FIIIII"),
    (Signal::Lost(-11), "FIIIII"),
    (Signal::Lost(-2), "FIIIII"),
];

#[test]
fn every_line_gives_every_operation_its_outcome() {
    for (signal, letters) in EXPECTED {
        for (call, letter) in CALLS.iter().zip(letters.chars()) {
            let conclusion = classify(call, Attempt::Failed(vec![*signal]));
            let (outcome, returned) = match letter {
                'F' => (Outcome::Fail, Returned::Nothing),
                'I' => (Outcome::Info, Returned::Nothing),
                _ => (Outcome::Ok, Returned::Absent),
            };
            assert_eq!(conclusion.outcome, outcome, "{signal:?} of {}", call.name());
            assert_eq!(conclusion.returned, returned, "{signal:?} of {}", call.name());
            assert_eq!(conclusion.code, signal.code());
        }
    }
}

#[test]
fn every_listed_code_is_spelled_out_here() {
    for row in TABLE {
        if let Some(signal) = row.signal {
            assert!(EXPECTED.iter().any(|(found, _)| *found == signal), "{signal:?}: {}", row.name);
        }
    }
}
