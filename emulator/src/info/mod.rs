//! Answers to info commands, from what a node knows.
//!
//! The emulator presents itself as Enterprise Edition 8.1.2.0. Keys, their order and the texts of
//! errors are those of recorded answers of that build's Community Edition; answers that only
//! Enterprise gives follow the vendor's documentation and its admin tool.

mod answer;
mod constant;
mod endpoints;
mod functions;
mod idle;
mod indexes;
mod logs;
mod manage;
mod masking;
mod partitions;
mod peers;
mod roster;
mod sets;
mod stable;
mod statistics;
mod xdr;

pub use answer::{answer, value};
