//! Coverage-guided targets: every importer and decoder under arbitrary bytes, and the checker
//! against brute force.
//!
//! A target fails by panicking. `cargo xtask fuzz` runs them under libFuzzer; the tests of this
//! crate run each one over its seeds and over damaged copies of them, without any engine.

mod brute_force;
mod input;
mod targets;

use history::exchange::foreign::Format;

/// The variable that names the target.
pub const TARGET_VARIABLE: &str = "AEROCERT_FUZZ_TARGET";
/// The variable that names the folder into which the seeds go.
pub const CORPUS_VARIABLE: &str = "AEROCERT_FUZZ_CORPUS";

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Jepsen's EDN, and what is judged of it.
    Edn,
    /// Elle's histories.
    Elle,
    /// Jepsen's log.
    Log,
    /// A key-value store's EDN, judged as texts.
    KeyValue,
    /// JSON lines, of operations and of events.
    JsonLines,
    /// The blocks of a stored run.
    Blocks,
    /// The checker against brute force.
    Checker,
    /// Frames of the wire, and what is in them.
    Frames,
    /// Info commands and their answers.
    Info,
}

impl Target {
    /// All.
    pub const ALL: [Self; 9] = [
        Self::Edn,
        Self::Elle,
        Self::Log,
        Self::KeyValue,
        Self::JsonLines,
        Self::Blocks,
        Self::Checker,
        Self::Frames,
        Self::Info,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Edn => "edn",
            Self::Elle => "elle",
            Self::Log => "log",
            Self::KeyValue => "kv",
            Self::JsonLines => "jsonl",
            Self::Blocks => "blocks",
            Self::Checker => "checker",
            Self::Frames => "frames",
            Self::Info => "info",
        }
    }

    /// The target of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// Tries an input.
    ///
    /// # Panics
    /// If what is tried is wrong.
    pub fn run(self, bytes: &[u8]) {
        match self {
            Self::Edn => targets::texts::foreign(bytes, Format::Edn),
            Self::Elle => targets::texts::elle(bytes),
            Self::Log => targets::texts::foreign(bytes, Format::Log),
            Self::KeyValue => targets::texts::key_value(bytes),
            Self::JsonLines => targets::texts::json_lines(bytes),
            Self::Blocks => targets::blocks::run(bytes),
            Self::Checker => targets::checker::run(bytes),
            Self::Frames => targets::wire::frames(bytes),
            Self::Info => targets::wire::info(bytes),
        }
    }

    /// Inputs to begin with.
    #[must_use]
    pub fn seeds(self) -> Vec<Vec<u8>> {
        match self {
            Self::Blocks => targets::blocks::seeds(),
            Self::Checker => targets::checker::seeds(),
            Self::Frames => targets::wire::frame_seeds(),
            Self::Info => targets::wire::info_seeds(),
            text => targets::texts::seeds(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_and_damaged_seeds_pass() {
        for target in Target::ALL {
            assert_eq!(Target::named(target.name()), Some(target));
            target.run(&[]);
            let seeds = target.seeds();
            assert!(!seeds.is_empty());
            for seed in seeds {
                target.run(&seed);
                for at in 0..seed.len() {
                    target.run(&seed[..at]);
                    let mut damaged = seed.clone();
                    for byte in [damaged[at] ^ 1, b'"', b'}', 0xFF] {
                        damaged[at] = byte;
                        target.run(&damaged);
                    }
                }
            }
        }
    }
}
