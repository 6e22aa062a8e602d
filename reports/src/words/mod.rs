//! Plain words for what the other crates name: verdicts, classes, faults, operations, numbers.

mod class;
mod fault;
mod number;
mod operation;
mod run;
mod verdict;

pub(crate) use class::{ALL_CHECKS, check_meaning, class_meaning, classes_counted};
pub use fault::fault;
pub(crate) use fault::{fault_outcome, faults_not_tried, nodes};
pub(crate) use number::{coarse_seconds, count, counted, decade_ms, percent, seconds, span_ms};
pub(crate) use operation::{call, generation, result, route};
pub use run::expectation;
pub(crate) use run::{arm, mode, read_mode, site};
pub(crate) use verdict::{Badge, certificate_badge, expectation_badge, verdict_badge};
