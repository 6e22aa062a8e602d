//! Fuzzing: libFuzzer on the stable toolchain, over the targets of the crate `fuzz`.
//!
//! The compiler's own coverage pass instruments the code, in a target folder of its own; naming
//! the platform keeps build scripts out of it. What an input breaks is written beside the corpus,
//! and its path is told.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use crate::step::cargo;

/// How long each target runs in the gate, in s.
pub(crate) const GATE_SECONDS: u32 = 30;
/// How many targets run at the same time.
const AT_ONCE: usize = 2;

const TARGETS: [&str; 9] =
    ["edn", "elle", "log", "kv", "jsonl", "blocks", "checker", "frames", "info"];

/// What instruments the code for libFuzzer.
const INSTRUMENTED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
     -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares \
     -Cdebug-assertions -Coverflow-checks -Cdebuginfo=0";

/// Builds the targets and runs those that are named (all, if none is), each for so long.
///
/// # Errors
/// What could not be built, or each input that broke something.
pub(crate) fn fuzz(root: &Path, seconds: u32, named: &[&str]) -> Result<(), String> {
    if let Some(unknown) = named.iter().find(|name| !TARGETS.contains(name)) {
        return Err(format!("no target is called {unknown}: {}", TARGETS.join(", ")));
    }
    let program = build(root)?;
    let targets = if named.is_empty() { &TARGETS[..] } else { named };
    let waiting = Mutex::new(targets.iter());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().map(|mut waiting| waiting.next());
                    let Ok(Some(target)) = next else { break };
                    if let (Err(reason), Ok(mut failed)) =
                        (run(&program, root, target, seconds), failed.lock())
                    {
                        failed.push(reason);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_default();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

/// Builds the targets, and says where the program is.
fn build(root: &Path) -> Result<PathBuf, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("-vV").output().map_err(|error| error.to_string())?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or("rustc does not say what machine it runs on")?;
    let build = ["build", "--release", "--locked", "-p", "aerocert-fuzz", "--features", "engine"];
    let place = folder(root).join("build");
    let place = place.to_string_lossy();
    let arguments = [&build[..], &["--target", host, "--target-dir", &place]].concat();
    cargo(root, &arguments, &[("RUSTFLAGS", INSTRUMENTED)])?;
    Ok(Path::new(&*place).join(host).join("release").join("fuzz"))
}

/// Where everything of fuzzing lies.
fn folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), PathBuf::from)
        .join("fuzz")
}

/// Runs one target.
fn run(program: &Path, root: &Path, target: &str, seconds: u32) -> Result<(), String> {
    let corpus = folder(root).join("corpus").join(target);
    let broken = folder(root).join("broken");
    for place in [&corpus, &broken] {
        fs::create_dir_all(place).map_err(|error| format!("{}: {error}", place.display()))?;
    }
    let log_path = folder(root).join(format!("{target}.log"));
    let log = fs::File::create(&log_path).map_err(|error| error.to_string())?;
    let status = Command::new(program)
        .arg(format!("-max_total_time={seconds}"))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-max_len=4096", "-print_final_stats=1"])
        .arg(format!("-artifact_prefix={}/{target}-", broken.display()))
        .arg(&corpus)
        .env("AEROCERT_FUZZ_TARGET", target)
        .env("AEROCERT_FUZZ_CORPUS", &corpus)
        .stdout(Stdio::null())
        .stderr(log)
        .status()
        .map_err(|error| format!("{target}: {error}"))?;
    let log = fs::read_to_string(&log_path).map_err(|error| error.to_string())?;
    if status.success() {
        let runs =
            log.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
        println!("   {target}: {} inputs in {seconds} s", runs.unwrap_or("?").trim());
        return Ok(());
    }
    let said = log.lines().filter(|line| line.contains("panicked at") || line.contains("ERROR:"));
    let said: Vec<&str> = said.take(3).collect();
    let input = log.lines().find_map(|line| line.split_once("Test unit written to "));
    let input = input.map_or("(no input was written)", |(_, path)| path);
    Err(format!(
        "{target}: {status}: {}\n   input: {input}\n   log: {}",
        said.join(" "),
        log_path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_targets_are_those_of_the_crate() {
        let library = fs::read_to_string(crate::root().join("fuzz/src/lib.rs")).unwrap();
        let named: Vec<&str> = library
            .lines()
            .filter_map(|line| line.split_once(" => \""))
            .map(|(_, end)| end.trim_end_matches("\","))
            .collect();
        assert_eq!(named, TARGETS);
    }
}
