//! The chores of the repository: `cargo xtask CHORE`.

mod edges;
mod fix;
mod soak;
mod step;
mod targets;
mod tidy;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask CHORE

  verify   the gate: format, tidiness, dependency rules, lints, docs, every test; changes nothing
  fix      format, and apply the lints' own suggestions
  soak     the property tests again with many more cases; a factor may follow (default 20)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let passed = match arguments[..] {
        ["verify"] => verify::verify(&root()),
        ["fix"] => fix::fix(&root()),
        ["soak"] => soak::soak(&root(), soak::USUAL_FACTOR),
        ["soak", factor] => match factor.parse() {
            Ok(factor) if factor > 0 => soak::soak(&root(), factor),
            _ => return usage(),
        },
        _ => return usage(),
    };
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn usage() -> ExitCode {
    eprint!("{USAGE}");
    ExitCode::from(2)
}

/// The checkout: where cargo found this chore, even if it was built elsewhere.
fn root() -> PathBuf {
    let built_in = || env!("CARGO_MANIFEST_DIR").into();
    let mut folder = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(built_in));
    folder.pop();
    folder
}
