use serde::{Deserialize, Serialize};
use wire::{Op, OpCode, Value};

/// A named value of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// The name, at most [`Bins::MAX_NAME`] bytes.
    pub name: Vec<u8>,
    /// The value, never null.
    pub value: Value,
}

impl Bin {
    /// The bin as it stands in a reply to a request for all bins.
    #[must_use]
    pub fn to_op(&self) -> Op {
        Op::new(OpCode::READ, self.name.clone(), &self.value)
    }
}

/// The bins of a record, in the order in which a server keeps and returns them: new bins come
/// last, and the last takes the place of a removed one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Bins(Vec<Bin>);

impl Bins {
    /// The longest name of a bin, in bytes.
    pub const MAX_NAME: usize = 15;
    /// Most bins of a record.
    pub const MAX_COUNT: usize = 32 * 1024 - 1;

    /// Number of bins.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when there is no bin.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bins in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Bin> {
        self.0.iter()
    }

    /// The value of a bin.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&Value> {
        self.0.iter().find(|bin| bin.name == name).map(|bin| &bin.value)
    }

    /// Writes a bin; a null value removes it.
    pub fn set(&mut self, name: &[u8], value: Value) {
        let place = self.0.iter().position(|bin| bin.name == name);
        match (place, value) {
            (Some(place), Value::Null) => drop(self.0.swap_remove(place)),
            (None, Value::Null) => {}
            (Some(place), value) => self.0[place].value = value,
            (None, value) => self.0.push(Bin { name: name.to_vec(), value }),
        }
    }

    /// Removes all bins.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Bytes that the bins take in storage, about: names, values, two bytes beside each.
    #[must_use]
    pub fn stored_bytes(&self) -> usize {
        self.0.iter().map(|bin| 2 + bin.name.len() + bin.value.encode().len()).sum()
    }
}

impl<'a> IntoIterator for &'a Bins {
    type Item = &'a Bin;
    type IntoIter = std::slice::Iter<'a, Bin>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(bins: &Bins) -> Vec<&[u8]> {
        bins.iter().map(|bin| bin.name.as_slice()).collect()
    }

    #[test]
    fn the_last_bin_takes_the_place_of_a_removed_one() {
        let mut bins = Bins::default();
        for name in [b"a", b"b", b"c"] {
            bins.set(name, Value::Integer(1));
        }
        bins.set(b"a", Value::Null);
        bins.set(b"x", Value::Null);
        assert_eq!(names(&bins), [b"c", b"b"]);
        bins.set(b"c", Value::Integer(2));
        assert_eq!(bins.get(b"c"), Some(&Value::Integer(2)));
        assert_eq!(bins.get(b"a"), None);
    }
}
