//! Operations reduced to what decides a register: two times, what was done, and dense value ids.

use history::{Call, Operation, Outcome, Returned, Value};
use rustc_hash::FxHashMap;

use super::{Conflict, Violation};

/// The id of the initial value: the record is absent.
pub const INITIAL: u32 = 0;

/// One operation on a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When it was invoked, from 1 (0 is before everything).
    pub call: u64,
    /// By when it must have happened; `u64::MAX` if it may happen at any time or never.
    pub ret: u64,
    /// What it did.
    pub action: Action,
}

/// What a step did, over dense value ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Returned a value.
    Read(u32),
    /// Wrote a value.
    Write(u32),
    /// Replaced one value by another.
    CompareAndSet {
        /// The value replaced.
        from: u32,
        /// The value written.
        to: u32,
    },
    /// Certainly did not write a value.
    Failed(u32),
    /// Found that the register did not hold a value.
    Refused(u32),
}

impl Action {
    /// The same with other ids for its values, which are asked for in the order of their mention.
    #[must_use]
    pub fn map(self, mut id: impl FnMut(u32) -> u32) -> Self {
        match self {
            Self::Read(value) => Self::Read(id(value)),
            Self::Write(value) => Self::Write(id(value)),
            Self::CompareAndSet { from, to } => {
                let from = id(from);
                Self::CompareAndSet { from, to: id(to) }
            }
            Self::Failed(value) => Self::Failed(id(value)),
            Self::Refused(value) => Self::Refused(id(value)),
        }
    }
}

/// A key's steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steps {
    /// The steps that say something.
    pub(crate) steps: Vec<Step>,
    /// For each step, the position of its operation.
    pub(crate) operations: Vec<usize>,
    /// How many value ids are in use, the initial one included.
    pub(crate) values: u32,
}

impl Steps {
    /// Reduces a key's operations; `None` if a value does not name its write.
    pub(super) fn of(operations: &[&Operation]) -> Option<Self> {
        let mut this = Self { values: 1, ..Self::default() };
        let mut ids: FxHashMap<Value, u32> = FxHashMap::default();
        let mut writers: Vec<bool> = vec![true];
        let mut id_of = |value: Value, values: &mut u32, writers: &mut Vec<bool>| {
            *ids.entry(value).or_insert_with(|| {
                let id = *values;
                *values += 1;
                writers.push(false);
                id
            })
        };
        for (position, operation) in operations.iter().enumerate() {
            let call = operation.invoked_ns.saturating_add(1);
            let ret = operation.settled_ns().saturating_add(1);
            let mut push = |ret, action| {
                this.steps.push(Step { call, ret, action });
                this.operations.push(position);
            };
            match (&operation.call, operation.outcome) {
                (Call::Read, Outcome::Ok) => match &operation.returned {
                    Returned::Value(value) => {
                        let id = id_of(*value, &mut this.values, &mut writers);
                        push(ret, Action::Read(id));
                    }
                    Returned::Absent => push(ret, Action::Read(INITIAL)),
                    // A torn record is an anomaly of its own, and no observation of one value.
                    _ => {}
                },
                (Call::Read, _) | (Call::Delete, Outcome::Fail) => {}
                (Call::Write { value }, outcome) => {
                    let to = id_of(*value, &mut this.values, &mut writers);
                    if outcome == Outcome::Fail {
                        push(ret, Action::Failed(to));
                    } else {
                        if std::mem::replace(&mut writers[to as usize], true) {
                            return None;
                        }
                        push(ret, Action::Write(to));
                    }
                }
                (Call::Cas { expected, value, .. }, outcome) => {
                    let from = expected
                        .map_or(INITIAL, |value| id_of(value, &mut this.values, &mut writers));
                    let to = id_of(*value, &mut this.values, &mut writers);
                    if outcome == Outcome::Fail {
                        push(ret, Action::Failed(to));
                        if let Some(at) = operation.refused_ns() {
                            push(at.saturating_add(1), Action::Refused(from));
                        }
                    } else {
                        if std::mem::replace(&mut writers[to as usize], true) {
                            return None;
                        }
                        push(ret, Action::CompareAndSet { from, to });
                    }
                }
                (Call::Delete | Call::Add { .. } | Call::Append { .. }, _) => return None,
            }
        }
        Some(this)
    }

    /// A conflict as it concerns the operations.
    pub(super) fn violation(&self, conflict: &Conflict) -> Violation {
        let mut operations: Vec<usize> =
            conflict.steps.iter().map(|step| self.operations[*step as usize]).collect();
        operations.sort_unstable();
        operations.dedup();
        Violation { operations, excerpt: conflict.excerpt }
    }

    /// The operations whose steps are bound otherwise than they were told.
    pub(super) fn bound(
        &self,
        operations: &[&Operation],
        bound: &[Step],
    ) -> Vec<(usize, Operation)> {
        let changed: Vec<usize> =
            (0..bound.len()).filter(|at| bound[*at] != self.steps[*at]).collect();
        if changed.is_empty() {
            return Vec::new();
        }
        let mut written: Vec<Option<Value>> = vec![None; self.values as usize];
        for (step, position) in self.steps.iter().zip(&self.operations) {
            if let (
                Action::Write(to) | Action::CompareAndSet { to, .. },
                Call::Write { value } | Call::Cas { value, .. },
            ) = (step.action, operations[*position].call)
            {
                written[to as usize] = Some(value);
            }
        }
        let made = |at: usize| {
            let mut made = operations[self.operations[at]].clone();
            let Step { call, ret, action } = bound[at];
            made.invoked_ns = call - 1;
            if ret != u64::MAX {
                made.completed_ns = Some(ret - 1);
                made.outcome = Outcome::Ok;
            }
            if let (Action::CompareAndSet { from, .. }, Call::Write { value }) = (action, made.call)
            {
                let expected = written[from as usize];
                made.call = Call::Cas { expected, generation: 0, value };
            }
            (self.operations[at], made)
        };
        changed.into_iter().map(made).collect()
    }
}
