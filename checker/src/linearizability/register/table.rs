//! Room for the tallies of all values: zeros that cost nothing until they are touched.

use std::ops::{Deref, DerefMut};

use bytemuck::{Pod, Zeroable};
use memmap2::MmapMut;

/// What is kept of a value: its tally with all bits of `f` turned and one added to both positions,
/// so that nothing is all zeros. Its 16 bytes are what the speed of the whole rests on.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Raw {
    pub(super) f: u64,
    pub(super) last: u32,
    pub(super) writer: u32,
}

/// From how many bytes on the system is asked for huge pages. Pages of 4 KiB cost a fault each, and
/// more entries than the processor keeps of where they are: half as much again for ten million
/// operations.
const HUGE_BYTES: usize = 1 << 23;

/// So many of them.
#[derive(Debug)]
pub(super) enum Table {
    Small(Vec<Raw>),
    Huge(MmapMut),
}

impl Table {
    /// All zeros.
    pub(super) fn zeroed(values: usize) -> Self {
        let bytes = values * size_of::<Raw>();
        if bytes >= HUGE_BYTES
            && let Ok(pages) = MmapMut::map_anon(bytes)
        {
            // Without huge pages it is slower, and nothing else.
            #[cfg(target_os = "linux")]
            let _ = pages.advise(memmap2::Advice::HugePage);
            return Self::Huge(pages);
        }
        Self::Small(vec![Raw::default(); values])
    }
}

impl Deref for Table {
    type Target = [Raw];

    #[inline]
    fn deref(&self) -> &[Raw] {
        match self {
            Self::Small(values) => values,
            Self::Huge(pages) => bytemuck::cast_slice(pages),
        }
    }
}

impl DerefMut for Table {
    #[inline]
    fn deref_mut(&mut self) -> &mut [Raw] {
        match self {
            Self::Small(values) => values,
            Self::Huge(pages) => bytemuck::cast_slice_mut(pages),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_hold_what_they_are_given() {
        for values in [0, 1, HUGE_BYTES / size_of::<Raw>()] {
            let mut table = Table::zeroed(values);
            assert_eq!(matches!(table, Table::Huge(_)), values > 1);
            assert_eq!(table.len(), values);
            assert!(table.iter().all(|raw| (raw.f, raw.last, raw.writer) == (0, 0, 0)));
            if let Some(last) = table.last_mut() {
                *last = Raw { f: 1, last: 2, writer: 3 };
                assert_eq!(table[values - 1].writer, 3);
            }
        }
    }
}
