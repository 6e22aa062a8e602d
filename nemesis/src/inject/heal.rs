//! The way back after a crash: heal what the journal says is disturbed.

use std::sync::Arc;
use std::time::Duration;

use super::{Disturbance, Journal, JournalError, Patience, Standing, Target};

/// What became of one standing fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealAttempt {
    /// The fault.
    pub standing: Standing,
    /// What the probes saw: gone, or what is still disturbed.
    pub outcome: Result<String, String>,
}

/// Heals every fault that stands in a journal, one after the other, and clears those that probes
/// have found gone. An interruption that the cluster never named can only lapse, so its lease is
/// waited for. A fault that cannot be healed does not keep the others from it.
///
/// # Errors
/// The journal cannot be written.
pub async fn heal_all<T: Target>(
    journal: &Journal,
    target: &Arc<T>,
    patience: &Patience,
) -> Result<Vec<HealAttempt>, JournalError> {
    let mut attempts = Vec::new();
    for standing in journal.standing() {
        let mut patience = *patience;
        if matches!(standing.disturbance, Disturbance::Links { .. })
            && standing.interruption.is_none()
        {
            patience.heal_within += Duration::from_millis(standing.lease_ms);
        }
        let healed = standing.disturbance.heal(target, standing.interruption, &patience).await;
        if healed.is_ok() {
            journal.clear(standing.entry)?;
        }
        attempts.push(HealAttempt { standing, outcome: healed.map(|look| look.to_string()) });
    }
    journal.close()?;
    Ok(attempts)
}
