//! Pauses after failures.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::stream::{Concern, stream};

/// The first pause's upper bound, in µs.
const FIRST_US: u64 = 2_000;
/// The longest pause's upper bound, in µs.
const LONGEST_US: u64 = 64_000;

/// How long a process pauses after failures in a row. Operations that the client refuses without
/// sending anything fail within microseconds; without a pause they would drown the history.
#[derive(Debug)]
pub struct Backoff {
    bound_us: u64,
    random: ChaCha8Rng,
}

impl Backoff {
    /// Of a process.
    #[must_use]
    pub fn new(seed: u64, process: u32) -> Self {
        Self { bound_us: FIRST_US, random: stream(seed, Concern::Pauses, process) }
    }

    /// Something was answered: the next failure is a first one again.
    pub fn reset(&mut self) {
        self.bound_us = FIRST_US;
    }

    /// How long to pause now, in µs: between half the bound and the bound, which doubles with each
    /// failure from 2 ms up to 64 ms.
    pub fn pause_us(&mut self) -> u64 {
        let bound_us = self.bound_us;
        self.bound_us = (bound_us * 2).min(LONGEST_US);
        self.random.random_range(bound_us / 2..=bound_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound_and_begin_anew_after_an_answer() {
        let mut backoff = Backoff::new(5, 0);
        for bound in [2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 64_000] {
            let pause = backoff.pause_us();
            assert!((bound / 2..=bound).contains(&pause), "{pause} of {bound}");
        }
        backoff.reset();
        assert!(backoff.pause_us() <= 2_000);
    }
}
