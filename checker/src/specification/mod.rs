//! Sequential specifications: what one record does when operations come one at a time.
//!
//! A specification is all that the [general search](crate::linearizability::search) knows of a data
//! type. The ones here are of one record with values that need not be unique.

mod counter;
mod list;
mod register;

use std::fmt::Debug;
use std::hash::Hash;

pub use counter::{Counter, CounterOperation};
pub use list::{List, ListOperation};
pub use register::{Register, RegisterOperation};

/// What a data type does, one operation at a time.
///
/// ```
/// use aerocert_checker::specification::Specification;
///
/// /// A lock, held or not.
/// struct Mutex;
///
/// impl Specification for Mutex {
///     type State = bool;
///     type Operation = &'static str;
///
///     fn initial(&self) -> bool {
///         false
///     }
///
///     fn apply(&self, held: &bool, operation: &&'static str) -> Option<bool> {
///         match (*operation, held) {
///             ("acquire", false) => Some(true),
///             ("release", true) => Some(false),
///             _ => None,
///         }
///     }
///
///     fn observes(&self, _: &&'static str) -> bool {
///         false
///     }
/// }
///
/// assert_eq!(Mutex.apply(&true, &"acquire"), None);
/// ```
pub trait Specification {
    /// What the record holds.
    type State: Clone + Debug + Eq + Hash;
    /// An operation with what it returned; if it is in doubt, without.
    type Operation: Clone + Debug + Eq + Hash;

    /// What the record holds at the start.
    fn initial(&self) -> Self::State;

    /// What it holds after an operation; `None` if the operation cannot have returned what it did.
    fn apply(&self, state: &Self::State, operation: &Self::Operation) -> Option<Self::State>;

    /// Whether an operation never changes anything, in no state: a search need not wait with it.
    fn observes(&self, operation: &Self::Operation) -> bool;
}
