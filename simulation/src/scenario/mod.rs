//! Scenarios: known topologies walked through step by step, expected beside observed.
//!
//! A scenario is a function over a [`stage::Stage`]: an emulated cluster in virtual time with its
//! clients and its operator. Every step says what should be seen and what was; [`Account`] keeps
//! both. Nothing depends on the real time, so the same [`Settings`] give the same account.

mod account;
mod book;
mod bootstrap;
mod cast;
mod catalogue;
mod client;
mod five_node;
mod flip_flop;
mod load;
mod look;
mod odd_even;
mod stage;
mod stretch;
mod three_dc;
mod tie_break;

pub use account::{Account, Expected, Finding, NodeRow, NodeSays, Observed, Step};
pub use catalogue::{SCENARIOS, Scenario, Settings, scenario};
