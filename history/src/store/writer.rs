//! Appends events to a history's file.

use std::io::{self, Write};

use super::block;
use super::columns::Encoder;
use crate::Event;

/// Encodes events and writes them as whole blocks.
#[derive(Debug)]
pub struct EventWriter<W: Write> {
    sink: W,
    encoder: Encoder,
    blocks: u32,
    bytes: u64,
    events: u64,
}

impl<W: Write> EventWriter<W> {
    /// Begins a history.
    ///
    /// # Errors
    /// Whatever the sink says.
    pub fn new(mut sink: W) -> io::Result<Self> {
        let preamble = block::preamble();
        sink.write_all(&preamble)?;
        let bytes = preamble.len() as u64;
        Ok(Self { sink, encoder: Encoder::default(), blocks: 0, bytes, events: 0 })
    }

    /// Adds an event, which reaches the sink with its block. Times must not fall.
    ///
    /// # Errors
    /// Whatever the sink says.
    pub fn push(&mut self, event: &Event) -> io::Result<()> {
        self.encoder.push(event);
        self.events += 1;
        if self.encoder.is_full() { self.flush() } else { Ok(()) }
    }

    /// Ends the block that is being filled, if it holds anything, and writes it by one call.
    ///
    /// # Errors
    /// Whatever the sink says; the file then ends in a torn block, and nothing more may be pushed.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.encoder.events() == 0 {
            return Ok(());
        }
        let block = block::seal(self.blocks, std::mem::take(&mut self.encoder))
            .ok_or_else(|| io::Error::other("the events of one block are too long"))?;
        self.sink.write_all(&block)?;
        self.sink.flush()?;
        self.blocks += 1;
        self.bytes += block.len() as u64;
        Ok(())
    }

    /// How many blocks were written.
    pub fn blocks(&self) -> u32 {
        self.blocks
    }

    /// How many bytes were written.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many events were added.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Writes what is left and gives the sink back.
    ///
    /// # Errors
    /// Whatever the sink says.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        Ok(self.sink)
    }
}
