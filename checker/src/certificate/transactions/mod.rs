//! The verifier of proofs about transactions: of an order by [`serial`](super::serial), of an anomaly by
//! what the history itself says of each step, in linear time. Of the algorithms that find anomalies it
//! knows only the names of the classes, and which level forbids which.
//!
//! A transaction happened if it was committed, or if it is in doubt and a committed one read what only
//! it wrote. A value that several transactions wrote which were not aborted names none of them.

pub(crate) mod cycle;
pub(crate) mod reads;
pub(crate) mod records;

use history::{Grounds, ProvenAnomaly, TransactionId, Transactions, TransactionsProof};

use super::serial;
use crate::transactions::{Level, forbids};
use records::Records;

/// Whether a proof about transactions holds.
///
/// # Errors
/// What is wrong with it, in words.
pub fn verify(
    history: &Transactions,
    level: Level,
    proof: &TransactionsProof,
) -> Result<(), String> {
    match proof {
        TransactionsProof::Unknown { .. } => Ok(()),
        TransactionsProof::Valid { order } => {
            let number = |id: u64| u32::try_from(id).map_err(|_| format!("there is no T{id}"));
            let order = order.iter().map(|id| number(id.0).map(TransactionId));
            serial::verify(history, level, &order.collect::<Result<Vec<_>, _>>()?)
        }
        TransactionsProof::Invalid(proven) => anomaly(history, level, proven),
    }
}

fn anomaly(history: &Transactions, level: Level, proven: &ProvenAnomaly) -> Result<(), String> {
    let named: Vec<u32> = match &proven.grounds {
        Grounds::Cycle(steps) => steps.iter().flat_map(cycle::named).collect(),
        Grounds::Reads(odd) => odd.reads.iter().map(|read| read.transaction).collect(),
    };
    if let Some(other) = named.iter().find(|one| **one as usize >= history.len()) {
        return Err(format!("there is no T{other}"));
    }
    let records = Records::of(history, named.into_iter().map(TransactionId));
    let found = match &proven.grounds {
        Grounds::Cycle(steps) => cycle::class(&records, steps)?,
        Grounds::Reads(odd) => reads::class(&records, &proven.anomaly, odd)?,
    };
    if found.name() != proven.anomaly {
        return Err(format!("this is {found}, not {}", proven.anomaly));
    }
    if !forbids(level, found) {
        return Err(format!("{level} allows {found}"));
    }
    Ok(())
}
