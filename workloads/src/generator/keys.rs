//! Keys and their retirement.

use std::sync::atomic::{AtomicU32, Ordering};

use history::{Key, Workload};

/// Writes that a key is given before a fresh one replaces it: the generation of a strongly
/// consistent record has 10 bits, and must not wrap while it orders the writes.
pub const WRITES_PER_KEY: u32 = 900;

/// Elements that a list is given before a fresh one replaces it, so that reads of it stay small.
pub const ELEMENTS_PER_LIST: u32 = 256;

/// The keys alive at a time, as slots. The slot `s` holds one after another the keys `s`,
/// `s + slots`, `s + 2 * slots`, …, each until it has been given its share of writes.
#[derive(Debug)]
pub struct Keys {
    writes_per_key: u32,
    writes: Vec<AtomicU32>,
}

impl Keys {
    /// So many slots (at least one) for a workload, none written yet. A key is given
    /// `writes_per_key` writes, or as many as the workload can bear if that is less or 0.
    #[must_use]
    pub fn new(workload: Workload, slots: u32, writes_per_key: u32) -> Self {
        let bearable = match workload {
            Workload::Set => ELEMENTS_PER_LIST,
            _ => WRITES_PER_KEY,
        };
        let writes_per_key =
            if writes_per_key == 0 { bearable } else { writes_per_key.min(bearable) };
        let writes = (0..slots.max(1)).map(|_| AtomicU32::new(0)).collect();
        Self { writes_per_key, writes }
    }

    /// How many slots there are.
    #[must_use]
    pub fn slots(&self) -> u32 {
        self.writes.len() as u32
    }

    /// The key that a slot's next write goes to.
    #[must_use]
    pub fn next_written(&self, slot: u32) -> Key {
        self.key(slot, self.written(slot) / self.writes_per_key)
    }

    /// Counts a write to a slot, and tells its key. A write that fails counts too: nobody knows
    /// better while it is in doubt.
    #[must_use]
    pub fn write(&self, slot: u32) -> Key {
        let before = self.writes[slot as usize].fetch_add(1, Ordering::Relaxed);
        self.key(slot, before / self.writes_per_key)
    }

    /// The key of a slot that was written last, or will be first.
    #[must_use]
    pub fn read(&self, slot: u32) -> Key {
        self.key(slot, self.written(slot).saturating_sub(1) / self.writes_per_key)
    }

    /// Every key that a write was meant for, in rising order.
    #[must_use]
    pub fn ever_written(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = (0..self.slots())
            .flat_map(|slot| {
                let used = self.written(slot).div_ceil(self.writes_per_key);
                (0..used).map(move |generation| self.key(slot, generation))
            })
            .collect();
        keys.sort_unstable();
        keys
    }

    /// The keys that the slots begin with.
    pub fn first(&self) -> impl Iterator<Item = Key> + '_ {
        (0..self.slots()).map(|slot| self.key(slot, 0))
    }

    fn written(&self, slot: u32) -> u32 {
        self.writes[slot as usize].load(Ordering::Relaxed)
    }

    fn key(&self, slot: u32, generation: u32) -> Key {
        Key(u64::from(slot) + u64::from(generation) * u64::from(self.slots()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_replaced_after_its_share_of_writes() {
        for (workload, asked, share) in [
            (Workload::Register, 0, 900),
            (Workload::Register, 20, 20),
            (Workload::Set, 0, 256),
            (Workload::Set, 900, 256),
        ] {
            let keys = Keys::new(workload, 3, asked);
            for _ in 0..share {
                assert_eq!(keys.write(1), Key(1));
            }
            assert_eq!(keys.read(1), Key(1), "nothing is written to the fresh key yet");
            assert_eq!(keys.next_written(1), Key(4));
            assert_eq!(keys.write(1), Key(4));
            assert_eq!(keys.read(1), Key(4));
            assert_eq!(keys.write(0), Key(0), "slots wear out apart from each other");
            assert_eq!(keys.ever_written(), [Key(0), Key(1), Key(4)]);
        }
    }
}
