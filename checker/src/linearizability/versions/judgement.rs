//! The judgement of many keys by their generations.

use super::columns::Versions;
use super::lie::{Lie, lies};
use super::order;
use crate::linearizability::register::{self, Columns, Conflict};

/// What became of the keys of some [`Versions`]. Those not named here have a linearization, the one
/// that their generations tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The keys whose generations propose no order that holds, in order.
    pub failing: Vec<u32>,
    /// What values alone say of those: the ones that have no linearization, with the proof.
    pub broken: Vec<(u32, Conflict)>,
    /// Those of them whose values do not decide either, see [`register::Judgement::ambiguous`].
    pub ambiguous: Vec<u32>,
    /// What their generations say against themselves, by key. A proposal may also fail without a lie:
    /// a reply told no generation, or generations may have begun anew.
    pub lies: Vec<(u32, Lie)>,
}

/// Judges whole histories by their generations, and by values where those fail; O(n) for keys whose
/// generations are in order, O(n log n) for the others.
#[must_use]
pub fn judge(versions: &Versions) -> Judgement {
    if let Some((sorted, order)) = versions.in_order() {
        return judge(&sorted).at(&order);
    }
    let columns = versions.columns();
    let wrapping = versions.wrapping();
    let told = versions.unwrapped(&wrapping);
    let fails = order::failing(columns, &told);
    let failing: Vec<u32> = (0..columns.keys as u32).filter(|key| fails[*key as usize]).collect();
    if failing.is_empty() {
        return Judgement::default();
    }
    let mut positions: Vec<u32> = (0..columns.len() as u32).collect();
    positions.retain(|position| fails[columns.key[*position as usize] as usize]);
    let register::Judgement { broken, ambiguous } = if positions.len() == columns.len() {
        register::judge(columns)
    } else {
        let mut left = Columns::with_capacity(positions.len());
        for position in &positions {
            let step = columns.step(*position);
            left.push(columns.key[*position as usize], step.call, step.ret, step.action);
        }
        register::judge(&left)
    };
    let values = Judgement { failing, broken, ambiguous, lies: Vec::new() };
    let mut judgement = values.at(&positions);
    // Where generations may have begun anew, they cannot be held against each other.
    positions.retain(|position| !wrapping[columns.key[*position as usize] as usize]);
    positions.sort_by_key(|position| columns.key[*position as usize]);
    for own in
        positions.chunk_by(|one, other| columns.key[*one as usize] == columns.key[*other as usize])
    {
        let key = columns.key[own[0] as usize];
        let operations: Vec<_> =
            own.iter().map(|at| (*at, columns.step(*at), told[*at as usize])).collect();
        judgement.lies.extend(lies(&operations).into_iter().map(|lie| (key, lie)));
    }
    judgement
}

impl Judgement {
    /// The same with positions that were counted otherwise.
    fn at(mut self, positions: &[u32]) -> Self {
        let at = |position: &mut u32| *position = positions[*position as usize];
        self.broken.iter_mut().flat_map(|(_, conflict)| &mut conflict.steps).for_each(at);
        for (_, Lie::Fork(one, other) | Lie::Regression(one, other)) in &mut self.lies {
            at(one);
            at(other);
        }
        self
    }
}
