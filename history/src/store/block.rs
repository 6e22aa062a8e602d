//! The bytes of a history's file.
//!
//! All integers are little-endian. The file begins with 16 bytes that no format version changes:
//!
//! | bytes | |
//! | --- | --- |
//! | 8 | `AEROHIST` |
//! | 2 | format version |
//! | 2 | 0 |
//! | 4 | CRC32 of the 12 bytes before |
//!
//! Then come blocks, one after the other, in time:
//!
//! | bytes | |
//! | --- | --- |
//! | 4 | `ABLK` |
//! | 4 | the block's number, from 0 |
//! | 4 | events in it |
//! | 4 | length of its columns |
//! | 4 | length of its columns as stored, by zstd |
//! | 4 | CRC32 of the columns as stored |
//! | 4 | CRC32 of the 24 bytes before |
//! | … | the columns |

use super::columns::{self, Encoder};
use crate::Event;

/// The format's version that this build writes, and the newest that it reads.
pub const FORMAT_VERSION: u16 = 1;
/// The length of the file's beginning.
pub(super) const PREAMBLE_LENGTH: usize = 16;
/// The length of what stands before a block's columns.
pub(super) const HEADER_LENGTH: usize = 28;
/// The longest columns of a block, in bytes: many times what a recorder writes, and little enough
/// to be allocated on a file's word.
pub const COLUMNS_LIMIT: u32 = 64 << 20;

const FILE_MAGIC: [u8; 8] = *b"AEROHIST";
/// What every block begins with.
pub(super) const BLOCK_MAGIC: [u8; 4] = *b"ABLK";
/// A good trade of speed for size on columns; higher levels gain a few percent.
const ZSTD_LEVEL: i32 = 3;

/// What a file's first bytes say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Preamble {
    /// A history of a format that this build reads.
    Known,
    /// A history of a later format.
    Newer(u16),
    /// No history, or a damaged one.
    Foreign,
}

/// The file's beginning.
pub(super) fn preamble() -> [u8; PREAMBLE_LENGTH] {
    let mut bytes = [0; PREAMBLE_LENGTH];
    bytes[..8].copy_from_slice(&FILE_MAGIC);
    bytes[8..10].copy_from_slice(&FORMAT_VERSION.to_le_bytes());
    let crc = crc32fast::hash(&bytes[..12]);
    bytes[12..].copy_from_slice(&crc.to_le_bytes());
    bytes
}

/// Reads the file's beginning, which may be cut short.
pub(super) fn read_preamble(bytes: &[u8]) -> Preamble {
    let Some(bytes) = bytes.first_chunk::<PREAMBLE_LENGTH>() else {
        // Killed while it wrote its very first bytes.
        let torn = preamble().starts_with(bytes);
        return if torn { Preamble::Known } else { Preamble::Foreign };
    };
    let version = u16::from_le_bytes([bytes[8], bytes[9]]);
    if bytes[..8] != FILE_MAGIC || word(bytes, 3) != crc32fast::hash(&bytes[..12]) {
        Preamble::Foreign
    } else if version > FORMAT_VERSION {
        Preamble::Newer(version)
    } else {
        Preamble::Known
    }
}

/// What stands before a block's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The block's number, from 0.
    pub(super) number: u32,
    /// How many events are in it.
    pub(super) events: u32,
    /// Length of the columns.
    pub(super) length: u32,
    /// Length of the columns as stored.
    pub(super) stored: u32,
    stored_crc: u32,
}

impl Header {
    fn to_bytes(self) -> [u8; HEADER_LENGTH] {
        let words = [self.number, self.events, self.length, self.stored, self.stored_crc];
        let mut bytes = [0; HEADER_LENGTH];
        bytes[..4].copy_from_slice(&BLOCK_MAGIC);
        for (index, word) in words.iter().enumerate() {
            bytes[4 + 4 * index..8 + 4 * index].copy_from_slice(&word.to_le_bytes());
        }
        let crc = crc32fast::hash(&bytes[..24]);
        bytes[24..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads a header; `None` if these bytes are not one, or promise more than a block may hold.
    pub(super) fn from_bytes(bytes: &[u8; HEADER_LENGTH]) -> Option<Self> {
        let header = Self {
            number: word(bytes, 1),
            events: word(bytes, 2),
            length: word(bytes, 3),
            stored: word(bytes, 4),
            stored_crc: word(bytes, 5),
        };
        let whole = bytes[..4] == BLOCK_MAGIC && word(bytes, 6) == crc32fast::hash(&bytes[..24]);
        let bounded = header.length <= COLUMNS_LIMIT && header.stored <= COLUMNS_LIMIT;
        (whole && bounded).then_some(header)
    }

    /// Hands out the events in the stored columns, in order; `None` if these are not the ones that
    /// were written, which may show only after some of them.
    pub(super) fn events(&self, stored: &[u8], each: impl FnMut(Event)) -> Option<()> {
        if crc32fast::hash(stored) != self.stored_crc {
            return None;
        }
        let columns = zstd::bulk::decompress(stored, self.length as usize).ok()?;
        if columns.len() != self.length as usize {
            return None;
        }
        columns::decode(&columns, self.events, each)
    }
}

/// A whole block, ready to be appended; `None` if its columns are too long for one.
pub(super) fn seal(number: u32, encoder: Encoder) -> Option<Vec<u8>> {
    let events = encoder.events();
    let columns = encoder.finish();
    let stored = zstd::bulk::compress(&columns, ZSTD_LEVEL).ok()?;
    let header = Header {
        number,
        events,
        length: bounded(columns.len())?,
        stored: bounded(stored.len())?,
        stored_crc: crc32fast::hash(&stored),
    };
    Some([header.to_bytes().as_slice(), &stored].concat())
}

fn bounded(length: usize) -> Option<u32> {
    u32::try_from(length).ok().filter(|length| *length <= COLUMNS_LIMIT)
}

/// The `index`th 32-bit word of a header.
fn word(bytes: &[u8], index: usize) -> u32 {
    let bytes = &bytes[4 * index..];
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_format_is_told_from_a_damaged_one() {
        let mut bytes = preamble();
        assert_eq!(read_preamble(&bytes), Preamble::Known);
        bytes[8] = 2;
        assert_eq!(read_preamble(&bytes), Preamble::Foreign);
        let crc = crc32fast::hash(&bytes[..12]);
        bytes[12..].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(read_preamble(&bytes), Preamble::Newer(2));
    }

    #[test]
    fn a_header_that_promises_too_much_is_none() {
        let header =
            Header { number: 0, events: 1, length: 10, stored: COLUMNS_LIMIT, stored_crc: 7 };
        assert_eq!(Header::from_bytes(&header.to_bytes()), Some(header));
        let huge = Header { stored: COLUMNS_LIMIT + 1, ..header };
        assert_eq!(Header::from_bytes(&huge.to_bytes()), None);
    }
}
