//! What proves a violation: few operations, and a sentence.

mod cycle;
mod minimal;
mod rest;
mod seconds;
mod shrink;
pub(crate) mod words;

pub(crate) use cycle::{Precedence, shortest_cycle};
pub use minimal::minimal;
pub use seconds::Seconds;
pub use shrink::irreducible;
