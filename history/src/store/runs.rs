//! Many runs: finding, listing and throwing away.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::{RunDirectory, StoreError};
use crate::{Manifest, Results};

/// A folder of runs. A folder within it that is itself no run may hold runs too (a certificate
/// does); their names are then `<folder>/<run>`.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

/// A run of a store, whether or not it can be read.
#[derive(Debug)]
pub struct RunEntry {
    /// Its name: its folder relative to the store.
    pub name: String,
    /// Its folder.
    pub path: PathBuf,
    /// The run, or why it cannot be read.
    pub run: Result<RunDirectory, StoreError>,
}

/// What may be thrown away.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Runs that began longer ago than this.
    pub older_than: Duration,
    /// But never a run that did not show what was expected, or was not judged.
    pub keep_failures: bool,
}

impl Store {
    /// The runs under a folder, which need not exist yet.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes the folder of a new run and points `latest` to it.
    ///
    /// # Errors
    /// As [`RunDirectory::create`].
    pub fn create(&self, manifest: &Manifest) -> Result<RunDirectory, StoreError> {
        let run = RunDirectory::create(&self.root, manifest)?;
        self.link_latest(&manifest.run)?;
        Ok(run)
    }

    /// Points `latest` to a run, or to a certificate's folder.
    ///
    /// # Errors
    /// If the file system refuses, or if something that is no link is in the way.
    pub fn link_latest(&self, name: &str) -> Result<(), StoreError> {
        let latest = self.root.join("latest");
        let temporary = self.root.join(format!(".latest.{}", std::process::id()));
        // The link is made beside the old one and renamed over it, so there is always one.
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError::io("remove", &temporary)(error));
            }
            _ => {}
        }
        std::os::unix::fs::symlink(name, &temporary)
            .and_then(|()| fs::rename(&temporary, &latest))
            .map_err(StoreError::io("link", &latest))
    }

    /// All runs, in the order of their names; a store that does not exist has none.
    ///
    /// # Errors
    /// If the folder cannot be read; a run that cannot be read is listed with its own error.
    pub fn list(&self) -> Result<Vec<RunEntry>, StoreError> {
        let mut runs = Vec::new();
        for name in folders(&self.root)? {
            let path = self.root.join(&name);
            if is_run(&path) {
                runs.push(RunEntry { run: RunDirectory::open(&path), name, path });
                continue;
            }
            for inner in folders(&path)? {
                let path = path.join(&inner);
                if is_run(&path) {
                    let name = format!("{name}/{inner}");
                    runs.push(RunEntry { run: RunDirectory::open(&path), name, path });
                }
            }
        }
        Ok(runs)
    }

    /// The run that a person means: by its path, `latest`, its name, or a beginning of its name
    /// (or of its last part) that no other run has.
    ///
    /// # Errors
    /// If no run or several runs are meant, or if the run cannot be read.
    pub fn find(&self, wanted: &str) -> Result<RunDirectory, StoreError> {
        for path in [self.root.join(wanted), PathBuf::from(wanted)] {
            if !wanted.is_empty() && is_run(&path) {
                return RunDirectory::open(&path);
            }
        }
        // `latest` may be a certificate, whose runs then are what may be meant.
        let latest = fs::read_link(self.root.join("latest")).ok().filter(|_| wanted == "latest");
        let latest = latest.map(|target| target.to_string_lossy().into_owned());
        let wanted = latest.as_deref().unwrap_or(wanted);
        let begins = |entry: &RunEntry| {
            let last = entry.name.rsplit('/').next().unwrap_or_default();
            entry.name.starts_with(wanted) || last.starts_with(wanted)
        };
        let mut found: Vec<_> = self.list()?.into_iter().filter(begins).collect();
        match found.len() {
            1 => found.remove(0).run,
            0 => Err(StoreError::Unknown { wanted: wanted.to_owned(), root: self.root.clone() }),
            _ => Err(StoreError::Ambiguous {
                wanted: wanted.to_owned(),
                matches: found.into_iter().map(|entry| entry.name).collect(),
            }),
        }
    }

    /// The runs that a retention gives up, in the order of their names. Runs that cannot be read, or
    /// that say nothing of when they began, are kept, and the runs of one certificate go together or
    /// not at all.
    ///
    /// # Errors
    /// As [`Store::list`].
    pub fn expendable(
        &self,
        retention: Retention,
        now: Timestamp,
    ) -> Result<Vec<RunEntry>, StoreError> {
        let mut runs = self.list()?;
        let given_up =
            |entry: &RunEntry| entry.run.as_ref().is_ok_and(|run| retention.gives_up(run, now));
        let kept: BTreeSet<PathBuf> = runs
            .iter()
            .filter(|entry| !given_up(entry))
            .map(|entry| self.bundle(entry).to_owned())
            .collect();
        runs.retain(|entry| !kept.contains(self.bundle(entry)));
        Ok(runs)
    }

    /// Throws a run away, for good; with the last run of a certificate goes its folder.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn remove(&self, entry: &RunEntry) -> Result<(), StoreError> {
        let remove = |path: &Path| fs::remove_dir_all(path).map_err(StoreError::io("remove", path));
        remove(&entry.path)?;
        let bundle = self.bundle(entry);
        if bundle.join("certificate.json").is_file()
            && !folders(bundle)?.iter().any(|name| is_run(&bundle.join(name)))
        {
            remove(bundle)?;
        }
        let latest = self.root.join("latest");
        if latest.is_symlink() && !latest.exists() {
            fs::remove_file(&latest).map_err(StoreError::io("remove", &latest))?;
        }
        Ok(())
    }

    /// What a run goes with: its certificate's folder, or its own.
    fn bundle<'a>(&self, entry: &'a RunEntry) -> &'a Path {
        let parent = entry.path.parent().filter(|parent| *parent != self.root);
        parent.unwrap_or(&entry.path)
    }
}

impl Retention {
    fn gives_up(self, run: &RunDirectory, now: Timestamp) -> bool {
        let Ok(started) = run.manifest().started.parse::<Timestamp>() else { return false };
        let age = Duration::try_from(now.duration_since(started)).unwrap_or_default();
        let met = |results: &Results| results.expectation.is_ok();
        age > self.older_than
            && (!self.keep_failures || matches!(run.results(), Ok(Some(results)) if met(&results)))
    }
}

fn is_run(path: &Path) -> bool {
    path.join("manifest.json").is_file()
}

/// The folders in a folder, without links and hidden ones, in the order of their names.
fn folders(path: &Path) -> Result<Vec<String>, StoreError> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io("list", path)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(StoreError::io("list", path))?;
        // Links are left out: `latest` would list its run twice.
        let is_folder = entry.file_type().map_err(StoreError::io("list", path))?.is_dir();
        if let Ok(name) = entry.file_name().into_string()
            && is_folder
            && !name.starts_with('.')
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
