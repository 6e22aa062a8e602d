//! Answers to info commands, from what a node knows.
//!
//! The emulator presents itself as Enterprise Edition 8.1.2.0. Keys, their order and the texts of
//! errors are those of recorded answers of that build's Community Edition; answers that only
//! Enterprise gives follow the vendor's documentation and its admin tool.

mod answer;
mod constant;
mod endpoints;
mod idle;
mod logs;
mod manage;
mod partitions;
mod peers;
mod roster;
mod sets;
mod stable;
mod statistics;

pub use answer::{answer, value};
