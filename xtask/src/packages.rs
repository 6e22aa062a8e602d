//! The crates that others may take, packaged as they would be published.

use std::path::Path;
use std::process::Command;

use cargo_metadata::{Package, TargetKind};

use crate::step::cargo;
use crate::targets::members;

/// What every package must hold.
const MUST_HOLD: [&str; 2] = ["README.md", "LICENSE"];

/// Looks at each crate that may be published, and packages all of them together. It does not build
/// them from their packages: `cargo package` without `--no-verify` does, in more than a minute.
///
/// # Errors
/// What a package lacks, a line each, or cargo's own words.
pub(crate) fn verify(root: &Path) -> Result<(), String> {
    let names = look(root)?;
    let chosen = names.iter().flat_map(|name| ["-p", name]);
    let package = ["package", "--locked", "--allow-dirty", "--no-verify"];
    cargo(root, &package.into_iter().chain(chosen).collect::<Vec<_>>(), &[])
}

/// The names of the crates that may be published.
///
/// # Errors
/// What a package lacks, a line each, or that there are none.
fn look(root: &Path) -> Result<Vec<String>, String> {
    let metadata = members(root)?;
    let published = metadata.packages.iter().filter(|package| package.publish != Some(Vec::new()));
    let (mut names, mut breaches) = (Vec::new(), Vec::new());
    for package in published {
        let name = package.name.to_string();
        let folder = package.manifest_path.parent().ok_or("a manifest in no folder")?;
        let files = files(root, &name)?;
        breaches.extend(judge(package, &files).into_iter().map(|what| format!("{name}: {what}")));
        let license = |folder: &Path| std::fs::read_to_string(folder.join("LICENSE")).ok();
        if license(folder.as_std_path()) != license(root) {
            breaches.push(format!("{name}: its LICENSE is not the root's: copy it"));
        }
        for file in files.iter().filter(|file| file.ends_with(".rs")) {
            let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
            breaches.extend(leaves(file, &text).map(|what| format!("{name}: {what}")));
        }
        names.push(name);
    }
    match (names.is_empty(), breaches.is_empty()) {
        (true, _) => Err("no crate may be published".to_owned()),
        (_, false) => Err(breaches.join("\n")),
        (_, true) => Ok(names),
    }
}

/// What a package holds, as paths within it.
fn files(root: &Path, name: &str) -> Result<Vec<String>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["package", "--list", "--locked", "--allow-dirty", "-p", name])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo package --list: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let listed = String::from_utf8_lossy(&output.stdout);
    Ok(listed.lines().map(|line| line.replace('\\', "/")).collect())
}

/// What a package lacks.
fn judge(package: &Package, files: &[String]) -> Vec<String> {
    let mut lacks: Vec<String> = MUST_HOLD
        .iter()
        .filter(|file| !files.iter().any(|held| held == *file))
        .map(|file| format!("the package holds no {file}"))
        .collect();
    let has_example =
        package.targets.iter().any(|target| target.kind.contains(&TargetKind::Example));
    let told = [
        (has_example, "an example"),
        (package.license.is_some(), "a `license`"),
        (package.description.is_some(), "a `description`"),
        (package.readme.is_some(), "a `readme`"),
        (!package.keywords.is_empty(), "`keywords`"),
        (!package.categories.is_empty(), "`categories`"),
    ];
    lacks.extend(told.iter().filter(|(there, _)| !there).map(|(_, what)| format!("lacks {what}")));
    lacks
}

/// A path in a source file that leads out of its package, if there is one: it would not build there.
fn leaves(file: &str, text: &str) -> Option<String> {
    let depth = file.matches('/').count();
    let out = format!("\"{}", "../".repeat(depth + 1));
    let line = text.lines().position(|line| line.contains(&out))?;
    Some(format!("{file}:{}: a path that leads out of the package", line + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_published_is_whole() {
        let names = look(&crate::root()).unwrap();
        assert_eq!(names, ["aerocert-history", "aerocert-checker"]);
    }

    #[test]
    fn what_a_package_lacks_is_named() {
        let package: Package = serde_json::from_value(serde_json::json!({
            "name": "bare", "version": "1.0.0", "id": "bare", "license": "Apache-2.0",
            "dependencies": [], "features": {}, "manifest_path": "Cargo.toml", "targets": [],
        }))
        .unwrap();
        let lacks = judge(&package, &["README.md".to_owned()]);
        assert_eq!(
            lacks,
            [
                "the package holds no LICENSE",
                "lacks an example",
                "lacks a `description`",
                "lacks a `readme`",
                "lacks `keywords`",
                "lacks `categories`"
            ]
        );
    }

    #[test]
    fn paths_that_lead_out_are_found() {
        let text = concat!("mod a;\n", "#[path = \"..", "/../x.rs\"]\n");
        let found = leaves("tests/a.rs", text);
        assert_eq!(found.as_deref(), Some("tests/a.rs:2: a path that leads out of the package"));
        assert_eq!(leaves("tests/a/b.rs", text), None);
    }
}
