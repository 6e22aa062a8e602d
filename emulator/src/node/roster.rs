//! Rosters: which nodes an SC namespace counts, as operators set them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::RosterEntry;

/// One setting of a roster. Of two settings the one with the higher generation holds (the server
/// spreads them as system metadata, and merges by generation).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RosterSetting {
    /// Rises with every setting.
    pub generation: u64,
    /// The nodes, in the order in which they were set.
    pub entries: Vec<RosterEntry>,
}

/// The roster of a namespace on one node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// In force since the last rebalance.
    pub current: Option<Arc<RosterSetting>>,
    /// Waits for the next rebalance.
    pub pending: Option<Arc<RosterSetting>>,
}

impl Roster {
    /// A roster that is in force from the first rebalance on.
    #[must_use]
    pub fn preset(entries: Option<Vec<RosterEntry>>) -> Self {
        let pending = entries.map(|entries| Arc::new(RosterSetting { generation: 1, entries }));
        Self { current: None, pending }
    }

    /// Sets the pending roster; the same list again changes nothing.
    pub fn set(&mut self, entries: Vec<RosterEntry>) {
        if self.pending.as_ref().is_some_and(|pending| pending.entries == entries) {
            return;
        }
        let generation = self.pending.as_ref().map_or(0, |pending| pending.generation) + 1;
        self.pending = Some(Arc::new(RosterSetting { generation, entries }));
    }

    /// Takes in what another node knows.
    pub fn learn(&mut self, setting: &Arc<RosterSetting>) {
        if self.pending.as_ref().is_none_or(|pending| **pending < **setting) {
            self.pending = Some(Arc::clone(setting));
        }
    }
}
