//! Values of any kind, each with a dense id.

use std::fmt::Write as _;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use super::super::SyntaxError;
use super::scan::Scanner;

/// A value by its id: equal values have equal ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatumId(pub u32);

impl DatumId {
    /// `nil`: nothing is there.
    pub const NIL: Self = Self(0);
}

/// A value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Datum<'a> {
    /// `nil` or `null`
    Nil,
    /// `true` or `false`
    Boolean(bool),
    /// `-7`
    Integer(i64),
    /// `"text"`
    Text(&'a str),
    /// Anything else that stands alone, as it is written: `:x`, `1.5`.
    Word(&'a str),
    /// A list, vector or set.
    Sequence(&'a [DatumId]),
    /// A map: keys and values by turns.
    Map(&'a [DatumId]),
}

#[derive(Clone, Copy, Debug)]
enum Stored {
    Nil,
    Boolean(bool),
    Integer(i64),
    Text(u32),
    Word(u32),
    Sequence { from: u32, to: u32 },
    Map { from: u32, to: u32 },
}

/// All values of a history.
#[derive(Clone, Debug)]
pub struct Data {
    stored: Vec<Stored>,
    elements: Vec<DatumId>,
    texts: Vec<Box<str>>,
    /// The ids of small integers, by the integer; 0 is none.
    small: Vec<u32>,
    large: FxHashMap<i64, u32>,
    named: FxHashMap<Box<str>, u32>,
    words: FxHashMap<Box<str>, u32>,
    /// The ids of collections, by a hash of what is in them; of two with one hash, one stands at
    /// the next free number.
    collections: FxHashMap<u64, u32>,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            stored: vec![Stored::Nil],
            elements: Vec::new(),
            texts: Vec::new(),
            small: Vec::new(),
            large: FxHashMap::default(),
            named: FxHashMap::default(),
            words: FxHashMap::default(),
            collections: FxHashMap::default(),
        }
    }
}

impl Data {
    /// How many ids there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stored.len()
    }

    /// Whether there is nothing but `nil`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stored.len() == 1
    }

    /// The value of an id.
    #[must_use]
    pub fn get(&self, id: DatumId) -> Datum<'_> {
        let range = |from: u32, to: u32| &self.elements[from as usize..to as usize];
        match self.stored[id.0 as usize] {
            Stored::Nil => Datum::Nil,
            Stored::Boolean(value) => Datum::Boolean(value),
            Stored::Integer(value) => Datum::Integer(value),
            Stored::Text(at) => Datum::Text(&self.texts[at as usize]),
            Stored::Word(at) => Datum::Word(&self.texts[at as usize]),
            Stored::Sequence { from, to } => Datum::Sequence(range(from, to)),
            Stored::Map { from, to } => Datum::Map(range(from, to)),
        }
    }

    /// The elements of a sequence; none of anything else.
    #[must_use]
    #[inline]
    pub fn sequence(&self, id: DatumId) -> Option<&[DatumId]> {
        match self.stored[id.0 as usize] {
            Stored::Sequence { from, to } => Some(&self.elements[from as usize..to as usize]),
            _ => None,
        }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn integer(&self, id: DatumId) -> Option<i64> {
        match self.get(id) {
            Datum::Integer(value) => Some(value),
            _ => None,
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self, id: DatumId) -> Option<&str> {
        match self.get(id) {
            Datum::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Reads a value in EDN.
    ///
    /// # Errors
    /// Where it is none.
    pub fn read(&mut self, text: &str) -> Result<DatumId, SyntaxError> {
        let mut scanner = Scanner::new(text.as_bytes(), false);
        let id = scanner.value(self)?;
        match scanner.blanks() {
            None => Ok(id),
            Some(_) => Err(scanner.wrong(scanner.offset(), "more follows the value")),
        }
    }

    /// An integer's id.
    #[inline]
    pub fn add_integer(&mut self, value: i64) -> DatumId {
        if let Ok(at) = usize::try_from(value) {
            if let Some(known) = self.small.get(at).filter(|known| **known != 0) {
                return DatumId(*known);
            }
            // A table of small integers, as long as it is not much longer than there are values.
            if at < 4 * self.stored.len() + 1024 {
                if at >= self.small.len() {
                    self.small.resize((at + 1).next_power_of_two(), 0);
                }
                let id = self.push(Stored::Integer(value));
                self.small[at] = id.0;
                // One that came before the table was long enough.
                if let Some(known) = self.large.get(&value) {
                    self.small[at] = *known;
                    self.stored.pop();
                    return DatumId(*known);
                }
                return id;
            }
        }
        let next = self.stored.len() as u32;
        let id = *self.large.entry(value).or_insert(next);
        if id == next {
            self.stored.push(Stored::Integer(value));
        }
        DatumId(id)
    }

    /// A boolean's id.
    pub fn add_boolean(&mut self, value: bool) -> DatumId {
        let word = if value { "true" } else { "false" };
        if let Some(known) = self.words.get(word) {
            return DatumId(*known);
        }
        let id = self.push(Stored::Boolean(value));
        self.words.insert(word.into(), id.0);
        id
    }

    /// A text's id.
    pub fn add_text(&mut self, text: &str) -> DatumId {
        if let Some(known) = self.named.get(text) {
            return DatumId(*known);
        }
        let at = self.texts.len() as u32;
        self.texts.push(text.into());
        let id = self.push(Stored::Text(at));
        self.named.insert(text.into(), id.0);
        id
    }

    /// A word's id.
    pub fn add_word(&mut self, word: &str) -> DatumId {
        if let Some(known) = self.words.get(word) {
            return DatumId(*known);
        }
        let at = self.texts.len() as u32;
        self.texts.push(word.into());
        let id = self.push(Stored::Word(at));
        self.words.insert(word.into(), id.0);
        id
    }

    /// A sequence's id.
    pub fn add_sequence(&mut self, elements: &[DatumId]) -> DatumId {
        self.add_collection(elements, false)
    }

    /// A map's id, of keys and values by turns.
    pub fn add_map(&mut self, entries: &[DatumId]) -> DatumId {
        let mut pairs: Vec<[DatumId; 2]> =
            entries.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
        pairs.sort_unstable();
        self.add_collection(pairs.as_flattened(), true)
    }

    fn add_collection(&mut self, elements: &[DatumId], map: bool) -> DatumId {
        let mut hasher = FxHasher::default();
        (map, elements).hash(&mut hasher);
        let mut hash = hasher.finish();
        while let Some(known) = self.collections.get(&hash) {
            let id = DatumId(*known);
            match self.get(id) {
                Datum::Sequence(same) if !map && same == elements => return id,
                Datum::Map(same) if map && same == elements => return id,
                _ => hash = hash.wrapping_add(1),
            }
        }
        let from = self.elements.len() as u32;
        self.elements.extend_from_slice(elements);
        let to = self.elements.len() as u32;
        let stored = if map { Stored::Map { from, to } } else { Stored::Sequence { from, to } };
        let id = self.push(stored);
        self.collections.insert(hash, id.0);
        id
    }

    fn push(&mut self, stored: Stored) -> DatumId {
        let id = DatumId(self.stored.len() as u32);
        self.stored.push(stored);
        id
    }

    /// A value as EDN; long sequences are cut in their middle.
    #[must_use]
    pub fn print(&self, id: DatumId) -> String {
        let mut text = String::new();
        // What is still to be printed, the next one last.
        let mut left = vec![Part::Datum(id)];
        while let Some(part) = left.pop() {
            let id = match part {
                Part::Text(part) => {
                    text.push_str(part);
                    continue;
                }
                Part::Skipped(count) => {
                    let _ = write!(text, "… {count} more …");
                    continue;
                }
                Part::Datum(id) => id,
            };
            match self.get(id) {
                Datum::Nil => text.push_str("nil"),
                Datum::Boolean(value) => {
                    let _ = write!(text, "{value}");
                }
                Datum::Integer(value) => {
                    let _ = write!(text, "{value}");
                }
                Datum::Text(value) => {
                    let _ = write!(text, "{value:?}");
                }
                Datum::Word(value) => text.push_str(value),
                Datum::Sequence(elements) => nested(&mut left, ["[", "]"], elements),
                Datum::Map(entries) => nested(&mut left, ["{", "}"], entries),
            }
        }
        text
    }
}

enum Part {
    Text(&'static str),
    Skipped(usize),
    Datum(DatumId),
}

/// Elements that are printed at each end of a sequence.
const SHOWN: usize = 8;

fn nested(left: &mut Vec<Part>, [open, close]: [&'static str; 2], elements: &[DatumId]) {
    let skipped = elements.len().saturating_sub(2 * SHOWN);
    let mut parts = vec![Part::Text(open)];
    for (at, element) in elements.iter().enumerate() {
        let hidden = skipped > 0 && (SHOWN..SHOWN + skipped).contains(&at);
        if hidden && at > SHOWN {
            continue;
        }
        if at > 0 {
            parts.push(Part::Text(" "));
        }
        parts.push(if hidden { Part::Skipped(skipped) } else { Part::Datum(*element) });
    }
    parts.push(Part::Text(close));
    left.extend(parts.into_iter().rev());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_equal_ids() {
        let mut data = Data::default();
        // Far beyond the table at first, within it later.
        let far = data.add_integer(100_000);
        let ids: Vec<_> = (0..100_000).map(|value| data.add_integer(value)).collect();
        assert_eq!(data.add_integer(100_000), far);
        assert_eq!(ids[77], data.add_integer(77));
        assert_eq!(data.integer(ids[99_999]), Some(99_999));
        for value in [-1, i64::MIN, i64::MAX] {
            let id = data.add_integer(value);
            assert_eq!((data.add_integer(value), data.get(id)), (id, Datum::Integer(value)));
        }
        assert_ne!(data.add_text("true"), data.add_boolean(true));
        assert_ne!(data.add_text(":x"), data.add_word(":x"));
        assert_eq!(data.add_text("x"), data.add_text("x"));
        let (one, two) = (data.add_integer(1), data.add_integer(2));
        let pair = data.add_sequence(&[one, two]);
        assert_eq!(data.add_sequence(&[one, two]), pair);
        assert_ne!(data.add_sequence(&[two, one]), pair);
        let map = data.add_map(&[one, two, two, one]);
        assert_eq!(data.add_map(&[two, one, one, two]), map);
        assert_ne!(data.add_sequence(&[one, two, two, one]), map);
    }

    #[test]
    fn long_values_are_printed_short() {
        let mut data = Data::default();
        let numbers: Vec<_> = (0..100).map(|value| data.add_integer(value)).collect();
        let list = data.add_sequence(&numbers);
        let name = data.add_text("a\"b");
        let both = data.add_map(&[name, list]);
        assert_eq!(
            data.print(both),
            "{\"a\\\"b\" [0 1 2 3 4 5 6 7 … 84 more … 92 93 94 95 96 97 98 99]}"
        );
        assert_eq!(data.print(DatumId::NIL), "nil");
    }
}
