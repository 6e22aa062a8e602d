//! Histories to and from the files of other programs.

pub mod elle;
pub mod export;
pub mod foreign;
pub mod jepsen;
pub mod jsonl;
mod place;

pub use place::{Place, SyntaxError};
