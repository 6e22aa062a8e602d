//! What still holds of one record that is not linearizable: the weaker models, the strongest first.
//!
//! - *sequential*: one order of all operations that agrees with the order of
//!   each process (Lamport 1979);
//! - *causal*: causal memory (Ahamad et al. 1995): for each process an order of
//!   all writes and its reads that agrees with causality, the closure of the processes' orders and of
//!   what was read from whom;
//! - *PRAM*: pipelined RAM (Lipton and Sandberg 1988): for each process an order of
//!   all writes and its reads that agrees with the order of each process;
//! - the session guarantees, as the finders of [`crate::anomalies`] see them.
//!
//! All are about one record: sequential consistency is not compositional, so a history whose records
//! are each sequentially consistent need not be so as a whole. Operations in doubt come after what
//! their process did before and before nothing; one that nobody observed is left out.

mod counter;
mod list;
pub mod register;

use history::{ConsistencyLevel, Model};

use crate::anomalies::{Record, backward_read, session_writes};
use crate::linearizability::{Decision, Unseen, decide};

/// Whether a model holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Some order explains what was read.
    Holds,
    /// None does.
    Broken,
    /// Not decided: values are not unique, the record is deleted, or it is too big.
    Undecided,
}

impl Answer {
    fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Broken }
    }
}

/// The strongest model that holds of a record.
#[must_use]
pub fn level(record: &Record<'_>) -> ConsistencyLevel {
    match decide(record.model, &record.operations, Unseen::Impossible) {
        Decision::Holds => ConsistencyLevel::Linearizable,
        Decision::Undecided(_) => ConsistencyLevel::Undecided,
        Decision::Broken(_) => weaker(record),
    }
}

/// The strongest model that holds of a record that is not linearizable.
#[must_use]
pub fn weaker(record: &Record<'_>) -> ConsistencyLevel {
    match sequential(record) {
        Answer::Holds => return ConsistencyLevel::Sequential,
        Answer::Undecided => return ConsistencyLevel::Undecided,
        Answer::Broken => {}
    }
    if record.is_register() {
        let program = register::Program::of(&record.operations);
        if program.causal() == Answer::Holds {
            return ConsistencyLevel::Causal;
        }
        if program.pram() == Answer::Holds {
            return ConsistencyLevel::Pram;
        }
    }
    if backward_read::find(record).is_empty() && session_writes::find(record).is_empty() {
        return ConsistencyLevel::Sessions;
    }
    ConsistencyLevel::Weaker
}

/// Whether a record is sequentially consistent.
#[must_use]
pub fn sequential(record: &Record<'_>) -> Answer {
    match record.model {
        Model::Register | Model::CasRegister => {
            register::Program::of(&record.operations).sequential()
        }
        Model::Set => list::sequential(&record.operations),
        Model::Counter => counter::sequential(&record.operations),
    }
}
