//! The things that the general search knows, in the plainest words.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use history::Value;

use super::Object;
use crate::specification::{
    CounterOperation, ListOperation, MutexOperation, QueueOperation, RegisterOperation,
    SetOperation, Step, TextOperation,
};

/// A register's value, if it has one.
#[derive(Clone, Debug, Default)]
pub struct Register(pub Option<Value>);

impl Object for Register {
    type Operation = RegisterOperation;

    fn after(&self, operation: &RegisterOperation) -> Option<Self> {
        let Self(held) = *self;
        match *operation {
            RegisterOperation::Read(seen) if seen != held => None,
            RegisterOperation::Refused(other) if other == held => None,
            RegisterOperation::CompareAndSet { from, .. } if from != held => None,
            RegisterOperation::Read(_) | RegisterOperation::Refused(_) => Some(self.clone()),
            RegisterOperation::Write(value) => Some(Self(value)),
            RegisterOperation::CompareAndSet { to, .. } => Some(Self(Some(to))),
        }
    }
}

/// A counter's count.
#[derive(Clone, Debug, Default)]
pub struct Sum(pub i64);

impl Object for Sum {
    type Operation = CounterOperation;

    fn after(&self, operation: &CounterOperation) -> Option<Self> {
        let after = match *operation {
            CounterOperation::Read(_) => self.0,
            CounterOperation::Delete => 0,
            CounterOperation::Add { delta, .. } => self.0.checked_add(delta)?,
        };
        match *operation {
            CounterOperation::Read(told) | CounterOperation::Add { sum: Some(told), .. }
                if told != after =>
            {
                None
            }
            _ => Some(Self(after)),
        }
    }
}

/// A list's elements.
#[derive(Clone, Debug, Default)]
pub struct Written(pub Vec<Value>);

impl Object for Written {
    type Operation = ListOperation;

    fn after(&self, operation: &ListOperation) -> Option<Self> {
        let mut after = self.clone();
        match operation {
            ListOperation::Read(seen) if seen[..] != self.0[..] => return None,
            ListOperation::Read(_) => {}
            ListOperation::Append(element) => after.0.push(*element),
            ListOperation::Delete => after.0.clear(),
        }
        Some(after)
    }
}

/// A text.
#[derive(Clone, Debug, Default)]
pub struct Words(pub String);

impl Object for Words {
    type Operation = TextOperation;

    fn after(&self, operation: &TextOperation) -> Option<Self> {
        match operation {
            TextOperation::Get(seen) => (**seen == *self.0).then(|| self.clone()),
            TextOperation::Put(text) => Some(Self(text.to_string())),
            TextOperation::Append(more) => Some(Self(format!("{}{more}", self.0))),
        }
    }
}

/// A set's elements.
#[derive(Clone, Debug, Default)]
pub struct Members(pub BTreeSet<Value>);

impl Object for Members {
    type Operation = SetOperation;

    fn after(&self, operation: &SetOperation) -> Option<Self> {
        let mut after = self.clone();
        match operation {
            SetOperation::Add(element) => {
                after.0.insert(*element);
            }
            SetOperation::Remove(element) => {
                after.0.remove(element);
            }
            SetOperation::Contains { element, found } => {
                if self.0.contains(element) != *found {
                    return None;
                }
            }
            SetOperation::Read(seen) => {
                if !self.0.iter().eq(seen.iter()) {
                    return None;
                }
            }
        }
        Some(after)
    }
}

/// What waits in a queue, the first first.
#[derive(Clone, Debug, Default)]
pub struct Queued(pub VecDeque<Value>);

impl Object for Queued {
    type Operation = QueueOperation;

    fn after(&self, operation: &QueueOperation) -> Option<Self> {
        let mut after = self.clone();
        let possible = match operation {
            QueueOperation::Enqueue(value) => {
                after.0.push_back(*value);
                true
            }
            QueueOperation::Dequeue(value) => after.0.pop_front() == Some(*value),
            QueueOperation::Empty => self.0.is_empty(),
            QueueOperation::Take => {
                after.0.pop_front();
                true
            }
        };
        possible.then_some(after)
    }
}

/// Whether a lock is held.
#[derive(Clone, Debug, Default)]
pub struct Lock(pub bool);

impl Object for Lock {
    type Operation = MutexOperation;

    fn after(&self, operation: &MutexOperation) -> Option<Self> {
        match (operation, self.0) {
            (MutexOperation::Acquire, false) => Some(Self(true)),
            (MutexOperation::Release, true) => Some(Self(false)),
            _ => None,
        }
    }
}

/// The values of several registers.
#[derive(Clone, Debug, Default)]
pub struct Registers(pub BTreeMap<u64, Value>);

impl Object for Registers {
    type Operation = std::sync::Arc<[Step]>;

    fn after(&self, operation: &Self::Operation) -> Option<Self> {
        let mut after = self.clone();
        for step in operation.iter() {
            match *step {
                Step::Read(register, seen) if after.0.get(&register).copied() != seen => {
                    return None;
                }
                Step::Read(..) => {}
                Step::Write(register, Some(value)) => {
                    after.0.insert(register, value);
                }
                Step::Write(register, None) => {
                    after.0.remove(&register);
                }
            }
        }
        Some(after)
    }
}
