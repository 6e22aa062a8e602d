//! Files of single objects.

use std::fmt::Write as _;

use checker::foreign::{Judgement, ObjectModel, Proof, Question, judge};
use history::exchange::foreign::{DatumId, Foreign, Format};
use history::{OperationCounts, Outcome};
use serde_json::json;

use super::{Asked, proofs};
use crate::cli::{Consistency, ModelName};
use crate::exit::{Exit, Failure};
use crate::output;

/// Judges the objects of a file.
pub(super) fn check(asked: &Asked<'_>, text: &[u8], format: Format) -> Result<Exit, Failure> {
    let (file, arguments) = (asked.file, asked.arguments);
    let mut history = Foreign::read(text, format).map_err(|error| asked.syntax(&error))?;
    let model = match arguments.model {
        Some(name) => object_model(name)?,
        None => ObjectModel::guess(&history)
            .map_err(|what| Failure::Usage(format!("{file}: {what}")))?,
    };
    match arguments.consistency {
        None | Some(Consistency::Linearizable) => {}
        Some(Consistency::Level(level)) => {
            return Err(Failure::Usage(format!(
                "`--consistency {}` is of transactions; a {} is held to `linearizable`",
                level.name(),
                model.name()
            )));
        }
    }
    let initial = initial(arguments.initial.as_deref(), model, &mut history)?;
    asked.note_guesses(format, model.name());
    let question = Question { model, initial };
    let judgement = judge(&history, question).map_err(|complaint| asked.complaint(&complaint))?;
    if let Some(path) = &arguments.certificate {
        proofs::write(asked, &history, question, path)?;
    }
    if asked.json {
        output::json(&document(file, format, model, &history, &judgement))?;
    } else {
        output::data(&report(model, &history, &judgement));
    }
    Ok(judgement.verdict.into())
}

fn object_model(name: ModelName) -> Result<ObjectModel, Failure> {
    Ok(match name {
        ModelName::Register => ObjectModel::Register,
        ModelName::CasRegister => ObjectModel::CasRegister,
        ModelName::Counter => ObjectModel::Counter,
        ModelName::Set => ObjectModel::Set,
        ModelName::Queue => ObjectModel::Queue,
        ModelName::Mutex => ObjectModel::Mutex,
        ModelName::MultiRegister => ObjectModel::MultiRegister,
        ModelName::ListAppend => ObjectModel::List,
        ModelName::Kv => ObjectModel::KeyValue,
        ModelName::RwRegister => {
            return Err(Failure::usage(
                "`rw-register` is of transactions, and the file begins with none: `:f :txn`",
            ));
        }
    })
}

/// What each object holds at the start, by its text.
pub(super) fn initial(
    text: Option<&str>,
    model: ObjectModel,
    history: &mut Foreign,
) -> Result<DatumId, Failure> {
    let Some(text) = text else { return Ok(DatumId::NIL) };
    let wrong = |what: &str| Failure::Usage(format!("--initial {text}: {what}"));
    let id = history.data.read(text).map_err(|error| wrong(&error.what))?;
    let fits = match model {
        ObjectModel::Register | ObjectModel::CasRegister => true,
        ObjectModel::Counter => history.data.integer(id).is_some(),
        ObjectModel::KeyValue => history.data.text(id).is_some(),
        _ => return Err(wrong(&format!("a {} is empty at the start", model.name()))),
    };
    if !fits && id != DatumId::NIL {
        return Err(wrong(&format!("a {} cannot hold this", model.name())));
    }
    Ok(id)
}

/// The verdict for people: first itself, then the claim, then the operations that prove it.
fn report(model: ObjectModel, history: &Foreign, judgement: &Judgement) -> String {
    let mut text = format!("{}: {}, linearizable; ", judgement.verdict.name(), model.name());
    let (operations, objects) = (history.operations.len(), judgement.objects);
    let _ = match (objects, judgement.broken) {
        (0 | 1, _) => writeln!(text, "{operations} operations"),
        (_, 0) => writeln!(text, "{operations} operations on {objects} keys"),
        (_, broken) => {
            writeln!(text, "{operations} operations on {objects} keys, {broken} of them broken")
        }
    };
    if let Some(proof) = &judgement.proof {
        if history.keyed {
            let _ = write!(text, "Key {}: ", history.data.print(proof.key));
        }
        let _ = writeln!(text, "{}", proof.claim);
        for at in &proof.operations {
            let _ = writeln!(text, "  {}", history.describe(&history.operations[*at]));
        }
        if let (Some(explained), Some(line)) = (proof.explained, proof.fails_at_line) {
            let _ = writeln!(
                text,
                "Its first {explained} ends have an order; the one on line {line} has none."
            );
        }
    }
    if let Some(why) = &judgement.undecided {
        let _ = writeln!(text, "not decided: {why}");
    }
    text
}

fn document(
    file: &str,
    format: Format,
    model: ObjectModel,
    history: &Foreign,
    judgement: &Judgement,
) -> serde_json::Value {
    json!({
        "file": file,
        "format": format.name(),
        "model": model.name(),
        "consistency": "linearizable",
        "verdict": judgement.verdict,
        "operations": counts(history),
        "objects": judgement.objects,
        "broken": judgement.broken,
        "undecided": judgement.undecided,
        "proof": judgement.proof.as_ref().map(|proof| proof_document(history, proof)),
    })
}

fn proof_document(history: &Foreign, proof: &Proof) -> serde_json::Value {
    let data = &history.data;
    let operations: Vec<serde_json::Value> = proof
        .operations
        .iter()
        .map(|at| {
            let one = &history.operations[*at];
            json!({
                "process": data.print(history.processes[one.process as usize]),
                "f": one.function.name(),
                "value": data.print(one.argument),
                "outcome": one.outcome,
                "returned": (one.outcome == Outcome::Ok).then(|| data.print(one.result)),
                "lines": [one.invoked_line, one.completed_line],
                "text": history.describe(one),
            })
        })
        .collect();
    json!({
        "key": history.keyed.then(|| data.print(proof.key)),
        "class": proof.class,
        "claim": proof.claim,
        "operations": operations,
        "explained": proof.explained,
        "fails_at_line": proof.fails_at_line,
    })
}

fn counts(history: &Foreign) -> OperationCounts {
    let mut counts = OperationCounts::default();
    for one in &history.operations {
        match one.outcome {
            Outcome::Ok => counts.ok += 1,
            Outcome::Fail => counts.fail += 1,
            Outcome::Info => counts.info += 1,
        }
    }
    counts
}
