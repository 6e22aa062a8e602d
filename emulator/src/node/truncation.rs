//! Truncations: from which time back records of a namespace or of a set are gone.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::state::Node;
use super::storage::Version;
use crate::record::Record;

/// The truncations of a namespace, by set; the empty name is the whole namespace.
///
/// The server spreads them as system metadata. A record whose last update is older is gone for
/// every request, and no copy of it is taken in from another node (the vendor's FAQ on truncation
/// during cluster changes).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truncations {
    by_set: BTreeMap<String, Truncation>,
}

/// The last truncation of a set, or its undoing. Of two the one with the higher generation holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Truncation {
    generation: u64,
    /// Records with an older update are gone, in ms since 2010; 0: none.
    before_ms: u64,
}

impl Truncations {
    /// Truncates a set, or the namespace (an empty name); a time before the one known changes
    /// nothing.
    fn truncate(&mut self, set: &str, before_ms: u64) {
        let known = self.by_set.entry(set.to_owned()).or_default();
        if before_ms > known.before_ms {
            *known = Truncation { generation: known.generation + 1, before_ms };
        }
    }

    /// Forgets a truncation. What it removed stays removed.
    fn undo(&mut self, set: &str) {
        if let Some(known) = self.by_set.get_mut(set).filter(|known| known.before_ms > 0) {
            *known = Truncation { generation: known.generation + 1, before_ms: 0 };
        }
    }

    /// Takes in what another node knows; whether that is news.
    fn learn(&mut self, other: &Self) -> bool {
        let mut news = false;
        for (set, truncation) in &other.by_set {
            let known = self.by_set.entry(set.clone()).or_default();
            if *truncation > *known {
                *known = *truncation;
                news = true;
            }
        }
        news
    }

    /// From which time back a set's records are gone, in ms since 2010; 0: none are. The empty name
    /// is the namespace.
    #[must_use]
    pub fn before_ms(&self, set: &str) -> u64 {
        self.by_set.get(set).map_or(0, |truncation| truncation.before_ms)
    }

    /// Whether a record is gone.
    #[must_use]
    pub fn cover(&self, record: &Record, version: &Version) -> bool {
        !self.by_set.is_empty()
            && (version.update_ms < self.before_ms("")
                || (!record.set.is_empty() && version.update_ms < self.before_ms(&record.set)))
    }
}

impl Node {
    /// Truncates a set of a namespace, or all of it (an empty set), of records last updated before
    /// a time, in ms since 2010; false for an unknown namespace. The others learn of it with the
    /// next heartbeat.
    pub fn truncate(&mut self, namespace: &str, set: &str, before_ms: u64) -> bool {
        self.change_truncations(namespace, |known| known.truncate(set, before_ms))
    }

    /// Forgets a truncation (`truncate-undo:`); false for an unknown namespace.
    pub fn undo_truncation(&mut self, namespace: &str, set: &str) -> bool {
        self.change_truncations(namespace, |known| known.undo(set))
    }

    /// From which time back a set's records are gone, in ms since 2010; 0: none are. The empty set
    /// is the namespace.
    #[must_use]
    pub fn truncated_before_ms(&self, namespace: &str, set: &str) -> u64 {
        let index = self.namespace_index(namespace);
        index.map_or(0, |index| self.namespaces[index].kept.truncations.before_ms(set))
    }

    fn change_truncations(
        &mut self,
        namespace: &str,
        change: impl FnOnce(&mut Truncations),
    ) -> bool {
        let Some(index) = self.namespace_index(namespace) else { return false };
        let space = &mut self.namespaces[index];
        change(Arc::make_mut(&mut space.kept.truncations));
        space.sweep_truncated();
        true
    }

    /// Takes in what another node knows of truncations.
    pub(super) fn learn_truncations(&mut self, namespace: usize, other: &Arc<Truncations>) {
        let space = &mut self.namespaces[namespace];
        let known = &mut space.kept.truncations;
        if Arc::ptr_eq(known, other) || **known == **other {
            return;
        }
        let mut learned = Truncations::clone(known);
        if learned.learn(other) {
            *known = if learned == **other { Arc::clone(other) } else { Arc::new(learned) };
            space.sweep_truncated();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cover(truncations: &Truncations, set: &str, update_ms: u64) -> bool {
        let record = Record { set: set.to_owned(), ..Record::default() };
        truncations.cover(&record, &Version { update_ms, ..Version::default() })
    }

    #[test]
    fn older_records_are_gone_in_the_set_alone() {
        let mut truncations = Truncations::default();
        truncations.truncate("red", 10);
        assert!(cover(&truncations, "red", 9) && !cover(&truncations, "red", 10));
        assert!(!cover(&truncations, "blue", 9) && !cover(&truncations, "", 9));
        truncations.truncate("red", 5);
        assert!(cover(&truncations, "red", 9), "an earlier time brings nothing back");
        truncations.truncate("", 7);
        assert!(cover(&truncations, "blue", 6) && cover(&truncations, "", 6));
    }

    #[test]
    fn the_later_setting_is_learned_and_an_undoing_is_one() {
        let (mut one, mut other) = (Truncations::default(), Truncations::default());
        one.truncate("red", 10);
        assert!(other.learn(&one) && !other.learn(&one));
        other.undo("red");
        assert!(one.learn(&other), "the undoing is later");
        assert!(!cover(&one, "red", 1));
        assert!(!other.learn(&one));
    }
}
