//! Reads a history's file up to its end, or to where it was cut off.

use std::io::{self, Read};
use std::vec;

use super::DamageError;
use super::block::{
    BLOCK_MAGIC, FORMAT_VERSION, HEADER_LENGTH, Header, PREAMBLE_LENGTH, Preamble, read_preamble,
};
use crate::Event;

/// How a history's file ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The first byte after the last whole block.
    pub offset: u64,
    /// The time of the last event, in ns since the run began.
    pub time_ns: u64,
    /// How many events were read.
    pub events: u64,
    /// What is wrong with the block after it, if one was begun.
    pub torn: Option<&'static str>,
}

/// The events of a history's file, in time. It ends with the file, with a torn last block, or with
/// one error; [`EventReader::ending`] tells which.
#[derive(Debug)]
pub struct EventReader<R> {
    source: R,
    blocks: u32,
    block: vec::IntoIter<Event>,
    ending: Ending,
    done: bool,
}

impl<R: Read> EventReader<R> {
    /// Begins to read.
    ///
    /// # Errors
    /// If this is no history, or one of a later format.
    pub fn new(mut source: R) -> Result<Self, DamageError> {
        let mut preamble = Vec::new();
        source.by_ref().take(PREAMBLE_LENGTH as u64).read_to_end(&mut preamble)?;
        match read_preamble(&preamble) {
            Preamble::Known => {}
            Preamble::Newer(found) => {
                return Err(DamageError::NewerFormat { found, known: FORMAT_VERSION });
            }
            Preamble::Foreign => return Err(DamageError::NotAHistory),
        }
        let torn = (preamble.len() < PREAMBLE_LENGTH).then_some("the file has no whole beginning");
        let ending = Ending { offset: preamble.len() as u64, time_ns: 0, events: 0, torn };
        Ok(Self { source, blocks: 0, block: Vec::new().into_iter(), ending, done: torn.is_some() })
    }

    /// How the part that was read so far ends.
    pub fn ending(&self) -> &Ending {
        &self.ending
    }

    /// Reads the next block; none is left when this gives `false`.
    fn next_block(&mut self) -> Result<bool, DamageError> {
        let header = match self.read(HEADER_LENGTH as u64)? {
            bytes if bytes.is_empty() => return Ok(false),
            bytes => bytes,
        };
        let Some(header_bytes) = header.first_chunk() else {
            return self.torn("its header is cut off");
        };
        let Some(header) = Header::from_bytes(header_bytes) else {
            // Its length is not to be believed: look for a block further on.
            return if self.finds_block(header_bytes)? {
                self.damaged("a block's header is not as it was written")
            } else {
                self.torn("its header is not whole")
            };
        };
        if header.number != self.blocks {
            return self.damaged("a block is missing");
        }
        let stored = self.read(u64::from(header.stored))?;
        if stored.len() < header.stored as usize {
            return self.torn("its columns are cut off");
        }
        let Some(events) = header.events(&stored).filter(|events| self.continues(events)) else {
            return if self.read(1)?.is_empty() {
                self.torn("its columns are not whole")
            } else {
                self.damaged("a block's checksum does not match")
            };
        };
        self.blocks += 1;
        self.ending.offset += (HEADER_LENGTH + stored.len()) as u64;
        self.block = events.into_iter();
        Ok(true)
    }

    /// Whether events go on in time from where the block before ended.
    fn continues(&self, events: &[Event]) -> bool {
        events.first().is_none_or(|first| first.time_ns >= self.ending.time_ns)
    }

    fn torn(&mut self, reason: &'static str) -> Result<bool, DamageError> {
        self.ending.torn = Some(reason);
        Ok(false)
    }

    fn damaged(&self, reason: &'static str) -> Result<bool, DamageError> {
        let Ending { offset, events: intact, .. } = self.ending;
        Err(DamageError::Block { offset, reason, intact })
    }

    /// Up to `length` bytes, fewer only at the end of the file.
    fn read(&mut self, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.source.by_ref().take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Whether a later block begins anywhere behind the first byte of `window` or in the rest of
    /// the file.
    fn finds_block(&mut self, window: &[u8; HEADER_LENGTH]) -> io::Result<bool> {
        const CHUNK: u64 = 1 << 20;
        let mut bytes = window[1..].to_vec();
        loop {
            let chunk = self.read(CHUNK)?;
            bytes.extend_from_slice(&chunk);
            let later = |window: &[u8]| {
                window.starts_with(&BLOCK_MAGIC)
                    && window
                        .first_chunk()
                        .and_then(Header::from_bytes)
                        .is_some_and(|header| header.number > self.blocks)
            };
            if bytes.windows(HEADER_LENGTH).any(later) {
                return Ok(true);
            }
            if chunk.is_empty() {
                return Ok(false);
            }
            // A header may straddle two chunks.
            bytes.drain(..bytes.len().saturating_sub(HEADER_LENGTH - 1));
        }
    }
}

impl<R: Read> Iterator for EventReader<R> {
    type Item = Result<Event, DamageError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(event) = self.block.next() {
                self.ending.time_ns = event.time_ns;
                self.ending.events += 1;
                return Some(Ok(event));
            }
            if self.done {
                return None;
            }
            match self.next_block() {
                Ok(true) => {}
                Ok(false) => self.done = true,
                Err(error) => {
                    self.done = true;
                    return Some(Err(error));
                }
            }
        }
    }
}
