//! Histories to and from the files of other programs.

pub mod jsonl;
