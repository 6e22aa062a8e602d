//! The catalogue of deliberate defects.
//!
//! Each stands in exactly one place of the code, behind one switch; it leaves out one check and
//! adds no misbehaviour beyond what its source describes. A harness that does not find them cannot
//! be trusted to find others.

mod catalogue;
mod entry;
mod switch;

pub use catalogue::Defect;
pub use entry::{Entry, Schedule};
pub use switch::Defects;
