//! What can be wrong with a stored run.

use std::io;
use std::path::{Path, PathBuf};

use crate::HistoryError;

/// Why a stored run cannot be written, found or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system refuses.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The folder holds no run.
    #[error("no run at {}: it has no manifest.json", .0.display())]
    NotARun(PathBuf),
    /// A run of this name is there already.
    #[error("{} exists already, and a run is never overwritten", .0.display())]
    Exists(PathBuf),
    /// A run's name is also a folder's name.
    #[error("{0:?} cannot name a run: letters, digits, '-', '_' and '.' can, 'latest' cannot")]
    BadName(String),
    /// Written by a later version of aerocert.
    #[error(
        "{} has format {found}, this build reads up to {known}: use a newer aerocert",
        path.display()
    )]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// Its format's version.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// A file that is not what it should be.
    #[error("{}: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What and where; serde counts lines from 1.
        source: serde_json::Error,
    },
    /// A line that is not what it should be.
    #[error("{}, line {line}: {source}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The history's file is not as it was written.
    #[error("{}: {source}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and how.
        source: DamageError,
    },
    /// The history holds what no recorder writes.
    #[error("{}: {source}", path.display())]
    Inconsistent {
        /// The file.
        path: PathBuf,
        /// The event.
        source: HistoryError,
    },
    /// No run of that name.
    #[error("no run {wanted:?} in {}", root.display())]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// Where.
        root: PathBuf,
    },
    /// Several runs of that name.
    #[error("{wanted:?} may be {}: give more of the name", matches.join(", "))]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// What it may mean.
        matches: Vec<String>,
    },
}

impl StoreError {
    /// Wraps what the system said about an action on a path.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}

/// Why a history's bytes cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DamageError {
    /// The file system refuses.
    #[error("cannot read it: {0}")]
    Io(#[from] io::Error),
    /// The file does not begin as a history does.
    #[error("this is not a recorded history, or its first 16 bytes are damaged")]
    NotAHistory,
    /// Written by a later version of aerocert.
    #[error("its format is {found}, this build reads up to {known}: use a newer aerocert")]
    NewerFormat {
        /// The file's version.
        found: u16,
        /// The newest version known here.
        known: u16,
    },
    /// A block in the middle is not as it was written.
    #[error(
        "damaged at byte {offset} ({reason}), with more blocks after it; restore the file from a \
         copy, or cut it to {offset} bytes to judge the {intact} events before the damage"
    )]
    Block {
        /// Where the damaged block begins.
        offset: u64,
        /// What is wrong with it.
        reason: &'static str,
        /// How many events are before it.
        intact: u64,
    },
}
