//! End to end: the program as its users run it, over real sockets, in real processes.
//!
//! What needs a browser, or a client in Python or JavaScript, runs for real where they are installed; elsewhere the
//! test says aloud that it was skipped and why, and with `CI=true` it fails instead.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod bad_input;
mod browser;
mod certificate;
mod cluster;
mod defects;
mod fail_fast;
mod foreign;
mod interruption;
mod netns;
mod program;
mod python;
mod scenario;
mod shares;
mod smoke;
