//! Whether the order that generations propose explains everything.
//!
//! One pass gathers what each version pins down: its value, its earliest return, its latest call, its
//! write. Then each key's versions are walked in order: none may have an operation that returned
//! before something was called that must come before it.

use std::hint::{black_box, select_unpredictable};
use std::ops::Range;

use crate::linearizability::register::{Columns, INITIAL, Kind};

/// A version: all bits of its earliest return turned, its latest call, the call of its write, its
/// value plus one, the position of its write plus one. Nothing known is all zeros: such memory comes
/// from the system when it is first touched.
type Version = (u64, u64, u64, u32, u32);

/// Generations that leave more than so many gaps for each operation of their key are no proposal: a
/// table of versions would cost more than its worth.
const GAPS: usize = 4;

/// How many operations are looked at together.
const STRETCH: usize = 512;

/// What is known of the keys before their versions are gathered.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    operations: usize,
    highest: u32,
}

/// For each key, whether the proposal fails. `told` are generations that never begin anew, of
/// operations in the order of their calls.
pub(super) fn failing(columns: &Columns, told: &[u32]) -> Vec<bool> {
    let mut extents = vec![Extent::default(); columns.keys];
    for (key, told) in columns.key.iter().zip(told) {
        let extent = &mut extents[*key as usize];
        extent.operations += 1;
        extent.highest = extent.highest.max(*told);
    }
    let mut fails = vec![false; columns.keys];
    let mut starts = Vec::with_capacity(columns.keys + 1);
    let mut size = 0;
    for (fails, extent) in fails.iter_mut().zip(&extents) {
        starts.push(size);
        *fails = extent.highest as usize > GAPS * (extent.operations + GAPS);
        size += if *fails { 0 } else { extent.highest as usize + 1 };
    }
    starts.push(size);
    let versions = vec![(0, 0, 0, 0, 0); size];
    let mut order = Order { versions, starts, untold: Vec::new(), refusals: Vec::new(), fails };
    order.gather(columns, told);
    for key in 0..columns.keys {
        order.fails[key] = order.fails[key] || !order.holds(columns, key);
    }
    for (version, position) in &order.refusals {
        let found = order.versions[*version].3;
        let key = columns.key[*position as usize] as usize;
        order.fails[key] |= found == columns.value[*position as usize] + 1;
    }
    order.fails
}

struct Order {
    versions: Vec<Version>,
    /// Where each key's versions begin.
    starts: Vec<usize>,
    /// For each value the position of the write in doubt plus one; empty if none is in doubt.
    untold: Vec<u32>,
    /// The versions that refusals found, with their positions.
    refusals: Vec<(usize, u32)>,
    fails: Vec<bool>,
}

impl Order {
    fn gather(&mut self, columns: &Columns, told: &[u32]) {
        let mut begin = 0;
        while begin < told.len() {
            let end = (begin + STRETCH).min(told.len());
            self.warm(columns, told, end..(end + STRETCH).min(told.len()));
            self.gather_stretch(columns, told, begin..end);
            begin = end;
        }
    }

    /// Fetches the versions of some operations before they are needed: loads that nothing waits for
    /// overlap.
    fn warm(&self, columns: &Columns, told: &[u32], operations: Range<usize>) {
        let mut sum = 0;
        for (key, told) in columns.key[operations.clone()].iter().zip(&told[operations]) {
            if let Some(version) = self.versions.get(self.starts[*key as usize] + *told as usize) {
                sum ^= version.1;
            }
        }
        black_box(sum);
    }

    fn gather_stretch(&mut self, columns: &Columns, told: &[u32], operations: Range<usize>) {
        for position in operations {
            let told = &told[position];
            let key = columns.key[position] as usize;
            if self.fails[key] {
                continue;
            }
            let kind = columns.kind[position];
            if *told == 0 || !(kind.writes() || kind == Kind::Read) {
                self.other(columns, position, *told);
                continue;
            }
            // Whether it writes is as good as random: no branch may depend on it.
            let writes = kind.writes();
            let (early, late, write, value, writer) =
                &mut self.versions[self.starts[key] + *told as usize];
            let own = columns.value[position] + 1;
            let call = columns.call[position];
            let forks = ((*value != 0) & (*value != own)) | (writes & (*writer != 0));
            *early = (*early).max(!columns.ret[position]);
            *late = (*late).max(call);
            *write = select_unpredictable(writes, call, *write);
            *value = own;
            *writer = select_unpredictable(writes, position as u32 + 1, *writer);
            if forks {
                self.fails[key] = true;
            }
        }
    }

    /// Takes what is rarer: no generation told, or no value.
    fn other(&mut self, columns: &Columns, position: usize, told: u32) {
        let key = columns.key[position] as usize;
        let value = columns.value[position];
        match columns.kind[position] {
            Kind::Failed => return,
            Kind::Read if value == INITIAL => {}
            Kind::Refused if told > 0 => {}
            Kind::Write | Kind::CompareAndSet if columns.ret[position] == u64::MAX => {
                if self.untold.is_empty() {
                    self.untold = vec![0; columns.values];
                }
                let untold = &mut self.untold[value as usize];
                self.fails[key] |= *untold != 0;
                *untold = position as u32 + 1;
                return;
            }
            // It has a version, which nobody knows.
            _ => {
                self.fails[key] = true;
                return;
            }
        }
        let at = self.starts[key] + told as usize;
        let version = &mut self.versions[at];
        version.0 = version.0.max(!columns.ret[position]);
        version.1 = version.1.max(columns.call[position]);
        if columns.kind[position] == Kind::Read {
            self.fails[key] |= version.3 != 0 && version.3 != value + 1;
            version.3 = value + 1;
        } else {
            self.refusals.push((at, position as u32));
        }
    }

    /// Walks a key's versions in order. One that nobody saw is none: what was there before remains,
    /// and it is given that value.
    fn holds(&mut self, columns: &Columns, key: usize) -> bool {
        let mut latest = 0;
        let mut held = INITIAL + 1;
        let versions = &mut self.versions[self.starts[key]..self.starts[key + 1]];
        for (generation, (early, late, write, value, writer)) in versions.iter_mut().enumerate() {
            if generation > 0 && *writer == 0 && *value != 0 {
                // A write in doubt, which has one version.
                let Some(untold) = self.untold.get_mut(*value as usize - 1) else { return false };
                *writer = std::mem::take(untold);
                let Some(position) = (*writer as usize).checked_sub(1) else { return false };
                if columns.key[position] as usize != key {
                    return false;
                }
                *write = columns.call[position];
            }
            latest = latest.max(*write);
            if !*early < latest {
                return false;
            }
            if let Some(position) = (*writer as usize).checked_sub(1)
                && columns.replaced(position).is_some_and(|replaced| replaced + 1 != held)
            {
                return false;
            }
            if *value == 0 {
                *value = held;
            }
            held = *value;
            latest = latest.max(*late);
        }
        true
    }
}
