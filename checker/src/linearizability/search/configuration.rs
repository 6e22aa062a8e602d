//! Configurations, and sets of them of which only the best are kept.

use rustc_hash::FxHashMap;

/// Where the remaining operations of a kind in doubt are counted: so many bits of a word.
#[derive(Clone, Copy, Debug)]
struct Field {
    word: usize,
    shift: u32,
    most: u64,
}

/// How the words of a configuration are laid out: a bit for each slot, then for each kind in doubt
/// a count and a bit above it that stays 0.
#[derive(Debug)]
pub(super) struct Layout {
    fields: Vec<Field>,
    slots: usize,
    /// How many words it takes.
    pub(super) words: usize,
}

impl Layout {
    /// A layout for so many slots, and kinds with so many operations each.
    pub(super) fn new(slots: usize, kinds: impl Iterator<Item = usize>) -> Self {
        let mut bits = slots;
        let fields = kinds
            .map(|count| {
                let width = count.ilog2() as usize + 2;
                // No count is cut by the end of a word.
                if bits / 64 != (bits + width - 1) / 64 {
                    bits = bits.next_multiple_of(64);
                }
                let field =
                    Field { word: bits / 64, shift: (bits % 64) as u32, most: count as u64 };
                bits += width;
                field
            })
            .collect();
        Self { fields, slots, words: bits.div_ceil(64) }
    }
}

/// One way to explain the history up to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Configuration<const N: usize> {
    /// The state, by its number.
    pub(super) state: u32,
    /// One more than the kind in doubt that took effect last, if nothing needed it yet; or 0.
    pub(super) owing: u32,
    /// The operations that are open and have not taken effect, and how many of each kind in doubt
    /// are left.
    pub(super) words: [u64; N],
}

/// A layout of so many words.
#[derive(Debug)]
pub(super) struct Words<const N: usize> {
    fields: Vec<Field>,
    counts: [u64; N],
    guards: [u64; N],
}

impl<const N: usize> Words<N> {
    pub(super) fn new(layout: &Layout) -> Self {
        let mut this = Self { fields: layout.fields.clone(), counts: [0; N], guards: [0; N] };
        for field in &this.fields {
            let width = field.most.ilog2() + 1;
            this.counts[field.word] |= ((1 << width) - 1) << field.shift;
            this.guards[field.word] |= 1 << (field.shift + width);
        }
        debug_assert!(layout.slots <= 64 * N, "the layout fits");
        this
    }

    /// Nothing is open, and all that is in doubt is left.
    pub(super) fn full(&self) -> [u64; N] {
        let mut words = [0; N];
        for field in &self.fields {
            words[field.word] |= field.most << field.shift;
        }
        words
    }

    /// All bits of a kind's count.
    pub(super) fn mark(&self, kind: usize, words: &mut [u64; N]) {
        let field = self.fields[kind];
        words[field.word] |= ((1 << (field.most.ilog2() + 1)) - 1) << field.shift;
    }

    /// How many of a kind are left.
    pub(super) fn left(&self, words: &[u64; N], kind: usize) -> usize {
        let field = self.fields[kind];
        let width = field.most.ilog2() + 1;
        ((words[field.word] >> field.shift) & ((1 << width) - 1)) as usize
    }

    /// Takes one of a kind, of which some are left.
    pub(super) fn take(&self, words: &mut [u64; N], kind: usize) {
        let field = self.fields[kind];
        words[field.word] -= 1 << field.shift;
    }

    /// Whether one has at least as many left of every kind as the other.
    fn has_all_of(&self, one: &[u64; N], other: &[u64; N]) -> bool {
        (0..N).all(|at| {
            let (counts, guards) = (self.counts[at], self.guards[at]);
            let difference = ((one[at] & counts) | guards) - (other[at] & counts);
            difference & guards == guards
        })
    }
}

/// The word and the bit of a slot.
pub(super) fn bit(slot: u32) -> (usize, u64) {
    ((slot / 64) as usize, 1 << (slot % 64))
}

/// Whether two sets have something in common.
pub(super) fn meet<const N: usize>(one: &[u64; N], other: &[u64; N]) -> bool {
    one.iter().zip(other).any(|(one, other)| one & other != 0)
}

const NONE: u32 = u32::MAX;

/// Configurations at places in the history. Of two that differ only in what is left in doubt, one
/// that has at least as many left of every kind can do whatever the other can: only such are kept.
#[derive(Debug, Default)]
pub(super) struct Antichains<const N: usize> {
    /// The first entry for a place and a configuration without its counts.
    heads: FxHashMap<(u32, Configuration<N>), u32>,
    entries: Vec<Entry<N>>,
}

#[derive(Debug)]
struct Entry<const N: usize> {
    configuration: Configuration<N>,
    /// The next of the same head.
    next: u32,
    /// Whether a better one came.
    replaced: bool,
}

impl<const N: usize> Antichains<N> {
    /// Adds a configuration unless one that is there can do as much; says whether it was added.
    pub(super) fn insert(
        &mut self,
        words: &Words<N>,
        place: usize,
        configuration: &Configuration<N>,
    ) -> bool {
        let mut key = *configuration;
        for at in 0..N {
            key.words[at] &= !words.counts[at];
        }
        let head = self.heads.entry((place as u32, key)).or_insert(NONE);
        let mut at = *head;
        let mut kept = NONE;
        while at != NONE {
            let entry = &self.entries[at as usize];
            let next = entry.next;
            if words.has_all_of(&entry.configuration.words, &configuration.words) {
                return false;
            }
            if words.has_all_of(&configuration.words, &entry.configuration.words) {
                self.entries[at as usize].replaced = true;
                match kept {
                    NONE => *head = next,
                    kept => self.entries[kept as usize].next = next,
                }
            } else {
                kept = at;
            }
            at = next;
        }
        let entry = Entry { configuration: *configuration, next: *head, replaced: false };
        *head = self.entries.len() as u32;
        self.entries.push(entry);
        true
    }

    /// The configuration that was added at a turn; `None` if a better one came.
    pub(super) fn get(&self, turn: usize) -> Option<Configuration<N>> {
        self.entries.get(turn).filter(|one| !one.replaced).map(|one| one.configuration)
    }

    /// How many were added.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Those that are left, in the order in which they were added.
    pub(super) fn iter(&self) -> impl Iterator<Item = Configuration<N>> {
        self.entries.iter().filter(|one| !one.replaced).map(|one| one.configuration)
    }

    /// Forgets all, and keeps no more memory than is usual.
    pub(super) fn clear(&mut self) {
        if self.heads.capacity() > 64 * (self.heads.len() + 64) {
            self.heads = FxHashMap::default();
        }
        self.heads.clear();
        self.entries.clear();
    }

    /// What it takes, in bytes, roughly.
    pub(super) fn bytes(&self) -> usize {
        let key = size_of::<(u32, Configuration<N>, u32)>() + 1;
        // The table doubles when it is seven eighths full.
        self.heads.capacity() * 8 / 7 * key + self.entries.capacity() * size_of::<Entry<N>>()
    }
}
