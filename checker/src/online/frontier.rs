//! The window of anything else: every way to explain what returned before the watermark.
//!
//! Where values do not name their writes, what must be carried is the set of states that the record
//! may be in, each with the operations that have taken effect before they returned and the number of
//! operations in doubt that were used (just-in-time linearization, as in
//! [`crate::linearizability::search`]). It moves forward with the watermark: of a return before it
//! everything that overlaps is known. What returned later is explained on trial.

use history::{Operation, OperationId};
use rustc_hash::FxHashMap;

use super::window::{Standing, shrink};
use crate::linearizability::search::Budget;
use crate::specification::Specification;

/// The frontier of one record.
#[derive(Debug)]
pub(super) struct Frontier<S: Specification> {
    specification: S,
    of: fn(&Operation) -> Option<S::Operation>,
    alive: Vec<Configuration<S::State>>,
    /// Operations that have returned, and are not yet explained by all of `alive`.
    pending: Vec<Interval<S::Operation>>,
    kinds: Vec<Kind<S::Operation>>,
    limit: usize,
}

#[derive(Clone, Debug)]
struct Interval<O> {
    id: OperationId,
    call: u64,
    ret: u64,
    operation: O,
}

/// Operations in doubt that do the same: interchangeable once called.
#[derive(Clone, Debug)]
struct Kind<O> {
    operation: O,
    /// Their calls, in order.
    calls: Vec<u64>,
}

/// One way to explain what has returned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Configuration<T> {
    state: T,
    /// Pending operations that have taken effect, in order.
    done: Vec<OperationId>,
    /// How many operations in doubt of each kind have taken effect; none of those beyond the end.
    used: Vec<u32>,
}

/// Why a frontier cannot move on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// This return cannot be explained.
    Broken(OperationId),
    Spent,
}

impl<S: Specification> Frontier<S> {
    /// A record in a state, with what a window held of it.
    pub(super) fn new(
        specification: S,
        of: fn(&Operation) -> Option<S::Operation>,
        state: S::State,
        held: Vec<Operation>,
    ) -> Self {
        let start = Configuration { state, done: Vec::new(), used: Vec::new() };
        let limit = Budget::default().configurations / 8;
        let mut this = Self {
            specification,
            of,
            alive: vec![start],
            pending: Vec::new(),
            kinds: Vec::new(),
            limit,
        };
        this.take(held);
        this
    }

    /// The same with so many configurations at most.
    pub(super) fn within(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// How many operations it holds, those in doubt aside.
    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    fn take(&mut self, fresh: Vec<Operation>) {
        for one in fresh {
            let Some(operation) = (self.of)(&one) else { continue };
            // A refusal happened: it observed something by its end.
            let ret = one.refused_ns().unwrap_or_else(|| one.settled_ns());
            if ret == u64::MAX {
                doubt(&mut self.kinds, &operation, one.invoked_ns);
            } else {
                let (id, call) = (one.id, one.invoked_ns);
                self.pending.push(Interval { id, call, ret, operation });
            }
        }
        self.pending.sort_by_key(|one| (one.ret, one.call, one.id));
    }

    pub(super) fn settle(
        &mut self,
        fresh: Vec<Operation>,
        open: &[Operation],
        watermark_ns: u64,
    ) -> Standing {
        self.take(fresh);
        let settled = self.pending.partition_point(|one| one.ret < watermark_ns);
        for at in 0..settled {
            self.alive = match self.explain(&self.alive, &self.kinds, at) {
                Ok(alive) => alive,
                Err(stop) => return stop.standing(),
            };
        }
        self.pending.drain(..settled);
        shrink(&mut self.pending);
        let mut kinds = self.kinds.clone();
        for one in open {
            if let Some(operation) = (self.of)(one) {
                doubt(&mut kinds, &operation, one.invoked_ns);
            }
        }
        let mut alive: Option<Vec<_>> = None;
        for at in 0..self.pending.len() {
            alive = match self.explain(alive.as_ref().unwrap_or(&self.alive), &kinds, at) {
                Ok(alive) => Some(alive),
                Err(stop) => return stop.standing(),
            };
        }
        Standing::Holds
    }

    /// The configurations after a return.
    fn explain(
        &self,
        alive: &[Configuration<S::State>],
        kinds: &[Kind<S::Operation>],
        at: usize,
    ) -> Result<Vec<Configuration<S::State>>, Stop> {
        let event = &self.pending[at];
        let open: Vec<&Interval<S::Operation>> =
            self.pending[at..].iter().filter(|one| one.call <= event.ret).collect();
        let mut seen: Antichains<S::State> = Antichains::default();
        let mut survivors: Antichains<S::State> = Antichains::default();
        let mut stack: Vec<Configuration<S::State>> = alive.to_vec();
        while let Some(mut one) = stack.pop() {
            for other in &open {
                let fits = || {
                    self.specification.observes(&other.operation)
                        && self.specification.apply(&one.state, &other.operation).is_some()
                };
                if !one.done.contains(&other.id) && fits() {
                    insert(&mut one.done, other.id);
                }
            }
            if let Some(done) = one.done.iter().position(|id| *id == event.id) {
                one.done.remove(done);
                survivors.insert(one);
                continue;
            }
            if !seen.insert(one.clone()) {
                continue;
            }
            if seen.len + survivors.len > self.limit {
                return Err(Stop::Spent);
            }
            for other in &open {
                if one.done.contains(&other.id) || self.specification.observes(&other.operation) {
                    continue;
                }
                if let Some(state) = self.specification.apply(&one.state, &other.operation) {
                    let mut next = Configuration { state, ..one.clone() };
                    insert(&mut next.done, other.id);
                    stack.push(next);
                }
            }
            for (kind, class) in kinds.iter().enumerate() {
                let used = one.used.get(kind).copied().unwrap_or(0);
                if class.calls.get(used as usize).is_none_or(|call| *call > event.ret) {
                    continue;
                }
                let changed = self.specification.apply(&one.state, &class.operation);
                let Some(state) = changed.filter(|state| *state != one.state) else { continue };
                let mut next = Configuration { state, ..one.clone() };
                next.used.resize(next.used.len().max(kind + 1), 0);
                next.used[kind] += 1;
                stack.push(next);
            }
        }
        let survivors = survivors.into_configurations();
        if survivors.is_empty() { Err(Stop::Broken(event.id)) } else { Ok(survivors) }
    }
}

impl Stop {
    fn standing(self) -> Standing {
        match self {
            Self::Broken(id) => Standing::Broken(vec![id]),
            Self::Spent => Standing::Undecided,
        }
    }
}

fn doubt<O: Clone + PartialEq>(kinds: &mut Vec<Kind<O>>, operation: &O, call: u64) {
    match kinds.iter_mut().find(|kind| kind.operation == *operation) {
        Some(kind) => {
            let at = kind.calls.partition_point(|other| *other <= call);
            kind.calls.insert(at, call);
        }
        None => kinds.push(Kind { operation: operation.clone(), calls: vec![call] }),
    }
}

fn insert(done: &mut Vec<OperationId>, id: OperationId) {
    let at = done.partition_point(|other| *other < id);
    done.insert(at, id);
}

/// Configurations of which none can do all that another can.
#[derive(Debug)]
struct Antichains<T> {
    uses: FxHashMap<(T, Vec<OperationId>), Vec<Vec<u32>>>,
    len: usize,
}

impl<T> Default for Antichains<T> {
    fn default() -> Self {
        Self { uses: FxHashMap::default(), len: 0 }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Antichains<T> {
    /// Adds a configuration unless one that is there can do whatever it can.
    fn insert(&mut self, one: Configuration<T>) -> bool {
        let uses = self.uses.entry((one.state, one.done)).or_default();
        let used = |uses: &[u32], kind: usize| uses.get(kind).copied().unwrap_or(0);
        let below = |less: &[u32], more: &[u32]| {
            (0..less.len().max(more.len())).all(|kind| used(less, kind) <= used(more, kind))
        };
        if uses.iter().any(|other| below(other, &one.used)) {
            return false;
        }
        let before = uses.len();
        uses.retain(|other| !below(&one.used, other));
        self.len = self.len + uses.len() + 1 - before;
        uses.push(one.used);
        true
    }

    fn into_configurations(self) -> Vec<Configuration<T>> {
        self.uses
            .into_iter()
            .flat_map(|((state, done), uses)| {
                uses.into_iter().map(move |used| Configuration {
                    state: state.clone(),
                    done: done.clone(),
                    used,
                })
            })
            .collect()
    }
}
