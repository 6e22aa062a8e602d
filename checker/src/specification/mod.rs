//! Sequential specifications: what one record does when operations come one at a time.
//!
//! A specification is all that the [general search](crate::linearizability::search) knows of a data
//! type. The ones here are of one record (a [`MultiRegister`] is of several) with values that need
//! not be unique.

mod counter;
mod list;
mod multi_register;
mod mutex;
mod needs;
mod queue;
mod register;
mod set;
mod text;

use std::fmt::Debug;
use std::hash::Hash;

pub use counter::{Counter, CounterFact, CounterOperation};
pub use list::{List, ListFact, ListOperation};
pub use multi_register::{MultiRegister, Step};
pub use mutex::{Mutex, MutexOperation};
pub use needs::Needs;
pub(crate) use needs::Scope;
pub use queue::{Queue, QueueFact, QueueOperation};
pub use register::{Register, RegisterFact, RegisterOperation};
pub use set::{Set, SetFact, SetOperation};
pub use text::{Text, TextFact, TextOperation};

/// What a data type does, one operation at a time.
///
/// The first three methods are all that a search must know. The others only make it fast: they tell
/// which *facts* of a state an operation needs, and which ones it can bring about, so that ways which
/// have lost what a pending operation needs are given up at once. Whoever leaves them out has
/// correct answers all the same.
///
/// ```
/// use aerocert_checker::linearizability::search::{Budget, Found, Interval, search};
/// use aerocert_checker::specification::Specification;
///
/// /// A lock, held or not.
/// struct Lock;
///
/// impl Specification for Lock {
///     type State = bool;
///     type Operation = &'static str;
///     type Fact = ();
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
/// let acquire = |call, ret| Interval { call, ret, operation: "acquire" };
/// let twice = [acquire(1, 2), acquire(3, 4)];
/// assert_eq!(search(&Lock, &twice, Budget::default()), Found::Nothing { until: 4 });
/// ```
pub trait Specification {
    /// What the record holds.
    type State: Clone + Debug + Eq + Hash;
    /// An operation with what it returned; if it is in doubt, without.
    type Operation: Clone + Debug + Eq + Hash;
    /// Something that is true of a state, or is not; `()` where nothing is known.
    type Fact: Clone + Debug + Eq + Hash;

    /// What the record holds at the start.
    fn initial(&self) -> Self::State;

    /// What it holds after an operation; `None` if the operation cannot have returned what it did.
    fn apply(&self, state: &Self::State, operation: &Self::Operation) -> Option<Self::State>;

    /// Whether an operation never changes anything, in no state: a search need not wait with it.
    fn observes(&self, operation: &Self::Operation) -> bool;

    /// What must be true for an operation to be possible. It may say less than there is to say.
    fn needs(&self, _: &Self::Operation) -> Needs<Self::Fact> {
        Needs::at_least([])
    }

    /// The [topics](Self::topic) of all facts that an operation can turn from false to true;
    /// `None` if it may be any. It is not asked of operations that [observe](Self::observes).
    fn brings(&self, _: &Self::Operation) -> Option<Vec<Self::Fact>> {
        None
    }

    /// A fact that stands for all those that the same operations bring: itself, unless there are
    /// too many to list.
    fn topic(&self, fact: &Self::Fact) -> Self::Fact {
        fact.clone()
    }

    /// Whether a fact is true of a state.
    fn holds(&self, _: &Self::State, _: &Self::Fact) -> bool {
        true
    }

    /// Whether two facts are never true together.
    fn excludes(&self, _: &Self::Fact, _: &Self::Fact) -> bool {
        false
    }
}
