//! Histories as JSON lines: one [`Event`] per line, in time.
//!
//! ```text
//! {"time_ns":1000,"kind":{"invoke":{"operation":0,"process":3,"site":0,"route":"map","key":7,"call":{"write":{"value":1}}}}}
//! {"time_ns":2000,"kind":{"complete":{"operation":0,"outcome":"ok","returned":"nothing","generation":1,"code":0}}}
//! {"time_ns":3000,"kind":{"mark":"load-ended"}}
//! ```

use std::io::{self, BufRead, Write};

use crate::{Event, History, HistoryError};

/// Why JSON lines are not a history.
#[derive(Debug, thiserror::Error)]
pub enum JsonlError {
    /// They cannot be read.
    #[error("cannot read it: {0}")]
    Io(#[from] io::Error),
    /// A line is no event.
    #[error("line {line}: {source}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The events do not make a history.
    #[error(transparent)]
    History(#[from] HistoryError),
}

/// Writes events, one per line.
///
/// # Errors
/// Whatever the sink says.
pub fn write(events: impl IntoIterator<Item = Event>, mut sink: impl Write) -> io::Result<()> {
    for event in events {
        serde_json::to_writer(&mut sink, &event)?;
        sink.write_all(b"\n")?;
    }
    sink.flush()
}

/// Reads events, one per line; empty lines are passed over.
///
/// # Errors
/// The first line that is no event.
pub fn read(source: impl BufRead) -> Result<Vec<Event>, JsonlError> {
    let mut events = Vec::new();
    for (index, text) in source.lines().enumerate() {
        let text = text?;
        if !text.trim().is_empty() {
            let event = serde_json::from_str(&text);
            events
                .push(event.map_err(|source| JsonlError::Line { line: index as u64 + 1, source })?);
        }
    }
    Ok(events)
}

/// Reads a history.
///
/// # Errors
/// The first line that is no event, or that does not go with the ones before it.
pub fn read_history(source: impl BufRead) -> Result<History, JsonlError> {
    Ok(History::from_events(read(source)?)?)
}
