//! The classes of anomalies, one file each: its definition, its source, how it is found and how it
//! is told.
//!
//! A finder takes one [`Record`] and returns every violation of its class as a [`Finding`], with the
//! few operations that prove it. Operations of other values or elements are left out: a proof holds
//! in every history that contains it.

pub mod backward_read;
mod chains;
pub mod counter_drift;
pub mod dirty_read;
pub mod divergence;
pub mod duplicate;
mod finding;
pub mod garbage_read;
pub mod generation;
pub mod lost_update;
pub mod lost_write;
pub mod non_linearizable;
pub(crate) mod overdue;
mod ranges;
mod record;
pub mod session_writes;
mod sightings;
pub mod stale_read;
pub mod torn_record;

pub use finding::Finding;
pub use record::{Meeting, Record, observed, written};
pub(crate) use sightings::Sightings;
