//! Files of transactions.

use std::fmt::Write as _;

use checker::transactions::{Judgement, Level, TransactionAnomaly, forbids, judge};
use history::exchange::elle;
use history::exchange::foreign::Format;
use history::{Holding, Transactions};
use serde_json::json;

use super::{Asked, proofs};
use crate::cli::{Consistency, ModelName};
use crate::exit::{Exit, Failure};
use crate::output;

/// Judges the transactions of a file.
pub(super) fn check(asked: &Asked<'_>, text: &[u8], format: Format) -> Result<Exit, Failure> {
    let (file, arguments) = (asked.file, asked.arguments);
    if format != Format::Edn {
        return Err(Failure::Usage(format!(
            "{file}: transactions are read as Jepsen's EDN, not as `{}`",
            format.name()
        )));
    }
    if arguments.initial.is_some() {
        return Err(Failure::usage(
            "`--initial` is for single objects: transactions begin with nil",
        ));
    }
    let history = read(asked, text)?;
    let model = model_of(&history);
    match (arguments.model, history.holding()) {
        (None, _)
        | (Some(ModelName::ListAppend), Holding::Lists)
        | (Some(ModelName::RwRegister), Holding::Registers) => {}
        (Some(_), _) => {
            return Err(Failure::Usage(format!(
                "{file}: these are transactions of another kind: `--model {model}`"
            )));
        }
    }
    let level = match arguments.consistency {
        None | Some(Consistency::Linearizable) => Level::StrictSerializable,
        Some(Consistency::Level(level)) => level,
    };
    asked.note_guesses(format, model);
    let judgement = judge(&history, level);
    if asked.json {
        output::json(&document(file, model, &history, &judgement))?;
    } else {
        output::data(&report(model, &history, &judgement));
    }
    if let Some(path) = &arguments.certificate {
        proofs::write_transactions(asked, &history, &judgement, path)?;
    }
    Ok(judgement.verdict.into())
}

/// The transactions of a text.
///
/// # Errors
/// What is wrong with it, and where.
pub(super) fn read(asked: &Asked<'_>, text: &[u8]) -> Result<Transactions, Failure> {
    let text = std::str::from_utf8(text)
        .map_err(|error| Failure::Usage(format!("{}: no text: {error}", asked.file)))?;
    elle::read(text).map_err(|error| asked.syntax(&error))
}

/// What they are transactions of, by the name that `--model` takes.
pub(super) fn model_of(history: &Transactions) -> &'static str {
    match history.holding() {
        Holding::Lists => "list-append",
        Holding::Registers => "rw-register",
    }
}

/// The anomalies that the level forbids, the first of each class.
fn told(judgement: &Judgement) -> Vec<&TransactionAnomaly> {
    let mut told: Vec<&TransactionAnomaly> = Vec::new();
    for anomaly in &judgement.anomalies {
        let new = told.iter().all(|other| other.phenomenon != anomaly.phenomenon);
        if new && forbids(judgement.level, anomaly.phenomenon) {
            told.push(anomaly);
        }
    }
    told
}

/// The verdict for people: first itself, then each class of anomalies with its first example.
fn report(model: &str, history: &Transactions, judgement: &Judgement) -> String {
    let verdict = judgement.verdict.name();
    let level = judgement.level.name();
    let mut text = format!("{verdict}: {model}, {level}; {} transactions\n", history.len());
    for anomaly in told(judgement) {
        let count = judgement.counts.get(&anomaly.phenomenon).copied().unwrap_or(1);
        let _ = writeln!(text, "{} {}: {}", count, anomaly.phenomenon.name(), anomaly.claim);
        for transaction in &anomaly.transactions {
            let _ = writeln!(text, "  T{} {}", transaction.0, history.describe(*transaction));
        }
        for step in &anomaly.steps {
            let _ = writeln!(text, "  {}: {}", step.dependency.name(), step.reason);
        }
    }
    let names = |levels: &[Level]| -> String {
        let names: Vec<&str> = levels.iter().map(|level| level.name()).collect();
        names.join(", ")
    };
    let standing = &judgement.standing;
    if !standing.weakest_broken.is_empty() {
        let _ = writeln!(text, "broken from {} on", names(&standing.weakest_broken));
        let _ = writeln!(text, "still possible: {}", names(&standing.strongest));
    }
    for doubt in &judgement.doubts {
        let _ = writeln!(text, "in doubt: {doubt}");
    }
    text
}

fn document(
    file: &str,
    model: &str,
    history: &Transactions,
    judgement: &Judgement,
) -> serde_json::Value {
    let names = |levels: &[Level]| -> Vec<&str> { levels.iter().map(|one| one.name()).collect() };
    let counts: serde_json::Map<String, serde_json::Value> = judgement
        .counts
        .iter()
        .map(|(phenomenon, count)| (phenomenon.name().to_owned(), json!(count)))
        .collect();
    let anomalies: Vec<serde_json::Value> = judgement
        .anomalies
        .iter()
        .map(|anomaly| {
            let transactions: Vec<serde_json::Value> = anomaly
                .transactions
                .iter()
                .map(|one| json!({ "transaction": one.0, "text": history.describe(*one) }))
                .collect();
            let steps: Vec<serde_json::Value> = anomaly
                .steps
                .iter()
                .map(|step| {
                    json!({
                        "from": step.from.0,
                        "to": step.to.0,
                        "dependency": step.dependency.name(),
                        "reason": step.reason,
                    })
                })
                .collect();
            json!({
                "class": anomaly.phenomenon.name(),
                "forbidden": forbids(judgement.level, anomaly.phenomenon),
                "claim": anomaly.claim,
                "transactions": transactions,
                "steps": steps,
            })
        })
        .collect();
    json!({
        "file": file,
        "format": "edn",
        "model": model,
        "consistency": judgement.level.name(),
        "verdict": judgement.verdict,
        "transactions": history.len(),
        "counts": counts,
        "anomalies": anomalies,
        "strongest_possible": names(&judgement.standing.strongest),
        "weakest_broken": names(&judgement.standing.weakest_broken),
        "doubts": judgement.doubts,
    })
}
