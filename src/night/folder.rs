//! The certificate's folder: its runs, `certificate.json`, `junit.xml`, `index.html`.

use std::io::Write;
use std::path::{Path, PathBuf};

use history::Certificate;
use history::store::RunDirectory;

use super::{Judgement, certificate};
use crate::exit::Failure;
use crate::run::judge_stored;

const CERTIFICATE: &str = "certificate.json";
const PAGE: &str = "index.html";
const JUNIT: &str = "junit.xml";
const NIGHTS: &str = "nights.jsonl";
const LATEST: &str = "latest";

/// Makes the folder of a new night in `out`.
///
/// # Errors
/// The folder cannot be made.
pub(crate) fn create(out: &Path, profile: &str) -> Result<PathBuf, Failure> {
    let stamp = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    for attempt in 0.. {
        let suffix = if attempt == 0 { String::new() } else { format!("-{attempt}") };
        let folder = out.join(format!("{stamp}-{profile}-certificate{suffix}"));
        match std::fs::create_dir_all(out).and_then(|()| std::fs::create_dir(&folder)) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(unwritable(&folder, &error)),
        }
    }
    unreachable!("the attempts never end")
}

/// The certificate that a person means: by its path, `latest`, or a beginning of its name that no
/// other has; `None` if no certificate is meant.
///
/// # Errors
/// Several are meant.
pub(crate) fn find(out: &Path, wanted: &str) -> Result<Option<PathBuf>, Failure> {
    let is_certificate = |folder: &PathBuf| folder.join(CERTIFICATE).is_file();
    let named = [out.join(wanted), PathBuf::from(wanted)].into_iter().find(is_certificate);
    if named.is_some() || wanted.is_empty() {
        return Ok(named);
    }
    let entries = std::fs::read_dir(out).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(wanted))
        .map(|entry| entry.path())
        .filter(is_certificate)
        .collect();
    found.sort();
    match found.len() {
        0 | 1 => Ok(found.pop()),
        several => Err(Failure::Usage(format!(
            "`{wanted}` begins the names of {several} certificates in {}; write more of it",
            out.display()
        ))),
    }
}

/// Writes a certificate, its pages, and the line of the night; returns the page's path.
///
/// # Errors
/// A file cannot be written.
pub(crate) fn write(
    folder: &Path,
    certificate: &Certificate,
    judgement: &Judgement,
) -> Result<PathBuf, Failure> {
    let page = write_pages(folder, certificate, judgement)?;
    if let Some(out) = folder.parent() {
        remember(out, folder, certificate)?;
    }
    Ok(page)
}

fn write_pages(
    folder: &Path,
    certificate: &Certificate,
    judgement: &Judgement,
) -> Result<PathBuf, Failure> {
    let views: Vec<_> = judgement.runs.iter().map(|run| run.view()).collect();
    let json = reports::certificate_json(certificate).map_err(Failure::harness)?;
    put(&folder.join(CERTIFICATE), &json)?;
    put(&folder.join(JUNIT), &reports::junit(certificate))?;
    let page = folder.join(PAGE);
    put(&page, &reports::certificate_page(certificate, &views))?;
    Ok(page)
}

/// Judges the runs of a stored certificate again and writes everything anew.
///
/// # Errors
/// A file cannot be read or written.
pub(crate) fn rewrite(folder: &Path) -> Result<PathBuf, Failure> {
    let path = folder.join(CERTIFICATE);
    let text = std::fs::read_to_string(&path)
        .map_err(|error| Failure::Usage(format!("failed to read {}: {error}", path.display())))?;
    let old: Certificate = serde_json::from_str(&text)
        .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    let mut judgement = Judgement::default();
    for run in old.runs.iter().chain(old.canaries.iter().map(|canary| &canary.run)) {
        let directory = RunDirectory::open(&folder.join(&run.path)).map_err(Failure::usage)?;
        judgement.runs.push(judge_stored(directory)?);
    }
    let new = certificate(&judgement, folder, &old.profile, old.seed, old.reproduce)?;
    write_pages(folder, &new, &judgement)
}

/// One line a night, and a link to the last one.
fn remember(out: &Path, folder: &Path, certificate: &Certificate) -> Result<(), Failure> {
    let line = serde_json::json!({
        "schema_version": Certificate::SCHEMA_VERSION,
        "started": certificate.started,
        "path": folder.file_name().map(|name| name.to_string_lossy()),
        "profile": certificate.profile,
        "seed": certificate.seed,
        "verdict": certificate.verdict,
        "cluster": certificate.cluster.kind,
        "runs": certificate.runs.iter().map(|run| serde_json::json!({
            "arm": run.arm,
            "workload": run.workload,
            "nemesis": run.nemesis,
            "verdict": run.verdict,
            "expected": run.expected,
            "operations": run.operations,
            "anomalies": run.anomalies,
        })).collect::<Vec<_>>(),
    });
    let nights = out.join(NIGHTS);
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&nights)
        .and_then(|mut file| writeln!(file, "{line}"))
        .map_err(|error| unwritable(&nights, &error))?;
    let latest = out.join(LATEST);
    let _ = std::fs::remove_file(&latest);
    if let Some(name) = folder.file_name() {
        // A file system without links costs a convenience, nothing else.
        let _ = std::os::unix::fs::symlink(name, &latest);
    }
    Ok(())
}

fn put(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Harness(format!("failed to write {}: {error}", path.display()))
}
