//! The time that a schedule may fill.

use history::{ClientLinks, FaultRecord, Heartbeat};

use super::ScheduleError;

/// When faults may be in force. All times are in ms; a schedule counts from the load's beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// How long the load lasts.
    pub load_ms: u64,
    /// How long the load runs undisturbed before the first fault.
    pub quiet_before_ms: u64,
    /// How long it runs undisturbed after the last one.
    pub quiet_after_ms: u64,
    /// How long it runs undisturbed between one fault and the next.
    pub quiet_between_ms: u64,
    /// How long a fault lasts; the cluster must have time to notice, so at least `detection_ms`.
    pub cut_ms: u64,
    /// How long nodes take to notice that another is gone; see [`Window::detection_ms_of`].
    pub detection_ms: u64,
    /// What partitions do to client links; `None` leaves it to the nemesis: `partition-racks` cuts
    /// them along with the sites, the others keep them.
    pub clients: Option<ClientLinks>,
}

impl Window {
    /// How long nodes with these heartbeats take to notice that another is gone, in ms.
    #[must_use]
    pub fn detection_ms_of(heartbeat: Heartbeat) -> u64 {
        u64::from(heartbeat.interval_ms) * u64::from(heartbeat.timeout)
    }

    /// The end of the time in which faults may be in force.
    pub(super) fn ends_ms(&self) -> u64 {
        self.load_ms.saturating_sub(self.quiet_after_ms)
    }

    /// The beginnings of as many rounds of `round_ms` as fit, one at least.
    ///
    /// # Errors
    /// If not one fits.
    pub(super) fn rounds(&self, nemesis: &str, round_ms: u64) -> Result<Vec<u64>, ScheduleError> {
        let mut beginnings = Vec::new();
        let mut at_ms = self.quiet_before_ms;
        while at_ms + round_ms <= self.ends_ms() {
            beginnings.push(at_ms);
            at_ms += round_ms + self.quiet_between_ms.max(1);
        }
        if beginnings.is_empty() {
            return Err(ScheduleError::WindowTooShort {
                nemesis: nemesis.to_owned(),
                needed_ms: self.quiet_before_ms + round_ms + self.quiet_after_ms,
                load_ms: self.load_ms,
            });
        }
        Ok(beginnings)
    }

    /// Whether a fault ends before the load does.
    pub(super) fn holds(&self, record: &FaultRecord) -> bool {
        record
            .planned_at_ms
            .checked_add(record.planned_for_ms)
            .is_some_and(|end_ms| end_ms <= self.load_ms)
    }
}
