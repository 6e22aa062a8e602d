//! A Jepsen history in a file, judged: the verdict, what is wrong, and the least evidence for it.
//!
//! `cargo run --example jepsen -- FILE`; without a file it judges the history below.

use std::error::Error;
use std::io::{self, Write};

use aerocert_checker::foreign::{ObjectModel, Question, judge};
use history::exchange::foreign::{Foreign, Format};

/// A register that two clients write and a third reads.
const SAMPLE: &str = "\
{:process 0, :type :invoke, :f :write, :value 1}
{:process 0, :type :ok,     :f :write, :value 1}
{:process 2, :type :invoke, :f :read,  :value nil}
{:process 2, :type :ok,     :f :read,  :value 1}
{:process 1, :type :invoke, :f :write, :value 2}
{:process 1, :type :info,   :f :write, :value 2, :error :timeout}
{:process 2, :type :invoke, :f :read,  :value nil}
{:process 2, :type :ok,     :f :read,  :value 2}
{:process 2, :type :invoke, :f :read,  :value nil}
{:process 2, :type :ok,     :f :read,  :value 1}
";

fn main() -> Result<(), Box<dyn Error>> {
    let Some(path) = std::env::args().nth(1) else { return run_sample(io::stdout()) };
    let text = std::fs::read(&path).map_err(|error| format!("{path}: {error}"))?;
    run(&text, io::stdout())
}

/// Judges the sample.
///
/// # Errors
/// As [`run`].
pub(crate) fn run_sample(to: impl Write) -> Result<(), Box<dyn Error>> {
    run(SAMPLE.as_bytes(), to)
}

/// Judges a history.
///
/// # Errors
/// The first place that is no history of the model that was guessed, or whatever the sink says.
fn run(text: &[u8], mut to: impl Write) -> Result<(), Box<dyn Error>> {
    let history = Foreign::read(text, Format::guess(text).unwrap_or(Format::Edn))?;
    let model = ObjectModel::guess(&history)?;
    let judgement = judge(&history, Question::of(model))?;
    let (verdict, operations) = (judgement.verdict.name(), history.operations.len());
    writeln!(to, "{verdict}: {operations} operations of a {}", model.name())?;
    if let Some(why) = &judgement.undecided {
        writeln!(to, "{why}")?;
    }
    if let Some(proof) = &judgement.proof {
        writeln!(to, "{} ({})", proof.claim, proof.class.name())?;
        for at in &proof.operations {
            writeln!(to, "  {}", history.describe(&history.operations[*at]))?;
        }
        if let Some(line) = proof.fails_at_line {
            writeln!(to, "line {line} is the first that no order explains")?;
        }
    }
    Ok(())
}
