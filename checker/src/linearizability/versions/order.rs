//! Whether the order that generations propose explains everything.
//!
//! A first pass learns how far the generations of each key lag behind the highest told before. The
//! second, in the order of calls, gathers what each version pins down: its value, its earliest
//! return, its latest call, its write. Once all of a version is known, it is walked over: none may
//! have an operation that returned before something was called that must come before it. So of each
//! key only a window of versions is held, and it stays in the caches.

use std::hint::{black_box, select_unpredictable};
use std::ops::{Range, RangeInclusive};

use super::outline::{Outline, Refusal};
use crate::linearizability::register::{Columns, INITIAL, Kind};

/// A version. Nothing known is all zeros.
#[derive(Clone, Copy, Debug, Default)]
struct Version {
    /// All bits of its earliest return turned.
    early: u64,
    /// Its latest call.
    late: u64,
    /// The call of its write.
    write: u64,
    /// Its value plus one.
    value: u32,
    /// The position of its write plus one.
    writer: u32,
}

/// The versions of a key that are not walked over yet.
#[derive(Clone, Copy, Debug)]
struct Window {
    /// Where they are kept, in a ring; its size is a power of two, this less one.
    start: u32,
    mask: u32,
    /// The lowest of them.
    next: u32,
    /// How far a generation may lag behind the highest.
    lag: u32,
    /// The latest call before them.
    latest: u64,
    /// The value before them, plus one.
    held: u32,
    fails: bool,
}

/// A window has room for more versions than it must, so that many are walked over at once: as many
/// again, in these bounds.
const SPARE: RangeInclusive<u32> = 8..=4_096;

/// How many operations are looked at together.
const STRETCH: usize = 512;

/// For each key, whether the proposal fails. `told` are generations that never begin anew, of
/// operations in the order of their calls.
pub(super) fn failing(columns: &Columns, told: &[u32]) -> Vec<bool> {
    let Outline { extents, untold, refusals } = Outline::of(columns, told);
    let mut size = 0;
    let windows = extents
        .iter()
        .map(|extent| {
            let spare = extent.lag.clamp(*SPARE.start(), *SPARE.end());
            let least = if extent.fails { 0 } else { extent.lag + spare };
            let start = size;
            size += least.next_power_of_two();
            Window {
                start,
                mask: size - start - 1,
                next: 0,
                lag: extent.lag,
                latest: 0,
                held: INITIAL + 1,
                fails: extent.fails,
            }
        })
        .collect();
    let versions = vec![Version::default(); size as usize];
    let mut order = Order { columns, told, windows, versions, untold, refusals };
    order.gather();
    for (key, extent) in extents.iter().enumerate() {
        order.walk(key, extent.highest + 1);
    }
    order.windows.into_iter().map(|window| window.fails).collect()
}

struct Order<'a> {
    columns: &'a Columns,
    told: &'a [u32],
    windows: Vec<Window>,
    versions: Vec<Version>,
    /// For each value the position of the write in doubt plus one; empty if none is in doubt.
    untold: Vec<u32>,
    /// By key and generation.
    refusals: Vec<Refusal>,
}

impl Order<'_> {
    fn gather(&mut self) {
        let mut begin = 0;
        while begin < self.told.len() {
            let end = (begin + STRETCH).min(self.told.len());
            self.warm(end..(end + STRETCH).min(self.told.len()));
            self.gather_stretch(begin..end);
            begin = end;
        }
    }

    /// Fetches the versions of some operations before they are needed: loads that nothing waits for
    /// overlap.
    fn warm(&self, operations: Range<usize>) {
        let mut sum = 0;
        for (key, told) in self.columns.key[operations.clone()].iter().zip(&self.told[operations]) {
            let window = &self.windows[*key as usize];
            sum ^= self.versions[(window.start + (told & window.mask)) as usize].late;
        }
        black_box(sum);
    }

    fn gather_stretch(&mut self, operations: Range<usize>) {
        for position in operations {
            let told = self.told[position];
            let kind = self.columns.kind[position];
            let key = self.columns.key[position] as usize;
            let writes = kind.writes();
            // A write without a generation is in doubt, if its key has not failed.
            if kind == Kind::Failed || (told == 0 && writes) {
                continue;
            }
            let window = &self.windows[key];
            if window.fails {
                continue;
            }
            if told.wrapping_sub(window.next) > window.mask {
                self.walk(key, told.saturating_sub(window.lag));
            }
            let window = &self.windows[key];
            let call = self.columns.call[position];
            let version = &mut self.versions[(window.start + (told & window.mask)) as usize];
            version.early = version.early.max(!self.columns.ret[position]);
            version.late = version.late.max(call);
            if kind == Kind::Refused {
                continue;
            }
            // Whether it writes is as good as random: no branch may depend on it.
            let own = self.columns.value[position] + 1;
            let forks =
                ((version.value != 0) & (version.value != own)) | (writes & (version.writer != 0));
            version.write = select_unpredictable(writes, call, version.write);
            version.value = own;
            version.writer = select_unpredictable(writes, position as u32 + 1, version.writer);
            if forks {
                self.windows[key].fails = true;
            }
        }
    }

    /// Walks over a key's versions below a generation in their order. One that nobody saw is none: what
    /// was there before remains, and it is given that value.
    fn walk(&mut self, key: usize, end: u32) {
        let Window { start, mask, next, lag, mut latest, mut held, fails } = self.windows[key];
        if fails {
            return;
        }
        let holds = self.walk_versions(key, next..end, &mut latest, &mut held);
        self.windows[key] = Window { start, mask, next: end, lag, latest, held, fails: !holds };
    }

    fn walk_versions(
        &mut self,
        key: usize,
        generations: Range<u32>,
        latest: &mut u64,
        held: &mut u32,
    ) -> bool {
        let Window { start, mask, .. } = self.windows[key];
        // What a window has no room for, nobody saw.
        let seen =
            generations.start..generations.end.min(generations.start.saturating_add(mask + 1));
        for generation in seen {
            let at = (start + (generation & mask)) as usize;
            let Version { early, late, mut write, value, mut writer } =
                std::mem::take(&mut self.versions[at]);
            if generation > 0 && writer == 0 && value != 0 {
                // A write in doubt, which has one version.
                let Some(untold) = self.untold.get_mut(value as usize - 1) else { return false };
                writer = std::mem::take(untold);
                let Some(position) = (writer as usize).checked_sub(1) else { return false };
                if self.columns.key[position] as usize != key {
                    return false;
                }
                write = self.columns.call[position];
            }
            *latest = (*latest).max(write);
            if !early < *latest {
                return false;
            }
            if let Some(position) = (writer as usize).checked_sub(1)
                && self.columns.replaced(position).is_some_and(|replaced| replaced + 1 != *held)
            {
                return false;
            }
            if value != 0 {
                *held = value;
            }
            *latest = (*latest).max(late);
            if !self.refusals.is_empty() && self.is_refused(key, generation, *held) {
                return false;
            }
        }
        true
    }

    /// Whether a compare-and-set was refused for a value that its record held.
    fn is_refused(&self, key: usize, generation: u32, held: u32) -> bool {
        let name = (key as u32, generation, held - 1);
        self.refusals.binary_search(&name).is_ok()
    }
}
