//! Bytes that are looked for at one place, compared at once: most of a text is what it was a line
//! before.

/// Bytes, how many they are, and how many of them are passed over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lead {
    bytes: u128,
    mask: u128,
    pub(super) length: usize,
}

impl Lead {
    /// What no text is: under this mask all is 0.
    const NOTHING: Self = Self { bytes: 1, mask: 0, length: 0 };

    /// Bytes of which so many are passed over; the others must follow. `None` if there are more than
    /// are compared at once.
    pub(super) fn of(bytes: &[u8], length: usize) -> Option<Self> {
        let mut padded = [0; size_of::<u128>()];
        padded.get_mut(..bytes.len())?.copy_from_slice(bytes);
        let mask = u128::MAX.checked_shr(8 * (padded.len() - bytes.len()) as u32).unwrap_or(0);
        Some(Self { bytes: u128::from_le_bytes(padded), mask, length })
    }

    /// Whether they are a text's next ones.
    #[inline(always)]
    pub(super) fn begins(&self, next: u128) -> bool {
        next & self.mask == self.bytes
    }
}

/// Words that were read before and what they mean, found by their first four bytes: which of them
/// comes next is as good as random, and no branch depends on it.
#[derive(Debug)]
pub(super) struct Words<T> {
    known: [(Lead, T); 1 << SLOT_BITS],
}

const SLOT_BITS: u32 = 5;

impl<T: Copy> Words<T> {
    /// None yet; `nothing` stands where a word's meaning will.
    pub(super) fn new(nothing: T) -> Self {
        Self { known: [(Lead::NOTHING, nothing); 1 << SLOT_BITS] }
    }

    /// The word that may be the next one.
    #[inline(always)]
    pub(super) fn candidate(&self, next: u128) -> &(Lead, T) {
        &self.known[slot(next)]
    }

    /// Keeps a word, in the place of another that begins like it.
    pub(super) fn keep(&mut self, lead: Lead, meaning: T) {
        self.known[slot(lead.bytes)] = (lead, meaning);
    }
}

/// Where a word is kept.
#[inline(always)]
fn slot(next: u128) -> usize {
    ((next as u32).wrapping_mul(0x9E37_79B1) >> (u32::BITS - SLOT_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(text: &str) -> u128 {
        let mut padded = [b' '; 16];
        padded[..text.len()].copy_from_slice(text.as_bytes());
        u128::from_le_bytes(padded)
    }

    #[test]
    fn words_are_told_by_all_their_bytes() {
        let mut words = Words::new(0);
        assert!(
            [0, u128::MAX, next("")].iter().all(|next| !words.candidate(*next).0.begins(*next))
        );
        words.keep(Lead::of(b":ok,", 3).unwrap(), 7);
        let (lead, meaning) = words.candidate(next(":ok, :f"));
        assert!(lead.begins(next(":ok, :f")));
        assert_eq!((lead.length, *meaning), (3, 7));
        assert!(!words.candidate(next(":ok")).0.begins(next(":ok")));
        assert!(!words.candidate(next(":okay")).0.begins(next(":okay")));
        assert!(Lead::of(&[b'x'; 17], 17).is_none());
        assert!(Lead::of(&[b'x'; 16], 16).unwrap().begins(next(&"x".repeat(16))));
    }
}
