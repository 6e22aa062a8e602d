//! Finding values that clash, without sorting anything.
//!
//! A value's [zone](super::zones) ends with its latest call, and calls are in order. So walking the
//! operations backwards meets the zones by their ends, and per key it is enough to remember one: the
//! forward zone met last. Zones whose ends are earlier can clash with an even later one only if two
//! forward zones clash as well, since forward ones must be disjoint.
//!
//! The walk is cut into chunks whose length depends on the input alone, so that chunks run side by
//! side and what is found does not depend on how many do. A chunk begins with the forward zones
//! that reach across its end.

use std::hint::select_unpredictable;

use rayon::prelude::*;

use super::INITIAL;
use super::columns::Columns;
use super::tally::{NONE, Tallies, Tally};

const NEVER: u64 = u64::MAX;

/// The least operations of a chunk.
const CHUNK: usize = 1 << 18;

/// How many operations are looked at together.
const STRETCH: usize = 1024;

/// Values of one key that have no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clash {
    pub(super) key: u32,
    /// Two values, or one twice if it clashes with itself.
    pub(super) values: [u32; 2],
}

/// A key's forward zone, as the walk remembers it.
#[derive(Clone, Copy, Debug)]
struct Forward {
    f: u64,
    s: u64,
    value: u32,
}

/// No zone yet: nothing is later than its `f`.
const OPEN: Forward = Forward { f: NEVER, s: NEVER, value: NONE };

/// At most one clash for each key, in the order of keys: the earliest chunk's.
pub(super) fn clashes(columns: &Columns, tallies: &Tallies) -> Vec<Clash> {
    clashes_by(columns, tallies, CHUNK.max(4 * columns.keys))
}

/// The same in chunks of a length.
fn clashes_by(columns: &Columns, tallies: &Tallies, length: usize) -> Vec<Clash> {
    let chunks = columns.len().div_ceil(length);
    let mut states = vec![vec![OPEN; columns.keys]; chunks];
    let mut found = reach_across(columns, tallies, length, &mut states);
    let walked: Vec<Vec<Clash>> = states
        .par_iter_mut()
        .enumerate()
        .map(|(chunk, state)| {
            let begin = chunk * length;
            walk(columns, tallies, begin..(begin + length).min(columns.len()), state)
        })
        .collect();
    found.extend(
        walked
            .into_iter()
            .enumerate()
            .flat_map(|(chunk, clashes)| clashes.into_iter().map(move |clash| (chunk, clash))),
    );
    // Stable: of one chunk, what reaches across stays first.
    found.sort_by_key(|(chunk, clash)| (clash.key, *chunk));
    found.dedup_by_key(|(_, clash)| clash.key);
    found.into_iter().map(|(_, clash)| clash).collect()
}

/// Puts each forward zone that reaches across ends of chunks into their states. Two of one key are a
/// clash, since both hold there.
fn reach_across(
    columns: &Columns,
    tallies: &Tallies,
    length: usize,
    states: &mut [Vec<Forward>],
) -> Vec<(usize, Clash)> {
    let mut found = Vec::new();
    if states.len() < 2 {
        return found;
    }
    // The call just before a chunk.
    let before = |chunk: usize| columns.call[chunk * length - 1];
    let reaches = |f: u64, last: u32| {
        let chunk = last as usize / length;
        last != NONE && chunk > 0 && f < before(chunk)
    };
    let across = tallies.par_iter().filter(|(_, tally)| reaches(tally.f, tally.last));
    let across: Vec<(u32, Tally)> = across.collect();
    let initial = tallies.initial.iter().filter(|last| reaches(0, **last));
    let initial = initial.map(|last| (INITIAL, Tally { f: 0, last: *last, writer: NONE }));
    let mut broken = vec![false; columns.keys];
    for (value, Tally { f, last, .. }) in initial.chain(across) {
        let key = columns.key[last as usize];
        let zone = Forward { f, s: columns.call[last as usize], value };
        let mut chunk = last as usize / length;
        // A key that is broken needs no more; without that, many long zones would cost many steps.
        while !broken[key as usize] && chunk > 0 && zone.f < before(chunk) {
            chunk -= 1;
            let state = &mut states[chunk][key as usize];
            if state.value == NONE {
                *state = zone;
            } else {
                broken[key as usize] = true;
                found.push((chunk, Clash { key, values: [state.value, zone.value] }));
            }
        }
    }
    found
}

/// Walks one chunk backwards.
fn walk(
    columns: &Columns,
    tallies: &Tallies,
    chunk: std::ops::Range<usize>,
    states: &mut [Forward],
) -> Vec<Clash> {
    let mut found: Vec<Clash> = Vec::new();
    let mut broken = vec![false; columns.keys];
    // Which operations end a zone is as good as random: they are picked out without a branch.
    let mut ends = [0_u32; STRETCH];
    let mut lasts = [NONE; STRETCH];
    let mut end = chunk.end;
    while end > chunk.start {
        let begin = end.saturating_sub(STRETCH).max(chunk.start);
        // In a loop of its own, so that these loads overlap.
        for (last, position) in lasts.iter_mut().zip(begin..end) {
            let value = columns.value[position];
            *last = if value == INITIAL {
                tallies.initial[columns.key[position] as usize]
            } else {
                tallies.get(value).last
            };
        }
        let mut count = 0;
        for (last, position) in lasts.iter().zip(begin as u32..end as u32).rev() {
            ends[count] = position;
            count += usize::from(*last == position);
        }
        for position in &ends[..count] {
            let key = columns.key[*position as usize];
            let state = &mut states[key as usize];
            if let Some(values) = meet(columns, tallies, *position, state)
                && !std::mem::replace(&mut broken[key as usize], true)
            {
                found.push(Clash { key, values });
            }
        }
        end = begin;
    }
    found
}

/// Meets the zone that ends at a position.
#[inline]
fn meet(
    columns: &Columns,
    tallies: &Tallies,
    position: u32,
    state: &mut Forward,
) -> Option<[u32; 2]> {
    let value = columns.value[position as usize];
    let s = columns.call[position as usize];
    let f = if value == INITIAL {
        0
    } else {
        let Tally { f, writer, .. } = tallies.get(value);
        if writer == NONE || f < columns.call[writer as usize] {
            return Some([value, value]);
        }
        f
    };
    let met = *state;
    let forward = f < s;
    state.f = select_unpredictable(forward, f, met.f);
    state.s = select_unpredictable(forward, s, met.s);
    state.value = select_unpredictable(forward, value, met.value);
    ((met.f < s) & (forward | (f < met.s))).then_some([met.value, value])
}

#[cfg(test)]
mod tests {
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::super::clusters::Clusters;
    use super::super::{Action, Step, Unseen};
    use super::*;

    /// Reads and writes of three keys at random times, most of which have no order.
    fn columns(random: &mut ChaCha8Rng) -> Columns {
        let operations = random.random_range(1..20);
        let mut calls: Vec<u64> = (0..operations).map(|_| random.random_range(1..60)).collect();
        calls.sort_unstable();
        let mut columns = Columns::default();
        let mut written = [0_u32; 3];
        for call in calls {
            let key = random.random_range(0..3_u32);
            let last = &mut written[key as usize];
            let ret = call + random.random_range(0..20);
            if random.random_bool(0.4) {
                *last += 1;
                let ret = if random.random_bool(0.2) { NEVER } else { ret };
                columns.push(key, call, ret, Action::Write(*last * 3 + key));
            } else {
                let value = last.saturating_sub(random.random_range(0..3));
                let value = if value == 0 { INITIAL } else { value * 3 + key };
                columns.push(key, call, ret, Action::Read(value));
            }
        }
        columns
    }

    fn broken(columns: &Columns, key: u32) -> bool {
        let own = columns.iter().filter(|(of, _)| *of == key);
        let steps: Vec<Step> = own.map(|(_, step)| step).collect();
        let mut clusters = Clusters::gather(&steps, columns.values as u32, Unseen::Impossible);
        clusters.conflict(&steps).is_some()
    }

    #[test]
    fn chunks_and_stretches_of_any_length_find_what_clusters_find() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut found = [0; 2];
        for _ in 0..20_000 {
            let columns = columns(&mut random);
            let tallies = Tallies::of(&columns, random.random_range(1..5));
            let clashes = clashes_by(&columns, &tallies, random.random_range(1..9));
            let expected: Vec<u32> = (0..3).filter(|key| broken(&columns, *key)).collect();
            let keys: Vec<u32> = clashes.iter().map(|clash| clash.key).collect();
            assert_eq!(keys, expected, "{columns:?}");
            found[usize::from(keys.is_empty())] += 1;
        }
        assert!(found.iter().all(|count| *count > 2_000), "{found:?}");
    }
}
