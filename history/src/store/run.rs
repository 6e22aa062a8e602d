//! The folder of one run.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::gather::{GatherError, gather};
use super::{DamageError, Ending, EventReader, EventWriter, StoreError, lines, write_atomically};
use crate::{FaultRecord, History, Manifest, Mark, Observation, Results};

/// One run on disk: its manifest, history, faults, observations, results and page.
#[derive(Clone, Debug)]
pub struct RunDirectory {
    path: PathBuf,
    manifest: Manifest,
}

impl RunDirectory {
    /// Makes the folder of a new run, `root/<run>`, with its manifest.
    ///
    /// # Errors
    /// If the manifest's `run` cannot name a folder, if the run is there already, or if the file
    /// system refuses.
    pub fn create(root: &Path, manifest: &Manifest) -> Result<Self, StoreError> {
        check_name(&manifest.run)?;
        fs::create_dir_all(root).map_err(StoreError::io("create", root))?;
        let path = root.join(&manifest.run);
        match fs::create_dir(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(StoreError::Exists(path));
            }
            Err(error) => return Err(StoreError::io("create", &path)(error)),
        }
        for folder in [path.join("history"), path.join("logs")] {
            fs::create_dir(&folder).map_err(StoreError::io("create", &folder))?;
        }
        let mut run = Self { path, manifest: manifest.clone() };
        run.write_manifest(manifest)?;
        Ok(run)
    }

    /// Opens a stored run.
    ///
    /// # Errors
    /// If there is none, or if its manifest cannot be read or is of a later version.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let file = path.join("manifest.json");
        let manifest = read_json(&file, Manifest::SCHEMA_VERSION)?
            .ok_or_else(|| StoreError::NotARun(path.to_owned()))?;
        Ok(Self { path: path.to_owned(), manifest })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was asked, of what, and what is to be checked.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Replaces the manifest, whole.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn write_manifest(&mut self, manifest: &Manifest) -> Result<(), StoreError> {
        write_json(&self.path.join("manifest.json"), manifest)?;
        self.manifest = manifest.clone();
        Ok(())
    }

    /// The history's file.
    #[must_use]
    pub fn history_path(&self) -> PathBuf {
        self.path.join("history").join("events.blocks")
    }

    /// Where the page of the run belongs.
    #[must_use]
    pub fn report_path(&self) -> PathBuf {
        self.path.join("report.html")
    }

    /// The folder of the nodes' logs.
    #[must_use]
    pub fn logs_path(&self) -> PathBuf {
        self.path.join("logs")
    }

    /// Begins the run's history.
    ///
    /// # Errors
    /// If it was begun before, or if the file system refuses.
    pub fn write_history(&self) -> Result<EventWriter<File>, StoreError> {
        let path = self.history_path();
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(EventWriter::new)
            .map_err(StoreError::io("create", &path))
    }

    /// The events of the history, read as they are asked for.
    ///
    /// # Errors
    /// If there is no history, or if it is of a later format.
    pub fn events(&self) -> Result<EventReader<BufReader<File>>, StoreError> {
        let path = self.history_path();
        let file = File::open(&path).map_err(StoreError::io("open", &path))?;
        EventReader::new(BufReader::new(file)).map_err(|source| damaged(&path, source))
    }

    /// The history, as far as it is readable; [`History::truncated`] says where and why it ends
    /// early.
    ///
    /// # Errors
    /// If there is no history, if it is damaged before its last block, of a later format, or holds
    /// what no recorder writes.
    pub fn history(&self) -> Result<History, StoreError> {
        let path = self.history_path();
        let file = File::open(&path).map_err(StoreError::io("open", &path))?;
        let (mut history, ending) = gather(file).map_err(|error| match error {
            GatherError::Damaged(source) => damaged(&path, source),
            GatherError::Inconsistent(source) => {
                StoreError::Inconsistent { path: path.clone(), source }
            }
        })?;
        history.truncated = truncation(&history, &ending);
        Ok(history)
    }

    /// SHA-256 of the history's file, in hex.
    ///
    /// # Errors
    /// If there is no history, or if the file system refuses.
    pub fn history_sha256(&self) -> Result<String, StoreError> {
        sha256(&self.history_path())
    }

    /// The results, if the run was judged.
    ///
    /// # Errors
    /// If they cannot be read or are of a later version.
    pub fn results(&self) -> Result<Option<Results>, StoreError> {
        read_json(&self.results_path(), Results::SCHEMA_VERSION)
    }

    /// Replaces the results, whole.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn write_results(&self, results: &Results) -> Result<(), StoreError> {
        write_json(&self.results_path(), results)
    }

    /// SHA-256 of `results.json`, in hex.
    ///
    /// # Errors
    /// If there are no results, or if the file system refuses.
    pub fn results_sha256(&self) -> Result<String, StoreError> {
        sha256(&self.results_path())
    }

    fn results_path(&self) -> PathBuf {
        self.path.join("results.json")
    }

    /// All lines of `faults.jsonl`; the last one of a fault counts.
    ///
    /// # Errors
    /// The first line that is no fault, by its number.
    pub fn faults(&self) -> Result<Vec<FaultRecord>, StoreError> {
        lines::read(&self.path.join("faults.jsonl"))
    }

    /// Adds a line to `faults.jsonl`.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn append_fault(&self, fault: &FaultRecord) -> Result<(), StoreError> {
        lines::append(&self.path.join("faults.jsonl"), fault)
    }

    /// All lines of `observations.jsonl`.
    ///
    /// # Errors
    /// The first line that is no observation, by its number.
    pub fn observations(&self) -> Result<Vec<Observation>, StoreError> {
        lines::read(&self.path.join("observations.jsonl"))
    }

    /// Adds a line to `observations.jsonl`.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn append_observation(&self, observation: &Observation) -> Result<(), StoreError> {
        lines::append(&self.path.join("observations.jsonl"), observation)
    }
}

/// Names stay portable and cannot leave their folder.
fn check_name(name: &str) -> Result<(), StoreError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.starts_with('.') || name == "latest" || !name.chars().all(plain) {
        return Err(StoreError::BadName(name.to_owned()));
    }
    Ok(())
}

/// Why a history ends before its time, if it does.
fn truncation(history: &History, ending: &Ending) -> Option<String> {
    let Ending { offset, events, torn, .. } = ending;
    let at_s = ending.time_ns as f64 / 1e9;
    if let Some(reason) = torn {
        return Some(format!(
            "the recording was cut off at byte {offset}, {at_s:.3} s into the run, after {events} \
             events: the block that begins there is torn ({reason})"
        ));
    }
    history.marked_ns(Mark::FinalReadsEnded).is_none().then(|| {
        format!(
            "the recording ends at byte {offset}, {at_s:.3} s into the run, after {events} events, \
             before its final reads were made"
        )
    })
}

fn damaged(path: &Path, source: DamageError) -> StoreError {
    match source {
        DamageError::Io(source) => StoreError::Io { action: "read", path: path.to_owned(), source },
        DamageError::NewerFormat { found, known } => StoreError::NewerFormat {
            path: path.to_owned(),
            found: found.into(),
            known: known.into(),
        },
        source => StoreError::Damaged { path: path.to_owned(), source },
    }
}

/// Reads a versioned file; `None` if there is none. Unknown fields are left alone: within a version
/// fields are only added.
fn read_json<T: DeserializeOwned>(path: &Path, known: u32) -> Result<Option<T>, StoreError> {
    /// The one field that every version has.
    #[derive(Deserialize)]
    struct Versioned {
        schema_version: u32,
    }
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io("read", path)(error)),
    };
    let json = |source| StoreError::Json { path: path.to_owned(), source };
    let Versioned { schema_version: found } = serde_json::from_slice(&text).map_err(json)?;
    if found > known {
        return Err(StoreError::NewerFormat { path: path.to_owned(), found, known });
    }
    serde_json::from_slice(&text).map(Some).map_err(json)
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), StoreError> {
    let mut text = serde_json::to_vec_pretty(value)
        .map_err(|source| StoreError::Json { path: path.to_owned(), source })?;
    text.push(b'\n');
    write_atomically(path, &text).map_err(StoreError::io("write", path))
}

fn sha256(path: &Path) -> Result<String, StoreError> {
    let mut digest = Sha256::new();
    let hash = |file: File| -> io::Result<()> {
        let mut file = BufReader::new(file);
        let mut chunk = vec![0; 1 << 16];
        loop {
            match file.read(&mut chunk)? {
                0 => return Ok(()),
                length => digest.update(&chunk[..length]),
            }
        }
    };
    File::open(path).and_then(hash).map_err(StoreError::io("read", path))?;
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
