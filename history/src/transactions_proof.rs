//! Proofs of verdicts on transactions: a line of a file that anybody can verify against the history.
//!
//! Transactions are named by their numbers, from 0 in the order of their invocations; keys and values
//! as the file spells them.

use serde::{Deserialize, Serialize};

use crate::{OperationId, Verdict};

/// A verdict on transactions with what proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum TransactionsProof {
    /// There is a serial order.
    Valid {
        /// All transactions that took effect in such an order, those in doubt among them that did.
        order: Vec<OperationId>,
    },
    /// There is an anomaly that the level forbids.
    Invalid(ProvenAnomaly),
    /// It was not decided, or no proof is known.
    Unknown {
        /// Why.
        reason: String,
    },
}

impl TransactionsProof {
    /// What it proves.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Valid { .. } => Verdict::Valid,
            Self::Invalid(_) => Verdict::Invalid,
            Self::Unknown { .. } => Verdict::Unknown,
        }
    }
}

/// An anomaly with what proves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenAnomaly {
    /// Its class, by its name in the literature.
    pub anomaly: String,
    /// What shows it.
    #[serde(flatten)]
    pub grounds: Grounds,
}

/// What shows an anomaly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grounds {
    /// Each transaction precedes the next, and the last the first.
    Cycle(Vec<CycleStep>),
    /// Reads that no order explains.
    Reads(OddReads),
}

/// A step of a cycle: one transaction precedes another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CycleStep {
    /// The one that comes first.
    pub from: u32,
    /// The one that comes after it.
    pub to: u32,
    /// What says so.
    #[serde(flatten)]
    pub because: Because,
}

/// Why one transaction precedes another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "edge")]
pub enum Because {
    /// `from` wrote `value`, and `to` wrote `over` after it: as a list shows in which the one stands
    /// ahead of the other, or without it; as the versions do; or because `to` read `value` before.
    Ww {
        /// Both wrote it.
        key: String,
        /// What the first wrote.
        value: String,
        /// What the second wrote.
        over: String,
    },
    /// `to` read `value` of `from`, or a list with it.
    Wr {
        /// Where.
        key: String,
        /// What was read.
        value: String,
    },
    /// `from` read what `to` wrote over with `over`.
    Rw {
        /// Where.
        key: String,
        /// What the second wrote.
        over: String,
    },
    /// `from` read or wrote `value`, and `to` wrote `over`, of which real time says that it was later:
    /// something that read or wrote the one had ended before something began that did so with the other.
    #[serde(rename = "rw-realtime")]
    TimedRw {
        /// Where.
        key: String,
        /// What the first read or wrote.
        value: String,
        /// What the second wrote.
        over: String,
        /// The transaction that had ended.
        ended: u32,
        /// The one that began after that.
        began: u32,
    },
    /// `from` had ended when its process began `to`.
    Process,
    /// `from` had ended before `to` began.
    Realtime,
}

/// Reads of one key that no order explains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OddReads {
    /// The key.
    pub key: String,
    /// The reads: of two that contradict each other both.
    pub reads: Vec<OddRead>,
    /// What is odd about what was read: the value that should not be there; of an update of what was
    /// aborted that, and what stands behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// A read of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OddRead {
    /// The transaction.
    pub transaction: u32,
    /// Which of its operations it is, from 0.
    pub operation: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_a_line_that_is_read_as_it_was_written() {
        for line in [
            r#"{"verdict":"valid","order":[1,0]}"#,
            r#"{"verdict":"invalid","anomaly":"G-single","cycle":[{"from":0,"to":1,"edge":"wr","key":"x","value":"5"},{"from":1,"to":0,"edge":"rw","key":"y","over":"6"}]}"#,
            r#"{"verdict":"invalid","anomaly":"G-single-realtime","cycle":[{"from":0,"to":1,"edge":"rw-realtime","key":"x","value":"5","over":"6","ended":0,"began":2},{"from":1,"to":0,"edge":"realtime"}]}"#,
            r#"{"verdict":"invalid","anomaly":"G1a","reads":{"key":"x","reads":[{"transaction":1,"operation":0}],"values":["5"]}}"#,
            r#"{"verdict":"unknown","reason":"why"}"#,
        ] {
            let proof: TransactionsProof = serde_json::from_str(line).expect("a proof");
            assert_eq!(serde_json::to_string(&proof).expect("a line"), line);
        }
        let unproven = r#"{"verdict":"invalid","anomaly":"G1a"}"#;
        assert!(serde_json::from_str::<TransactionsProof>(unproven).is_err());
    }
}
