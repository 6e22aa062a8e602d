//! What no order of transactions explains.

use std::collections::BTreeMap;

use super::super::phenomenon::Phenomenon;

/// An anomaly with its proof.
#[derive(Clone, Debug)]
pub(in super::super) struct Example {
    pub(in super::super) phenomenon: Phenomenon,
    pub(in super::super) transactions: Vec<u32>,
    pub(in super::super) claim: String,
}

/// How many anomalies of each class there are, and the first few of them.
#[derive(Debug)]
pub(in super::super) struct Findings {
    pub(in super::super) counts: BTreeMap<Phenomenon, u64>,
    pub(in super::super) examples: Vec<Example>,
    most: u64,
}

impl Findings {
    pub(super) fn new(most: u64) -> Self {
        Self { counts: BTreeMap::new(), examples: Vec::new(), most }
    }

    /// One more; the proof is only put in words if it is one of the first.
    pub(super) fn push(
        &mut self,
        phenomenon: Phenomenon,
        transactions: &[u32],
        claim: impl FnOnce() -> String,
    ) {
        let count = self.counts.entry(phenomenon).or_insert(0);
        *count += 1;
        if *count <= self.most {
            let mut transactions = transactions.to_vec();
            transactions.sort_unstable();
            transactions.dedup();
            self.examples.push(Example { phenomenon, transactions, claim: claim() });
        }
    }
}
