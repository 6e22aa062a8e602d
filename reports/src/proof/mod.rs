//! The proof of an anomaly: a claim in plain words, a picture of the few operations that make it,
//! and the same as a table.

mod lanes;
mod list;
mod section;

pub(crate) use list::Proofs;
pub(crate) use section::Proof;
