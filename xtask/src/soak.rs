//! The checks that find more the longer they run.

use std::path::Path;

use crate::step::{Steps, cargo};

/// How many times the usual number of cases a soak tries.
pub(crate) const USUAL_FACTOR: u32 = 20;
/// What proptest tries if nobody says otherwise.
const USUAL_CASES: u32 = 256;

/// Runs the tests of the crates that have property tests, with so many times the usual cases.
pub(crate) fn soak(root: &Path, factor: u32) -> bool {
    let cases = USUAL_CASES.saturating_mul(factor).to_string();
    let mut steps = Steps::default();
    for package in PROPERTY_TESTED {
        steps.run(&format!("{package}, {cases} cases a property"), || {
            let test = ["test", "--release", "--locked", "-p", package];
            cargo(root, &test, &[("PROPTEST_CASES", &cases)])
        });
    }
    steps.finish()
}

/// The crates with property tests.
const PROPERTY_TESTED: &[&str] = &["aerocert-wire", "aerocert-history", "aerocert-emulator"];
