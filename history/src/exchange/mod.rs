//! Histories to and from the files of other programs.

pub mod edn;
pub mod elle;
pub mod jepsen;
pub mod jsonl;
