//! Schedules: which faults, when, for how long. Pure and seeded, shared by the injector and by
//! nights in virtual time.

mod catalogue;
mod error;
mod links;
mod listed;
mod overlap;
mod sides;
mod window;

pub use catalogue::{NEMESES, plan};
pub use error::ScheduleError;
pub use links::links;
pub use listed::{PlannedFault, plan_listed};
pub use window::Window;
