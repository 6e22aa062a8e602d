//! Which tests there are.

use std::path::Path;

use cargo_metadata::{Metadata, MetadataCommand, TargetKind};

/// The test target that starts whole clusters and watches the clock, so that its tests run one
/// after the other.
pub(crate) const END_TO_END: &str = "end_to_end";

/// The members of the workspace, as cargo tells of them.
///
/// # Errors
/// Cargo's own words.
pub(crate) fn members(root: &Path) -> Result<Metadata, String> {
    MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .other_options(["--locked".to_owned()])
        .no_deps()
        .exec()
        .map_err(|error| error.to_string())
}

/// The names of all other integration tests of the workspace, sorted.
///
/// # Errors
/// Cargo's own words, or that the end-to-end tests are not where they should be.
pub(crate) fn integration_tests(root: &Path) -> Result<Vec<String>, String> {
    let metadata = members(root)?;
    let targets = metadata.packages.iter().flat_map(|package| &package.targets);
    let tests = targets.filter(|target| target.kind.contains(&TargetKind::Test));
    let mut names: Vec<String> = tests.map(|target| target.name.clone()).collect();
    names.sort();
    names.dedup();
    let all = names.len();
    names.retain(|name| name != END_TO_END);
    if names.len() == all {
        return Err(format!("no test target is called {END_TO_END}"));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integration_tests_are_found() {
        let names = integration_tests(&crate::root()).unwrap();
        assert!(names.contains(&"outcome_table".to_owned()), "{names:?}");
        assert!(!names.contains(&END_TO_END.to_owned()));
    }
}
