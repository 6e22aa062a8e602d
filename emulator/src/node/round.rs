//! Rounds: the agreed changes of a cluster.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::partition::NodeId;

/// Names a round of the membership protocol.
///
/// A node accepts only rounds with a higher number than any it accepted before, so two rounds that
/// share a member have different numbers, in the order in which that member accepted them. The key
/// (48 random bits, the *cluster key*) tells apart rounds of clusters that do not hear each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoundId {
    /// Its number, from 1.
    pub number: u64,
    /// The cluster key.
    pub key: u64,
}

impl RoundId {
    /// The regime that the round begins: it advances by two per round, as the server's does.
    #[must_use]
    pub fn regime(self) -> u64 {
        2 * self.number
    }
}

/// A round and who takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Its name.
    pub id: RoundId,
    /// The members by descending id.
    pub members: Arc<[NodeId]>,
}

impl Round {
    /// The member that leads: the one with the highest id.
    #[must_use]
    pub fn principal(&self) -> Option<NodeId> {
        self.members.first().copied()
    }
}
