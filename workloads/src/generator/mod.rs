//! What each process asks next: pure, seeded, without IO or a clock.
//!
//! All sites work on the same keys. One [`Generator`] is shared by the processes of a run; each
//! process draws its [`Step`]s from [`Steps`] of its own, with a random stream per concern and
//! process. What is shared is counted, not drawn: values are dense from 1 up in the order of their
//! invocations, and a key is replaced by a fresh one when it has been given its share of writes.

mod backoff;
mod keys;
mod pace;
mod places;
mod popularity;
mod sighting;
mod steps;
mod stream;

pub use backoff::Backoff;
pub use keys::{ELEMENTS_PER_LIST, Keys, WRITES_PER_KEY};
pub use pace::{Arrival, Pace};
pub use places::{Place, places};
pub use popularity::Popularity;
pub use sighting::Sighting;
pub use steps::{Generator, Step, Steps};
