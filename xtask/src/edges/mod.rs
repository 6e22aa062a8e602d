//! The dependency rules: who may use whom, and which outsiders a crate must never know.

mod judge;
mod read;
mod rules;

use std::path::Path;

/// Reads `cargo metadata` and checks every rule.
///
/// # Errors
/// Every breach, a line each.
pub(crate) fn verify(root: &Path) -> Result<(), String> {
    let workspace = read::read(root)?;
    let breaches = judge::judge(&workspace, rules::RULES);
    if breaches.is_empty() { Ok(()) } else { Err(breaches.join("\n")) }
}
