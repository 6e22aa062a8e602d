//! Tidiness that no compiler looks after.

use std::path::{Path, PathBuf};

/// No source file is longer than that, in lines.
const LONGEST: usize = 1000;

/// Files that may be longer, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

/// What stands in no file of ours, and why. Each is written in two halves, so that this file may
/// be looked at, too.
const FORBIDDEN: &[(&str, &str, &str)] = &[
    ("/ho", "me/", "a path of somebody's machine"),
    ("/ro", "ot/", "a path of somebody's machine"),
    ("/wo", "rk/", "a path of somebody's machine"),
    ("#[ig", "nore", "a test that is skipped in silence"),
    ("FIX", "ME", "unfinished work"),
];

/// Names of files and folders that say nothing.
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "misc", "manager"];

/// Folders, or files, that hold no source of ours, by their place in the checkout.
const NOT_OURS: &[&str] = &["target", "runs", ".git"];

/// The endings of text that is looked at; a file without an ending is looked at, too.
const TEXT: &[&str] = &["rs", "toml", "md", "html", "css", "js", "mjs", "py", "sh", "yml", "svg"];

/// Looks at every file of the checkout.
///
/// # Errors
/// Every breach, a line each.
pub(crate) fn verify(root: &Path) -> Result<(), String> {
    let mut breaches = Vec::new();
    let mut long = Vec::new();
    for path in files(root).map_err(|error| format!("cannot look round: {error}"))? {
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        breaches.extend(judge(&name, &text));
        if text.lines().count() > LONGEST {
            long.push(name);
        }
    }
    for (name, _) in LONG_FILES.iter().filter(|(name, _)| !long.iter().any(|l| l == name)) {
        breaches.push(format!("{name} is excused for its length, and is not long"));
    }
    if breaches.is_empty() { Ok(()) } else { Err(breaches.join("\n")) }
}

/// What is untidy about one file.
fn judge(name: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    for part in Path::new(name).with_extension("").iter() {
        if EMPTY_NAMES.iter().any(|empty| part == *empty) {
            breaches.push(format!("{name}: a name that says nothing"));
        }
    }
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
    if ending.is_some_and(|ending| !TEXT.contains(&ending)) {
        return breaches;
    }
    let lines = text.lines().count();
    let excused = LONG_FILES.iter().any(|(long, _)| *long == name);
    if ending == Some("rs") && lines > LONGEST && !excused {
        breaches.push(format!("{name}: {lines} lines, {LONGEST} at most"));
    }
    for (line, number) in text.lines().zip(1..) {
        for (one, other, why) in FORBIDDEN {
            if line.contains(&format!("{one}{other}")) {
                breaches.push(format!("{name}:{number}: {one}{other} ({why})"));
            }
        }
    }
    breaches.extend(judge_silence(name, text));
    if name.ends_with("Cargo.toml") && name != "Cargo.toml" {
        breaches.extend(judge_manifest(name, text));
    }
    breaches
}

/// A lint that is silenced says why, next to it.
fn judge_silence(name: &str, text: &str) -> Vec<String> {
    let silence = concat!("[all", "ow(");
    let lines: Vec<&str> = text.lines().collect();
    let mut breaches = Vec::new();
    for (position, line) in lines.iter().enumerate() {
        let reach = &lines[position..lines.len().min(position + 4)];
        if line.contains(silence) && !reach.iter().any(|near| near.contains("reason =")) {
            let number = position + 1;
            breaches.push(format!("{name}:{number}: a lint silenced without a reason"));
        }
    }
    breaches
}

/// A member's manifest takes versions and lints from the root's.
fn judge_manifest(name: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    let mut section = "";
    for (line, number) in text.lines().zip(1..) {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]")
            && line.contains('=')
            && !line.contains("workspace")
        {
            breaches.push(format!("{name}:{number}: a version apart from the root's"));
        }
    }
    if !text.contains("[lints]\nworkspace = true") {
        breaches.push(format!("{name}: lints apart from the root's"));
    }
    breaches
}

/// Every file of the checkout, sorted.
fn files(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            // In a work tree `.git` is a file.
            if NOT_OURS.iter().any(|other| path == root.join(other)) {
                continue;
            }
            if entry.file_type()?.is_file() {
                found.push(path);
            } else if entry.file_type()?.is_dir() {
                open.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_checkout_is_tidy() {
        assert_eq!(verify(&crate::root()), Ok(()));
    }

    #[test]
    fn what_is_untidy_is_named_with_its_place() {
        let long = "x\n".repeat(LONGEST + 1);
        assert_eq!(judge("wire/src/a.rs", &long), ["wire/src/a.rs: 1001 lines, 1000 at most"]);
        assert_eq!(judge("data/a.md", &long), Vec::<String>::new());
        let path = format!("ok\n// see /ho{}x\n", "me/");
        assert_eq!(judge("a.rs", &path).len(), 1);
        assert!(judge("a.rs", &path)[0].starts_with("a.rs:2: "));
        assert_eq!(judge("a.png", &path), Vec::<String>::new());
        assert_eq!(judge("wire/src/utils.rs", ""), ["wire/src/utils.rs: a name that says nothing"]);
        assert_eq!(judge("common/src/a.rs", ""), ["common/src/a.rs: a name that says nothing"]);
    }

    #[test]
    fn silenced_lints_have_reasons() {
        let bare = concat!("#![all", "ow(dead_code)]\n");
        assert_eq!(judge("a.rs", bare), ["a.rs:1: a lint silenced without a reason"]);
        let told = concat!("#![all", "ow(\n    dead_code,\n    reason = \"shared\"\n)]\n");
        assert_eq!(judge("a.rs", told), Vec::<String>::new());
    }

    #[test]
    fn manifests_take_versions_and_lints_from_the_root() {
        let good = "[dependencies]\nserde.workspace = true\n\n[lints]\nworkspace = true\n";
        assert_eq!(judge("wire/Cargo.toml", good), Vec::<String>::new());
        let bad = "[dev-dependencies]\nserde = \"1\"\n";
        assert_eq!(
            judge("wire/Cargo.toml", bad),
            [
                "wire/Cargo.toml:2: a version apart from the root's",
                "wire/Cargo.toml: lints apart from the root's"
            ]
        );
    }
}
