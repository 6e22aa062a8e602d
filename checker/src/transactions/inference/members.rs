//! Which transactions count.

use history::{Act, Outcome, TransactionKey, Transactions};
use rustc_hash::FxHashMap;

/// Which transactions count: the committed ones, and those in doubt of which something was read.
#[derive(Debug)]
pub(in super::super) struct Members(Vec<bool>);

impl Members {
    pub(super) fn of(history: &Transactions) -> Self {
        let mut counts = vec![false; history.len()];
        // What transactions in doubt wrote, and which one; a value that two wrote names both.
        let mut in_doubt: FxHashMap<(TransactionKey, u64), Vec<u32>> = FxHashMap::default();
        for (id, one) in history.iter() {
            match one.outcome {
                Outcome::Ok => counts[id.0 as usize] = true,
                Outcome::Fail => {}
                Outcome::Info => {
                    for operation in history.operations(id) {
                        if let Act::Append(value) | Act::Write(value) = operation.act {
                            in_doubt.entry((operation.key, value)).or_default().push(id.0);
                        }
                    }
                }
            }
        }
        if !in_doubt.is_empty() {
            let mut see = |key: TransactionKey, value: u64| {
                for one in in_doubt.get(&(key, value)).into_iter().flatten() {
                    counts[*one as usize] = true;
                }
            };
            for key in (0..history.key_count() as u32).map(TransactionKey) {
                history.spine(key).iter().for_each(|value| see(key, *value));
            }
            for (id, _) in history.iter() {
                for operation in history.operations(id) {
                    match operation.act {
                        Act::Read(Some(value)) => see(operation.key, value),
                        Act::List(list @ history::List::Stray(_)) => {
                            let elements = history.list(operation.key, list);
                            elements.iter().for_each(|value| see(operation.key, *value));
                        }
                        _ => {}
                    }
                }
            }
        }
        Self(counts)
    }

    pub(in super::super) fn count(&self, transaction: u32) -> bool {
        self.0[transaction as usize]
    }
}
