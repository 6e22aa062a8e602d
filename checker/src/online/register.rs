//! The window of a register whose values name their writes.
//!
//! It holds, of each value that can still matter, its write and two reads: the one that returned
//! first and the one that was called last. The offline algorithm decides over these; then the window
//! is folded, see [`super`] for why that loses nothing.

use history::{Call, Model, Operation, OperationId, Outcome, Returned, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use super::frontier::Frontier;
use super::window::{Doubt, Moment, Standing, ids, shrink, stand_in};
use crate::anomalies::{observed, written};
use crate::linearizability::search::Budget;
use crate::linearizability::{Decision, Unseen, decide_by_search, register};
use crate::specification::{Register, RegisterOperation};

const NEVER: u64 = u64::MAX;

/// How many operations a window may usually hold that waits for what tells its refusals' choices.
pub(super) const PATIENCE: usize = 256;

/// How many it may hold while open writes are bound.
const MOST_BOUND: usize = 2048;

/// How many configurations may be tried each time that refusals leave a choice.
const CHOICES: usize = 50_000;

/// How many configurations may be kept to carry choices on.
const CARRIED: usize = 20_000;

/// The window.
#[derive(Debug, Default)]
pub(super) struct RegisterWindow {
    /// How many operations it may hold that waits for what tells its refusals' choices.
    patience: usize,
    /// All that may be, once refusals have left a choice for too long.
    carried: Option<Box<Frontier<Register>>>,
    held: Vec<Operation>,
    /// Writes in doubt that nobody observed, by value.
    doubts: FxHashMap<Value, Doubt>,
    /// The highest value that was retired.
    retired: Value,
    /// A write was seen of a value that may have been written and retired before.
    reused: bool,
    /// How many operations were left when the window was folded last.
    folded: usize,
    /// Open writes that refusals bind: they are held as what they must have been.
    bound: FxHashSet<OperationId>,
    /// One of them that was said to have failed.
    contradicted: Option<OperationId>,
    /// Refusals were forgotten though they left a choice.
    deferred: bool,
}

impl RegisterWindow {
    /// A window that waits with so many operations for what tells its refusals' choices.
    pub(super) fn new(patience: usize) -> Self {
        Self { patience, ..Self::default() }
    }

    /// How many operations it holds, those in doubt aside, and those that only wait for what tells
    /// their refusals' choices.
    pub(super) fn len(&self) -> usize {
        self.folded.max(self.carried.as_ref().map_or(0, |carried| carried.len()))
    }

    /// Whether nothing else can go on with it: it holds open writes as what they must have been.
    pub(super) fn is_stuck(&self) -> bool {
        self.carried.is_none() && !self.bound.is_empty()
    }

    /// What carries its refusals' choices, if anything does.
    pub(super) fn take_carried(&mut self) -> Option<Box<Frontier<Register>>> {
        self.carried.take()
    }

    /// Whether a value may have been written twice, so that it does not name its write.
    pub(super) fn is_reused(&self) -> bool {
        self.reused
    }

    /// Whether refusals were forgotten of which nothing is known, so that another must decide.
    pub(super) fn is_deferred(&self) -> bool {
        self.deferred
    }

    /// What it holds, for another algorithm to go on with.
    pub(super) fn into_operations(self) -> Vec<Operation> {
        let doubts = self.doubts.into_iter().map(|(value, doubt)| doubt.operation(value));
        let mut operations: Vec<Operation> = self.held.into_iter().chain(doubts).collect();
        operations.sort_by_key(|one| (one.invoked_ns, one.id));
        operations
    }

    pub(super) fn settle(&mut self, moment: Moment<'_>) -> Standing {
        let standing = self.carry(&moment);
        if let Standing::Broken(_) = standing {
            return standing;
        }
        let mut fits = moment
            .open
            .iter()
            .all(|one| matches!(one.call, Call::Read | Call::Write { .. } | Call::Cas { .. }));
        for one in moment.fresh {
            fits &= self.take(one);
        }
        if !fits {
            return Standing::Unfit;
        }
        if let Some(id) = self.contradicted {
            return Standing::Broken(vec![id]);
        }
        let open: Vec<&Operation> =
            moment.open.iter().filter(|one| !self.bound.contains(&one.id)).collect();
        let mut observed = self.observed_in_doubt(&open);
        if let Some(standing) = self.refusals(&open, moment.watermark_ns) {
            return standing;
        }
        observed.retain(|one| !self.bound.contains(&one.id));
        let mut operations: Vec<&Operation> = self.held.iter().chain(observed).collect();
        operations.sort_by_key(|one| one.invoked_ns);
        match register::decide(&operations, Unseen::Impossible) {
            None => Standing::Unfit,
            Some(Decision::Broken(violation)) => {
                Standing::Broken(ids(&operations, &violation.operations))
            }
            Some(Decision::Undecided(_)) => Standing::Undecided,
            Some(Decision::Holds) => {
                let fold = Fold::of(&operations, moment.watermark_ns);
                self.retired = self.retired.max(fold.retired);
                let kept = fold.kept(&operations);
                self.held.retain(|one| kept.contains(&one.id));
                self.held.extend(fold.stand_ins);
                shrink(&mut self.held);
                self.folded = self.held.len();
                Standing::Holds
            }
        }
    }

    /// Lets what carries the choices on take in what the window takes in; if it cannot, the choices are
    /// left to the second look.
    fn carry(&mut self, moment: &Moment<'_>) -> Standing {
        let Some(carried) = &mut self.carried else { return Standing::Holds };
        let standing = carried.settle(moment.fresh.clone(), moment.open, moment.watermark_ns);
        if standing == Standing::Undecided {
            self.carried = None;
            self.deferred = true;
        }
        standing
    }

    /// Lets refusals bind what they bind, and forgets them. If they leave a choice, the window stands
    /// as it is, and nothing is folded; until it is so large that the choice is carried on by the set
    /// of all states that may be, and forgotten here.
    fn refusals(&mut self, open: &[&Operation], watermark_ns: u64) -> Option<Standing> {
        if self.held.iter().all(|one| one.refused_ns().is_none()) {
            return None;
        }
        // Whatever may have been written by then may have made them true.
        let doubts: Vec<Operation> =
            self.doubts.iter().map(|(value, doubt)| doubt.operation(*value)).collect();
        let opened = open.iter().copied().filter(|one| one.call.is_write());
        let opened_writes: Vec<Operation> = opened.clone().cloned().collect();
        let mut operations: Vec<&Operation> =
            self.held.iter().chain(&doubts).chain(opened).collect();
        operations.sort_by_key(|one| (one.invoked_ns, one.id));
        let Some(settled) = register::settle(&operations) else { return Some(Standing::Unfit) };
        let decision = settled.decision.unwrap_or_else(|| {
            if self.carried.is_some() {
                return Decision::Holds;
            }
            let budget = Budget { configurations: CHOICES, ..Budget::default() };
            decide_by_search(Model::CasRegister, &operations, budget)
        });
        if let Decision::Broken(violation) = decision {
            return Some(Standing::Broken(ids(&operations, &violation.operations)));
        }
        let forgets = settled.forgets;
        if !forgets && self.carried.is_none() {
            // What is bound is held already, and is not to be taken in a second time when it ends.
            let most = if self.bound.is_empty() { self.patience } else { MOST_BOUND };
            if decision == Decision::Holds && self.held.len() < most {
                return Some(Standing::Holds);
            }
            if !self.deferred && self.bound.is_empty() {
                let held = self.held.iter().chain(&doubts).cloned().collect();
                let of = RegisterOperation::of;
                let carried = Frontier::new(Register::default(), of, None, held).within(CARRIED);
                self.carried = Some(Box::new(carried));
                let (fresh, open) = (Vec::new(), &opened_writes[..]);
                let standing = self.carry(&Moment { fresh, open, watermark_ns });
                if let Standing::Broken(_) = standing {
                    return Some(standing);
                }
            }
            self.deferred = self.carried.is_none();
        }
        for (_, one) in settled.bound {
            // A write in doubt that is bound is not free any more, and one that is open is taken in
            // as what it must have been.
            written(&one).and_then(|value| self.doubts.remove(&value));
            if open.iter().any(|other| other.id == one.id) {
                self.bound.insert(one.id);
            }
            self.held.retain(|other| other.id != one.id || !other.call.is_write());
            self.held.push(one);
        }
        self.held.retain(|one| one.refused_ns().is_none());
        None
    }

    /// Takes an operation in; says whether it fits.
    fn take(&mut self, operation: Operation) -> bool {
        if self.bound.remove(&operation.id) {
            self.end_bound(&operation);
            return true;
        }
        let value = written(&operation);
        if operation.outcome == Outcome::Fail {
            if operation.refused_ns().is_some() {
                self.held.push(operation);
            }
            return true;
        }
        let again = value.is_some_and(|value| self.doubts.contains_key(&value));
        self.reused |= value.is_some_and(|value| value <= self.retired);
        if again {
            self.held.push(operation);
            return false;
        }
        if operation.call.is_write() && operation.outcome == Outcome::Info {
            let Some((value, doubt)) = Doubt::of(&operation) else {
                self.held.push(operation);
                return false;
            };
            self.doubts.insert(value, doubt);
            return true;
        }
        // Reads in doubt say nothing, and torn ones are an anomaly of their own.
        if operation.call.is_write() || observed(&operation).is_some() {
            self.held.push(operation);
        }
        true
    }

    /// A write that refusals bind ends, later than they say that it happened, or came.
    fn end_bound(&mut self, ended: &Operation) {
        let held = self.held.iter_mut().find(|one| one.id == ended.id && one.call.is_write());
        match (ended.outcome, held) {
            (Outcome::Fail, _) => self.contradicted = Some(ended.id),
            (Outcome::Ok, Some(held)) if held.outcome == Outcome::Info => {
                held.outcome = Outcome::Ok;
                held.completed_ns = ended.completed_ns;
            }
            _ => {}
        }
    }

    /// Moves writes in doubt whose value something in the window touches into it, and returns the
    /// open writes of which that is true.
    fn observed_in_doubt<'a>(&mut self, open: &[&'a Operation]) -> Vec<&'a Operation> {
        let mut touched: Vec<Value> = Vec::new();
        for one in self.held.iter().filter(|one| one.outcome != Outcome::Fail) {
            touch(one, &mut touched);
        }
        let mut found = Vec::new();
        let mut seen: FxHashSet<Value> = FxHashSet::default();
        while let Some(value) = touched.pop() {
            if !seen.insert(value) {
                continue;
            }
            if let Some(doubt) = self.doubts.remove(&value) {
                let operation = doubt.operation(value);
                touch(&operation, &mut touched);
                self.held.push(operation);
            }
            for one in open.iter().filter(|one| written(one) == Some(value)) {
                touch(one, &mut touched);
                found.push(*one);
            }
        }
        found
    }
}

/// The values that an operation touches.
fn touch(operation: &Operation, touched: &mut Vec<Value>) {
    touched.extend(observed(operation).flatten().into_iter().chain(written(operation)));
    if let Call::Cas { expected: Some(from), .. } = operation.call {
        touched.push(from);
    }
}

/// What the window knows of one value; times as the offline algorithm has them, from 1.
#[derive(Clone, Copy, Debug)]
struct Cluster {
    value: Option<Value>,
    writer: Option<usize>,
    call: u64,
    ret: u64,
    /// The read that returned first, and the one that was called last, with these times.
    first: (u64, Option<usize>),
    last: (u64, Option<usize>),
    previous: Option<usize>,
    next: Option<usize>,
    mandatory: bool,
}

impl Cluster {
    fn of(value: Option<Value>) -> Self {
        Self {
            value,
            writer: None,
            call: 0,
            ret: if value.is_none() { 0 } else { NEVER },
            first: (NEVER, None),
            last: (0, None),
            previous: None,
            next: None,
            mandatory: value.is_none(),
        }
    }

    fn f(&self) -> u64 {
        self.ret.min(self.first.0)
    }

    fn s(&self) -> u64 {
        self.call.max(self.last.0)
    }
}

/// What becomes of a window that holds.
#[derive(Debug)]
struct Fold {
    clusters: Vec<Cluster>,
    by_value: FxHashMap<Option<Value>, usize>,
    /// Clusters that stay as they are.
    stay: Vec<bool>,
    /// What stands for the beginnings of chains.
    stand_ins: Vec<Operation>,
    /// The highest value that goes.
    retired: Value,
}

impl Fold {
    fn of(operations: &[&Operation], watermark_ns: u64) -> Self {
        let mut this = Self {
            clusters: vec![Cluster::of(None)],
            by_value: std::iter::once((None, 0)).collect(),
            stay: Vec::new(),
            stand_ins: Vec::new(),
            retired: 0,
        };
        for (position, operation) in operations.iter().enumerate() {
            this.gather(position, operation);
        }
        this.link();
        this.stay = vec![true; this.clusters.len()];
        let watermark = watermark_ns.saturating_add(1);
        let chains: Vec<Vec<usize>> = this.chains();
        let zones: Vec<(u64, u64)> = chains.iter().map(|chain| this.zone(chain)).collect();
        // The two latest calls among the blocks that all that is to come will see.
        let (mut most, mut second) = ((0, usize::MAX), 0);
        for (block, (_, s)) in zones.iter().enumerate().filter(|(_, (f, _))| *f < watermark) {
            if *s > most.0 {
                second = most.0;
                most = (*s, block);
            } else {
                second = second.max(*s);
            }
        }
        for (block, (f, _)) in zones.iter().enumerate() {
            let others = if block == most.1 { second } else { most.0 };
            if *f < watermark && *f < others {
                this.retire(&chains[block]);
            } else {
                this.shorten(&chains[block], watermark, operations);
            }
        }
        this
    }

    fn cluster(&mut self, value: Option<Value>) -> usize {
        let next = self.clusters.len();
        *self.by_value.entry(value).or_insert_with(|| {
            self.clusters.push(Cluster::of(value));
            next
        })
    }

    fn gather(&mut self, position: usize, operation: &Operation) {
        let (call, ret) =
            (operation.invoked_ns.saturating_add(1), operation.settled_ns().saturating_add(1));
        if let Some(value) = observed(operation) {
            let at = self.cluster(value);
            let cluster = &mut self.clusters[at];
            cluster.mandatory = true;
            if ret < cluster.first.0 {
                cluster.first = (ret, Some(position));
            }
            if call > cluster.last.0 {
                cluster.last = (call, Some(position));
            }
        } else if let Some(value) = written(operation) {
            let at = self.cluster(Some(value));
            if let Call::Cas { expected, .. } = operation.call {
                self.clusters[at].previous = Some(self.cluster(expected));
            }
            let cluster = &mut self.clusters[at];
            (cluster.call, cluster.ret, cluster.writer) = (call, ret, Some(position));
            cluster.mandatory |= ret != NEVER;
        }
    }

    /// Whatever a mandatory compare-and-set replaced is mandatory, and followed by it.
    fn link(&mut self) {
        let mut open: Vec<usize> =
            (0..self.clusters.len()).filter(|at| self.clusters[*at].mandatory).collect();
        while let Some(at) = open.pop() {
            let Some(previous) = self.clusters[at].previous else { continue };
            let replaced = &mut self.clusters[previous];
            replaced.next = Some(at);
            if !std::mem::replace(&mut replaced.mandatory, true) {
                open.push(previous);
            }
        }
    }

    /// The blocks, each as a chain of clusters.
    fn chains(&self) -> Vec<Vec<usize>> {
        let heads = (0..self.clusters.len())
            .filter(|at| self.clusters[*at].mandatory && self.clusters[*at].previous.is_none());
        heads
            .map(|head| std::iter::successors(Some(head), |at| self.clusters[*at].next).collect())
            .collect()
    }

    fn zone(&self, chain: &[usize]) -> (u64, u64) {
        let clusters = || chain.iter().map(|at| &self.clusters[*at]);
        (
            clusters().map(Cluster::f).min().unwrap_or(NEVER),
            clusters().map(Cluster::s).max().unwrap_or(0),
        )
    }

    fn retire(&mut self, clusters: &[usize]) {
        for at in clusters {
            self.stay[*at] = false;
            self.retired = self.retired.max(self.clusters[*at].value.unwrap_or(0));
        }
    }

    /// Lets one value stand for the beginning of a chain that nothing to come can touch.
    fn shorten(&mut self, chain: &[usize], watermark: u64, operations: &[&Operation]) {
        let seen = |at: &usize| self.clusters[*at].f() < watermark;
        let Some(last) = chain.iter().rposition(seen).and_then(|seen| seen.checked_sub(1)) else {
            return;
        };
        // One alone is as short as what would stand for it.
        if last == 0 {
            return;
        }
        let begin = &chain[..=last];
        let (f, s) = self.zone(begin);
        let kept = self.clusters[begin[last]];
        let (Some(value), Some(writer)) = (kept.value, kept.writer) else { return };
        let id = operations[writer].id;
        let write = Call::Write { value };
        if self.clusters[begin[0]].value.is_none() {
            let write = Call::Cas { expected: None, generation: 0, value };
            self.stand_ins.push(stand_in(id, write, (s - 1, s - 1), Returned::Nothing));
        } else if s < f {
            self.stand_ins.push(stand_in(id, write, (s - 1, f - 1), Returned::Nothing));
        } else {
            self.stand_ins.push(stand_in(id, write, (f - 1, f - 1), Returned::Nothing));
            // An id of its own: that of a write that goes.
            let other = self.clusters[begin[0]].writer.map_or(id, |at| operations[at].id);
            let read = Returned::Value(value);
            self.stand_ins.push(stand_in(other, Call::Read, (s - 1, s - 1), read));
        }
        self.retire(&chain[..last]);
        self.stay[begin[last]] = false;
    }

    /// The operations that stay in the window.
    fn kept(&self, operations: &[&Operation]) -> FxHashSet<OperationId> {
        let mut kept = FxHashSet::default();
        for (position, operation) in operations.iter().enumerate() {
            let value = observed(operation).unwrap_or_else(|| written(operation));
            let at = self.by_value[&value];
            let cluster = &self.clusters[at];
            let needed = !cluster.mandatory
                || [cluster.writer, cluster.first.1, cluster.last.1].contains(&Some(position));
            if self.stay[at] && needed {
                kept.insert(operation.id);
            }
        }
        kept
    }
}
