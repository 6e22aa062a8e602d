//! The judgement of many keys at once.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::clusters::Conflict;
use super::columns::{Columns, Kind};
use super::refusals::{Ruling, rule};
use super::sweep::{Clash, clashes};
use super::tally::{NONE, Tallies};
use super::{Action, INITIAL, Step, Unseen};

/// Fewer operations than this are not worth a second thread.
const WORTHWHILE: usize = 1 << 16;

/// Stretches for each thread, so that one which the machine takes away for a while leaves the rest
/// of its work to the others.
const SHARES: usize = 4;

/// What became of the keys of some [`Columns`]. Those not named here have a linearization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The keys that have none, in order, each with a few operations that prove it: their positions
    /// in the columns, in order. They prove it as the conflict's excerpt says, save that a value which
    /// nobody wrote shows it only within the whole history.
    pub broken: Vec<(u32, Conflict)>,
    /// The keys whose values do not name their writes, in order: some value was written twice, or
    /// the initial one was written; and those whose refusals leave a choice. They are left to the
    /// [general search](super::super::search).
    pub ambiguous: Vec<u32>,
}

/// Judges whole histories: a value that nobody wrote could not be read.
///
/// Two passes over the columns in O(n) on all threads of the current rayon pool, with the same
/// result on any number; keys with compare-and-sets in O(n log n) each. Times need not be distinct.
#[must_use]
pub fn judge(columns: &Columns) -> Judgement {
    if let Some((sorted, order)) = columns.in_order() {
        let mut judgement = judge(&sorted);
        let steps = judgement.broken.iter_mut().flat_map(|(_, conflict)| &mut conflict.steps);
        steps.for_each(|step| *step = order[*step as usize]);
        return judgement;
    }
    let most = match rayon::current_num_threads() {
        1 => 1,
        threads => threads * SHARES,
    };
    let stretches = columns.len().div_ceil(WORTHWHILE).clamp(1, most);
    let tallies = Tallies::of(columns, stretches);
    if tallies.shared {
        return judge(&columns.apart());
    }
    let mut judgement = Judgement::default();
    if tallies.doubled {
        judgement.ambiguous = ambiguous(columns, &tallies);
    }
    let mut clashes = clashes(columns, &tallies);
    drop(tallies);
    clashes.retain(|clash| judgement.ambiguous.binary_search(&clash.key).is_err());
    if !clashes.is_empty() {
        judgement.broken = explained(columns, &clashes);
    }
    if columns.any_chained() {
        judge_chained(columns, &mut judgement);
    }
    judgement
}

/// The keys in which some value was written twice, without those that have compare-and-sets.
fn ambiguous(columns: &Columns, tallies: &Tallies) -> Vec<u32> {
    let again = |position: &usize| {
        let value = columns.value[*position];
        columns.kind[*position] == Kind::Write
            && (value == INITIAL || tallies.get(value).writer != *position as u32)
    };
    let mut keys: Vec<u32> =
        (0..columns.len()).filter(again).map(|position| columns.key[position]).collect();
    keys.retain(|key| !columns.is_chained(*key));
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Lets the clusters of the clashing values alone say which operations prove it.
fn explained(columns: &Columns, clashes: &[Clash]) -> Vec<(u32, Conflict)> {
    let mut clash_of = vec![[NONE; 2]; columns.keys];
    for clash in clashes {
        clash_of[clash.key as usize] = clash.values;
    }
    let mut positions: Vec<u32> = (0..columns.len() as u32)
        .into_par_iter()
        .filter(|at| {
            let value = columns.value[*at as usize];
            clash_of[columns.key[*at as usize] as usize].contains(&value)
        })
        .collect();
    positions.sort_by_key(|position| columns.key[*position as usize]);
    positions
        .chunk_by(|one, other| columns.key[*one as usize] == columns.key[*other as usize])
        .map(|own| {
            let key = columns.key[own[0] as usize];
            let conflict = conflict_of(columns, own).flatten();
            (key, conflict.expect("values that clash have no order by themselves either"))
        })
        .collect()
}

/// Judges the keys that have compare-and-sets, one by one.
fn judge_chained(columns: &Columns, judgement: &mut Judgement) {
    let mut positions: Vec<u32> = (0..columns.len() as u32).collect();
    positions.retain(|position| columns.is_chained(columns.key[*position as usize]));
    positions.sort_by_key(|position| columns.key[*position as usize]);
    let keys: Vec<&[u32]> = positions
        .chunk_by(|one, other| columns.key[*one as usize] == columns.key[*other as usize])
        .collect();
    let found: Vec<(u32, Option<Option<Conflict>>)> = keys
        .into_par_iter()
        .map(|own| (columns.key[own[0] as usize], conflict_of(columns, own)))
        .collect();
    for (key, found) in found {
        match found {
            None => judgement.ambiguous.push(key),
            Some(None) => {}
            Some(Some(conflict)) => judgement.broken.push((key, conflict)),
        }
    }
    judgement.ambiguous.sort_unstable();
    judgement.broken.sort_by_key(|(key, _)| *key);
}

/// What the values of one key's operations say; `None` if they do not decide it.
fn conflict_of(columns: &Columns, positions: &[u32]) -> Option<Option<Conflict>> {
    let mut ids: FxHashMap<u32, u32> = FxHashMap::default();
    ids.insert(INITIAL, INITIAL);
    let steps: Vec<Step> = positions
        .iter()
        .map(|position| {
            let step = columns.step(*position);
            let action = step.action.map(|value| {
                let next = ids.len() as u32;
                *ids.entry(value).or_insert(next)
            });
            Step { action, ..step }
        })
        .collect();
    let mut written = vec![false; ids.len()];
    written[INITIAL as usize] = true;
    for step in &steps {
        if let Action::Write(value) | Action::CompareAndSet { to: value, .. } = step.action
            && std::mem::replace(&mut written[value as usize], true)
        {
            return None;
        }
    }
    let mut conflict = match rule(&steps, ids.len() as u32, Unseen::Impossible) {
        Ruling::Order => return Some(None),
        Ruling::Open => return None,
        Ruling::Conflict(conflict) => conflict,
    };
    conflict.steps.iter_mut().for_each(|step| *step = positions[*step as usize]);
    conflict.steps.sort_unstable();
    conflict.steps.dedup();
    Some(Some(conflict))
}
