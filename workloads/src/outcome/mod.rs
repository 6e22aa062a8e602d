//! What is known of an operation's effect once the client has answered.
//!
//! Every answer of the client is first reduced to an [`Attempt`], which knows nothing of the client;
//! [`classify`] then looks each of its [`Signal`]s up in the [`TABLE`]. Retries are off, so there is
//! one signal as a rule; should there be several, an operation failed only if every one of them is
//! definite.

mod attempt;
mod table;

pub use attempt::{Attempt, Conclusion, Signal, classify};
pub use table::{Effect, Operations, Row, TABLE, row};
