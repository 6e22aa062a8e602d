//! What is known of the keys before their versions are gathered.

use crate::linearizability::register::{Columns, INITIAL, Kind};

/// Of one key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extent {
    operations: u32,
    /// The highest generation.
    pub(super) highest: u32,
    /// How far a generation lags behind the highest that an earlier call was told, at most.
    pub(super) lag: u32,
    /// Whether something has a version that nobody knows.
    pub(super) fails: bool,
}

/// A refused compare-and-set: its key, the generation that it found, the value that it expected.
pub(super) type Refusal = (u32, u32, u32);

/// Of all keys.
pub(super) struct Outline {
    pub(super) extents: Vec<Extent>,
    /// For each value the position of the write in doubt plus one; empty if none is in doubt.
    pub(super) untold: Vec<u32>,
    /// In their order.
    pub(super) refusals: Vec<Refusal>,
}

impl Outline {
    /// One pass over operations in the order of their calls.
    pub(super) fn of(columns: &Columns, told: &[u32]) -> Self {
        let extents = vec![Extent::default(); columns.keys];
        let mut outline = Self { extents, untold: Vec::new(), refusals: Vec::new() };
        for (position, ((key, told), kind)) in
            columns.key.iter().zip(told).zip(&columns.kind).enumerate()
        {
            if *told == 0 || *kind == Kind::Refused {
                outline.take_rare(columns, position, *told);
            }
            let extent = &mut outline.extents[*key as usize];
            extent.operations += 1;
            extent.highest = extent.highest.max(*told);
            let counts = (*told > 0) & (*kind != Kind::Failed) | (*kind == Kind::Read);
            extent.lag = extent.lag.max(if counts { extent.highest - *told } else { 0 });
        }
        for extent in &mut outline.extents {
            // Generations that leave more gaps than that are no proposal: a window of versions would
            // cost more than its worth.
            extent.fails |= extent.lag > extent.operations;
        }
        outline.refusals.sort_unstable();
        outline
    }

    /// Takes what is rarer: no generation told, or no value.
    fn take_rare(&mut self, columns: &Columns, position: usize, told: u32) {
        let key = columns.key[position];
        let value = columns.value[position];
        let extent = &mut self.extents[key as usize];
        match columns.kind[position] {
            Kind::Failed => {}
            Kind::Read if value == INITIAL => {}
            Kind::Refused if told > 0 => self.refusals.push((key, told, value)),
            Kind::Write | Kind::CompareAndSet if columns.ret[position] == u64::MAX => {
                if self.untold.is_empty() {
                    self.untold = vec![0; columns.values];
                }
                let untold = &mut self.untold[value as usize];
                extent.fails |= *untold != 0;
                *untold = position as u32 + 1;
            }
            _ => extent.fails = true,
        }
    }
}
