//! What a node keeps of a partition: records, and what it knows of their completeness.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wire::Digest;

use super::ConflictResolution;
use super::round::RoundId;
use crate::record::Record;

/// When and in which order a record was written.
///
/// The order of the fields is the order of strong consistency: regime, then time, then generation.
/// (The server keeps six bits of the regime, and falls back on the time when they may have wrapped;
/// here the regime is whole.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version {
    /// The number of the round in which the record was written (0 in AP).
    pub regime: u64,
    /// Last update time by the master's wall clock, in ms since 2010; never falls for one record.
    pub update_ms: u64,
    /// The record's generation, not wrapped.
    pub generation: u32,
}

impl Version {
    /// Whether this version wins over `other` under an AP namespace's policy; ties keep the other.
    #[must_use]
    pub fn beats(&self, other: &Self, policy: ConflictResolution) -> bool {
        match policy {
            ConflictResolution::Generation => {
                (self.generation, self.update_ms) > (other.generation, other.update_ms)
            }
            ConflictResolution::LastUpdateTime => {
                (self.update_ms, self.generation) > (other.update_ms, other.generation)
            }
        }
    }
}

/// Whether the other copies are known to have a record's version (SC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Replication {
    /// Every copy that may become the master's has it or a later one.
    Replicated,
    /// Some may lack it: it must be replicated before anybody may see it.
    Unreplicated,
}

/// A record as a node keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stored {
    /// Its content; without bins it is a tombstone.
    pub record: Arc<Record>,
    /// When it was written.
    pub version: Version,
    /// Whether the other copies have it.
    pub replication: Replication,
}

/// The records of a partition.
pub type Records = BTreeMap<Digest, Stored>;

/// What a node durably knows of an SC partition. It is written at rebalances, synchronously.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The last round that this node prepared in which the partition was available, whether or not
    /// the node holds data; 0: never.
    pub last_available: u64,
    /// The last round in which this node's copy took part; 0: never.
    pub copy: u64,
    /// The copy has everything that was acknowledged up to and in that round.
    pub full: bool,
    /// The copy cannot be relied on: its process stopped uncleanly, or its storage was lost (the
    /// server's flag `e`). It can again once it was filled, or an operator has revived it.
    pub evade: bool,
}

/// The version of an AP partition's copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// The round in which the copies that share this content were last known to be the same.
    pub round: RoundId,
    /// Records may be missing.
    pub subset: bool,
    /// This copy took the writes.
    pub master: bool,
}

/// A partition on a node.
#[derive(Debug, Default)]
pub struct Partition {
    /// Its records.
    pub records: Records,
    /// An older copy that is being replaced by the master's (SC).
    pub stale: Records,
    /// What the node knows of its copy (SC).
    pub claim: Claim,
    /// What the node knows of its copy (AP); `None`: no copy.
    pub lineage: Option<Lineage>,
}
