//! How many histories a test tries, and from which seed.
#![allow(dead_code, reason = "each test file takes its share")]

/// What `AEROCERT_CASES` says; if it says nothing, what is usual.
pub(crate) fn cases(usual: u64) -> u64 {
    variable("AEROCERT_CASES", usual)
}

/// What `AEROCERT_SEED` says; if it says nothing, what is usual.
pub(crate) fn seed(usual: u64) -> u64 {
    variable("AEROCERT_SEED", usual)
}

fn variable(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}
