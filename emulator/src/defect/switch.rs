//! The switch: which defect is on, and how often it fires.
//!
//! An opportunity is a point at which the check that a defect leaves out would have said no, or would
//! have been made: the switch is asked last, when all else that decides the branch is known. A quorum
//! is an opportunity only for a partition that the lax rule grants and the documented one does not, a
//! migrating record only where an older version meets a newer one; a replication that waits is one
//! for each write, since each must wait. Every process draws for itself, and a plan is drawn once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Defect;

/// Which defect is switched on, if any.
#[derive(Clone, Debug, Default)]
pub struct Defects {
    planted: Option<Planted>,
}

#[derive(Debug)]
struct Planted {
    defect: Defect,
    /// It fires at one of so many opportunities.
    one_in: u64,
    seed: u64,
    /// Opportunities of this process so far.
    opportunities: AtomicU64,
    tally: Arc<Tally>,
}

/// What all processes of a cluster came to.
#[derive(Debug, Default)]
struct Tally {
    opportunities: AtomicU64,
    fired: AtomicU64,
}

impl Clone for Planted {
    /// A copy draws anew, and adds to the same tally.
    fn clone(&self) -> Self {
        Self { opportunities: AtomicU64::new(0), tally: Arc::clone(&self.tally), ..*self }
    }
}

impl Defects {
    /// One defect, which fires at every opportunity.
    #[must_use]
    pub fn only(defect: Defect) -> Self {
        Self::one_in(defect, 1)
    }

    /// One defect, which fires at one of `opportunities` opportunities, at random.
    #[must_use]
    pub fn one_in(defect: Defect, opportunities: u64) -> Self {
        let one_in = opportunities.max(1);
        Self {
            planted: Some(Planted {
                defect,
                one_in,
                seed: 0,
                opportunities: AtomicU64::new(0),
                tally: Arc::default(),
            }),
        }
    }

    /// The same defect for one process, which counts opportunities of its own.
    #[must_use]
    pub fn of_process(&self, seed: u64) -> Self {
        let planted = self.planted.as_ref();
        Self { planted: planted.map(|one| Planted { seed: one.seed ^ seed, ..one.clone() }) }
    }

    /// Whether a defect fires at this opportunity: the check that it leaves out is not made.
    #[must_use]
    pub fn fires(&self, defect: Defect) -> bool {
        let Some(planted) = self.planted.as_ref().filter(|one| one.defect == defect) else {
            return false;
        };
        let count = planted.opportunities.fetch_add(1, Ordering::Relaxed);
        let fires = mixed(planted.seed.wrapping_add(count.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
            .is_multiple_of(planted.one_in);
        planted.tally.opportunities.fetch_add(1, Ordering::Relaxed);
        planted.tally.fired.fetch_add(u64::from(fires), Ordering::Relaxed);
        fires
    }

    /// How many opportunities there were, in all processes.
    #[must_use]
    pub fn opportunities(&self) -> u64 {
        let count = |one: &Planted| one.tally.opportunities.load(Ordering::Relaxed);
        self.planted.as_ref().map_or(0, count)
    }

    /// At how many of them the defect fired.
    #[must_use]
    pub fn fired(&self) -> u64 {
        self.planted.as_ref().map_or(0, |one| one.tally.fired.load(Ordering::Relaxed))
    }
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
fn mixed(seed: u64) -> u64 {
    let mut mixed = seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_fires_alone_and_as_often_as_it_shall() {
        let always = Defects::only(Defect::ProxyResend);
        assert!((0..100).all(|_| always.fires(Defect::ProxyResend)));
        assert!(!always.fires(Defect::AckBeforeReplication));
        assert!(!Defects::default().fires(Defect::ProxyResend));
        let rarely = Defects::one_in(Defect::ProxyResend, 1000).of_process(7);
        let fired = (0..100_000).filter(|_| rarely.fires(Defect::ProxyResend)).count();
        assert!((60..150).contains(&fired), "{fired} of 100000");
    }
}
