//! Open-loop pacing: operations arrive when the plan says, however slow the answers are.

use std::sync::atomic::{AtomicU64, Ordering};

/// How far behind its plan a pace may fall before arrivals are shed, in ns. A site that was cut off
/// for seconds must not come back with a burst of everything it missed.
const BACKLOG_NS: u64 = 1_000_000_000;

/// The planned arrivals of the processes of one site, at a constant rate. Whichever process is free
/// takes the next one, so that a process that waits for an answer delays no other: the latencies
/// of the others are not measured by a load that politely waited (coordinated omission), and what
/// could not begin in time is counted instead of hidden.
#[derive(Debug)]
pub struct Pace {
    interval_ns: u64,
    next: AtomicU64,
}

/// An operation's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When it shall be invoked, in ns since the load began; it may be past.
    pub planned_ns: u64,
    /// How many arrivals before it were given up, because the site was too far behind.
    pub shed: u64,
}

impl Pace {
    /// The share of a site in a rate: `rate` operations per second over `processes` processes, of
    /// which `of_site` live in the site. `None` for a closed loop (rate 0) and for an empty site.
    #[must_use]
    pub fn new(rate: u32, processes: u32, of_site: u32) -> Option<Self> {
        let share = u64::from(rate) * u64::from(of_site);
        let interval_ns = (1_000_000_000 * u64::from(processes)).checked_div(share)?;
        Some(Self { interval_ns: interval_ns.max(1), next: AtomicU64::new(0) })
    }

    /// Takes the next arrival, `now_ns` after the load began.
    pub fn take(&self, now_ns: u64) -> Arrival {
        let oldest = now_ns.saturating_sub(BACKLOG_NS) / self.interval_ns;
        let ticket = |next: u64| next.max(oldest);
        let next = match self
            .next
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| Some(ticket(next) + 1))
        {
            Ok(next) | Err(next) => next,
        };
        let planned_ns = ticket(next) * self.interval_ns;
        Arrival { planned_ns, shed: ticket(next) - next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_takes_its_share_of_the_rate() {
        let pace = Pace::new(1000, 8, 2).unwrap();
        let planned: Vec<u64> = (0..3).map(|_| pace.take(0).planned_ns).collect();
        assert_eq!(planned, [0, 4_000_000, 8_000_000]);
        assert!(Pace::new(0, 8, 2).is_none());
        assert!(Pace::new(1000, 8, 0).is_none());
    }

    #[test]
    fn what_was_missed_is_made_up_for_a_second_and_shed_beyond() {
        let pace = Pace::new(1000, 1, 1).unwrap();
        assert_eq!(pace.take(0), Arrival { planned_ns: 0, shed: 0 });
        let late = pace.take(500_000_000);
        assert_eq!(late, Arrival { planned_ns: 1_000_000, shed: 0 });
        let too_late = pace.take(5_000_000_000);
        assert_eq!(too_late, Arrival { planned_ns: 4_000_000_000, shed: 3998 });
        assert_eq!(pace.take(5_000_000_000).shed, 0);
    }
}
