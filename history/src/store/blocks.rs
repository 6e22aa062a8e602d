//! The blocks of a history's file, as they are stored, up to its end or to where it was cut off.

use std::io::{self, Read};

use super::DamageError;
use super::block::{
    BLOCK_MAGIC, FORMAT_VERSION, HEADER_LENGTH, Header, PREAMBLE_LENGTH, Preamble, read_preamble,
};

/// A block as it is stored.
#[derive(Debug)]
pub(super) struct Stored {
    /// What stands before its columns.
    pub(super) header: Header,
    /// Its columns.
    pub(super) columns: Vec<u8>,
    /// Where it begins.
    offset: u64,
    /// How many events are before it.
    before: u64,
}

impl Stored {
    /// The first byte after it.
    pub(super) fn end(&self) -> u64 {
        self.offset + (HEADER_LENGTH + self.columns.len()) as u64
    }

    /// What it means that its columns are not as they were written: a recorder that was cut off, if
    /// nothing comes after it.
    pub(super) fn unreadable(&self, followed: bool) -> Result<&'static str, DamageError> {
        if !followed {
            return Ok("its columns are not whole");
        }
        let reason = "a block's checksum does not match";
        Err(DamageError::Block { offset: self.offset, reason, intact: self.before })
    }
}

/// What comes next in a file.
#[derive(Debug)]
pub(super) enum Next {
    /// A block.
    Block(Stored),
    /// Its end.
    End,
    /// A block that was cut off, and how it shows.
    Torn(&'static str),
}

/// Reads block after block.
#[derive(Debug)]
pub(super) struct Blocks<R> {
    source: R,
    blocks: u32,
    offset: u64,
    events: u64,
}

impl<R: Read> Blocks<R> {
    /// Begins to read.
    ///
    /// # Errors
    /// If this is no history, or one of a later format.
    pub(super) fn new(mut source: R) -> Result<Self, DamageError> {
        let mut preamble = Vec::new();
        source.by_ref().take(PREAMBLE_LENGTH as u64).read_to_end(&mut preamble)?;
        match read_preamble(&preamble) {
            Preamble::Known => {}
            Preamble::Newer(found) => {
                return Err(DamageError::NewerFormat { found, known: FORMAT_VERSION });
            }
            Preamble::Foreign => return Err(DamageError::NotAHistory),
        }
        Ok(Self { source, blocks: 0, offset: preamble.len() as u64, events: 0 })
    }

    /// The first byte after what was read.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads the next block.
    ///
    /// # Errors
    /// If the file was damaged after it was written, or cannot be read.
    pub(super) fn next(&mut self) -> Result<Next, DamageError> {
        if self.offset < PREAMBLE_LENGTH as u64 {
            return Ok(Next::Torn("the file has no whole beginning"));
        }
        let bytes = self.read(HEADER_LENGTH as u64)?;
        if bytes.is_empty() {
            return Ok(Next::End);
        }
        let Some(bytes) = bytes.first_chunk() else {
            return Ok(Next::Torn("its header is cut off"));
        };
        let Some(header) = Header::from_bytes(bytes) else {
            // Its length is not to be believed: look for a block further on.
            return if self.finds_block(bytes)? {
                self.damaged("a block's header is not as it was written")
            } else {
                Ok(Next::Torn("its header is not whole"))
            };
        };
        if header.number != self.blocks {
            return self.damaged("a block is missing");
        }
        let columns = self.read(u64::from(header.stored))?;
        if columns.len() < header.stored as usize {
            return Ok(Next::Torn("its columns are cut off"));
        }
        let block = Stored { header, columns, offset: self.offset, before: self.events };
        self.blocks += 1;
        self.offset = block.end();
        self.events += u64::from(header.events);
        Ok(Next::Block(block))
    }

    fn damaged(&self, reason: &'static str) -> Result<Next, DamageError> {
        Err(DamageError::Block { offset: self.offset, reason, intact: self.events })
    }

    /// Whether anything comes after what was read.
    pub(super) fn is_followed(&mut self) -> Result<bool, DamageError> {
        Ok(!self.read(1)?.is_empty())
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
