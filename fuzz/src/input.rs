//! Bytes as small numbers.

/// Takes numbers from bytes; after the last byte all are 0.
pub(crate) struct Input<'a> {
    bytes: &'a [u8],
}

impl<'a> Input<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// A number below a bound.
    pub(crate) fn below(&mut self, bound: u8) -> u64 {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        u64::from(first % bound)
    }

    /// Whether bytes are left.
    pub(crate) fn is_left(&self) -> bool {
        !self.bytes.is_empty()
    }
}
