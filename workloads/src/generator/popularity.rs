//! Which slot is asked for: uniform, or by Zipf's law.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// A distribution over slots. Slot `s` has the weight `1 / (s + 1)^exponent`.
#[derive(Clone, Debug)]
pub struct Popularity {
    /// The sums of the weights up to each slot, scaled to `u32::MAX`.
    cumulative: Vec<u32>,
}

impl Popularity {
    /// Over so many slots (at least one), with the exponent in thousandths; 0 is uniform.
    #[must_use]
    pub fn new(slots: u32, exponent_milli: u32) -> Self {
        let exponent = f64::from(exponent_milli) / 1000.0;
        let weight = |slot: u32| f64::from(slot + 1).powf(-exponent);
        let slots = slots.max(1);
        let total: f64 = (0..slots).map(weight).sum();
        let cumulative = (0..slots)
            .scan(0.0, |sum, slot| {
                *sum += weight(slot);
                Some((*sum / total * f64::from(u32::MAX)) as u32)
            })
            .collect();
        Self { cumulative }
    }

    /// A slot.
    pub fn draw(&self, random: &mut ChaCha8Rng) -> u32 {
        let point: u32 = random.random();
        let slot = self.cumulative.partition_point(|sum| *sum <= point);
        slot.min(self.cumulative.len() - 1) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::stream::{Concern, stream};

    fn counts(exponent_milli: u32) -> Vec<u32> {
        let popularity = Popularity::new(10, exponent_milli);
        let mut random = stream(1, Concern::Keys, 0);
        let mut counts = vec![0; 10];
        for _ in 0..20_000 {
            counts[popularity.draw(&mut random) as usize] += 1;
        }
        counts
    }

    #[test]
    fn without_skew_every_slot_is_equally_likely() {
        assert!(counts(0).iter().all(|n| (1800..2200).contains(n)), "{:?}", counts(0));
    }

    #[test]
    fn with_exponent_one_the_second_slot_is_half_as_likely_as_the_first() {
        let counts = counts(1000);
        let ratio = f64::from(counts[0]) / f64::from(counts[1]);
        assert!((1.8..2.2).contains(&ratio), "{counts:?}");
        assert!(counts[9] > 0);
    }
}
