//! A place in a text, and what is passed over there when it is what it nearly always is.
//!
//! Nothing here tells what is wrong: what is not passed over is left to the
//! [scanner](super::scan::Scanner).

use super::lead::{Lead, Words};
use super::scan::Written;
use super::{Data, DatumId};

/// A text, and a place in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
}

/// Ends a word.
pub(super) const END: [bool; 256] = {
    let mut table = [false; 256];
    let ends = b" \t\r\n,;\"[](){}";
    let mut at = 0;
    while at < ends.len() {
        table[ends[at] as usize] = true;
        at += 1;
    }
    table
};

impl Cursor<'_> {
    /// The next byte.
    #[inline(always)]
    pub(super) fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Passes over a byte, if it is the next one.
    #[inline(always)]
    pub(super) fn passes(&mut self, byte: u8) -> bool {
        let passes = self.byte() == Some(byte);
        self.at += usize::from(passes);
        passes
    }

    /// Passes over bytes, if they are the next ones; near the text's end they never are.
    #[inline(always)]
    pub(super) fn follows(&mut self, lead: &Lead) -> bool {
        let follows = self.next().is_some_and(|next| lead.begins(next));
        self.at += if follows { lead.length } else { 0 };
        follows
    }

    /// A word that was read before; near the text's end none is known.
    #[inline(always)]
    pub(super) fn known<T: Copy>(&mut self, words: &Words<T>) -> Option<T> {
        let next = self.next()?;
        let (lead, meaning) = words.candidate(next);
        if !lead.begins(next) {
            return None;
        }
        self.at += lead.length;
        Some(*meaning)
    }

    #[inline(always)]
    fn next(&self) -> Option<u128> {
        self.text.get(self.at..)?.first_chunk().copied().map(u128::from_le_bytes)
    }

    /// A short integer or nil.
    #[inline(always)]
    pub(super) fn value(&mut self, data: &mut Data) -> Option<DatumId> {
        match self.byte()? {
            b'0'..=b'9' => self.integer().map(|number| data.add_integer(number)),
            b'n' => self.nil().then_some(DatumId::NIL),
            _ => None,
        }
    }

    /// The same, or a pair of them.
    #[inline(always)]
    pub(super) fn value_or_pair(&mut self, data: &mut Data) -> Option<Written> {
        if !self.passes(b'[') {
            return self.value(data).map(Written::Value);
        }
        let key = self.value(data)?;
        while self.passes(b' ') || self.passes(b',') {}
        let value = self.value(data)?;
        self.passes(b']').then_some(Written::Pair([key, value]))
    }

    /// `nil` or `null`, if it is the next word and not the text's end.
    #[inline(always)]
    pub(super) fn nil(&mut self) -> bool {
        let length = match &self.text[self.at..] {
            [b'n', b'i', b'l', end, ..] if END[*end as usize] => 3,
            [b'n', b'u', b'l', b'l', end, ..] if END[*end as usize] => 4,
            _ => return false,
        };
        self.at += length;
        true
    }

    /// An integer of at most 18 digits.
    #[inline(always)]
    pub(super) fn integer(&mut self) -> Option<i64> {
        if let Some(next) = self.text[self.at..].first_chunk() {
            let (digits, number) = digits_of_eight(u64::from_le_bytes(*next));
            if let Some(end) = next.get(digits) {
                self.at += digits;
                return (digits > 0 && END[*end as usize]).then_some(number);
            }
        }
        self.long_integer()
    }

    fn long_integer(&mut self) -> Option<i64> {
        let rest = &self.text[self.at..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += digits;
        let ends = rest.get(digits).is_none_or(|byte| END[*byte as usize]);
        (ends && (1..=18).contains(&digits))
            .then(|| rest[..digits].iter().fold(0, |all, digit| 10 * all + i64::from(digit - b'0')))
    }
}

/// How many of eight bytes are digits before the first that is none, and their number if that is
/// not all: without a loop, since how many they are is as good as random.
#[inline(always)]
fn digits_of_eight(bytes: u64) -> (usize, i64) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let digits = bytes ^ (EACH * b'0' as u64);
    // The high bit of the first byte that is no digit; later ones may be wrong.
    let others = (digits | digits.wrapping_add(EACH * (0x80 - 10))) & (EACH * 0x80);
    let count = others.trailing_zeros() / 8;
    let digits = digits.checked_shl(u64::BITS - 8 * count).unwrap_or(0);
    // Two, four and eight digits at once.
    let twos = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let upper = (twos & 0x0000_00FF_0000_00FF).wrapping_mul(100 + (1_000_000 << 32));
    let lower = (twos >> 16 & 0x0000_00FF_0000_00FF).wrapping_mul(1 + (10_000 << 32));
    (count as usize, i64::from((upper.wrapping_add(lower) >> 32) as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_length_are_read_before_any_end() {
        for digits in 1..=19_usize {
            let number = &"1234567890123456789"[..digits];
            let expected = (digits <= 18).then(|| number.parse().unwrap());
            for end in ["", " ", ",", "]", "\n", "}   ", "       :x", "x", "-1      "] {
                let text = format!("{number}{end}");
                let mut cursor = Cursor { text: text.as_bytes(), at: 0 };
                let ends = !end.starts_with(['x', '-']);
                assert_eq!(cursor.integer(), expected.filter(|_| ends), "{text:?}");
                assert_eq!(cursor.at, digits);
            }
        }
        for number in ["0", "00", "9", "00000001", "99999999", "100000000", "1234567", "0000001"] {
            for end in ["", " ", "]        "] {
                let text = format!("{number}{end}");
                let mut cursor = Cursor { text: text.as_bytes(), at: 0 };
                assert_eq!(cursor.integer(), number.parse().ok(), "{text:?}");
            }
        }
        for no_number in ["", "x", "-1", "/       ", ":       ", "\u{ff}12345678"] {
            assert_eq!(Cursor { text: no_number.as_bytes(), at: 0 }.integer(), None);
        }
    }

    #[test]
    fn pairs_and_nil_are_values_if_they_end() {
        let mut data = Data::default();
        let (one, two) = (data.add_integer(1), data.add_integer(2));
        let mut read = |text: &str| {
            let mut cursor = Cursor { text: text.as_bytes(), at: 0 };
            cursor.value_or_pair(&mut data).map(|value| (value, cursor.at))
        };
        assert_eq!(read("nil "), Some((Written::Value(DatumId::NIL), 3)));
        assert_eq!(read("null]"), Some((Written::Value(DatumId::NIL), 4)));
        assert_eq!(read("[1, 2]"), Some((Written::Pair([one, two]), 6)));
        assert_eq!(read("[1 nil] "), Some((Written::Pair([one, DatumId::NIL]), 7)));
        for other in ["nill", "nul ", "nil", "[1 2 1]", "[1]", "[1 [2]]", "[]", "-1", ""] {
            assert_eq!(read(other), None, "{other:?}");
        }
    }
}
