//! A mutex: acquire, release.

use super::{Needs, Specification};

/// A lock that is free at the start, or held by nobody knows whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mutex;

/// An operation on a mutex. One that was refused says nothing, and is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MutexOperation {
    /// Took the lock, which was free.
    Acquire,
    /// Gave the lock back, which was held.
    Release,
}

impl Specification for Mutex {
    /// Whether it is held.
    type State = bool;
    type Operation = MutexOperation;
    /// That it is held, or is not.
    type Fact = bool;

    fn initial(&self) -> bool {
        false
    }

    fn apply(&self, held: &bool, operation: &MutexOperation) -> Option<bool> {
        let takes = *operation == MutexOperation::Acquire;
        (*held != takes).then_some(takes)
    }

    fn observes(&self, _: &MutexOperation) -> bool {
        false
    }

    fn needs(&self, operation: &MutexOperation) -> Needs<bool> {
        Needs::of_one_part([*operation == MutexOperation::Release])
    }

    fn brings(&self, operation: &MutexOperation) -> Option<Vec<bool>> {
        Some(vec![*operation == MutexOperation::Acquire])
    }

    fn holds(&self, held: &bool, fact: &bool) -> bool {
        held == fact
    }

    fn excludes(&self, one: &bool, other: &bool) -> bool {
        one != other
    }
}
