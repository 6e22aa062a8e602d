//! The gate: everything that must hold before a change is merged. It changes nothing.

use std::path::Path;

use crate::step::{Steps, cargo};
use crate::{edges, fuzz, packages, targets, tidy};

const TEST: [&str; 5] = ["test", "--release", "--workspace", "--locked", "--no-fail-fast"];

/// Runs every step, even after one has failed; true if all passed.
///
/// Lints, docs and tests use the release profile, so that build scripts and procedural macros are
/// built once, and what is tested is what runs.
pub(crate) fn verify(root: &Path) -> bool {
    let mut steps = Steps::default();
    steps.run("format", || cargo(root, &["fmt", "--all", "--check"], &[]));
    steps.run("tidy", || tidy::verify(root));
    steps.run("dependency rules", || edges::verify(root));
    steps.run("lints", || {
        let clippy = ["clippy", "--release", "--workspace", "--all-targets", "--locked"];
        cargo(root, &[&clippy[..], &["--", "-D", "warnings"]].concat(), &[])
    });
    steps.run("lints of the pure halves", || {
        let clippy = ["clippy", "--release", "--locked", "--lib", "--no-default-features"];
        let pure = ["-p", "aerocert-nemesis", "-p", "aerocert-workloads"];
        cargo(root, &[&clippy[..], &pure, &["--", "-D", "warnings"]].concat(), &[])
    });
    steps.run("docs", || {
        let doc = ["doc", "--release", "--workspace", "--no-deps", "--locked"];
        cargo(root, &doc, &[("RUSTDOCFLAGS", "-D warnings")])
    });
    steps.run("packages", || packages::verify(root));
    steps.run("tests", || {
        let names = targets::integration_tests(root)?;
        let chosen = names.iter().flat_map(|name| ["--test", name]);
        let arguments: Vec<&str> =
            TEST.into_iter().chain(["--lib", "--bins"]).chain(chosen).collect();
        cargo(root, &arguments, &[])
    });
    steps.run("examples in the docs", || cargo(root, &[&TEST[..], &["--doc"]].concat(), &[]));
    steps.run("fuzzing", || fuzz::fuzz(root, fuzz::GATE_SECONDS, &[]));
    steps.run("end to end", || {
        let alone = ["--test", targets::END_TO_END, "--", "--test-threads=1"];
        cargo(root, &[&TEST[..], &alone].concat(), &[])
    });
    steps.finish()
}
