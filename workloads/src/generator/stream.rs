//! Random streams: one per concern and process, so that a change in one shifts no other.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// What a random stream is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Concern {
    /// Which key.
    Keys = 1,
    /// Read or write.
    Kinds = 2,
    /// How long to pause after a failure.
    Pauses = 3,
}

/// The stream of a concern of a process. ChaCha has 2^64 independent streams per seed.
pub(super) fn stream(seed: u64, concern: Concern, process: u32) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(u64::from(concern as u32) << 32 | u64::from(process));
    random
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;

    #[test]
    fn streams_repeat_by_seed_and_differ_by_concern_and_process() {
        let first = |seed, concern, process| stream(seed, concern, process).next_u64();
        let one = first(7, Concern::Keys, 3);
        assert_eq!(one, first(7, Concern::Keys, 3));
        assert_ne!(one, first(8, Concern::Keys, 3));
        assert_ne!(one, first(7, Concern::Kinds, 3));
        assert_ne!(one, first(7, Concern::Keys, 4));
    }
}
