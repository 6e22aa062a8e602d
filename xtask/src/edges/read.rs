//! The workspace as `cargo metadata` tells it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{
    DepKindInfo, DependencyKind, Metadata, MetadataCommand, Package, PackageId, Resolve,
};

use super::judge::{Edge, Workspace};

/// The platform whose packages are counted, so that the count is the same everywhere.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// Reads the workspace. Nothing is downloaded that a build would not need.
///
/// # Errors
/// Cargo's own words.
pub(super) fn read(root: &Path) -> Result<Workspace, String> {
    let options = ["--locked", "--filter-platform", PLATFORM].map(str::to_owned).to_vec();
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .other_options(options)
        .exec()
        .map_err(|error| error.to_string())?;
    let resolve = metadata.resolve.as_ref().ok_or("cargo metadata resolved nothing")?;
    let mut workspace = Workspace::default();
    for package in metadata.workspace_packages() {
        let name = folder(&package.name);
        workspace.edges.extend(edges(package));
        workspace.built_for.insert(name.clone(), built_for(&package.id, resolve, &metadata));
        workspace.crates.insert(name);
    }
    Ok(workspace)
}

/// A crate of ours is called by its folder; the name of an outsider is its own.
fn folder(package: &str) -> String {
    package.strip_prefix("aerocert-").unwrap_or(package).to_owned()
}

fn edges(package: &Package) -> impl Iterator<Item = Edge> + '_ {
    package.dependencies.iter().filter(|dependency| is_used(dependency.kind)).map(|dependency| {
        Edge {
            from: folder(&package.name),
            to: folder(&dependency.name),
            with_features: dependency.uses_default_features || !dependency.features.is_empty(),
        }
    })
}

fn is_used(kind: DependencyKind) -> bool {
    matches!(kind, DependencyKind::Normal | DependencyKind::Build)
}

/// Every package that is built for one, itself apart. Features are those of the whole workspace.
fn built_for(package: &PackageId, resolve: &Resolve, metadata: &Metadata) -> BTreeSet<String> {
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let used = |kinds: &[DepKindInfo]| kinds.iter().any(|kind| is_used(kind.kind));
    let mut seen = BTreeSet::new();
    let mut open = vec![package];
    while let Some(id) = open.pop() {
        let Some(node) = nodes.get(id) else { continue };
        for dependency in node.deps.iter().filter(|dependency| used(&dependency.dep_kinds)) {
            if seen.insert(&dependency.pkg) {
                open.push(&dependency.pkg);
            }
        }
    }
    seen.into_iter().map(|id| folder(&metadata[id].name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edges::judge::judge;
    use crate::edges::rules::RULES;

    #[test]
    fn this_workspace_keeps_the_rules() {
        let workspace = read(&crate::root()).unwrap();
        assert!(workspace.edges.iter().any(|e| e.from == "nemesis" && e.to == "cluster"));
        assert!(workspace.built_for["workloads"].contains("tokio"), "packages far away are seen");
        assert_eq!(judge(&workspace, RULES), Vec::<String>::new());
    }
}
