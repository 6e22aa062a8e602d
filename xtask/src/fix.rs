//! What can be mended without a person.

use std::path::Path;

use crate::step::{Steps, cargo};

/// Applies the lints' suggestions, then formats.
pub(crate) fn fix(root: &Path) -> bool {
    let mut steps = Steps::default();
    steps.run("lints", || {
        let clippy = ["clippy", "--release", "--workspace", "--all-targets"];
        cargo(root, &[&clippy[..], &["--fix", "--allow-dirty", "--allow-staged"]].concat(), &[])
    });
    steps.run("format", || cargo(root, &["fmt", "--all"], &[]));
    steps.finish()
}
