//! What the operations that are left out of an excerpt can do for its refusals.
//!
//! A refusal saw *some* other value, whichever: the write of that value may be left out only if another
//! one stands in for it. Take an order of the whole record in which the value that was not found is in
//! place before the refusal. The first write after it is a compare-and-set that replaced this very
//! value or a plain write, and comes before the refusal. If it is left out, one in doubt that nobody
//! reads does for the excerpt whatever it did.

use std::cell::RefCell;
use std::rc::Rc;

use history::{Call, Operation, Outcome, Returned, Value};
use rustc_hash::FxHashMap;

use crate::anomalies::{observed, written};

/// A register's operations, of which excerpts are made.
#[derive(Debug)]
pub(super) struct Rest<'a> {
    operations: &'a [&'a Operation],
    writers: FxHashMap<Value, usize>,
    /// By when each value was surely in place, if something shows it.
    shown_ns: FxHashMap<Value, u64>,
    /// Plain writes in the order of their calls.
    plain: Vec<usize>,
    /// Compare-and-sets by what they replace.
    replacing: FxHashMap<Option<Value>, Vec<usize>>,
    /// For each refusal that was asked for, what may have made it true, in the order of calls.
    causes: RefCell<FxHashMap<usize, Rc<[usize]>>>,
}

impl<'a> Rest<'a> {
    /// `None` if a value does not name its write.
    pub(super) fn of(operations: &'a [&'a Operation]) -> Option<Self> {
        let mut this = Self {
            operations,
            writers: FxHashMap::default(),
            shown_ns: FxHashMap::default(),
            plain: Vec::new(),
            replacing: FxHashMap::default(),
            causes: RefCell::default(),
        };
        for (at, one) in operations.iter().enumerate() {
            if one.outcome == Outcome::Fail {
                continue;
            }
            match one.call {
                Call::Read => {}
                Call::Write { .. } => this.plain.push(at),
                Call::Cas { expected, .. } => this.replacing.entry(expected).or_default().push(at),
                Call::Add { .. } | Call::Append { .. } | Call::Delete => return None,
            }
            if let Some(value) = written(one)
                && this.writers.insert(value, at).is_some()
            {
                return None;
            }
            let replaced = match one.call {
                Call::Cas { expected, .. } => expected,
                _ => None,
            };
            for value in [written(one), observed(one).flatten(), replaced].into_iter().flatten() {
                let first_ns = this.shown_ns.entry(value).or_insert(u64::MAX);
                *first_ns = one.settled_ns().min(*first_ns);
            }
        }
        this.plain.sort_by_key(|at| operations[*at].invoked_ns);
        Some(this)
    }

    /// The excerpt of some positions, with what the others can do for it; in the order of calls. It has
    /// an order if the whole has one.
    pub(super) fn excerpt(&self, positions: &[usize]) -> Vec<Operation> {
        let mut kept = vec![false; self.operations.len()];
        positions.iter().for_each(|at| kept[*at] = true);
        let mut excerpt: Vec<Operation> =
            positions.iter().map(|at| self.operations[*at].clone()).collect();
        // What was seen was written; no condition of that is kept, and no end.
        let mut values: Vec<Value> = positions.iter().filter_map(|at| self.seen(*at)).collect();
        values.sort_unstable();
        values.dedup();
        for value in values {
            if let Some(writer) = self.writers.get(&value)
                && !std::mem::replace(&mut kept[*writer], true)
            {
                excerpt.push(in_doubt(self.operations[*writer], value));
            }
        }
        for at in positions {
            if self.operations[*at].refused_ns().is_none() {
                continue;
            }
            if let Some(cause) = self.causes(*at).iter().find(|cause| !kept[**cause]) {
                let value = u64::MAX - *at as u64;
                excerpt.push(in_doubt(self.operations[*cause], value));
            }
        }
        excerpt.sort_by_key(|one| one.invoked_ns);
        excerpt
    }

    /// The value that an operation saw, or did not find.
    fn seen(&self, at: usize) -> Option<Value> {
        match self.operations[at].call {
            Call::Cas { expected, .. } => expected,
            _ => observed(self.operations[at]).flatten(),
        }
    }

    /// The writes of which one was the first to follow a value that a refusal did not find, in any
    /// order that has it before the refusal; in the order of their calls.
    fn causes(&self, refusal: usize) -> Rc<[usize]> {
        if let Some(known) = self.causes.borrow().get(&refusal) {
            return Rc::clone(known);
        }
        let value = self.seen(refusal);
        let end_ns = self.operations[refusal].refused_ns().unwrap_or(0);
        let writer = value.and_then(|value| self.writers.get(&value));
        let call_ns = writer.map_or(0, |at| self.operations[*at].invoked_ns);
        let origin = self.origin(value);
        let called = |at: &&usize| self.operations[**at].invoked_ns <= end_ns;
        let plain = self.plain.iter().take_while(called).filter(|at| {
            let own = written(self.operations[**at]);
            own != origin && own.is_some_and(|own| self.shown_ns[&own] >= call_ns)
        });
        let replacing = self.replacing.get(&value).into_iter().flatten().filter(called);
        let mut causes: Vec<usize> = plain.chain(replacing).copied().collect();
        causes.sort_by_key(|at| self.operations[*at].invoked_ns);
        let causes: Rc<[usize]> = causes.into();
        self.causes.borrow_mut().insert(refusal, Rc::clone(&causes));
        causes
    }

    /// The plainly written value from which compare-and-sets made a value.
    fn origin(&self, value: Option<Value>) -> Option<Value> {
        let mut origin = value;
        for _ in 0..self.writers.len() {
            let writer = origin.and_then(|value| self.writers.get(&value));
            match writer.map(|at| self.operations[*at].call) {
                Some(Call::Cas { expected, .. }) => origin = expected,
                _ => break,
            }
        }
        origin
    }
}

/// A write that may take effect at any time after a call, or never.
fn in_doubt(operation: &Operation, value: Value) -> Operation {
    Operation {
        call: Call::Write { value },
        outcome: Outcome::Info,
        completed_ns: None,
        returned: Returned::Nothing,
        ..operation.clone()
    }
}
