//! Interruptions that end by themselves.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use history::{Interruption, Link};
use tokio::time::Instant;

use crate::command::{InterruptionId, Standing};

/// What is in force, and until when.
#[derive(Debug, Default)]
pub(crate) struct Leases(Mutex<BTreeMap<InterruptionId, Lease>>);

/// An interruption in force.
#[derive(Debug)]
pub(crate) struct Lease {
    links: Vec<Link>,
    interruption: Interruption,
    lasts: Duration,
    until: Instant,
}

impl Lease {
    /// A lease that begins now.
    pub(crate) fn new(links: Vec<Link>, interruption: Interruption, lasts: Duration) -> Self {
        // A lease without end is as good as one of a century.
        let lasts = lasts.min(Duration::from_secs(100 * 365 * 86_400));
        Self { links, interruption, lasts, until: Instant::now() + lasts }
    }
}

impl Leases {
    /// Enters an interruption.
    pub(crate) fn begin(&self, id: InterruptionId, lease: Lease) {
        self.lock().insert(id, lease);
    }

    /// Begins a lease anew; false if there is none.
    pub(crate) fn renew(&self, id: InterruptionId) -> bool {
        let mut leases = self.lock();
        let lease = leases.get_mut(&id);
        lease.map(|lease| lease.until = Instant::now() + lease.lasts).is_some()
    }

    /// The links of an interruption in force.
    pub(crate) fn links(&self, id: InterruptionId) -> Option<Vec<Link>> {
        self.lock().get(&id).map(|lease| lease.links.clone())
    }

    /// Strikes an interruption out; false if it was not in force.
    pub(crate) fn end(&self, id: InterruptionId) -> bool {
        self.lock().remove(&id).is_some()
    }

    /// Returns when a lease is over, true if it lapsed and was struck out here, false if somebody
    /// else ended it.
    pub(crate) async fn lapse(&self, id: InterruptionId) -> bool {
        loop {
            let until = {
                let mut leases = self.lock();
                let Some(lease) = leases.get(&id) else { return false };
                if lease.until <= Instant::now() {
                    leases.remove(&id);
                    return true;
                }
                lease.until
            };
            tokio::time::sleep_until(until).await;
        }
    }

    /// What is in force.
    pub(crate) fn standing(&self) -> Vec<Standing> {
        let now = Instant::now();
        let standing = |(id, lease): (&InterruptionId, &Lease)| Standing {
            id: *id,
            links: lease.links.clone(),
            interruption: lease.interruption,
            remaining_ms: lease.until.saturating_duration_since(now).as_millis() as u64,
        };
        self.lock().iter().map(standing).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<InterruptionId, Lease>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const ID: InterruptionId = InterruptionId(7);

    fn leased() -> Arc<Leases> {
        let leases = Arc::new(Leases::default());
        leases.begin(ID, Lease::new(vec![], Interruption::Cut, Duration::from_secs(6)));
        leases
    }

    #[tokio::test(start_paused = true)]
    async fn an_interruption_lapses_unless_it_is_renewed() {
        let leases = leased();
        let began = Instant::now();
        let lapsing = tokio::spawn({
            let leases = Arc::clone(&leases);
            async move { leases.lapse(ID).await }
        });
        tokio::time::sleep(Duration::from_secs(4)).await;
        assert!(leases.renew(ID));
        assert_eq!(leases.standing()[0].remaining_ms, 6000);
        assert!(lapsing.await.unwrap());
        assert_eq!(began.elapsed().as_secs(), 10);
        assert!(leases.standing().is_empty() && !leases.renew(ID) && !leases.end(ID));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_was_ended_does_not_lapse() {
        let leases = leased();
        assert!(leases.end(ID));
        assert!(!leases.lapse(ID).await);
    }
}
