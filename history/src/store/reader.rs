//! Reads a history's file event by event.

use std::io::Read;
use std::vec;

use super::DamageError;
use super::blocks::{Blocks, Next};
use crate::Event;

/// How a history's file ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    blocks: Blocks<R>,
    block: vec::IntoIter<Event>,
    ending: Ending,
    done: bool,
}

impl<R: Read> EventReader<R> {
    /// Begins to read.
    ///
    /// # Errors
    /// If this is no history, or one of a later format.
    pub fn new(source: R) -> Result<Self, DamageError> {
        let blocks = Blocks::new(source)?;
        let ending = Ending { offset: blocks.offset(), ..Ending::default() };
        Ok(Self { blocks, block: Vec::new().into_iter(), ending, done: false })
    }

    /// How the part that was read so far ends.
    pub fn ending(&self) -> &Ending {
        &self.ending
    }

    /// Reads the next block; none is left when this gives `false`.
    fn next_block(&mut self) -> Result<bool, DamageError> {
        let block = match self.blocks.next()? {
            Next::Block(block) => block,
            Next::End => return Ok(false),
            Next::Torn(reason) => {
                self.ending.torn = Some(reason);
                return Ok(false);
            }
        };
        let mut events = Vec::new();
        let whole = block.header.events(&block.columns, |event| events.push(event)).is_some();
        if !whole || !self.continues(&events) {
            self.ending.torn = Some(block.unreadable(self.blocks.is_followed()?)?);
            return Ok(false);
        }
        self.ending.offset = block.end();
        self.block = events.into_iter();
        Ok(true)
    }

    /// Whether events go on in time from where the block before ended.
    fn continues(&self, events: &[Event]) -> bool {
        events.first().is_none_or(|first| first.time_ns >= self.ending.time_ns)
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
