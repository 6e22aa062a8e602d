//! The chores of the repository: `cargo xtask CHORE`.

mod edges;
mod fix;
mod fuzz;
mod packages;
mod soak;
mod step;
mod targets;
mod tidy;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask CHORE

  verify   the gate: format, tidiness, dependency rules, lints, docs, packages, every test; it
           changes nothing
  fix      format, and apply the lints' own suggestions
  fuzz     arbitrary bytes for every decoder, and the checker against brute force; then may follow
           `--seconds N` (default 30) and the names of targets
  soak     for hours: the property tests with many more cases (a factor may follow, default 20), a
           thousand nights of either mode, a long stream, all defects, ten minutes a fuzz target
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let passed = match arguments[..] {
        ["verify"] => verify::verify(&root()),
        ["fix"] => fix::fix(&root()),
        ["fuzz", "--seconds", seconds, ref targets @ ..] => match seconds.parse() {
            Ok(seconds) if seconds > 0 => fuzzed(seconds, targets),
            _ => return usage(),
        },
        ["fuzz", ref targets @ ..] => fuzzed(fuzz::GATE_SECONDS, targets),
        ["soak"] => soak::soak(&root(), soak::USUAL_FACTOR),
        ["soak", factor] => match factor.parse() {
            Ok(factor) if factor > 0 => soak::soak(&root(), factor),
            _ => return usage(),
        },
        _ => return usage(),
    };
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn fuzzed(seconds: u32, targets: &[&str]) -> bool {
    let mut steps = step::Steps::default();
    steps.run("fuzzing", || fuzz::fuzz(&root(), seconds, targets));
    steps.finish()
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
