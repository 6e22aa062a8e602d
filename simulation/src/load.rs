//! What processes do.

use history::{Call, Key, Workload};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// The random stream of the load.
const STREAM: u64 = 0x6c6f_6164;
/// After how many writes a key gives way to a fresh one (generations have ten bits in SC).
const WRITES_PER_KEY: u32 = 900;
/// After how many elements a list does.
const ELEMENTS_PER_LIST: u32 = 256;

/// Draws calls.
#[derive(Debug)]
pub(crate) struct Load {
    workload: Workload,
    random: ChaCha8Rng,
    /// The keys alive, each with its writes so far.
    keys: Vec<(Key, u32)>,
    next_key: u64,
    next_value: u64,
}

impl Load {
    pub(crate) fn new(workload: Workload, keys: u32, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(STREAM);
        let alive = (0..u64::from(keys)).map(|key| (Key(key), 0)).collect();
        Self { workload, random, keys: alive, next_key: u64::from(keys), next_value: 1 }
    }

    /// The next call of a process.
    pub(crate) fn draw(&mut self) -> (Key, Call) {
        let slot = self.random.random_range(0..self.keys.len());
        if self.random.random_bool(0.5) {
            return (self.keys[slot].0, Call::Read);
        }
        let limit = match self.workload {
            Workload::Set => ELEMENTS_PER_LIST,
            _ => WRITES_PER_KEY,
        };
        if self.keys[slot].1 == limit {
            self.keys[slot] = (Key(self.next_key), 0);
            self.next_key += 1;
        }
        self.keys[slot].1 += 1;
        let value = self.next_value;
        self.next_value += 1;
        let call = match self.workload {
            Workload::Set => Call::Append { element: value },
            Workload::Counter => Call::Add { delta: 1 },
            Workload::Register | Workload::Sightings | Workload::CasRegister => {
                Call::Write { value }
            }
        };
        (self.keys[slot].0, call)
    }

    /// How long a process thinks, in ns: about `mean_ns`.
    pub(crate) fn think_ns(&mut self, mean_ns: u64) -> u64 {
        self.random.random_range(mean_ns / 2..=mean_ns * 3 / 2)
    }

    /// Every key that was ever used.
    pub(crate) fn used(&self) -> impl Iterator<Item = Key> + use<> {
        (0..self.next_key).map(Key)
    }
}
