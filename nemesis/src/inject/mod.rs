//! Injection: schedules carried out against a cluster, believed only when probes have seen it.
//!
//! The life of a fault ([`Nemesis::run`]): look that the links are whole · journal the fault, on
//! disk · apply it, on a lease that lapses by itself · probe until it is in force · hold and renew ·
//! heal · probe until it is gone · clear the journal. A step that fails ends in
//! [`Skipped`](history::FaultOutcome::Skipped) or
//! [`Indeterminate`](history::FaultOutcome::Indeterminate) with its reason, and never in silence.

mod clock;
mod disturbance;
mod heal;
mod journal;
mod life;
mod look;
mod nemesis;
mod patience;
#[cfg(test)]
mod scripted;
mod steered;
mod target;
#[cfg(test)]
mod tests;

pub use disturbance::Disturbance;
pub use heal::{HealAttempt, heal_all};
pub use journal::{Journal, JournalError, Standing};
pub use nemesis::{Nemesis, NemesisEvent, NemesisSummary};
pub use patience::Patience;
pub use target::Target;
