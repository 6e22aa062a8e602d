//! Running a pair, and judging what it recorded.
//!
//! Running and judging meet only in the run directory.

mod interrupt;
mod judge;
mod observer;
mod pair;
mod place;
mod sites;
mod watcher;

pub(crate) use interrupt::{Interrupt, Interrupts};
pub(crate) use judge::{Judged, judge, judge_stored};
pub(crate) use pair::run_pair;
pub(crate) use place::{Place, embedded};
pub(crate) use watcher::can_watch;
