//! What generations say against each other or against real time.

use rustc_hash::FxHashMap;

use crate::linearizability::register::{Action, INITIAL, Step};

/// Two operations of which the server told what cannot be; positions, the earlier call first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// One generation names two versions.
    Fork(u32, u32),
    /// The second was called after the first had completed, and was told a lower generation.
    Regression(u32, u32),
}

/// All lies of one key whose generations never began anew. Its operations in the order of their calls,
/// each with its position and the generation that it was told.
pub(super) fn lies(operations: &[(u32, Step, u32)]) -> Vec<Lie> {
    let mut found = forks(operations);
    found.extend(regressions(operations));
    found
}

/// Whether a step names its version: refusals have a generation and no value, an absent record none.
fn is_told((_, step, told): &(u32, Step, u32)) -> bool {
    *told > 0
        && match step.action {
            Action::Read(value) => value != INITIAL,
            Action::Write(_) | Action::CompareAndSet { .. } => true,
            Action::Failed(_) | Action::Refused(_) => false,
        }
}

fn value(step: &Step) -> (u32, bool) {
    match step.action {
        Action::Write(value) | Action::CompareAndSet { to: value, .. } => (value, true),
        Action::Read(value) | Action::Failed(value) | Action::Refused(value) => (value, false),
    }
}

/// At most one for each generation.
fn forks(operations: &[(u32, Step, u32)]) -> Vec<Lie> {
    // Each version's first operation, its first write, and whether it is known to be forked.
    let mut versions: FxHashMap<u32, (usize, Option<usize>, bool)> = FxHashMap::default();
    let mut found = Vec::new();
    for (at, one) in operations.iter().enumerate().filter(|(_, one)| is_told(one)) {
        let (own, writes) = value(&one.1);
        let (first, writer, forked) = versions.entry(one.2).or_insert((at, None, false));
        let rival = match writer {
            Some(writer) if writes => Some(*writer),
            _ => (value(&operations[*first].1).0 != own).then_some(*first),
        };
        if writes {
            writer.get_or_insert(at);
        }
        if let Some(rival) = rival
            && !std::mem::replace(forked, true)
        {
            found.push(Lie::Fork(operations[rival].0, one.0));
        }
    }
    found
}

/// Each operation that was told less than one that had completed before its call.
fn regressions(operations: &[(u32, Step, u32)]) -> Vec<Lie> {
    let mut ended: Vec<usize> =
        (0..operations.len()).filter(|at| is_told(&operations[*at])).collect();
    ended.sort_by_key(|at| operations[*at].1.ret);
    let mut ended = ended.into_iter().peekable();
    let mut highest: Option<usize> = None;
    let mut found = Vec::new();
    for one in operations.iter().filter(|one| is_told(one)) {
        while let Some(done) = ended.next_if(|done| operations[*done].1.ret < one.1.call) {
            if highest.is_none_or(|high| operations[high].2 < operations[done].2) {
                highest = Some(done);
            }
        }
        if let Some(high) = highest.filter(|high| one.2 < operations[*high].2) {
            found.push(Lie::Regression(operations[high].0, one.0));
        }
    }
    found
}
