//! What people see: data on standard output, the rest on standard error.

use std::io::{IsTerminal, Write};
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::exit::Failure;

static QUIET: OnceLock<bool> = OnceLock::new();

/// Whether anything but errors is said on standard error. Said once, at the start.
pub(crate) fn set_quiet(quiet: bool) {
    let _ = QUIET.set(quiet);
}

fn quiet() -> bool {
    QUIET.get().copied().unwrap_or(false)
}

/// Data: a text on standard output. A reader that has gone away is no error.
pub(crate) fn data(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes());
    if !text.ends_with('\n') {
        let _ = stdout.write_all(b"\n");
    }
    let _ = stdout.flush();
}

/// Data: one JSON document on standard output.
pub(crate) fn json(document: &impl serde::Serialize) -> Result<(), Failure> {
    data(&serde_json::to_string_pretty(document).map_err(Failure::harness)?);
    Ok(())
}

/// A line for people on standard error.
pub(crate) fn note(text: &str) {
    if !quiet() {
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}

/// Why a command ends without a verdict.
pub(crate) fn error(failure: &Failure) {
    let _ = writeln!(std::io::stderr(), "aerocert: {failure}");
}

/// The progress of something that lasts: a bar on a terminal, a line every ten seconds elsewhere.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    label: String,
    last_line: std::sync::Mutex<Option<std::time::Instant>>,
}

impl Progress {
    const LINE_EVERY: Duration = Duration::from_secs(10);

    /// Begins; `total` is how long it is expected to last.
    pub(crate) fn begin(label: &str, total: Duration) -> Self {
        let bar = (!quiet() && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(total.as_millis() as u64);
            let style = ProgressStyle::with_template("{prefix:32} {bar:28} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.set_style(style);
            bar.set_prefix(label.to_owned());
            bar
        });
        if bar.is_none() {
            note(label);
        }
        Self { bar, label: label.to_owned(), last_line: std::sync::Mutex::new(None) }
    }

    /// Tells how far it is.
    pub(crate) fn at(&self, elapsed: Duration, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_position(elapsed.as_millis() as u64);
            bar.set_message(message.to_owned());
            return;
        }
        let Ok(mut last) = self.last_line.lock() else { return };
        if last.is_none_or(|at| at.elapsed() >= Self::LINE_EVERY) {
            *last = Some(std::time::Instant::now());
            note(&format!("{}: {message}", self.label));
        }
    }

    /// Ends, with what came of it.
    pub(crate) fn end(self, message: &str) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        note(&format!("{:32} {message}", self.label));
    }
}

/// Columns of text, aligned: the first row is the head.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_are_aligned() {
        let rows = [vec!["run".into(), "verdict".into()], vec!["register".into(), "valid".into()]];
        assert_eq!(table(&rows), "run       verdict\nregister  valid\n");
    }
}
