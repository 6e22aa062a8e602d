//! The journal: what is disturbed right now, on disk, so that a crash leaves a way back.
//!
//! JSON lines. The first names the format; then `begin` before a fault is touched, `applied` with
//! the interruption's number once it is known, and `clear` when probes have found it gone. Every
//! line is on disk before the next step. A last line that was cut short was never acted upon.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::Disturbance;

const FORMAT: &str = "aerocert-fault-journal";
const VERSION: u32 = 1;
const ENDING: &str = "journal";

/// A fault that was begun and not seen healed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Its number in the journal.
    pub entry: u64,
    /// The fault's position in its schedule.
    pub fault: u32,
    /// The nemesis that planned it.
    pub nemesis: String,
    /// What it does, and so what is to be undone.
    pub disturbance: Disturbance,
    /// After how many ms it goes away by itself if it is a network fault and nobody renews it.
    pub lease_ms: u64,
    /// The id of the process that began it.
    pub process: u32,
    /// The interruption's number, if it is one and the cluster has named it.
    pub interruption: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Format { name: String, version: u32 },
    Begin(Standing),
    Applied { entry: u64, interruption: Option<u64> },
    Clear { entry: u64 },
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be read or written.
    #[error("journal {}: {source}", path.display())]
    Io {
        /// The journal.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line before the last makes no sense.
    #[error("journal {}: line {line} makes no sense", path.display())]
    Line {
        /// The journal.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// Another format, or a newer version of ours.
    #[error("journal {}: not a journal of version {VERSION}", path.display())]
    Format {
        /// The journal.
        path: PathBuf,
    },
}

/// An open journal. Its clones write into one file.
#[derive(Clone, Debug)]
pub struct Journal {
    path: PathBuf,
    book: Arc<Mutex<Book>>,
}

#[derive(Debug)]
struct Book {
    file: File,
    next: u64,
    standing: BTreeMap<u64, Standing>,
}

impl Journal {
    /// The folder of this user's journals: in the state folder of the desktop convention, or else
    /// in the folder for temporary files.
    #[must_use]
    pub fn folder() -> PathBuf {
        let state = std::env::var_os("XDG_STATE_HOME").filter(|path| !path.is_empty());
        let home = std::env::var_os("HOME").filter(|path| !path.is_empty());
        state
            .map(PathBuf::from)
            .or_else(|| home.map(|home| Path::new(&home).join(".local/state")))
            .unwrap_or_else(std::env::temp_dir)
            .join("aerocert")
    }

    /// The journal of this process.
    #[must_use]
    pub fn default_path() -> PathBuf {
        Self::folder().join(format!("{}.{ENDING}", std::process::id()))
    }

    /// The journals of a folder, sorted; none if there is no such folder.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn all(folder: &Path) -> io::Result<Vec<PathBuf>> {
        let entries = match std::fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut journals = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == ENDING) {
                journals.push(path);
            }
        }
        journals.sort();
        Ok(journals)
    }

    /// Opens a journal for writing, or makes one; faults that stand in it stay.
    ///
    /// # Errors
    /// The file cannot be read or written, or is no journal.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let failed = |source| JournalError::Io { path: path.to_owned(), source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let (standing, readable) = read(path)?;
        let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(failed)?;
        file.set_len(readable).map_err(failed)?;
        if readable == 0 {
            let format = Line::Format { name: FORMAT.to_owned(), version: VERSION };
            write(&mut file, &format).map_err(failed)?;
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
            }
        }
        let next = standing.keys().next_back().map_or(0, |last| last + 1);
        let book = Arc::new(Mutex::new(Book { file, next, standing }));
        Ok(Self { path: path.to_owned(), book })
    }

    /// What a journal says is disturbed, without touching it.
    ///
    /// # Errors
    /// The file cannot be read, or is no journal. One that is not there says nothing.
    pub fn status(path: &Path) -> Result<Vec<Standing>, JournalError> {
        read(path).map(|(standing, _)| standing.into_values().collect())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The faults that stand in it.
    #[must_use]
    pub fn standing(&self) -> Vec<Standing> {
        self.with(|book| book.standing.values().cloned().collect())
    }

    /// Says, on disk, that a fault is about to begin; gives its number.
    ///
    /// # Errors
    /// The line is not on disk.
    pub fn begin(
        &self,
        fault: u32,
        nemesis: &str,
        disturbance: &Disturbance,
        lease_ms: u64,
    ) -> Result<u64, JournalError> {
        self.write_with(|book| {
            let standing = Standing {
                entry: book.next,
                fault,
                nemesis: nemesis.to_owned(),
                disturbance: disturbance.clone(),
                lease_ms,
                process: std::process::id(),
                interruption: None,
            };
            let entry = standing.entry;
            book.next += 1;
            book.standing.insert(entry, standing.clone());
            write(&mut book.file, &Line::Begin(standing))?;
            Ok(entry)
        })
    }

    /// Says that a fault's handle answered, with the interruption's number if it has one.
    ///
    /// # Errors
    /// The line is not on disk.
    pub fn applied(&self, entry: u64, interruption: Option<u64>) -> Result<(), JournalError> {
        self.write_with(|book| {
            if let Some(standing) = book.standing.get_mut(&entry) {
                standing.interruption = interruption;
            }
            write(&mut book.file, &Line::Applied { entry, interruption })
        })
    }

    /// Says that a fault was seen healed.
    ///
    /// # Errors
    /// The line is not on disk.
    pub fn clear(&self, entry: u64) -> Result<(), JournalError> {
        self.write_with(|book| {
            book.standing.remove(&entry);
            write(&mut book.file, &Line::Clear { entry })
        })
    }

    /// Removes the file if no fault stands in it.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn close(&self) -> Result<(), JournalError> {
        self.write_with(|book| match book.standing.is_empty() {
            true => std::fs::remove_file(&self.path),
            false => Ok(()),
        })
    }

    fn with<V>(&self, look: impl FnOnce(&mut Book) -> V) -> V {
        look(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn write_with<V>(
        &self,
        change: impl FnOnce(&mut Book) -> io::Result<V>,
    ) -> Result<V, JournalError> {
        self.with(change).map_err(|source| JournalError::Io { path: self.path.clone(), source })
    }
}

fn write(file: &mut File, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

/// What stands in a journal, and how many bytes of it make sense.
fn read(path: &Path) -> Result<(BTreeMap<u64, Standing>, u64), JournalError> {
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(source) => return Err(JournalError::Io { path: path.to_owned(), source }),
        Ok(text) => text,
    };
    let mut standing = BTreeMap::new();
    let mut readable = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if !line.ends_with('\n') {
            break;
        }
        let Ok(line_read) = serde_json::from_str::<Line>(line) else {
            return Err(JournalError::Line { path: path.to_owned(), line: index + 1 });
        };
        match (index, line_read) {
            (0, Line::Format { name, version }) if name == FORMAT && version == VERSION => {}
            (0, _) | (_, Line::Format { .. }) => {
                return Err(JournalError::Format { path: path.to_owned() });
            }
            (_, Line::Begin(begun)) => {
                standing.insert(begun.entry, begun);
            }
            (_, Line::Applied { entry, interruption }) => {
                if let Some(begun) = standing.get_mut(&entry) {
                    begun.interruption = interruption;
                }
            }
            (_, Line::Clear { entry }) => {
                standing.remove(&entry);
            }
        }
        readable += line.len() as u64;
    }
    Ok((standing, readable))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KILLED: Disturbance = Disturbance::Killed { node: 3 };

    fn open(folder: &tempfile::TempDir) -> (Journal, PathBuf) {
        let path = folder.path().join("state/7.journal");
        (Journal::open(&path).unwrap(), path)
    }

    #[test]
    fn what_was_begun_stands_until_it_is_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let (journal, path) = open(&folder);
        let first = journal.begin(0, "kill-node", &KILLED, 6000).unwrap();
        let second = journal.begin(1, "kill-node", &KILLED, 6000).unwrap();
        journal.applied(second, Some(41)).unwrap();
        journal.clear(first).unwrap();
        let standing = Journal::status(&path).unwrap();
        assert_eq!(standing.len(), 1);
        assert_eq!((standing[0].fault, standing[0].interruption), (1, Some(41)));
        assert_eq!(standing, journal.standing());
        journal.close().unwrap();
        assert!(path.exists(), "a journal with a standing fault is kept");
        journal.clear(second).unwrap();
        journal.close().unwrap();
        assert!(!path.exists());
        assert_eq!(Journal::status(&path).unwrap(), []);
    }

    #[test]
    fn a_line_cut_short_by_a_crash_is_dropped_and_the_journal_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let (journal, path) = open(&folder);
        journal.begin(0, "kill-node", &KILLED, 6000).unwrap();
        journal.begin(1, "kill-node", &KILLED, 6000).unwrap();
        drop(journal);
        let text = std::fs::read(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 5]).unwrap();
        assert_eq!(Journal::status(&path).unwrap().len(), 1);
        let journal = Journal::open(&path).unwrap();
        let entry = journal.begin(2, "kill-node", &KILLED, 6000).unwrap();
        let faults: Vec<_> = journal.standing().iter().map(|s| s.fault).collect();
        assert_eq!((entry, faults), (1, vec![0, 2]));
        assert_eq!(Journal::status(&path).unwrap(), journal.standing());
    }

    #[test]
    fn other_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("7.journal");
        for (text, line) in [("{}\n", Some(1)), ("{\"clear\":{\"entry\":1}}\n", None)] {
            std::fs::write(&path, text).unwrap();
            match (Journal::open(&path).unwrap_err(), line) {
                (JournalError::Line { line: found, .. }, Some(line)) => assert_eq!(found, line),
                (JournalError::Format { .. }, None) => {}
                (error, _) => panic!("{error}"),
            }
        }
        let newer = "{\"format\":{\"name\":\"aerocert-fault-journal\",\"version\":2}}\n";
        std::fs::write(&path, newer).unwrap();
        assert!(matches!(Journal::open(&path), Err(JournalError::Format { .. })));
    }

    #[test]
    fn journals_of_a_folder_are_found() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Journal::all(&folder.path().join("nothing")).unwrap().is_empty());
        let (_journal, path) = open(&folder);
        std::fs::write(path.with_file_name("notes.txt"), "x").unwrap();
        assert_eq!(Journal::all(path.parent().unwrap()).unwrap(), [path]);
    }
}
