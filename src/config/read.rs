//! Reading a configuration: one clear error with file, line and the mend.

use std::path::{Path, PathBuf};

use super::Settings;

const QUICK: &str = include_str!("profiles/quick.toml");
const NIGHTLY: &str = include_str!("profiles/nightly.toml");
const SOAK: &str = include_str!("profiles/soak.toml");

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// No such profile.
    #[error(
        "there is no profile `{0}`; there are quick, nightly and soak, or name a file with --config"
    )]
    UnknownProfile(String),
    /// The file cannot be read.
    #[error("failed to read {path}: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's word.
        reason: std::io::Error,
    },
    /// The file does not say what a configuration says.
    #[error("{path}:{line}:{column}: {message}{mend}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong.
        message: String,
        /// What to write instead, if it can be guessed.
        mend: String,
    },
}

/// The settings of a profile, with a file laid over it.
///
/// # Errors
/// An unknown profile, an unreadable or a malformed file.
pub(crate) fn settings(profile: &str, file: Option<&Path>) -> Result<Settings, ConfigError> {
    let mut table = builtin(QUICK);
    match profile {
        "quick" => {}
        "nightly" => inherit(&mut table, NIGHTLY),
        "soak" => inherit(&mut table, SOAK),
        other => return Err(ConfigError::UnknownProfile(other.to_owned())),
    }
    if let Some(path) = file {
        let text = std::fs::read_to_string(path)
            .map_err(|reason| ConfigError::Unreadable { path: path.to_owned(), reason })?;
        toml::from_str::<Settings>(&text).map_err(|error| malformed(path, &text, &error))?;
        let over = toml::from_str(&text).map_err(|error| malformed(path, &text, &error))?;
        lay_over(&mut table, over);
    }
    let text = toml::to_string(&table).unwrap_or_default();
    let path = file.unwrap_or(Path::new(profile));
    table.try_into().map_err(|error| malformed(path, &text, &error))
}

/// The longer profiles keep quick's cluster and namespaces, and choose their own pairs.
fn inherit(table: &mut toml::Table, profile: &str) {
    table.remove("pair");
    table.remove("canary");
    lay_over(table, builtin(profile));
}

fn builtin(text: &str) -> toml::Table {
    toml::from_str(text).expect("the built-in profiles are tested")
}

fn lay_over(under: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

fn malformed(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let at = error.span().map_or(0, |span| span.start).min(text.len());
    let before = text.get(..at).unwrap_or("");
    let line = before.matches('\n').count() + 1;
    let column = at - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
    let message = error.message().to_owned();
    let mend = mend(&message);
    ConfigError::Malformed { path: path.to_owned(), line, column, message, mend }
}

/// What the writer of an unknown key may have meant.
fn mend(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let Some(unknown) = quoted.next().filter(|_| message.starts_with("unknown field")) else {
        return String::new();
    };
    nearest(unknown, quoted).map_or_else(String::new, |known| format!("; did you mean `{known}`?"))
}

/// The candidate that is most like a word, if one is like it at all.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let error = settings("quick", Some(file.path())).unwrap_err().to_string();
        error.replace(&file.path().display().to_string(), "night.toml")
    }

    #[test]
    fn every_built_in_profile_is_read() {
        for profile in ["quick", "nightly", "soak"] {
            let settings = settings(profile, None).unwrap();
            assert_eq!(settings.cluster.nodes.len(), 6, "{profile}");
            assert!(!settings.pair.is_empty() || settings.matrix.is_some(), "{profile}");
        }
        assert_eq!(settings("nightly", None).unwrap().cluster.heartbeat.interval_ms, 150);
        assert_eq!(settings("quick", None).unwrap().cluster.heartbeat.interval_ms, 50);
    }

    #[test]
    fn a_file_is_laid_over_the_profile() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "[load]\nkeys = 7\n").unwrap();
        let settings = settings("quick", Some(file.path())).unwrap();
        assert_eq!((settings.load.keys, settings.load.processes), (7, 24));
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_mend() {
        let error = error_of("[load]\nkeys = 7\nproceses = 3\n");
        assert!(error.starts_with("night.toml:3:1: unknown field `proceses`"), "{error}");
        assert!(error.ends_with("did you mean `processes`?"), "{error}");
    }

    #[test]
    fn a_wrong_type_and_broken_text_are_named_with_their_line() {
        assert!(error_of("[load]\nkeys = \"many\"\n").starts_with("night.toml:2:8: "));
        assert!(error_of("[load\n").starts_with("night.toml:1:"));
    }

    #[test]
    fn an_unknown_profile_names_those_that_exist() {
        let error = settings("quik", None).unwrap_err().to_string();
        assert!(error.contains("quick, nightly and soak"), "{error}");
    }
}
