//! Reads a history's file whole: blocks are decoded side by side and joined in their order, while the
//! next ones are read.

use std::io::Read;

use rayon::prelude::*;

use super::blocks::{Blocks, Next, Stored};
use super::{DamageError, Ending};
use crate::pairing::{Pairing, Part};
use crate::{History, HistoryError};

/// How many blocks are decoded side by side: a few for each of many cores, and little memory.
const BATCH: usize = 16;
/// How long their columns may be together, in bytes.
const BATCH_LENGTH: u64 = 64 << 20;

/// Why a file is no history.
#[derive(Debug)]
pub(super) enum GatherError {
    /// It is not as it was written.
    Damaged(DamageError),
    /// It holds what no recorder writes.
    Inconsistent(HistoryError),
}

impl From<DamageError> for GatherError {
    fn from(error: DamageError) -> Self {
        Self::Damaged(error)
    }
}

/// The history in a file as far as it is readable, and how it ends.
///
/// # Errors
/// The first damage before the last block, or the first event that no recorder writes, whichever
/// comes first.
pub(super) fn gather(source: impl Read + Send) -> Result<(History, Ending), GatherError> {
    let mut blocks = Blocks::new(source)?;
    let ending = Ending { offset: blocks.offset(), ..Ending::default() };
    let mut joined = Joined { pairing: Pairing::default(), ending };
    let mut batch = Batch::read(&mut blocks);
    let mut parts = batch.decode();
    loop {
        let next = batch.end.is_none().then(|| Batch::read(&mut blocks));
        let followed = next.as_ref().is_some_and(|next| !next.is_empty());
        let (whole, decoded) = rayon::join(
            || joined.append(batch, parts, followed),
            || next.as_ref().map(Batch::decode).unwrap_or_default(),
        );
        let whole = whole?;
        match next {
            Some(next) if whole => (batch, parts) = (next, decoded),
            _ => break,
        }
    }
    Ok((joined.pairing.finish(), joined.ending))
}

/// How the blocks of a file end.
#[derive(Debug)]
enum End {
    /// With the file.
    Whole,
    /// With a block that was cut off.
    Torn(&'static str),
    /// With damage.
    Damaged(DamageError),
}

/// Some blocks, one after the other.
#[derive(Debug)]
struct Batch {
    blocks: Vec<Stored>,
    /// What comes after them, if it is not one more block.
    end: Option<End>,
}

impl Batch {
    fn read(source: &mut Blocks<impl Read>) -> Self {
        let mut batch = Self { blocks: Vec::with_capacity(BATCH), end: None };
        let mut length = 0;
        while batch.end.is_none() && batch.blocks.len() < BATCH && length < BATCH_LENGTH {
            match source.next() {
                Ok(Next::Block(block)) => {
                    length += u64::from(block.header.length);
                    batch.blocks.push(block);
                }
                Ok(Next::End) => batch.end = Some(End::Whole),
                Ok(Next::Torn(reason)) => batch.end = Some(End::Torn(reason)),
                Err(error) => batch.end = Some(End::Damaged(error)),
            }
        }
        batch
    }

    /// Whether the file had nothing more.
    fn is_empty(&self) -> bool {
        self.blocks.is_empty() && matches!(self.end, Some(End::Whole))
    }

    /// The events of each block, paired; `None` for a block that is not as it was written.
    fn decode(&self) -> Vec<Option<Part>> {
        let part = |block: &Stored| {
            let mut part = Part::default();
            block.header.events(&block.columns, |event| part.push(event))?;
            Some(part)
        };
        self.blocks.par_iter().map(part).collect()
    }
}

/// What was read so far.
#[derive(Debug)]
struct Joined {
    pairing: Pairing,
    ending: Ending,
}

impl Joined {
    /// Adds decoded blocks; `false` if the last of them is torn. `followed` says whether more comes
    /// after the batch.
    fn append(
        &mut self,
        batch: Batch,
        parts: Vec<Option<Part>>,
        followed: bool,
    ) -> Result<bool, GatherError> {
        let followed = followed || matches!(batch.end, Some(End::Torn(_) | End::Damaged(_)));
        let count = batch.blocks.len();
        for (at, (block, part)) in batch.blocks.iter().zip(parts).enumerate() {
            let in_time = |part: &Part| part.begins_after(self.ending.time_ns);
            let Some(part) = part.filter(in_time) else {
                self.ending.torn = Some(block.unreadable(at + 1 < count || followed)?);
                return Ok(false);
            };
            self.ending.offset = block.end();
            self.ending.events += part.events();
            self.pairing.append(part).map_err(GatherError::Inconsistent)?;
            self.ending.time_ns = self.pairing.ended_ns();
        }
        match batch.end {
            Some(End::Torn(reason)) => self.ending.torn = Some(reason),
            Some(End::Damaged(error)) => return Err(error.into()),
            Some(End::Whole) | None => {}
        }
        Ok(true)
    }
}
