//! What the benchmark is asked to do.

use std::path::PathBuf;

pub(crate) const USAGE: &str = "registers [matrix | generations | growth | cores | write FILE] [--operations N] \
[--repetitions N] [--open N] [--doubt PERCENT] [--stale]";

/// Which figures.
pub(crate) enum Mode {
    Matrix,
    Generations,
    Growth,
    Cores,
    Write(PathBuf),
}

/// What to do, how often, with how many operations.
pub(crate) struct Options {
    pub(crate) mode: Mode,
    pub(crate) operations: usize,
    pub(crate) repetitions: usize,
    pub(crate) open: usize,
    pub(crate) doubt: u32,
    pub(crate) stale: bool,
}

impl Options {
    /// Reads the command line; cargo adds a `--bench` of its own.
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            mode: Mode::Matrix,
            operations: 1_000_000,
            repetitions: 5,
            open: 10,
            doubt: 0,
            stale: false,
        };
        while let Some(argument) = arguments.next() {
            let number = |text: Option<String>| {
                let number = text.and_then(|text| text.parse::<usize>().ok()).filter(|n| *n > 0);
                number.ok_or_else(|| format!("{argument} needs a number from 1"))
            };
            match argument.as_str() {
                "--bench" => {}
                "matrix" => options.mode = Mode::Matrix,
                "generations" => options.mode = Mode::Generations,
                "growth" => options.mode = Mode::Growth,
                "cores" => options.mode = Mode::Cores,
                "write" => {
                    let path = arguments.next().ok_or("write needs a file")?;
                    options.mode = Mode::Write(path.into());
                }
                "--operations" => options.operations = number(arguments.next())?,
                "--repetitions" => options.repetitions = number(arguments.next())?,
                "--open" => options.open = number(arguments.next())?,
                "--doubt" => options.doubt = number(arguments.next())? as u32,
                "--stale" => options.stale = true,
                _ => return Err(format!("unknown argument {argument}")),
            }
        }
        Ok(options)
    }
}
