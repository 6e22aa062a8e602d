//! Transactions that append to lists, judged: the strongest models that hold, and what breaks the
//! others.
//!
//! `cargo run --example transactions -- FILE` with a history in Elle's EDN; without a file it judges
//! the history below.

use std::error::Error;
use std::io::{self, Write};

use aerocert_checker::transactions::{Level, judge};
use history::exchange::elle;

/// Two doctors look who is on call, and each leaves.
const SAMPLE: &str = "\
{:process 0, :type :invoke, :value [[:r alice nil] [:r bob nil]]}
{:process 0, :type :ok,     :value [[:r alice []] [:r bob []]]}
{:process 1, :type :invoke, :value [[:r bob nil] [:append alice 1]]}
{:process 2, :type :invoke, :value [[:r alice nil] [:append bob 2]]}
{:process 1, :type :ok,     :value [[:r bob []] [:append alice 1]]}
{:process 2, :type :ok,     :value [[:r alice []] [:append bob 2]]}
";

fn main() -> Result<(), Box<dyn Error>> {
    let Some(path) = std::env::args().nth(1) else { return run_sample(io::stdout()) };
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    run(&text, io::stdout())
}

/// Judges the sample.
///
/// # Errors
/// As [`run`].
pub(crate) fn run_sample(to: impl Write) -> Result<(), Box<dyn Error>> {
    run(SAMPLE, to)
}

/// Judges a history.
///
/// # Errors
/// The first place that is no history of transactions, or whatever the sink says.
fn run(text: &str, mut to: impl Write) -> Result<(), Box<dyn Error>> {
    let history = elle::read(text)?;
    let judgement = judge(&history, Level::StrictSerializable);
    let names =
        |levels: &[Level]| levels.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
    writeln!(to, "{}: {} transactions", judgement.verdict.name(), history.len())?;
    writeln!(to, "strongest that holds: {}", names(&judgement.standing.strongest))?;
    writeln!(to, "weakest that is broken: {}", names(&judgement.standing.weakest_broken))?;
    for anomaly in &judgement.anomalies {
        writeln!(to, "{}:", anomaly.phenomenon)?;
        for step in &anomaly.steps {
            writeln!(to, "  {} ({})", step.reason, step.dependency.name())?;
        }
    }
    for doubt in &judgement.doubts {
        writeln!(to, "in doubt: {doubt}")?;
    }
    Ok(())
}
