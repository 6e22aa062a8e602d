//! `check` of a file: a history of another program.

mod objects;
mod proofs;
mod transactions;

use std::path::Path;

use checker::foreign::Complaint;
use clap::ValueEnum;
use history::exchange::foreign::{Foreign, Format};
use history::exchange::{Place, SyntaxError};

use crate::cli::{Check, FormatName, ModelName};
use crate::exit::{Exit, Failure};
use crate::output;

/// Whether a file is to be judged, not a run.
pub(super) fn is_meant(arguments: &Check) -> bool {
    let of_files = arguments.model.is_some()
        || arguments.format.is_some()
        || arguments.initial.is_some()
        || arguments.consistency.is_some();
    of_files || Path::new(&arguments.run).is_file()
}

/// What is asked about a file.
struct Asked<'a> {
    file: &'a str,
    arguments: &'a Check,
    json: bool,
}

/// Judges a file.
///
/// # Errors
/// The file cannot be read, or is no history of the model.
pub(super) fn check(arguments: &Check, json: bool) -> Result<Exit, Failure> {
    let asked = Asked { file: &arguments.run, arguments, json };
    let file = asked.file;
    if arguments.write {
        return Err(Failure::usage("`--write` is for runs: a file has no results of its own"));
    }
    let text = std::fs::read(file)
        .map_err(|error| Failure::Usage(format!("failed to read {file}: {error}")))?;
    let format = match arguments.format {
        Some(format) => format.into(),
        None => Format::guess(&text).map_err(|at| {
            asked.wrong(at, "no history begins like this: maps in EDN or JSON, or a Jepsen log")
        })?,
    };
    if let Some(path) = &arguments.verify_certificate {
        return proofs::verify(&asked, &text, format, path);
    }
    let first = Foreign::read_first(&text, format).map_err(|error| asked.syntax(&error))?;
    if first.is_transactional() && arguments.model != Some(ModelName::MultiRegister) {
        transactions::check(&asked, &text, format)
    } else {
        objects::check(&asked, &text, format)
    }
}

impl Asked<'_> {
    fn wrong(&self, at: Place, what: &str) -> Failure {
        Failure::Usage(format!("{}:{}:{}: {what}", self.file, at.line, at.column))
    }

    fn syntax(&self, error: &SyntaxError) -> Failure {
        self.wrong(error.at, &error.what)
    }

    fn complaint(&self, complaint: &Complaint) -> Failure {
        Failure::Usage(format!("{}:{}: {}", self.file, complaint.line, complaint.what))
    }

    /// Says what was not said.
    fn note_guesses(&self, format: Format, model: &str) {
        let mut guessed = Vec::new();
        if self.arguments.format.is_none() {
            guessed.push(format!("--format {}", format.name()));
        }
        if self.arguments.model.is_none() {
            guessed.push(format!("--model {model}"));
        }
        if !guessed.is_empty() {
            output::note(&format!("{}: guessed {}", self.file, guessed.join(" ")));
        }
    }
}

/// A model as the command line spells it.
fn name(model: ModelName) -> String {
    model.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Edn => Self::Edn,
            FormatName::Log => Self::Log,
            FormatName::Jsonl => Self::JsonLines,
            FormatName::Events => Self::Events,
        }
    }
}
