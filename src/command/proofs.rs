//! `check --certificate` and `check --verify-certificate`: what proves the verdict on each record of a
//! run, as lines of JSON, written and read one record at a time; of a file, see [`super::foreign`].

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use checker::certificate::{prove, verify as verify_proof};
use history::store::RunDirectory;
use history::{History, Key, KeyProof, Operation, ProofHeader, Verdict};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::output;

/// How many records have which verdict.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    valid: u64,
    invalid: u64,
    unknown: u64,
}

impl Counts {
    pub(super) fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Valid => self.valid += 1,
            Verdict::Invalid => self.invalid += 1,
            Verdict::Unknown => self.unknown += 1,
        }
    }

    fn verdict(self) -> Verdict {
        match self {
            Self { invalid: 1.., .. } => Verdict::Invalid,
            Self { unknown: 1.., .. } => Verdict::Unknown,
            _ => Verdict::Valid,
        }
    }

    pub(super) fn words(self) -> String {
        let Self { valid, invalid, unknown } = self;
        format!("{valid} records valid, {invalid} invalid, {unknown} unknown")
    }

    /// Says that every proof holds, and in words of what.
    ///
    /// # Errors
    /// The document cannot be written.
    pub(super) fn tell(self, json: bool, words: &str) -> Result<Exit, Failure> {
        let Self { valid, invalid, unknown } = self;
        if json {
            output::json(&json!({
                "verdict": self.verdict(),
                "valid": valid,
                "invalid": invalid,
                "unknown": unknown,
            }))?;
        } else {
            output::data(&format!("every proof holds: {words}"));
        }
        Ok(self.verdict().into())
    }
}

/// Lines of a file of proofs that is being written.
pub(super) struct Writer<'a> {
    path: &'a Path,
    file: BufWriter<File>,
}

impl<'a> Writer<'a> {
    /// Begins a file.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn new(path: &'a Path, header: &ProofHeader) -> Result<Self, Failure> {
        let file = File::create(path).map_err(|error| {
            Failure::Usage(format!("failed to write {}: {error}", path.display()))
        })?;
        let mut this = Self { path, file: BufWriter::new(file) };
        this.line(header)?;
        Ok(this)
    }

    /// Writes a line.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn line(&mut self, line: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(line).map_err(Failure::harness)?;
        writeln!(self.file, "{text}").map_err(|error| self.failed(&error))
    }

    /// Ends the file, and says what is in it.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn end(mut self, words: &str) -> Result<(), Failure> {
        self.file.flush().map_err(|error| self.failed(&error))?;
        output::note(&format!("{}: {words}", self.path.display()));
        Ok(())
    }

    fn failed(&self, error: &std::io::Error) -> Failure {
        Failure::Usage(format!("failed to write {}: {error}", self.path.display()))
    }
}

/// A file of proofs that is being read.
pub(super) struct Reader<'a> {
    path: &'a Path,
    lines: std::io::Lines<BufReader<File>>,
    number: u64,
}

impl<'a> Reader<'a> {
    /// Reads the first line of a file.
    ///
    /// # Errors
    /// The file cannot be read, or is none of proofs.
    pub(super) fn new(path: &'a Path) -> Result<(Self, ProofHeader), Failure> {
        let file = File::open(path).map_err(|error| {
            Failure::Usage(format!("failed to read {}: {error}", path.display()))
        })?;
        let mut this = Self { path, lines: BufReader::new(file).lines(), number: 1 };
        let first = this.lines.next().and_then(Result::ok);
        let header: Option<ProofHeader> = first.and_then(|line| serde_json::from_str(&line).ok());
        match header.filter(|header| header.format == ProofHeader::FORMAT) {
            Some(header) => Ok((this, header)),
            None => Err(this
                .wrong("not a file of proofs; `aerocert check … --certificate FILE` writes one")),
        }
    }

    /// Reads the next line.
    ///
    /// # Errors
    /// It cannot be read, or is no proof.
    pub(super) fn line<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Failure> {
        self.number += 1;
        let Some(line) = self.lines.next() else { return Ok(None) };
        let line = line.map_err(|error| self.wrong(&error.to_string()))?;
        let told = serde_json::from_str(&line);
        told.map(Some).map_err(|error| self.wrong(&format!("no proof: {error}")))
    }

    /// What is wrong with the line that was read last.
    pub(super) fn wrong(&self, what: &str) -> Failure {
        Failure::Usage(format!("{}:{}: {what}", self.path.display(), self.number))
    }
}

/// The positions of each record's operations.
fn by_key(history: &History) -> BTreeMap<Key, Vec<usize>> {
    let mut keys: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (position, operation) in history.operations.iter_packed().enumerate() {
        keys.entry(operation.key()).or_default().push(position);
    }
    keys
}

fn operations(history: &History, positions: &[usize]) -> Vec<Operation> {
    positions.iter().filter_map(|position| history.operations.get(*position)).collect()
}

/// Writes the proofs of a run's records.
///
/// # Errors
/// The file cannot be written.
pub(super) fn write(run: &RunDirectory, history: &History, path: &Path) -> Result<(), Failure> {
    let mut file = Writer::new(path, &ProofHeader::of(&run.manifest().run))?;
    let model = run.manifest().load.workload.model();
    let mut counts = Counts::default();
    for (key, positions) in by_key(history) {
        let operations = operations(history, &positions);
        let proof = prove(model, &operations.iter().collect::<Vec<_>>());
        counts.add(proof.verdict());
        file.line(&KeyProof { key, model, proof })?;
    }
    file.end(&counts.words())
}

/// Verifies the proofs of a run's records, each against the stored history alone.
///
/// # Errors
/// The run or the file cannot be read, a proof does not hold, or a record has none.
pub(super) fn verify(run: &RunDirectory, path: &Path, json: bool) -> Result<Exit, Failure> {
    let history = run.history().map_err(Failure::usage)?;
    let (mut file, header) = Reader::new(path)?;
    if header.question.is_some() {
        return Err(file.wrong("these are proofs of a file: name that file instead of a run"));
    }
    let model = run.manifest().load.workload.model();
    let mut keys = by_key(&history);
    let mut counts = Counts::default();
    while let Some(told) = file.line::<KeyProof>()? {
        let key = told.key.0;
        let Some(positions) = keys.remove(&told.key) else {
            return Err(file.wrong(&format!("key {key} is not of this run, or has two proofs")));
        };
        if told.model != model {
            return Err(file.wrong(&format!("key {key} is proven for another model")));
        }
        let operations = operations(&history, &positions);
        verify_proof(model, &operations.iter().collect::<Vec<_>>(), &told.proof)
            .map_err(|why| file.wrong(&format!("the proof of key {key} does not hold: {why}")))?;
        counts.add(told.proof.verdict());
    }
    if let Some(key) = keys.keys().next() {
        let (missing, key) = (keys.len(), key.0);
        return Err(Failure::Usage(format!(
            "{}: {missing} keys have no proof, as key {key}",
            path.display()
        )));
    }
    counts.tell(json, &counts.words())
}
