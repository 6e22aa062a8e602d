//! The checks that find more the longer they run.

use std::path::Path;

use crate::fuzz;
use crate::step::{Steps, cargo};

/// How many times the usual number of cases a soak tries.
pub(crate) const USUAL_FACTOR: u32 = 20;
/// How long each fuzz target runs, in s.
const FUZZING_SECONDS: u32 = 600;
/// What proptest tries if nobody says otherwise.
const USUAL_CASES: u32 = 256;
/// Histories a model and kind: with the usual factor a million.
const USUAL_HISTORIES: u32 = 50_000;

/// Runs the tests of the crates that have property tests, with so many times the usual cases, holds
/// the checker to brute force on so many more histories, and then what is always the same: a thousand
/// nights of either mode, a long stream, all defects, ten minutes of each fuzz target.
pub(crate) fn soak(root: &Path, factor: u32) -> bool {
    let cases = USUAL_CASES.saturating_mul(factor).to_string();
    let mut steps = Steps::default();
    for package in PROPERTY_TESTED {
        steps.run(&format!("{package}, {cases} cases a property"), || {
            let test = ["test", "--release", "--locked", "-p", package];
            cargo(root, &test, &[("PROPTEST_CASES", &cases)])
        });
    }
    let histories = USUAL_HISTORIES.saturating_mul(factor).to_string();
    steps.run(&format!("checker against brute force, {histories} histories a model"), || {
        let test = ["test", "--release", "--locked", "-p", "aerocert-checker"];
        let names = ["--test", "against_brute_force", "--test", "search_against_brute_force"];
        let shown = ["--", "--nocapture"];
        cargo(root, &[&test[..], &names, &shown].concat(), &[("AEROCERT_CASES", &histories)])
    });
    for mode in ["sc", "ap"] {
        steps.run(&format!("a thousand nights under {mode}"), || {
            let nights = ["run", "--release", "--locked", "--", "simulate", "--seeds", "0..1000"];
            cargo(root, &[&nights[..], &["--mode", mode]].concat(), &[])
        });
    }
    steps.run("20 million operations through the online judge", || {
        cargo(root, &["bench", "--locked", "-p", "aerocert-checker", "--bench", "online"], &[])
    });
    steps.run("the deliberate defects and their record", || {
        let all = ["run", "--release", "--locked", "--", "selftest", "--all"];
        cargo(root, &all, &[])
    });
    steps.run(&format!("every fuzz target, {FUZZING_SECONDS} s each"), || {
        fuzz::fuzz(root, FUZZING_SECONDS, &[])
    });
    steps.finish()
}

/// The crates with property tests.
const PROPERTY_TESTED: &[&str] = &["aerocert-wire", "aerocert-history", "aerocert-emulator"];
