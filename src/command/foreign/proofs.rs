//! Files of proofs about the objects of a file, or about its transactions.

use std::path::Path;

use checker::certificate::{verify_object, verify_transactions as verify_proof};
use checker::foreign::{ObjectModel, Question, objects as objects_of, prove};
use checker::transactions::{Judgement, Level, prove as prove_transactions};
use history::exchange::foreign::{DatumId, Foreign, Format};
use history::{
    Grounds, ObjectProof, ProofHeader, ProofQuestion, Transactions, TransactionsProof, Verdict,
};

use super::super::proofs::{Counts, Reader, Writer};
use super::{Asked, objects, transactions};
use crate::cli::Consistency;
use crate::exit::{Exit, Failure};
use crate::output;

/// Writes the proofs of the verdicts on a file's objects.
///
/// # Errors
/// The file cannot be written, or the history holds nothing.
pub(super) fn write(
    asked: &Asked<'_>,
    history: &Foreign,
    question: Question,
    path: &Path,
) -> Result<(), Failure> {
    let proofs = prove(history, question).map_err(|complaint| asked.complaint(&complaint))?;
    if proofs.is_empty() {
        return Err(Failure::usage("a history without operations has no certificate"));
    }
    let mut file = Writer::new(
        path,
        &header(
            asked,
            ProofQuestion {
                model: question.model.name().to_owned(),
                initial: asked.arguments.initial.clone(),
                consistency: LINEARIZABLE.to_owned(),
            },
        ),
    )?;
    let mut counts = Counts::default();
    for one in proofs {
        counts.add(one.proof.verdict());
        let key = history.keyed.then(|| history.data.print(one.key));
        file.line(&ObjectProof { key, proof: one.proof })?;
    }
    file.end(&counts.words())
}

/// What single objects are held to.
const LINEARIZABLE: &str = "linearizable";

fn header(asked: &Asked<'_>, question: ProofQuestion) -> ProofHeader {
    ProofHeader { question: Some(question), ..ProofHeader::of(asked.file) }
}

/// Writes the proof of the verdict on transactions.
///
/// # Errors
/// The file cannot be written, or they are valid without a serial order that could be told.
pub(super) fn write_transactions(
    asked: &Asked<'_>,
    history: &Transactions,
    judgement: &Judgement,
    path: &Path,
) -> Result<(), Failure> {
    let proof = prove_transactions(history, judgement);
    if let (Verdict::Valid, TransactionsProof::Unknown { reason }) = (judgement.verdict, &proof) {
        return Err(Failure::Usage(format!(
            "{}: not written: {reason}; `--consistency {}` says whether there is one",
            path.display(),
            Level::Serializable
        )));
    }
    let mut file = Writer::new(
        path,
        &header(
            asked,
            ProofQuestion {
                model: transactions::model_of(history).to_owned(),
                initial: None,
                consistency: judgement.level.name().to_owned(),
            },
        ),
    )?;
    file.line(&proof)?;
    file.end(&told(&proof))
}

/// What a proof about transactions says, in words.
fn told(proof: &TransactionsProof) -> String {
    match proof {
        TransactionsProof::Valid { order } => {
            format!("valid: a serial order of {} transactions", order.len())
        }
        TransactionsProof::Invalid(proven) => match &proven.grounds {
            Grounds::Cycle(steps) => {
                format!("invalid: {}, a cycle of {} transactions", proven.anomaly, steps.len())
            }
            Grounds::Reads(odd) => format!("invalid: {}, of key {}", proven.anomaly, odd.key),
        },
        TransactionsProof::Unknown { reason } => format!("unknown: {reason}"),
    }
}

/// Verifies proofs against the file that they are about.
///
/// # Errors
/// A file cannot be read, a proof does not hold, or an object has none.
pub(super) fn verify(
    asked: &Asked<'_>,
    text: &[u8],
    format: Format,
    path: &Path,
) -> Result<Exit, Failure> {
    let (mut file, header) = Reader::new(path)?;
    let Some(question) = header.question else {
        return Err(file.wrong("these are proofs of a run: name that run instead of a file"));
    };
    agrees(asked, &question).map_err(|what| file.wrong(&what))?;
    output::note(&format!("{}: {}, {}", path.display(), question.model, question.consistency));
    if question.consistency != LINEARIZABLE {
        return verify_transactions(asked, text, &question, file);
    }
    let model = ObjectModel::named(&question.model)
        .ok_or_else(|| file.wrong(&format!("no model is called `{}`", question.model)))?;
    let mut history = Foreign::read(text, format).map_err(|error| asked.syntax(&error))?;
    let initial: DatumId = objects::initial(question.initial.as_deref(), model, &mut history)?;
    let question = Question { model, initial };
    let mut counts = Counts::default();
    for positions in objects_of(&history, model) {
        let first = &history.operations[positions[0] as usize];
        let key = history.keyed.then(|| history.data.print(first.key));
        let name = key.as_deref().unwrap_or("the object").to_owned();
        let Some(told) = file.line::<ObjectProof>()? else {
            return Err(file.wrong(&format!("{name} has no proof")));
        };
        if told.key != key {
            return Err(file.wrong(&format!("here the proof of {name} should stand")));
        }
        verify_object(&history, question, &positions, &told.proof)
            .map_err(|why| file.wrong(&format!("the proof of {name} does not hold: {why}")))?;
        counts.add(told.proof.verdict());
    }
    if file.line::<ObjectProof>()?.is_some() {
        return Err(file.wrong("a proof of an object that the file has not"));
    }
    counts.tell(asked.json, &counts.words())
}

/// Whether proofs are about what the command line asks.
fn agrees(asked: &Asked<'_>, question: &ProofQuestion) -> Result<(), String> {
    let told = |what: &str, told: &str| Err(format!("the proofs are about `--{what} {told}`"));
    if let Some(name) = asked.arguments.model
        && super::name(name) != question.model
    {
        return told("model", &question.model);
    }
    if asked.arguments.initial.is_some() && asked.arguments.initial != question.initial {
        return told("initial", question.initial.as_deref().unwrap_or("nil"));
    }
    match asked.arguments.consistency {
        Some(Consistency::Linearizable) if question.consistency != LINEARIZABLE => {
            told("consistency", &question.consistency)
        }
        Some(Consistency::Level(level)) if question.consistency != level.name() => {
            told("consistency", &question.consistency)
        }
        _ => Ok(()),
    }
}

fn verify_transactions(
    asked: &Asked<'_>,
    text: &[u8],
    question: &ProofQuestion,
    mut file: Reader<'_>,
) -> Result<Exit, Failure> {
    let level = Level::named(&question.consistency)
        .ok_or_else(|| file.wrong(&format!("no level is called `{}`", question.consistency)))?;
    let history = transactions::read(asked, text)?;
    if transactions::model_of(&history) != question.model {
        return Err(file.wrong(&format!("the file holds no `{}`", question.model)));
    }
    let Some(proof) = file.line::<TransactionsProof>()? else {
        return Err(file.wrong("here the proof should stand"));
    };
    verify_proof(&history, level, &proof)
        .map_err(|why| file.wrong(&format!("the proof does not hold: {why}")))?;
    if file.line::<TransactionsProof>()?.is_some() {
        return Err(file.wrong("one proof is enough"));
    }
    let mut counts = Counts::default();
    counts.add(proof.verdict());
    counts.tell(asked.json, &told(&proof))
}
