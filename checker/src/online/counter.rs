//! The window of a counter that grows by increments of one size.
//!
//! It holds a count that surely was reached (the base), increments that are not yet part of it, and
//! what saw more than it. The offline algorithm decides over these, counted from the base.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use history::{Call, Operation, OperationId, Outcome, Returned};

use super::window::{Moment, Standing, ids, shrink, stand_in};
use crate::linearizability::{Decision, Unseen, counter};

/// The window.
#[derive(Debug, Default)]
pub(super) struct CounterWindow {
    /// The base, in increments.
    base: i64,
    /// The size of an increment, once there was one.
    size: Option<i64>,
    /// When something that saw no more than the base was called last, in ns.
    latest_ns: Option<u64>,
    /// Increments in doubt that nothing to come is too early for.
    doubts: u64,
    held: Vec<Operation>,
}

impl CounterWindow {
    /// How many operations it holds, those in doubt aside.
    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// The count at its base and what it holds, for another algorithm to go on with.
    pub(super) fn into_operations(self) -> (i64, Vec<Operation>) {
        let size = self.size.unwrap_or(1);
        let doubts = self.doubts;
        let mut operations = self.held;
        operations.extend((0..doubts).map(|_| in_doubt(size)));
        operations.sort_by_key(|one| one.invoked_ns);
        (self.base.saturating_mul(size), operations)
    }

    pub(super) fn settle(&mut self, moment: Moment<'_>) -> Standing {
        let mut fits = true;
        for one in moment.fresh {
            if one.outcome != Outcome::Fail && one.call.is_write() {
                match one.call {
                    Call::Add { delta } if delta > 0 => {
                        fits &= *self.size.get_or_insert(delta) == delta;
                    }
                    _ => fits = false,
                }
            }
            let tells = one.call.is_write() || counter::count(&one).is_some();
            if one.outcome != Outcome::Fail && tells {
                self.held.push(one);
            }
        }
        let opened = moment.open.iter().filter(|one| one.call.is_write());
        fits &= opened.clone().all(|one| match one.call {
            Call::Add { delta } => delta > 0 && *self.size.get_or_insert(delta) == delta,
            _ => false,
        });
        if !fits {
            return Standing::Unfit;
        }
        let size = self.size.unwrap_or(1);
        let counted = self.counted(size);
        let Some(counted) = counted else { return Standing::Unfit };
        let most = counted.iter().filter_map(counter::count).max().unwrap_or(0);
        let wanted = (most.max(0) as u64).div_ceil(size.unsigned_abs()).min(self.doubts);
        let made: Vec<Operation> = (0..wanted)
            .map(|_| in_doubt(size))
            .chain(self.latest_ns.map(|latest| {
                let seen = Returned::Count(0);
                stand_in(OperationId(0), Call::Read, (latest, latest), seen)
            }))
            .collect();
        let mut operations: Vec<&Operation> = made.iter().chain(&counted).chain(opened).collect();
        operations.sort_by_key(|one| one.invoked_ns);
        match counter::decide(&operations, Unseen::Impossible) {
            None => Standing::Unfit,
            Some(Decision::Broken(violation)) => {
                Standing::Broken(ids(&operations, &violation.operations))
            }
            Some(Decision::Undecided(_)) => Standing::Undecided,
            Some(Decision::Holds) => {
                self.fold(&counted, size, moment.watermark_ns);
                Standing::Holds
            }
        }
    }

    /// What is held, counted from the base; `None` if that overflows.
    fn counted(&self, size: i64) -> Option<Vec<Operation>> {
        let base = self.base.checked_mul(size)?;
        self.held
            .iter()
            .map(|one| {
                let mut one = one.clone();
                if let Some(count) = counter::count(&one) {
                    one.returned = Returned::Count(count.checked_sub(base)?);
                }
                Some(one)
            })
            .collect()
    }

    /// Raises the base to what was surely reached before the watermark, gives those increments away
    /// as the offline algorithm does, and forgets what saw no more.
    fn fold(&mut self, counted: &[Operation], size: i64, watermark_ns: u64) {
        // By position: how many increments it saw when it returned.
        let seen: Vec<Option<i64>> =
            counted.iter().map(|one| counter::count(one).map(|count| count / size)).collect();
        let sights = || (0..counted.len()).filter_map(|at| Some((at, seen[at]?)));
        let ended = |at: usize| counted[at].settled_ns();
        let reached = sights()
            .filter(|(at, _)| ended(*at) < watermark_ns)
            .map(|(_, count)| count)
            .max()
            .unwrap_or(0);
        let mut gone = vec![false; counted.len()];
        let mut coming: Vec<usize> = (0..counted.len()).filter(|at| seen[*at].is_none()).collect();
        coming.sort_by_key(|at| counted[*at].invoked_ns);
        let mut coming = coming.into_iter().peekable();
        let mut ready: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
        let pinned: rustc_hash::FxHashSet<i64> = sights()
            .filter(|(at, _)| counted[*at].call.is_write())
            .map(|(_, count)| count)
            .collect();
        // The earliest return of what saw at least so many.
        let mut due: Vec<(i64, u64)> = sights().map(|(at, count)| (count, ended(at))).collect();
        due.sort_unstable();
        for at in (1..due.len()).rev() {
            due[at - 1].1 = due[at - 1].1.min(due[at].1);
        }
        for slot in 1..=reached {
            if pinned.contains(&slot) {
                continue;
            }
            let at = due.partition_point(|(count, _)| *count < slot);
            let until = due[at].1;
            while let Some(at) = coming.next_if(|at| counted[*at].invoked_ns <= until) {
                ready.push(Reverse((ended(at), at)));
            }
            // Those in doubt come last: the ones that are only counted are as good as any.
            match ready.peek() {
                Some(Reverse((ret, _))) if *ret == u64::MAX && self.doubts > 0 => self.doubts -= 1,
                Some(Reverse((_, at))) => {
                    gone[*at] = true;
                    ready.pop();
                }
                None => self.doubts = self.doubts.saturating_sub(1),
            }
        }
        // Whatever comes, and all that is left of what was seen, was called after some increments
        // had returned: they are part of the base, too.
        let called = sights()
            .filter(|(_, count)| *count > reached)
            .map(|(at, _)| counted[at].invoked_ns)
            .min();
        let from_ns = called.map_or(watermark_ns, |called| called.min(watermark_ns));
        let mut base = reached;
        for at in 0..counted.len() {
            match seen[at] {
                Some(count) if count <= reached => {
                    let call = counted[at].invoked_ns;
                    self.latest_ns = Some(self.latest_ns.map_or(call, |latest| latest.max(call)));
                    gone[at] = true;
                }
                Some(_) => {}
                None if gone[at] => {}
                None if ended(at) < from_ns => {
                    base += 1;
                    gone[at] = true;
                }
                None if counted[at].outcome == Outcome::Info
                    && counted[at].invoked_ns < watermark_ns =>
                {
                    self.doubts += 1;
                    gone[at] = true;
                }
                None => {}
            }
        }
        self.base = self.base.saturating_add(base);
        let mut gone = gone.into_iter();
        self.held.retain(|_| !gone.next().unwrap_or(false));
        shrink(&mut self.held);
    }
}

/// An increment in doubt that was called before everything that is left.
fn in_doubt(size: i64) -> Operation {
    Operation {
        outcome: Outcome::Info,
        completed_ns: None,
        ..stand_in(OperationId(0), Call::Add { delta: size }, (0, 0), Returned::Nothing)
    }
}
