//! The operations of a history, key by key.

use history::{Act, TransactionKey, Transactions};

/// An operation on one key.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) transaction: u32,
    pub(super) act: Act,
    /// The version that it saw or made; 0 if that is not known.
    pub(super) version: u64,
}

/// All operations, those of a key side by side, in the order of the history.
pub(super) struct Entries {
    begins: Vec<u32>,
    entries: Vec<Entry>,
}

impl Entries {
    pub(super) fn of(history: &Transactions) -> Self {
        // Counted one place up, so that filling moves each begin to where it belongs.
        let mut begins = vec![0_u32; history.key_count() + 2];
        let operations = || history.iter().flat_map(|(id, _)| history.operations(id));
        let mut count = 0;
        for operation in operations() {
            begins[operation.key.0 as usize + 2] += 1;
            count += 1;
        }
        for key in 2..begins.len() {
            begins[key] += begins[key - 1];
        }
        let empty = Entry { transaction: 0, act: Act::Unseen, version: 0 };
        let mut entries = vec![empty; count];
        for (id, _) in history.iter() {
            let versions = history.versions(id);
            for (index, operation) in history.operations(id).iter().enumerate() {
                let at = &mut begins[operation.key.0 as usize + 1];
                let version = versions.get(index).copied().unwrap_or(0);
                entries[*at as usize] = Entry { transaction: id.0, act: operation.act, version };
                *at += 1;
            }
        }
        begins.pop();
        Self { begins, entries }
    }

    /// The operations of each key.
    pub(super) fn by_key(&self) -> impl Iterator<Item = (TransactionKey, &[Entry])> {
        self.begins.windows(2).enumerate().map(|(key, ends)| {
            let entries = &self.entries[ends[0] as usize..ends[1] as usize];
            (TransactionKey(key as u32), entries)
        })
    }
}
