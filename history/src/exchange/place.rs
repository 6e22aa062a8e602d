//! Where a text is wrong.

/// A place in a text, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The column, in bytes.
    pub column: u64,
}

impl Place {
    /// The place of a byte.
    #[must_use]
    pub fn of(text: &[u8], offset: usize) -> Self {
        let before = &text[..offset.min(text.len())];
        let breaks = before.iter().filter(|byte| **byte == b'\n').count() as u64;
        let begin = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        Self { line: breaks + 1, column: (before.len() - begin) as u64 + 1 }
    }
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {what}", at.line, at.column)]
pub struct SyntaxError {
    /// Where.
    pub at: Place,
    /// What, and how to mend it.
    pub what: String,
}
