//! Several registers, read and written together.

use std::sync::Arc;

use history::Value;

use super::{Needs, Specification};

/// Registers by number, each absent at the start. An operation reads and writes some of them, one
/// after another, and nothing comes between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MultiRegister;

/// A step of an operation on several registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Found a register with a value, or without. An operation in doubt has none of them.
    Read(u64, Option<Value>),
    /// Left a register with a value, or without.
    Write(u64, Option<Value>),
}

type Registers = Arc<[(u64, Value)]>;

fn held(registers: &Registers, register: u64) -> Option<Value> {
    let at = registers.binary_search_by_key(&register, |(one, _)| *one).ok()?;
    Some(registers[at].1)
}

impl Specification for MultiRegister {
    /// The registers that are not absent, by their numbers.
    type State = Registers;
    type Operation = Arc<[Step]>;
    /// A register, and what it holds.
    type Fact = (u64, Option<Value>);

    fn initial(&self) -> Registers {
        [].into()
    }

    fn apply(&self, registers: &Registers, operation: &Arc<[Step]>) -> Option<Registers> {
        let mut after: Vec<(u64, Value)> = registers.to_vec();
        for step in operation.iter() {
            let (Step::Read(register, value) | Step::Write(register, value)) = *step;
            let place = after.binary_search_by_key(&register, |(one, _)| *one);
            match (step, place, value) {
                (Step::Read(..), place, _) => {
                    if place.ok().map(|at| after[at].1) != value {
                        return None;
                    }
                }
                (Step::Write(..), Ok(at), Some(value)) => after[at].1 = value,
                (Step::Write(..), Err(at), Some(value)) => after.insert(at, (register, value)),
                (Step::Write(..), Ok(at), None) => {
                    after.remove(at);
                }
                (Step::Write(..), Err(_), None) => {}
            }
        }
        Some(after.into())
    }

    fn observes(&self, operation: &Arc<[Step]>) -> bool {
        operation.iter().all(|step| matches!(step, Step::Read(..)))
    }

    fn needs(&self, operation: &Arc<[Step]>) -> Needs<Self::Fact> {
        let mut needed = Vec::new();
        let mut exact = true;
        for (at, step) in operation.iter().enumerate() {
            let Step::Read(register, value) = *step else { continue };
            let own = operation[..at].iter().rev().find_map(|earlier| match earlier {
                Step::Write(written, value) if *written == register => Some(*value),
                _ => None,
            });
            match own {
                None => needed.push((register, value)),
                // An operation that misread its own write is never possible.
                Some(written) => exact &= written == value,
            }
        }
        let registers = |step: &Step| match step {
            Step::Read(register, _) | Step::Write(register, _) => *register,
        };
        let first = operation.first().map(registers);
        if !exact {
            Needs::at_least(needed)
        } else if operation.iter().all(|step| Some(registers(step)) == first) {
            Needs::of_one_part(needed)
        } else {
            Needs::exactly(needed)
        }
    }

    fn brings(&self, operation: &Arc<[Step]>) -> Option<Vec<Self::Fact>> {
        let mut left: Vec<Self::Fact> = Vec::new();
        for step in operation.iter().rev() {
            if let Step::Write(register, value) = *step
                && left.iter().all(|(later, _)| *later != register)
            {
                left.push((register, value));
            }
        }
        Some(left)
    }

    fn holds(&self, registers: &Registers, (register, value): &Self::Fact) -> bool {
        held(registers, *register) == *value
    }

    fn excludes(&self, one: &Self::Fact, other: &Self::Fact) -> bool {
        one.0 == other.0 && one.1 != other.1
    }
}
