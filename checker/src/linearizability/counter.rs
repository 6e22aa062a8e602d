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
use rustc_hash::FxHashSet;

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
    let counter = Counter::gather(operations, size(operations)?);
    Some(match counter.and_then(|counter| counter.assign(unseen)) {
        Ok(_) => Decision::Holds,
        Err(operations) => Decision::Broken(Violation { operations, excerpt: Unseen::Possible }),
    })
}

/// An order of a key's operations that explains their counts, as positions; `None` if there is none
/// or [`decide`] would say nothing.
#[must_use]
pub(crate) fn order(operations: &[&Operation]) -> Option<Vec<usize>> {
    let counter = Counter::gather(operations, size(operations)?).ok()?;
    let mut slots = counter.assign(Unseen::Impossible).ok()?.into_iter().peekable();
    let mut reads: Vec<&Sight> = counter.sights.iter().collect();
    reads.sort_by_key(|read| (read.count, read.call));
    let mut order = Vec::with_capacity(operations.len());
    for read in reads {
        while let Some((_, increment)) = slots.next_if(|(slot, _)| *slot <= read.count) {
            order.push(increment);
        }
        order.push(read.position);
    }
    order.extend(slots.map(|(_, increment)| increment));
    // What was acknowledged and never counted comes last, in the order of calls.
    let placed: FxHashSet<usize> = order.iter().copied().collect();
    let left = counter.increments.iter().filter(|one| one.ret != u64::MAX);
    order.extend(left.map(|one| one.position).filter(|at| !placed.contains(at)));
    Some(order)
}

/// The size that all increments share (1 if there are none); `None` if they do not, or the record is
/// changed in other ways.
#[must_use]
pub(crate) fn size(operations: &[&Operation]) -> Option<i64> {
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

/// The operations that show why a read of a counter is out of bounds on its own, the read among them;
/// `None` if no single sight before it shows so, or [`decide`] would say nothing.
#[must_use]
pub(crate) fn proof(operations: &[&Operation], read: usize) -> Option<Vec<usize>> {
    let counter = match Counter::gather(operations, size(operations)?) {
        Ok(counter) => counter,
        Err(operations) => return operations.contains(&read).then_some(operations),
    };
    let sight = counter.sights.iter().find(|sight| sight.position == read)?;
    counter.rival(*sight).or_else(|| counter.too_few(*sight)).or_else(|| counter.too_many(*sight))
}

/// The count that an answered operation saw.
#[must_use]
pub(crate) fn count(operation: &Operation) -> Option<i64> {
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

    /// Gives slots to increments, as (slot, position) by slot.
    ///
    /// # Errors
    /// The operations that leave none.
    fn assign(&self, unseen: Unseen) -> Result<Vec<(i64, usize)>, Vec<usize>> {
        // A pinned increment is a read of its result and, just before, of one fewer.
        let mut after: Vec<Sight> = self.sights.iter().chain(&self.pinned).copied().collect();
        let mut before: Vec<Sight> = self.sights.clone();
        before.extend(self.pinned.iter().map(|p| Sight { count: p.count - 1, ..*p }));
        after.sort_by_key(|sight| sight.count);
        before.sort_by_key(|sight| sight.count);
        let mut assigned = Vec::with_capacity(self.increments.len() + self.pinned.len());
        let Some(last) = after.last().map(|sight| sight.count) else { return Ok(assigned) };
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
        let mut slot = 1;
        while slot <= last {
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
            if let Some(pinned) = pinned.next_if(|pinned| pinned.count == slot) {
                assigned.push((slot, pinned.position));
                slot += 1;
                continue;
            }
            while let Some(increment) = coming.next_if(|increment| increment.call <= due.ret) {
                ready.push(Reverse((increment.ret, increment.position)));
            }
            match (ready.pop(), latest) {
                (Some(Reverse((ret, position))), Some(latest)) if ret < latest.call => {
                    return Err(self.explain(self.too_few(latest), position));
                }
                (Some(Reverse((_, position))), _) => assigned.push((slot, position)),
                (None, _) if unseen == Unseen::Impossible => {
                    let due = Sight { count: self.count_of(due.position), ..due };
                    return Err(self.explain(self.too_many(due), due.position));
                }
                // Nobody seen can fill what is left up to the next sight.
                (None, _) => slot = due.count.max(slot + 1) - 1,
            }
            slot += 1;
        }
        while let Some(sight) = before.get(seen_before) {
            latest = later(latest, *sight);
            seen_before += 1;
        }
        let left = ready.iter().map(|Reverse(one)| *one);
        let left = left.chain(coming.map(|one| (one.ret, one.position)));
        match (left.min(), latest) {
            (Some((ret, position)), Some(latest)) if ret < latest.call => {
                Err(self.explain(self.too_few(latest), position))
            }
            _ => Ok(assigned),
        }
    }

    /// A sight and another that saw more before it, or fewer after it.
    fn rival(&self, sight: Sight) -> Option<Vec<usize>> {
        let before = |other: &Sight, pinned: bool| other.count - i64::from(pinned);
        let contradicts = |other: &Sight, pinned: bool| {
            (other.count > sight.count && other.ret < sight.call)
                || (before(other, pinned) < sight.count && sight.ret < other.call)
        };
        let plain = self.sights.iter().find(|other| contradicts(other, false));
        let pinned = || self.pinned.iter().find(|other| contradicts(other, true));
        plain.or_else(pinned).map(|other| vec![other.position, sight.position])
    }

    fn count_of(&self, position: usize) -> i64 {
        let mut all = self.sights.iter().chain(&self.pinned);
        all.find(|sight| sight.position == position).map_or(0, |sight| sight.count)
    }

    /// The proof; should it be none, all that there is, with the operation that no slot is left for.
    fn explain(&self, proof: Option<Vec<usize>>, at: usize) -> Vec<usize> {
        proof.unwrap_or_else(|| {
            let increments = self.increments.iter().map(|one| one.position);
            let sights = self.sights.iter().chain(&self.pinned).map(|one| one.position);
            tidy(increments.chain(sights).chain([at]))
        })
    }

    /// Increments that are pinned to a slot after one count and up to another.
    fn pinned_between(&self, from: i64, to: i64) -> &[Sight] {
        let start = self.pinned.partition_point(|pinned| pinned.count <= from);
        let end = self.pinned.partition_point(|pinned| pinned.count <= to);
        &self.pinned[start..end.max(start)]
    }

    /// A sight that came after too many increments: it, and the sight before it (or nothing, for the
    /// beginning at 0) between which more increments surely fell than it gained. Of several such
    /// sights the one that needs the fewest increments. By Hall's theorem over spans of slots there
    /// is one whenever [`assign`](Self::assign) leaves an increment over.
    fn too_few(&self, sight: Sight) -> Option<Vec<usize>> {
        let mut surely: Vec<&Increment> =
            self.increments.iter().filter(|one| one.ret < sight.call).collect();
        surely.sort_by_key(|one| Reverse((one.call, one.position)));
        let known = self.sights.iter().chain(&self.pinned).map(|base| (*base, Some(base.position)));
        let mut bases: Vec<(Sight, Option<usize>)> =
            known.filter(|(base, _)| base.ret < sight.call && base.count <= sight.count).collect();
        bases.sort_by_key(|(base, _)| Reverse((base.ret, base.position)));
        let mut between = 0;
        let mut best: Option<(usize, Option<usize>, i64)> = None;
        let origin = Sight { count: 0, call: 0, ret: 0, position: 0 };
        for (base, position) in bases.into_iter().chain([(origin, None)]) {
            while surely.get(between).is_some_and(|one| position.is_none() || one.call > base.ret) {
                between += 1;
            }
            let pinned = self.pinned_between(base.count, sight.count).len();
            let enough = usize::try_from(sight.count - base.count).unwrap_or(usize::MAX) + 1;
            if pinned + between >= enough && best.is_none_or(|(least, ..)| enough < least) {
                best = Some((enough, position, base.count));
            }
        }
        let (enough, base, count) = best?;
        let pinned = self.pinned_between(count, sight.count).iter().map(|one| one.position);
        let plain = surely.iter().map(|one| one.position);
        let missed = pinned.chain(plain).take(enough);
        Some(tidy(missed.chain(base).chain([sight.position])))
    }

    /// A sight of more than all increments that could have happened: it, the sight that saw fewer (or
    /// nothing, for the beginning at 0) and leaves too few increments between, and these.
    fn too_many(&self, sight: Sight) -> Option<Vec<usize>> {
        let mut perhaps: Vec<&Increment> =
            self.increments.iter().filter(|one| one.call <= sight.ret).collect();
        perhaps.sort_by_key(|one| Reverse((one.ret, one.position)));
        let known = self.sights.iter().chain(&self.pinned).map(|base| (*base, Some(base.position)));
        let mut bases: Vec<(Sight, Option<usize>)> =
            known.filter(|(base, _)| base.count < sight.count).collect();
        bases.sort_by_key(|(base, _)| Reverse((base.call, base.position)));
        let mut between = 0;
        let mut best: Option<(usize, usize, Option<usize>, i64)> = None;
        let origin = Sight { count: 0, call: 0, ret: 0, position: 0 };
        for (base, position) in bases.into_iter().chain([(origin, None)]) {
            while perhaps.get(between).is_some_and(|one| one.ret >= base.call) {
                between += 1;
            }
            let all = between + self.pinned_between(base.count, sight.count).len();
            let gained = usize::try_from(sight.count - base.count).unwrap_or(usize::MAX);
            if all < gained && best.is_none_or(|(least, ..)| all < least) {
                best = Some((all, between, position, base.count));
            }
        }
        let (_, between, base, count) = best?;
        let pinned = self.pinned_between(count, sight.count).iter().map(|one| one.position);
        let plain = perhaps[..between].iter().map(|one| one.position);
        Some(tidy(plain.chain(pinned).chain(base).chain([sight.position])))
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
