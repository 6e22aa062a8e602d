//! What can go wrong, when, and how it was really applied.
//!
//! [`schedule`] is pure: a name, a topology, a seed and a window give a list of planned faults, the
//! same on every machine. `inject` (feature `inject`) carries such a list out against a cluster:
//! each fault is journalled before it is applied, believed only when a probe has seen it, healed
//! when its time is over or the run is stopped, and believed healed only when a probe has seen that
//! too. Nothing here knows what a cluster is made of.

#[cfg(test)]
mod fixture;
#[cfg(feature = "inject")]
pub mod inject;
pub mod schedule;
