//! What a node counts, by the server's names.

use std::collections::BTreeMap;

/// Counters of a namespace.
#[derive(Debug, Default)]
pub struct Counters {
    values: BTreeMap<&'static str, u64>,
}

impl Counters {
    /// Counts one.
    pub fn count(&mut self, name: &'static str) {
        *self.values.entry(name).or_insert(0) += 1;
    }

    /// All that was counted; a name that is missing stands at 0.
    #[must_use]
    pub fn values(&self) -> &BTreeMap<&'static str, u64> {
        &self.values
    }
}
