//! Proofs of verdicts, one for each record: lines of a file that anybody can verify against the history.

use serde::{Deserialize, Serialize};

use crate::{Key, Model, OperationId, Verdict};

/// The first line of a file of proofs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofHeader {
    /// Always [`FORMAT`](Self::FORMAT).
    pub format: String,
    /// The version of this file's format.
    pub schema_version: u32,
    /// The history that the proofs are about: a run's name, or a file's.
    pub history: String,
    /// What a file of another program is held to; a run says so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<ProofQuestion>,
}

/// What a file of another program is held to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofQuestion {
    /// What it is a history of, by the name that `check --model` takes.
    pub model: String,
    /// What each object holds at the start, if not nil, 0 or empty: an EDN value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial: Option<String>,
    /// `linearizable`, or a level of transactions.
    pub consistency: String,
}

impl ProofHeader {
    /// What the first line says that the file is.
    pub const FORMAT: &str = "aerocert-proofs";
    /// The format's version that this build writes.
    pub const SCHEMA_VERSION: u32 = 1;

    /// The header of proofs about a history.
    #[must_use]
    pub fn of(history: &str) -> Self {
        Self {
            format: Self::FORMAT.to_owned(),
            schema_version: Self::SCHEMA_VERSION,
            history: history.to_owned(),
            question: None,
        }
    }
}

/// What is said of one record, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyProof {
    /// The record.
    pub key: Key,
    /// What it behaves as.
    pub model: Model,
    /// The verdict, with what proves it.
    #[serde(flatten)]
    pub proof: Proof,
}

/// What is said of one object of a file, and why. Its operations are named by the places of their calls
/// among the file's events, from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectProof {
    /// The object's key as the file has it; `None` if there is one object.
    pub key: Option<String>,
    /// The verdict, with what proves it.
    #[serde(flatten)]
    pub proof: Proof,
}

/// A verdict on consistency with what proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Proof {
    /// There is a linearization.
    Valid {
        /// All operations that took effect in such an order, those in doubt among them that did.
        order: Vec<OperationId>,
    },
    /// There is none.
    Invalid {
        /// Operations that show it.
        witness: Vec<OperationId>,
    },
    /// It was not decided, or no short proof is known.
    Unknown {
        /// Why.
        reason: String,
    },
}

impl Proof {
    /// What it proves.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Valid { .. } => Verdict::Valid,
            Self::Invalid { .. } => Verdict::Invalid,
            Self::Unknown { .. } => Verdict::Unknown,
        }
    }
}
