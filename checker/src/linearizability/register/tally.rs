//! What the operations on each value of a history pin down, in one pass.

use std::hint::{black_box, select_unpredictable};
use std::ops::Range;

use rayon::prelude::*;

use super::INITIAL;
use super::columns::{Columns, Kind};
use super::table::{Raw, Table};

/// No position.
pub(super) const NONE: u32 = u32::MAX;

/// How many operations are looked at together.
const STRETCH: usize = 512;

/// The operations on one value: a write and the reads that returned it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    /// The earliest return.
    pub(super) f: u64,
    /// The position of the latest call, or [`NONE`].
    pub(super) last: u32,
    /// The position of the write, or [`NONE`].
    pub(super) writer: u32,
}

/// The tallies of all values.
#[derive(Debug)]
pub(super) struct Tallies {
    of: Table,
    /// For each key, the position of the last read of its initial value, or [`NONE`].
    pub(super) initial: Vec<u32>,
    /// Some value was written more than once.
    pub(super) doubled: bool,
    /// Some value is of several keys, so that its tally means nothing.
    pub(super) shared: bool,
}

/// What one stretch of the history gave.
#[derive(Debug, Default)]
struct Part {
    /// Positions whose values belong to the tallies of another stretch, by that stretch.
    away: Vec<Vec<u32>>,
    initial: Vec<u32>,
    doubled: bool,
    shared: bool,
}

impl Tallies {
    /// Tallies operations that are in the order of their calls, in so many stretches at once.
    ///
    /// Each stretch of operations owns a stretch of values. Values are numbered about in the order
    /// of their writes, so most operations find theirs at home; the others are passed on.
    pub(super) fn of(columns: &Columns, stretches: usize) -> Self {
        let mut of = Table::zeroed(columns.values);
        let width = columns.values.div_ceil(stretches).max(1);
        let length = columns.len().div_ceil(stretches).max(1);
        let mut parts: Vec<Part> = of
            .par_chunks_mut(width)
            .enumerate()
            .map(|(stretch, home)| {
                let mut part = Part {
                    away: vec![Vec::new(); stretches],
                    initial: vec![NONE; columns.keys],
                    ..Part::default()
                };
                let begin = (stretch * length).min(columns.len());
                let end = (begin + length).min(columns.len());
                part.tally(columns, begin..end, home, stretch * width, width);
                part
            })
            .collect();
        // Fewer values than stretches: the last operations have no home among the chunks.
        let tallied = (parts.len() * length).min(columns.len());
        let mut rest = Part {
            away: vec![Vec::new(); stretches],
            initial: vec![NONE; columns.keys],
            ..Part::default()
        };
        rest.tally(columns, tallied..columns.len(), &mut [], 0, width);
        parts.push(rest);
        let passed: Vec<Part> = of
            .par_chunks_mut(width)
            .enumerate()
            .map(|(stretch, home)| {
                let mut part = Part::default();
                for position in parts.iter().flat_map(|from| &from.away[stretch]) {
                    let value = columns.value[*position as usize] as usize;
                    part.add(columns, *position, &mut home[value - stretch * width]);
                }
                part
            })
            .collect();
        let mut initial = vec![NONE; columns.keys];
        for part in &parts {
            for (last, own) in initial.iter_mut().zip(&part.initial) {
                if *own != NONE {
                    *last = *own;
                }
            }
        }
        let any = |of: fn(&Part) -> bool| parts.iter().chain(&passed).any(of);
        Self { of, initial, doubled: any(|p| p.doubled), shared: any(|p| p.shared) }
    }
}

impl Tallies {
    /// A value's.
    #[inline]
    pub(super) fn get(&self, value: u32) -> Tally {
        Self::read(&self.of[value as usize])
    }

    fn read(Raw { f, last, writer }: &Raw) -> Tally {
        Tally { f: !f, last: last.wrapping_sub(1), writer: writer.wrapping_sub(1) }
    }

    /// All values with theirs.
    pub(super) fn par_iter(&self) -> impl ParallelIterator<Item = (u32, Tally)> + '_ {
        self.of.par_iter().enumerate().map(|(value, raw)| (value as u32, Self::read(raw)))
    }
}

impl Part {
    /// Tallies a stretch of operations into its home, whose first value is `first`.
    fn tally(
        &mut self,
        columns: &Columns,
        operations: Range<usize>,
        home: &mut [Raw],
        first: usize,
        width: usize,
    ) {
        let mut begin = operations.start;
        while begin < operations.end {
            let end = (begin + STRETCH).min(operations.end);
            warm(columns, end..(end + STRETCH).min(operations.end), home, first);
            self.tally_stretch(columns, begin..end, home, first, width);
            begin = end;
        }
    }

    fn tally_stretch(
        &mut self,
        columns: &Columns,
        operations: Range<usize>,
        home: &mut [Raw],
        first: usize,
        width: usize,
    ) {
        let chained = columns.any_chained();
        for position in operations {
            let value = columns.value[position];
            if !matches!(columns.kind[position], Kind::Read | Kind::Write)
                || (chained && columns.is_chained(columns.key[position]))
            {
                continue;
            }
            if value == INITIAL {
                self.initial[columns.key[position] as usize] = position as u32;
                self.doubled |= columns.kind[position] == Kind::Write;
                continue;
            }
            match home.get_mut((value as usize).wrapping_sub(first)) {
                Some(tally) => self.add(columns, position as u32, tally),
                None => self.away[value as usize / width].push(position as u32),
            }
        }
    }

    #[inline]
    fn add(&mut self, columns: &Columns, position: u32, tally: &mut Raw) {
        let at = position as usize;
        // Whether it is the first of its value, and whether it writes, is as good as random: no
        // branch may depend on it.
        let Raw { f, last, writer } = *tally;
        let one = select_unpredictable(last == 0, position, last.wrapping_sub(1));
        self.shared |= columns.key[one as usize] != columns.key[at];
        let writes = columns.kind[at] == Kind::Write;
        self.doubled |= writes & (writer != 0);
        *tally = Raw {
            f: f.max(!columns.ret[at]),
            last: last.max(position + 1),
            writer: select_unpredictable(writes, position + 1, writer),
        };
    }
}

/// Fetches the tallies of some operations before they are needed. Loads that nothing waits for
/// overlap; those of the pass itself, which has more to do for each, would come one by one.
fn warm(columns: &Columns, operations: Range<usize>, home: &[Raw], first: usize) {
    let mut sum = 0_u32;
    for value in &columns.value[operations] {
        if let Some(tally) = home.get((*value as usize).wrapping_sub(first)) {
            sum = sum.wrapping_add(tally.last);
        }
    }
    black_box(sum);
}
