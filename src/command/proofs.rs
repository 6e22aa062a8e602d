//! `check --certificate` and `check --verify-certificate`: what proves the verdict on each record of a
//! run, as lines of JSON, written and read one record at a time.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use checker::certificate::{prove, verify as verify_proof};
use history::store::RunDirectory;
use history::{History, Key, KeyProof, Operation, Proof, ProofHeader, Verdict};
use serde_json::json;

use crate::exit::{Exit, Failure};
use crate::output;

/// How many records have which verdict.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    valid: u64,
    invalid: u64,
    unknown: u64,
}

impl Counts {
    fn add(&mut self, proof: &Proof) {
        match proof {
            Proof::Valid { .. } => self.valid += 1,
            Proof::Invalid { .. } => self.invalid += 1,
            Proof::Unknown { .. } => self.unknown += 1,
        }
    }

    fn verdict(self) -> Verdict {
        match self {
            Self { invalid: 1.., .. } => Verdict::Invalid,
            Self { unknown: 1.., .. } => Verdict::Unknown,
            _ => Verdict::Valid,
        }
    }

    fn words(self) -> String {
        let Self { valid, invalid, unknown } = self;
        format!("{valid} records valid, {invalid} invalid, {unknown} unknown")
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
    let failed = |error: std::io::Error| {
        Failure::Usage(format!("failed to write {}: {error}", path.display()))
    };
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    let mut line = |text: serde_json::Result<String>| -> Result<(), Failure> {
        writeln!(file, "{}", text.map_err(Failure::harness)?).map_err(failed)
    };
    let model = run.manifest().load.workload.model();
    line(serde_json::to_string(&ProofHeader::of(&run.manifest().run)))?;
    let mut counts = Counts::default();
    for (key, positions) in by_key(history) {
        let operations = operations(history, &positions);
        let proof = prove(model, &operations.iter().collect::<Vec<_>>());
        counts.add(&proof);
        line(serde_json::to_string(&KeyProof { key, model, proof }))?;
    }
    file.flush().map_err(failed)?;
    output::note(&format!("{}: {}", path.display(), counts.words()));
    Ok(())
}

/// Verifies the proofs of a run's records, each against the stored history alone.
///
/// # Errors
/// The run or the file cannot be read, a proof does not hold, or a record has none.
pub(super) fn verify(run: &RunDirectory, path: &Path, json: bool) -> Result<Exit, Failure> {
    let history = run.history().map_err(Failure::usage)?;
    let shown = path.display();
    let failed = |error: std::io::Error| Failure::Usage(format!("failed to read {shown}: {error}"));
    let mut lines = BufReader::new(File::open(path).map_err(failed)?).lines().zip(1_u64..);
    let header = lines.next().and_then(|(line, _)| line.ok());
    let header: Option<ProofHeader> = header.and_then(|line| serde_json::from_str(&line).ok());
    if header.is_none_or(|header| header.format != ProofHeader::FORMAT) {
        let what = "not a file of proofs; `aerocert check RUN --certificate FILE` writes one";
        return Err(Failure::Usage(format!("{shown}:1: {what}")));
    }
    let model = run.manifest().load.workload.model();
    let mut keys = by_key(&history);
    let mut counts = Counts::default();
    for (line, number) in lines {
        let wrong = |what: String| Failure::Usage(format!("{shown}:{number}: {what}"));
        let line = line.map_err(failed)?;
        let told: KeyProof =
            serde_json::from_str(&line).map_err(|error| wrong(format!("no proof: {error}")))?;
        let key = told.key.0;
        let Some(positions) = keys.remove(&told.key) else {
            return Err(wrong(format!("key {key} is not of this run, or has two proofs")));
        };
        if told.model != model {
            return Err(wrong(format!("key {key} is proven for another model")));
        }
        let operations = operations(&history, &positions);
        verify_proof(model, &operations.iter().collect::<Vec<_>>(), &told.proof)
            .map_err(|why| wrong(format!("the proof of key {key} does not hold: {why}")))?;
        counts.add(&told.proof);
    }
    if let Some(key) = keys.keys().next() {
        let (missing, key) = (keys.len(), key.0);
        return Err(Failure::Usage(format!("{shown}: {missing} keys have no proof, as key {key}")));
    }
    if json {
        output::json(&json!({
            "verdict": counts.verdict(),
            "valid": counts.valid,
            "invalid": counts.invalid,
            "unknown": counts.unknown,
        }))?;
    } else {
        output::data(&format!("every proof holds: {}", counts.words()));
    }
    Ok(counts.verdict().into())
}
