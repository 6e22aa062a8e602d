//! Refusals: steps that found a value not in place.
//!
//! Values are unique, so a value is in place once, for one span of time. A refusal says that the span
//! does not cover it: the value was written *later* than the refusal's call, or was replaced *earlier*
//! than its return. Where [bounds](super::bounds) leave only one of the two possible, and one write
//! that could have replaced the value, the refusal is a bound on a write like any other: a later call,
//! an earlier return, or a compare-and-set that was not told so. That is repeated until nothing more
//! follows; whatever it contradicts is a violation, in every order.
//!
//! Where a choice is left, one is tried: an order is made, and what it does not explain is bound as it
//! may be. An order found is an order; if none is, the [general search](super::super::search) must
//! tell, since choices of many values can depend on each other.

use rustc_hash::FxHashSet;

use super::bounds::Bounds;
use super::clusters::{Clusters, Conflict, NEVER, NONE};
use super::{Action, Step, Unseen};

/// How often bounds are drawn from bounds, and how often choices are tried.
const ROUNDS: usize = 64;
const TRIES: usize = 16;

/// What there is to say of some steps in near-linear time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    /// An order explains them.
    Order,
    /// No order does.
    Conflict(Conflict),
    /// Their refusals leave choices that only a search can make.
    Open,
}

/// Steps whose refusals are being bound.
#[derive(Clone, Debug)]
pub(super) struct Refusals<'a> {
    told: &'a [Step],
    /// The same with all bounds that follow.
    pub(super) steps: Vec<Step>,
    values: u32,
    unseen: Unseen,
    /// The positions of the refusals that are not bound yet.
    pub(super) left: Vec<u32>,
}

/// What a refusal binds.
#[derive(Clone, Copy, Debug)]
enum Bound {
    /// A write comes after a time.
    Later { step: u32, call: u64 },
    /// A write comes before a time.
    Earlier { step: u32, ret: u64 },
    /// The same, and it replaced a value.
    Follows { step: u32, ret: u64, from: u32 },
}

impl<'a> Refusals<'a> {
    pub(super) fn of(told: &'a [Step], values: u32, unseen: Unseen) -> Self {
        let refused = |at: &u32| matches!(told[*at as usize].action, Action::Refused(_));
        let left = (0..told.len() as u32).filter(refused).collect();
        Self { told, steps: told.to_vec(), values, unseen, left }
    }

    /// Draws all bounds that follow.
    pub(super) fn bind(&mut self) -> Result<Bounds, Conflict> {
        for _ in 0..ROUNDS {
            let bounds = self.bounds()?;
            let mut found = Vec::new();
            for position in std::mem::take(&mut self.left) {
                match self.bound(&bounds, position)? {
                    Some(bound) => found.push((position, bound)),
                    None if self.is_settled(&bounds, position) => {}
                    None => self.left.push(position),
                }
            }
            if found.is_empty() {
                return Ok(bounds);
            }
            self.apply(found)?;
        }
        self.bounds()
    }

    fn bounds(&self) -> Result<Bounds, Conflict> {
        let mut clusters = Clusters::gather(&self.steps, self.values, self.unseen);
        match clusters.conflict(&self.steps) {
            Some(conflict) if self.steps == self.told => Err(conflict),
            Some(_) => Err(self.whole()),
            None => Ok(Bounds::of(clusters, &self.steps)),
        }
    }

    fn refused(&self, position: u32) -> (u32, Step) {
        let step = self.steps[position as usize];
        let Action::Refused(value) = step.action else { unreachable!("only refusals are left") };
        (value, step)
    }

    /// Whether a refusal is explained in every order.
    fn is_settled(&self, bounds: &Bounds, position: u32) -> bool {
        let (value, step) = self.refused(position);
        if bounds.is_mandatory(value) {
            return bounds.changes(value, step.call, step.ret);
        }
        // If it ever was in place, then later.
        let cluster = bounds.cluster(value);
        cluster.writer == NONE || cluster.call >= step.call
    }

    /// What a refusal binds, if only one thing is possible.
    fn bound(&self, bounds: &Bounds, position: u32) -> Result<Option<Bound>, Conflict> {
        let (value, step) = self.refused(position);
        if self.is_settled(bounds, position) || !bounds.is_mandatory(value) {
            return Ok(None);
        }
        let earlier = self.earlier(bounds, position);
        let may_be_later = bounds.latest(value) >= step.call;
        match &earlier[..] {
            [] if !may_be_later => Err(self.unjustified(bounds, position)),
            [] => Ok(later(bounds, value, step.call)),
            [one] if !may_be_later => Ok(Some(*one)),
            _ => Ok(None),
        }
    }

    /// What may have replaced the refused value by the return.
    fn earlier(&self, bounds: &Bounds, position: u32) -> Vec<Bound> {
        let (value, Step { ret, .. }) = self.refused(position);
        let next = bounds.cluster(value).next;
        if next != NONE {
            let step = bounds.cluster(next).writer;
            let possible = bounds.earliest(next) <= ret;
            return possible.then_some(Bound::Earlier { step, ret }).into_iter().collect();
        }
        let mut steps = bounds.followers(value, ret);
        if self.unseen == Unseen::Possible && bounds.span(value).1 <= ret {
            // Any number of writes that are not among the steps.
            steps.extend([NONE; 2]);
        }
        steps.into_iter().map(|step| Bound::Follows { step, ret, from: value }).collect()
    }

    fn apply(&mut self, found: Vec<(u32, Bound)>) -> Result<(), Conflict> {
        for (position, bound) in found {
            let (Bound::Later { step: at, .. }
            | Bound::Earlier { step: at, .. }
            | Bound::Follows { step: at, .. }) = bound;
            let step = &mut self.steps[at as usize];
            match (bound, step.action) {
                (Bound::Later { call, .. }, _) => step.call = step.call.max(call),
                (Bound::Earlier { ret, .. }, _) => step.ret = step.ret.min(ret),
                (Bound::Follows { ret, from, .. }, Action::Write(to)) => {
                    step.action = Action::CompareAndSet { from, to };
                    step.ret = step.ret.min(ret);
                }
                (Bound::Follows { ret, from, .. }, Action::CompareAndSet { from: known, .. })
                    if from == known =>
                {
                    step.ret = step.ret.min(ret);
                }
                // It follows another value since a moment ago.
                (Bound::Follows { .. }, _) => self.left.push(position),
            }
            if self.steps[at as usize].call > self.steps[at as usize].ret {
                return Err(self.whole());
            }
        }
        Ok(())
    }

    /// The value was in place from before a refusal until after it.
    fn unjustified(&self, bounds: &Bounds, position: u32) -> Conflict {
        let (value, step) = self.refused(position);
        let cluster = bounds.cluster(value);
        let (mut f, mut s) = (cluster.first, cluster.last);
        if cluster.ret < f.at {
            (f.at, f.step) = (cluster.ret, cluster.writer);
        }
        if cluster.next != NONE {
            let next = bounds.cluster(cluster.next);
            if next.call > s.at {
                (s.at, s.step) = (next.call, next.writer);
            }
        }
        if self.steps != self.told || f.at >= step.call || s.at <= step.ret {
            return self.whole();
        }
        let steps = [f.step, s.step, position].into_iter().filter(|step| *step != NONE).collect();
        let mut clusters = Clusters::gather(&self.steps, self.values, self.unseen);
        let _ = clusters.conflict(&self.steps);
        clusters.with_observers(Conflict { steps, excerpt: Unseen::Possible }, &self.steps)
    }

    /// All steps; what of them is needed, others find out.
    fn whole(&self) -> Conflict {
        let steps = (0..self.told.len() as u32).collect();
        let even_if_possible = self.unseen == Unseen::Possible
            || Self::of(self.told, self.values, Unseen::Possible).bind().is_err();
        let excerpt = if even_if_possible { Unseen::Possible } else { Unseen::Impossible };
        Conflict { steps, excerpt }
    }

    /// Rules on the steps, and leaves them bound as an order needs it.
    pub(super) fn rule(&mut self) -> Result<Bounds, Ruling> {
        let mut bounds = self.bind().map_err(Ruling::Conflict)?;
        if self.unseen == Unseen::Possible {
            return Ok(bounds);
        }
        for _ in 0..TRIES {
            let failing = self.failing(&bounds);
            if failing.is_empty() {
                return Ok(bounds);
            }
            self.choose(&bounds, &failing).ok_or(Ruling::Open)?;
            bounds = self.bind().map_err(|_| Ruling::Open)?;
        }
        Err(Ruling::Open)
    }

    /// The refusals that the first order at hand does not explain.
    fn failing(&self, bounds: &Bounds) -> Vec<u32> {
        if self.left.is_empty() {
            return Vec::new();
        }
        let schedule = bounds.schedule();
        let mut spans = vec![(NEVER, NEVER); self.values as usize];
        for (index, (value, begin)) in schedule.iter().enumerate() {
            let end = schedule.get(index + 1).map_or(NEVER, |(_, end)| *end);
            spans[*value as usize] = (*begin, end);
        }
        let fails = |position: &&u32| {
            let (value, step) = self.refused(**position);
            let (begin, end) = spans[value as usize];
            begin < step.call && end > step.ret
        };
        self.left.iter().filter(fails).copied().collect()
    }

    /// Binds failing refusals, one of each value, in some way that is possible.
    fn choose(&mut self, bounds: &Bounds, failing: &[u32]) -> Option<()> {
        let mut used: FxHashSet<u32> = FxHashSet::default();
        let mut values: FxHashSet<u32> = FxHashSet::default();
        let mut chosen = Vec::new();
        let mut failing = failing.to_vec();
        failing.sort_by_key(|position| self.steps[*position as usize].ret);
        for position in failing {
            let (value, step) = self.refused(position);
            if !values.insert(value) {
                continue;
            }
            let unused = self.earlier(bounds, position).into_iter().find(|bound| match bound {
                Bound::Follows { step, .. } => *step != NONE && used.insert(*step),
                _ => true,
            });
            let later = || {
                let possible = bounds.latest(value) >= step.call;
                possible.then(|| later(bounds, value, step.call)).flatten()
            };
            if let Some(bound) = unused.or_else(later) {
                chosen.push((position, bound));
            }
        }
        if chosen.is_empty() {
            return None;
        }
        let bound: FxHashSet<u32> = chosen.iter().map(|(position, _)| *position).collect();
        self.left.retain(|position| !bound.contains(position));
        self.apply(chosen).ok()
    }
}

/// The bound on a value that was written later; `None` if its write is not among the steps.
fn later(bounds: &Bounds, value: u32, call: u64) -> Option<Bound> {
    let step = bounds.cluster(value).writer;
    (step != NONE).then_some(Bound::Later { step, call })
}

/// Rules on steps over the dense values `0..values`, of which 0 is the initial one.
///
/// Sound and complete for any number of operations in doubt: one that nobody observed is left out
/// (it can take effect after everything else), one that somebody observed must have happened. Only
/// [refusals](Action::Refused) can leave a ruling open, and only if values were written at about the
/// same time, or in doubt.
#[must_use]
pub(crate) fn rule(steps: &[Step], values: u32, unseen: Unseen) -> Ruling {
    if !steps.iter().any(|step| matches!(step.action, Action::Refused(_))) {
        let conflict = Clusters::gather(steps, values, unseen).conflict(steps);
        return conflict.map_or(Ruling::Order, Ruling::Conflict);
    }
    match Refusals::of(steps, values, unseen).rule() {
        Ok(_) => Ruling::Order,
        Err(ruling) => ruling,
    }
}
