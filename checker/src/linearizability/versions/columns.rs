//! Registers with generations, as columns.

use std::borrow::Cow;

use crate::linearizability::register::{Action, Columns};

/// The highest generation under strong consistency (10 bits); the next one is 1 again.
pub const STRONG: u32 = 1023;

/// The highest generation of an available namespace (16 bits); the next one is 1 again.
pub const AVAILABLE: u32 = 65_535;

/// [`Columns`] with the generation that each reply told.
#[derive(Clone, Debug)]
pub struct Versions {
    pub(super) columns: Columns,
    pub(super) told: Vec<u32>,
    highest: u32,
}

impl Versions {
    /// Room for so many operations, of a server whose generations begin anew after `highest`:
    /// [`STRONG`] or [`AVAILABLE`].
    #[must_use]
    pub fn with_capacity(operations: usize, highest: u32) -> Self {
        Self {
            columns: Columns::with_capacity(operations),
            told: Vec::with_capacity(operations),
            highest: highest.max(1),
        }
    }

    /// Adds an operation, as [`Columns::push`] does, with the generation of its reply: a write's own
    /// version, a read's or a refusal's the one that it found; 0 if none was told.
    #[inline]
    pub fn push(&mut self, key: u32, call: u64, ret: u64, action: Action, generation: u32) {
        self.columns.push(key, call, ret, action);
        self.told.push(generation);
    }

    /// The same without generations.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The same in the order of calls, and where each operation was; `None` if it is in order.
    pub(super) fn in_order(&self) -> Option<(Self, Vec<u32>)> {
        let (columns, order) = self.columns.in_order()?;
        let told = order.iter().map(|position| self.told[*position as usize]).collect();
        Some((Self { columns, told, ..*self }, order))
    }

    /// For each key, whether so many writes were asked for that its generations may have begun anew.
    pub(super) fn wrapping(&self) -> Vec<bool> {
        let mut writes = vec![0_u32; self.columns.keys];
        for (key, kind) in self.columns.key.iter().zip(&self.columns.kind) {
            writes[*key as usize] += u32::from(kind.writes());
        }
        writes.into_iter().map(|writes| writes > self.highest).collect()
    }

    /// The generations as if they had never begun anew: each the nearest to the highest before it. That
    /// is a guess, and as good a proposal as any.
    pub(super) fn unwrapped(&self, wrapping: &[bool]) -> Cow<'_, [u32]> {
        if !wrapping.contains(&true) {
            return Cow::Borrowed(&self.told);
        }
        let period = i64::from(self.highest);
        let mut highest = vec![0_i64; self.columns.keys];
        let unwrapped = self.told.iter().zip(&self.columns.key).map(|(told, key)| {
            if *told == 0 || !wrapping[*key as usize] {
                return *told;
            }
            let highest = &mut highest[*key as usize];
            let ahead = (i64::from(*told) - *highest).rem_euclid(period);
            let nearest = *highest + if ahead > period / 2 { ahead - period } else { ahead };
            *highest = nearest.max(*highest);
            // None is before the first: that proposal fails.
            u32::try_from(nearest).unwrap_or(0)
        });
        Cow::Owned(unwrapped.collect())
    }
}
