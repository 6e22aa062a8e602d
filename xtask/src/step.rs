//! Steps of a chore: each named, timed, and counted in the last line.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The steps so far.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    done: Vec<(String, bool, f64)>,
}

impl Steps {
    /// Runs a step, whatever became of those before it.
    pub(crate) fn run(&mut self, name: &str, step: impl FnOnce() -> Result<(), String>) {
        println!("== {name}");
        flush();
        let began = Instant::now();
        let result = step();
        let seconds = began.elapsed().as_secs_f64();
        match &result {
            Ok(()) => println!("== {name}: passed in {seconds:.1} s\n"),
            Err(reason) => println!("{reason}\n== {name}: FAILED after {seconds:.1} s\n"),
        }
        flush();
        self.done.push((name.to_owned(), result.is_ok(), seconds));
    }

    /// Prints every step with its time, then the count; true if none failed.
    pub(crate) fn finish(self) -> bool {
        for (name, passed, seconds) in &self.done {
            println!("{:<8}{seconds:>8.1} s  {name}", if *passed { "passed" } else { "FAILED" });
        }
        let failed = self.done.iter().filter(|(_, passed, _)| !passed).count();
        println!("{} passed, {failed} failed", self.done.len() - failed);
        flush();
        failed == 0
    }
}

/// Runs cargo in the checkout with these arguments and variables; its output goes where ours goes.
pub(crate) fn cargo(
    root: &Path,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).envs(variables.iter().copied()).current_dir(root);
    let shown = format!("cargo {}", arguments.join(" "));
    println!("   {shown}");
    flush();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{shown}: {status}")),
        Err(error) => Err(format!("{shown}: {error}")),
    }
}

/// What cargo prints and what we print share one stream, in order.
fn flush() {
    // A closed stream is no reason to leave the gate unchecked.
    let _ = std::io::stdout().flush();
}
