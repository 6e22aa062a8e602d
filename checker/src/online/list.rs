//! The window of a list of unique elements that are only appended to.
//!
//! It holds the elements that were surely in place before the watermark (whatever is read later
//! begins with them), and what is known of those beyond. The offline algorithm decides over the
//! rest, with reads cut to what is beyond.

use history::{Call, Operation, OperationId, Outcome, Returned, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use super::window::{Doubt, Moment, Standing, ids, shrink, stand_in};
use crate::linearizability::{Decision, Unseen, list};

/// The window.
#[derive(Debug, Default)]
pub(super) struct ListWindow {
    /// The elements that are settled, in order, and the highest of them.
    settled: Vec<Value>,
    highest: Value,
    /// When something that shows no more than these was called last, in ns.
    latest_ns: Option<u64>,
    /// Appends in doubt that nobody observed, by element.
    doubts: FxHashMap<Value, Doubt>,
    /// Appends, and reads of which only what is beyond the settled elements is kept.
    held: Vec<Operation>,
    /// Reads that lack what is settled.
    early: Vec<Operation>,
}

impl ListWindow {
    /// How many operations it holds, those in doubt aside.
    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// The settled elements and what it holds, for another algorithm to go on with.
    pub(super) fn into_operations(self) -> (Vec<Value>, Vec<Operation>) {
        let mut operations = self.held;
        for one in &mut operations {
            if let Some(beyond) = list::elements(one) {
                one.returned = Returned::List([&self.settled, beyond].concat());
            }
        }
        operations.extend(self.doubts.into_iter().map(|(value, doubt)| doubt.operation(value)));
        operations.extend(self.early);
        operations.sort_by_key(|one| (one.invoked_ns, one.id));
        (self.settled, operations)
    }

    pub(super) fn settle(&mut self, moment: Moment<'_>) -> Standing {
        let mut fits =
            moment.open.iter().all(|one| matches!(one.call, Call::Append { .. } | Call::Read));
        for one in moment.fresh {
            fits &= self.take(one);
        }
        if !fits {
            return Standing::Unfit;
        }
        if let Some(early) = self.early.first() {
            return Standing::Broken(vec![early.id]);
        }
        let observed: FxHashSet<Value> =
            self.held.iter().filter_map(list::elements).flatten().copied().collect();
        let mut surfaced: Vec<Value> =
            observed.iter().filter(|one| self.doubts.contains_key(one)).copied().collect();
        surfaced.sort_unstable();
        for value in surfaced {
            self.held.extend(self.doubts.remove(&value).map(|doubt| doubt.operation(value)));
        }
        let opened = moment.open.iter().filter(
            |one| matches!(one.call, Call::Append { element } if observed.contains(&element)),
        );
        let settled = self.latest_ns.map(|latest| {
            stand_in(OperationId(0), Call::Read, (latest, latest), Returned::List(Vec::new()))
        });
        let mut operations: Vec<&Operation> =
            self.held.iter().chain(opened).chain(&settled).collect();
        operations.sort_by_key(|one| one.invoked_ns);
        match list::decide(&operations, Unseen::Impossible) {
            None => Standing::Unfit,
            Some(Decision::Broken(violation)) => {
                Standing::Broken(ids(&operations, &violation.operations))
            }
            Some(Decision::Undecided(_)) => Standing::Undecided,
            Some(Decision::Holds) => {
                self.fold(moment.watermark_ns);
                Standing::Holds
            }
        }
    }

    /// Takes an operation in; says whether it fits.
    fn take(&mut self, mut operation: Operation) -> bool {
        match (operation.call, operation.outcome) {
            // Whoever reads the element of a failed append finds nobody who wrote it.
            (_, Outcome::Fail) => true,
            (Call::Append { element }, outcome) => {
                let same = |one: &Operation| matches!(one.call, Call::Append { element: other } if other == element);
                let again = self.doubts.contains_key(&element)
                    || (element <= self.highest && self.settled.contains(&element))
                    || self.held.iter().any(same);
                match Doubt::of(&operation).filter(|_| outcome == Outcome::Info && !again) {
                    Some((element, doubt)) => drop(self.doubts.insert(element, doubt)),
                    None => self.held.push(operation),
                }
                !again
            }
            (Call::Read, _) => {
                if let Some(elements) = list::elements(&operation) {
                    match elements.strip_prefix(&self.settled[..]) {
                        Some(beyond) => {
                            operation.returned = Returned::List(beyond.to_vec());
                            self.held.push(operation);
                        }
                        None => self.early.push(operation),
                    }
                }
                true
            }
            _ => {
                self.held.push(operation);
                false
            }
        }
    }

    /// Settles what a read that returned before the watermark shows.
    fn fold(&mut self, watermark_ns: u64) {
        let beyond = |one: &Operation| list::elements(one).map_or(0, <[Value]>::len);
        let longest = self.held.iter().max_by_key(|one| beyond(one));
        let longest: Vec<Value> =
            longest.and_then(list::elements).map(<[Value]>::to_vec).unwrap_or_default();
        let count = self
            .held
            .iter()
            .filter(|one| one.settled_ns() < watermark_ns)
            .map(beyond)
            .max()
            .unwrap_or(0);
        let settled: FxHashSet<Value> = longest[..count].iter().copied().collect();
        let latest_ns = &mut self.latest_ns;
        self.held.retain_mut(|one| {
            let goes = match (&one.call, list::elements(one)) {
                (Call::Append { element }, _) => settled.contains(element),
                (_, Some(elements)) => elements.len() <= count,
                _ => false,
            };
            if goes {
                let call = one.invoked_ns;
                *latest_ns = Some(latest_ns.map_or(call, |latest| latest.max(call)));
            } else if let Returned::List(elements) = &mut one.returned {
                elements.drain(..count);
                shrink(elements);
            }
            !goes
        });
        self.highest = settled.iter().copied().max().unwrap_or(0).max(self.highest);
        self.settled.extend_from_slice(&longest[..count]);
        shrink(&mut self.settled);
        shrink(&mut self.held);
    }
}
