//! Many registers at once, as columns: the fast way in for histories of millions of operations.

use super::clusters::Clusters;
use super::{Action, Conflict, INITIAL, Step, Unseen};

/// Reads and writes of many keys, one column for each property, in the order of their calls. Keys
/// are dense from 0; values are dense over the whole history, 0 is the initial one of each key.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    key: Vec<u32>,
    call: Vec<u64>,
    ret: Vec<u64>,
    value: Vec<u32>,
    write: Vec<bool>,
    keys: u32,
    values: u32,
}

impl Columns {
    /// Room for so many operations.
    #[must_use]
    pub fn with_capacity(operations: usize) -> Self {
        Self {
            key: Vec::with_capacity(operations),
            call: Vec::with_capacity(operations),
            ret: Vec::with_capacity(operations),
            value: Vec::with_capacity(operations),
            write: Vec::with_capacity(operations),
            keys: 0,
            values: 1,
        }
    }

    /// Adds an operation: `call` from 1, `ret` is `u64::MAX` for a write in doubt.
    pub fn push(&mut self, key: u32, call: u64, ret: u64, value: u32, write: bool) {
        self.key.push(key);
        self.call.push(call);
        self.ret.push(ret);
        self.value.push(value);
        self.write.push(write);
        self.keys = self.keys.max(key + 1);
        self.values = self.values.max(value + 1);
    }
}

/// The keys that have no linearization, in order, each with a conflict. Steps of a conflict are
/// positions in the columns.
#[must_use]
pub fn conflicts(columns: &Columns, unseen: Unseen) -> Vec<(u32, Conflict)> {
    let starts = starts(columns);
    // By key, by counting; within a key the order of calls stays. The columns are read once, in
    // their order, so that what follows walks memory key by key.
    let mut next = starts.clone();
    let nothing = Step { call: 0, ret: 0, action: Action::Read(INITIAL) };
    let mut steps = vec![nothing; columns.key.len()];
    let mut positions = vec![0_u32; columns.key.len()];
    for (position, key) in columns.key.iter().enumerate() {
        let slot = &mut next[*key as usize];
        let value = columns.value[position];
        let action =
            if columns.write[position] { Action::Write(value) } else { Action::Read(value) };
        steps[*slot as usize] =
            Step { call: columns.call[position], ret: columns.ret[position], action };
        positions[*slot as usize] = position as u32;
        *slot += 1;
    }
    // A value's id within its key, and the key that gave it: an id of another key is none.
    let mut ids: Vec<(u32, u32)> = vec![(u32::MAX, 0); columns.values as usize];
    let mut found = Vec::new();
    for key in 0..columns.keys {
        let own = starts[key as usize] as usize..starts[key as usize + 1] as usize;
        let mut values = INITIAL + 1;
        let steps = &mut steps[own.clone()];
        for step in &mut *steps {
            let (Action::Read(value) | Action::Write(value)) = &mut step.action else { continue };
            if *value != INITIAL {
                let slot = &mut ids[*value as usize];
                if slot.0 != key {
                    *slot = (key, values);
                    values += 1;
                }
                *value = slot.1;
            }
        }
        if let Some(mut conflict) = Clusters::gather(steps, values, unseen).conflict(steps) {
            conflict
                .steps
                .iter_mut()
                .for_each(|step| *step = positions[own.start + *step as usize]);
            found.push((key, conflict));
        }
    }
    found
}

/// Where each key's operations begin once they are sorted by key.
fn starts(columns: &Columns) -> Vec<u32> {
    let mut starts = vec![0_u32; columns.keys as usize + 1];
    for key in &columns.key {
        starts[*key as usize + 1] += 1;
    }
    for key in 1..starts.len() {
        starts[key] += starts[key - 1];
    }
    starts
}
