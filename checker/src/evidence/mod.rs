//! What proves a violation: few operations, and a sentence.

mod cycle;
mod seconds;
mod shrink;
pub mod words;

pub use cycle::{Precedence, shortest_cycle};
pub use seconds::Seconds;
pub use shrink::irreducible;
