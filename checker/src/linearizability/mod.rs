//! Whether one key's operations have a linearization: an order that agrees with real time and with
//! the key's sequential specification. Linearizability is local (Herlihy and Wing 1990), so keys
//! are decided one by one.
//!
//! - [`register`]: unique values, with compare-and-set and operations in doubt, in O(n log n), by
//!   gluing the operations of each value into clusters and chains of clusters into blocks, whose
//!   [zones](register::zones) must not conflict (Gibbons and Korach 1997);
//! - [`versions`]: registers whose replies tell generations, which propose the order, in O(n);
//! - [`list`]: unique elements appended to one list: every read tells its whole past;
//! - [`set`]: unique elements of a set that only grows, read as a whole: a chain by inclusion;
//! - [`queue`]: unique values enqueued and dequeued: in the order in which they come and go;
//! - [`counter`]: increments of one size, by assigning them to slots in order of their deadlines;
//! - [`search`](mod@search): everything else, for any [`Specification`], under a budget.
//!
//! Times: an operation precedes another if it completed *before* the other was invoked; equal times
//! mean that they overlap.

pub mod counter;
pub mod list;
pub mod queue;
pub mod register;
pub mod search;
pub mod set;
pub mod versions;

use history::{Model, Operation};

use crate::specification::{
    Counter, CounterOperation, List, ListOperation, Register, RegisterOperation, Specification,
};
use search::{Budget, Interval};

/// What is known of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// There is a linearization.
    Holds,
    /// There is none.
    Broken(Violation),
    /// It was not decided, and why, with what was reached.
    Undecided(String),
}

/// Why there is no linearization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Positions of operations which, on their own, have none either. Few, but not yet the fewest.
    pub operations: Vec<usize>,
    /// How to read a value whose writer is not among them, for that to be true.
    pub excerpt: Unseen,
}

/// How to read a value whose writer is not among the operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// The operations are all there are: nobody wrote it.
    Impossible,
    /// The operations are an excerpt: one unseen write in doubt may have written it at any time.
    /// Whatever is a violation then is one in every history that holds the excerpt.
    Possible,
}

/// Decides one key whose record is absent at the start.
///
/// `operations` are those of one key, in the order of their invocations.
#[must_use]
pub fn decide(model: Model, operations: &[&Operation], unseen: Unseen) -> Decision {
    decide_near_linear(model, operations, unseen)
        .unwrap_or_else(|| decide_by_search(model, operations, Budget::default()))
}

/// Decides one key by the algorithms for unique values and increments of one size; `None` if it has
/// others, or refusals that leave a choice, so that only the search can.
#[must_use]
pub fn decide_near_linear(
    model: Model,
    operations: &[&Operation],
    unseen: Unseen,
) -> Option<Decision> {
    match model {
        Model::Register | Model::CasRegister => register::decide(operations, unseen),
        Model::Set => list::decide(operations, unseen),
        Model::Counter => counter::decide(operations, unseen),
    }
}

/// Decides one key by the general search alone, for values that need not be unique and records that
/// may be deleted.
#[must_use]
pub fn decide_by_search(model: Model, operations: &[&Operation], budget: Budget) -> Decision {
    match model {
        Model::Register | Model::CasRegister => {
            searched(&Register::default(), operations, RegisterOperation::of, budget)
        }
        Model::Set => searched(&List, operations, ListOperation::of, budget),
        Model::Counter => searched(&Counter, operations, CounterOperation::of, budget),
    }
}

/// An order of one key's operations that explains what they returned, as positions, by the general
/// search alone; `None` if there is none, or the budget does not suffice to find it.
#[must_use]
pub(crate) fn order_by_search(
    model: Model,
    operations: &[&Operation],
    budget: Budget,
) -> Option<Vec<usize>> {
    fn ordered<S: Specification>(
        specification: &S,
        (positions, intervals): (Vec<usize>, Vec<Interval<S::Operation>>),
        budget: Budget,
    ) -> Option<Vec<usize>> {
        let order = search::order(specification, &intervals, budget)?;
        Some(order.into_iter().map(|at| positions[at]).collect())
    }
    match model {
        Model::Register | Model::CasRegister => {
            ordered(&Register::default(), intervals(operations, RegisterOperation::of), budget)
        }
        Model::Set => ordered(&List, intervals(operations, ListOperation::of), budget),
        Model::Counter => ordered(&Counter, intervals(operations, CounterOperation::of), budget),
    }
}

fn searched<S: Specification>(
    specification: &S,
    operations: &[&Operation],
    of: impl Fn(&Operation) -> Option<S::Operation>,
    budget: Budget,
) -> Decision {
    let (positions, intervals) = intervals(operations, of);
    let mut decision = search::decide(specification, &intervals, budget);
    if let Decision::Broken(violation) = &mut decision {
        for one in &mut violation.operations {
            *one = positions[*one];
        }
    }
    decision
}

/// The operations that say something, each with its position.
fn intervals<O>(
    operations: &[&Operation],
    of: impl Fn(&Operation) -> Option<O>,
) -> (Vec<usize>, Vec<Interval<O>>) {
    let said = operations.iter().enumerate().filter_map(|(position, one)| {
        let operation = of(one)?;
        // A refusal happened: it observed something by its end.
        let ret = one.refused_ns().unwrap_or_else(|| one.settled_ns());
        Some((position, Interval { call: one.invoked_ns, ret, operation }))
    });
    said.unzip()
}
