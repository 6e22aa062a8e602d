//! Nights in virtual time: the emulator core under a simulated network, clients and clock.
//!
//! A [`Night`] runs a seeded load against an emulated cluster while a seeded schedule of faults
//! passes over it, and ends in a history like any other. Nothing in it knows the real time: the
//! same settings give the same bytes, on any number of threads.

mod agenda;
mod beyond;
mod client;
mod cluster;
mod course;
mod drawn;
mod faults;
mod hunt;
mod night;
mod planted;
mod scenario;
mod schedule;
mod script;
mod shrink;
mod tale;
mod verdict;

pub use beyond::Limit;
pub use cluster::stretch;
pub use drawn::{Sky, drawn};
pub use hunt::{Catch, Hunt, hunt};
pub use night::{Night, Recorded};
pub use planted::planted;
pub use scenario::{
    Account, Expected, Finding, NodeRow, NodeSays, Observed, SCENARIOS, Scenario, Settings, Step,
    scenario,
};
pub use schedule::{NEMESES, draw_schedule};
pub use script::{Script, Scripted};
pub use shrink::{Shrunk, shrink};
pub use tale::{LONG_CUT_MS, NoTale, Silence, Tale, each, night, silent, tell};
pub use verdict::{checks, judge, manifest, may_show};
