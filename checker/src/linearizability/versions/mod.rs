//! Registers whose replies tell the record's generation.
//!
//! A generation counts the writes of a record, so it proposes the whole order, and `order` verifies
//! the proposal in two passes and with a window of versions for each key: every operation of a version must fit between the versions
//! before and after it. A proposal that holds *is* a linearization, whatever generations are worth.
//! Where it fails, [values alone](super::register) decide, and what the server told against itself
//! is a [`Lie`] of its own.

mod columns;
mod judgement;
mod lie;
mod order;
mod outline;

pub use columns::{AVAILABLE, STRONG, Versions};
pub use judgement::{Judgement, judge};
pub use lie::Lie;
