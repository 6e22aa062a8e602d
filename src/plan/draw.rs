//! Seeds.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// A seed drawn from the system, for a night that names none; it is printed and stored.
pub(crate) fn drawn() -> u64 {
    let mut bytes = [0; 8];
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let clock = since_epoch.map_or(0, |since| since.as_nanos() as u64);
    bytes.copy_from_slice(&(clock ^ u64::from(std::process::id()) << 40).to_le_bytes());
    // Short seeds are easier to read aloud; a night needs no more than 2^32 of them.
    ChaCha8Rng::seed_from_u64(u64::from_le_bytes(bytes)).random_range(1..=u64::from(u32::MAX))
}

/// The seed of the part of a plan at `index`.
pub(crate) fn derived(seed: u64, index: u64) -> u64 {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(index + 1);
    generator.random_range(1..=u64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::derived;

    #[test]
    fn the_parts_of_a_plan_have_seeds_of_their_own() {
        let seeds: std::collections::BTreeSet<u64> = (0..100).map(|i| derived(7, i)).collect();
        assert_eq!(seeds.len(), 100);
        assert_eq!(derived(7, 3), derived(7, 3));
        assert_ne!(derived(7, 3), derived(8, 3));
    }
}
