//! What probes saw.

use std::fmt;

/// What one round of probes saw of the things that a fault disturbs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// What is disturbed, as `node 1 -> node 0 closed`.
    pub(super) disturbed: Vec<String>,
    /// What is as it should be without the fault.
    pub(super) whole: Vec<String>,
    /// What could not be looked at, and why.
    pub(super) unknown: Vec<String>,
}

impl Look {
    pub(super) fn all_disturbed(&self) -> bool {
        self.whole.is_empty() && self.unknown.is_empty()
    }

    pub(super) fn all_whole(&self) -> bool {
        self.disturbed.is_empty() && self.unknown.is_empty()
    }
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.disturbed.len() + self.whole.len() + self.unknown.len();
        write!(f, "{} of {total} disturbed", self.disturbed.len())?;
        for (word, seen) in [("whole", &self.whole), ("not seen", &self.unknown)] {
            if let (Some(first), false) = (seen.first(), self.disturbed.is_empty()) {
                write!(f, "; {word}: {first}")?;
            } else if let Some(first) = seen.first() {
                write!(f, "; {} {word}, the first: {first}", seen.len())?;
            }
        }
        Ok(())
    }
}
