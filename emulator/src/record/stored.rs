use serde::{Deserialize, Serialize};
use wire::UserKey;

use super::Bins;

/// Zero of record times, 2010-01-01 00:00 UTC, in ms since 1970.
pub const EPOCH_UNIX_MS: u64 = 1_262_304_000_000;

/// A record as a node stores it, without what replication adds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Record {
    /// The set; empty for none.
    pub set: String,
    /// The user key, when a client sent one to store.
    pub key: Option<UserKey>,
    /// The bins; a record without bins is a tombstone.
    pub bins: Bins,
    /// The generation that clients see; 0 only before the first write. In SC it has ten bits.
    pub generation: u16,
    /// Last update, ms since [`EPOCH_UNIX_MS`]; never goes back.
    pub last_update_ms: u64,
    /// When the record expires, in seconds since [`EPOCH_UNIX_MS`]; 0 for never.
    pub void_time_s: u32,
}

impl Record {
    /// True for what a durable delete left.
    #[must_use]
    pub fn is_tombstone(&self) -> bool {
        self.bins.is_empty()
    }

    /// True when the record's time is over.
    #[must_use]
    pub fn is_expired(&self, now_ms: u64) -> bool {
        self.void_time_s != 0 && u64::from(self.void_time_s) < now_ms / 1000
    }

    /// True when clients can see the record.
    #[must_use]
    pub fn is_live(&self, now_ms: u64) -> bool {
        !self.is_tombstone() && !self.is_expired(now_ms)
    }

    /// Bytes that the record takes in storage, about.
    #[must_use]
    pub fn stored_bytes(&self) -> usize {
        const HEADER: usize = 35;
        let key = self.key.as_ref().map_or(0, |key| 1 + key.bytes.len());
        HEADER + self.set.len() + key + self.bins.stored_bytes()
    }
}
