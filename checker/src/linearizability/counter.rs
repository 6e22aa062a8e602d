//! Counters that start at 0 and grow by increments of one size.
//!
//! The k-th effective increment must fall into `[R, D]`, where `R` is the latest call of a read that
//! saw fewer than k, and `D` the earliest return of a read that saw at least k; both rise with k.
//! Increments are interchangeable, so giving each slot the available increment whose deadline is
//! the earliest is optimal, and what is left over after the last observed slot must not have
//! returned before the latest read was called. O(n log n), complete with increments in doubt.
//! An increment that returned its result saw one fewer before and is pinned to its slot.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use history::{Call, Operation, Outcome, Returned};

use super::{Decision, Unseen, Violation};

/// Slots beyond this are refused: no history has so many increments.
const SLOTS: i64 = 1 << 28;

/// What an answered operation says of the count, in increments; `None` if it says nothing.
#[derive(Clone, Copy, Debug)]
struct Sight {
    /// The count when it was taken.
    count: i64,
    call: u64,
    ret: u64,
    position: usize,
}

/// An increment that takes any slot.
#[derive(Clone, Copy, Debug)]
struct Increment {
    call: u64,
    ret: u64,
    position: usize,
}

/// Decides a key; `None` if its adds are of several sizes or not positive.
#[must_use]
pub fn decide(operations: &[&Operation], unseen: Unseen) -> Option<Decision> {
    let size = size(operations)?;
    let counter = match Counter::gather(operations, size) {
        Ok(counter) => counter,
        Err(operations) => {
            return Some(Decision::Broken(Violation { operations, excerpt: Unseen::Possible }));
        }
    };
    Some(match counter.assign(unseen) {
        Ok(()) => Decision::Holds,
        Err(operations) => Decision::Broken(Violation { operations, excerpt: Unseen::Possible }),
    })
}

/// The size that all increments share (1 if there are none); `None` if they do not, or the record is
/// changed in other ways.
#[must_use]
pub fn size(operations: &[&Operation]) -> Option<i64> {
    let mut size = None;
    for operation in operations {
        match (&operation.call, operation.outcome) {
            (Call::Read, _) | (_, Outcome::Fail) => {}
            (Call::Add { delta }, _) if *delta > 0 && size.is_none_or(|size| size == *delta) => {
                size = Some(*delta);
            }
            _ => return None,
        }
    }
    Some(size.unwrap_or(1))
}

/// The operations that show that a read of a counter came after too many increments: they, the read,
/// and an earlier sight from which to count, if that needs fewer of them.
#[must_use]
pub fn proof_of_too_few(operations: &[&Operation], read: usize) -> Option<Vec<usize>> {
    let counter = Counter::gather(operations, size(operations)?).ok()?;
    let sight = counter.sights.iter().find(|sight| sight.position == read)?;
    Some(counter.too_few(*sight, read))
}

/// The operations that show that a read of a counter saw more increments than there can have been.
#[must_use]
pub fn proof_of_too_many(operations: &[&Operation], read: usize) -> Option<Vec<usize>> {
    let counter = Counter::gather(operations, size(operations)?).ok()?;
    let sight = counter.sights.iter().find(|sight| sight.position == read)?;
    Some(counter.too_many(*sight))
}

/// The count that an answered operation saw.
#[must_use]
pub fn count(operation: &Operation) -> Option<i64> {
    match (&operation.call, operation.outcome, &operation.returned) {
        (Call::Read | Call::Add { .. }, Outcome::Ok, Returned::Count(count)) => Some(*count),
        (Call::Read, Outcome::Ok, Returned::Absent) => Some(0),
        _ => None,
    }
}

struct Counter {
    sights: Vec<Sight>,
    /// Increments pinned to their slots, by slot.
    pinned: Vec<Sight>,
    increments: Vec<Increment>,
}

impl Counter {
    fn gather(operations: &[&Operation], size: i64) -> Result<Self, Vec<usize>> {
        let mut this = Self { sights: Vec::new(), pinned: Vec::new(), increments: Vec::new() };
        for (position, operation) in operations.iter().enumerate() {
            let (call, ret) = (operation.invoked_ns, operation.settled_ns());
            let add = matches!(operation.call, Call::Add { .. });
            match count(operation) {
                Some(count) => {
                    let least = if add { size } else { 0 };
                    if count % size != 0 || count < least || count / size > SLOTS {
                        return Err(vec![position]);
                    }
                    let sight = Sight { count: count / size, call, ret, position };
                    if add { &mut this.pinned } else { &mut this.sights }.push(sight);
                }
                None if add && operation.outcome != Outcome::Fail => {
                    this.increments.push(Increment { call, ret, position });
                }
                None => {}
            }
        }
        this.pinned.sort_by_key(|pinned| pinned.count);
        if let Some(pair) = this.pinned.windows(2).find(|pair| pair[0].count == pair[1].count) {
            return Err(vec![pair[0].position, pair[1].position]);
        }
        this.increments.sort_by_key(|increment| increment.call);
        Ok(this)
    }

    /// Gives slots to increments; the operations that leave none.
    fn assign(&self, unseen: Unseen) -> Result<(), Vec<usize>> {
        // A pinned increment is a read of its result and, just before, of one fewer.
        let mut after: Vec<Sight> = self.sights.iter().chain(&self.pinned).copied().collect();
        let mut before: Vec<Sight> = self.sights.clone();
        before.extend(self.pinned.iter().map(|p| Sight { count: p.count - 1, ..*p }));
        after.sort_by_key(|sight| sight.count);
        before.sort_by_key(|sight| sight.count);
        let Some(last) = after.last().map(|sight| sight.count) else { return Ok(()) };
        // The earliest return among the sights of at least as many.
        let mut earliest = after.clone();
        for at in (1..earliest.len()).rev() {
            if earliest[at].ret < earliest[at - 1].ret {
                let count = earliest[at - 1].count;
                earliest[at - 1] = Sight { count, ..earliest[at] };
            }
        }
        let mut pinned = self.pinned.iter().peekable();
        let mut coming = self.increments.iter().peekable();
        let mut ready: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
        let (mut seen_before, mut seen_after) = (0, 0);
        let mut latest: Option<Sight> = None;
        for slot in 1..=last {
            while let Some(sight) = before.get(seen_before).filter(|sight| sight.count < slot) {
                latest = later(latest, *sight);
                seen_before += 1;
            }
            while earliest[seen_after].count < slot {
                seen_after += 1;
            }
            let due = earliest[seen_after];
            if let Some(latest) = latest
                && due.ret < latest.call
            {
                return Err(vec![latest.position, due.position]);
            }
            if pinned.next_if(|pinned| pinned.count == slot).is_some() {
                continue;
            }
            while let Some(increment) = coming.next_if(|increment| increment.call <= due.ret) {
                ready.push(Reverse((increment.ret, increment.position)));
            }
            match (ready.pop(), latest) {
                (Some(Reverse((ret, position))), Some(latest)) if ret < latest.call => {
                    return Err(self.too_few(latest, position));
                }
                (None, _) if unseen == Unseen::Impossible => return Err(self.too_many(due)),
                _ => {}
            }
        }
        while let Some(sight) = before.get(seen_before) {
            latest = later(latest, *sight);
            seen_before += 1;
        }
        let left = ready.iter().map(|Reverse(one)| *one);
        let left = left.chain(coming.map(|one| (one.ret, one.position)));
        let Some((ret, position)) = left.min() else { return Ok(()) };
        match latest {
            Some(latest) if ret < latest.call => Err(self.too_few(latest, position)),
            _ => Ok(()),
        }
    }

    /// A sight that came after too many increments: those, and the sight before them from which
    /// counting can start, if there is one that makes the proof shorter.
    fn too_few(&self, sight: Sight, increment: usize) -> Vec<usize> {
        let all = self.sights.iter().chain(&self.pinned);
        let missed = |from: u64| {
            let surely = move |call: u64, ret: u64| call > from && ret < sight.call;
            let plain = self.increments.iter().filter(move |one| surely(one.call, one.ret));
            let pinned = self.pinned.iter().filter(move |one| surely(one.call, one.ret));
            plain.map(|one| one.position).chain(pinned.map(|one| one.position))
        };
        let mut bases: Vec<&Sight> =
            all.filter(|base| base.ret < sight.call && base.count <= sight.count).collect();
        bases.sort_by_key(|base| Reverse((base.count, base.ret)));
        for base in bases.into_iter().take(64) {
            let enough = usize::try_from(sight.count - base.count).unwrap_or(usize::MAX) + 1;
            let missed: Vec<usize> = missed(base.ret).take(enough).collect();
            if missed.len() == enough {
                return tidy(missed.into_iter().chain([base.position, sight.position]));
            }
        }
        let everything = self.increments.iter().map(|one| one.position);
        let sights = self.sights.iter().chain(&self.pinned).map(|one| one.position);
        tidy(everything.chain(sights).chain([increment]))
    }

    /// A sight of more than all increments that could have happened: the sight before it that
    /// leaves the fewest, and these.
    fn too_many(&self, sight: Sight) -> Vec<usize> {
        let possible = |from: u64, count: i64| -> Vec<usize> {
            let perhaps = move |call: u64, ret: u64| call <= sight.ret && ret >= from;
            let plain = self.increments.iter().filter(move |one| perhaps(one.call, one.ret));
            let between = count + 1..=sight.count;
            let pinned = self
                .pinned
                .iter()
                .filter(move |one| perhaps(one.call, one.ret) && between.contains(&one.count));
            plain.map(|one| one.position).chain(pinned.map(|one| one.position)).collect()
        };
        let too_few = |possible: &[usize], gained: i64| {
            i64::try_from(possible.len()).is_ok_and(|possible| possible < gained)
        };
        let mut bases: Vec<&Sight> =
            self.sights.iter().filter(|base| base.ret < sight.call).collect();
        bases.sort_by_key(|base| Reverse(base.call));
        for base in bases.into_iter().take(64) {
            let possible = possible(base.call, base.count);
            if too_few(&possible, sight.count - base.count) {
                return tidy(possible.into_iter().chain([base.position, sight.position]));
            }
        }
        let possible = possible(0, 0);
        if too_few(&possible, sight.count) {
            return tidy(possible.into_iter().chain([sight.position]));
        }
        // Counting alone does not show it: the other sights push the increments apart.
        let increments = self.increments.iter().map(|one| one.position);
        let sights = self.sights.iter().chain(&self.pinned).map(|one| one.position);
        tidy(increments.chain(sights))
    }
}

fn later(best: Option<Sight>, sight: Sight) -> Option<Sight> {
    match best {
        Some(best) if best.call >= sight.call => Some(best),
        _ => Some(sight),
    }
}

fn tidy(operations: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut operations: Vec<usize> = operations.collect();
    operations.sort_unstable();
    operations.dedup();
    operations
}
