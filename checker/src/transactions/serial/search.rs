//! An order by search, going back where it leads nowhere.
//!
//! Values name their writes, so it is known how many have still to read what a key holds, and nobody
//! may write it before they have. A transaction that may come next is taken at once where that
//! closes no way: any order that goes on from here stays one if it is moved to the front. That is so
//! if, of each key that it writes, it read what is held (nobody else could come before it), or if
//! nobody else reads what it writes (nobody needs what it writes over). What is left to choose is
//! which of the values comes next that others read.

use std::collections::BTreeSet;

use history::{Act, TransactionId, Transactions};
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::graph::Graph;
use super::super::inference::Members;

/// Of the transactions that may come next, so many are looked at.
const NEAR: usize = 64;

/// How often transactions are taken, for each that there is, before the search gives up.
const MOST_TAKEN: usize = 20;

/// A serial order, if the search finds one.
pub(super) fn order(history: &Transactions, graph: &Graph, members: &Members) -> Option<Vec<u32>> {
    Search::new(history, graph, members)?.order()
}

/// What a transaction does to a key.
#[derive(Clone, Copy, Debug)]
struct Touch {
    key: u32,
    /// What it has to find there, if it read the key before it wrote it.
    found: Option<Option<u64>>,
    /// What it leaves there, if it wrote it.
    left: Option<u64>,
    /// How many others read that.
    readers: u32,
}

/// What a key holds, and how many have still to read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    value: Option<u64>,
    pending: u32,
}

/// A choice, and what is left of it.
#[derive(Debug)]
struct Choice {
    /// How many nodes had been taken.
    taken: usize,
    state: u64,
    /// Who else could come next, the first to try last.
    left: Vec<u32>,
}

struct Search<'a> {
    graph: &'a Graph,
    /// By transaction, where its touches begin; one more at the end.
    begins: Vec<usize>,
    touches: Vec<Touch>,
    /// Whether a node is a transaction that counts; others are passed through.
    counts: Vec<bool>,
    /// By when each node has to come: the first end of it and all that come after it.
    deadline: Vec<u64>,
    waits_for: Vec<u32>,
    held: Vec<Held>,
    /// Who waits for nobody, by deadline.
    free: BTreeSet<(u64, u32)>,
    /// All nodes that were taken, in order.
    taken: Vec<u32>,
    /// What keys held before each touch that was taken.
    before: Vec<Held>,
    /// A hash of which were taken, and of what the keys hold.
    state: u64,
    /// States from which no order was found.
    failed: FxHashSet<u64>,
}

impl<'a> Search<'a> {
    /// `None` if transactions precede each other in a cycle.
    fn new(history: &'a Transactions, graph: &'a Graph, members: &Members) -> Option<Self> {
        let nodes = graph.node_count();
        let deadline = graph.deadlines(history.iter().map(|(_, one)| one.completed))?;
        let mut counts: Vec<bool> = (0..history.len() as u32).map(|id| members.count(id)).collect();
        counts.resize(nodes, false);
        let (begins, touches, held) = touches(history, &counts);
        Some(Self {
            graph,
            begins,
            touches,
            counts,
            deadline,
            waits_for: graph.waits_for(),
            held,
            free: BTreeSet::new(),
            taken: Vec::with_capacity(nodes),
            before: Vec::new(),
            state: 0,
            failed: FxHashSet::default(),
        })
    }

    fn order(mut self) -> Option<Vec<u32>> {
        let all: Vec<u32> = (0..self.deadline.len() as u32).collect();
        let first: Vec<u32> =
            all.iter().copied().filter(|node| self.waits_for[*node as usize] == 0).collect();
        first.into_iter().for_each(|node| self.let_go(node));
        let mut choices: Vec<Choice> = Vec::new();
        let mut left = all.len().saturating_mul(MOST_TAKEN);
        loop {
            let before = self.taken.len();
            self.take_all_safe();
            if self.taken.len() == all.len() {
                self.taken.retain(|node| self.counts[*node as usize]);
                return Some(self.taken);
            }
            left = left.checked_sub(self.taken.len() - before + 1)?;
            let mut others: Vec<u32> = Vec::new();
            if !self.failed.contains(&self.state) {
                let near = self.free.iter().take(NEAR).map(|(_, node)| *node);
                others.extend(near.filter(|node| self.may_come(*node)));
                others.reverse();
            }
            choices.push(Choice { taken: self.taken.len(), state: self.state, left: others });
            // The last choice that is left.
            loop {
                let choice = choices.last_mut()?;
                self.undo(choice.taken);
                if let Some(next) = choice.left.pop() {
                    self.take(next);
                    break;
                }
                self.failed.insert(choice.state);
                choices.pop();
            }
        }
    }

    fn touches_of(&self, node: u32) -> std::ops::Range<usize> {
        self.begins[node as usize]..self.begins[node as usize + 1]
    }

    /// Whether a transaction finds what it read, and writes over nothing that is still to be read.
    fn may_come(&self, node: u32) -> bool {
        self.touches[self.touches_of(node)].iter().all(|touch| {
            let held = self.held[touch.key as usize];
            let own = u32::from(touch.found.is_some());
            touch.found.is_none_or(|found| found == held.value)
                && (touch.left.is_none() || held.pending == own)
        })
    }

    /// Whether one that may come closes no way.
    fn is_safe(&self, node: u32) -> bool {
        let touches = &self.touches[self.touches_of(node)];
        touches
            .iter()
            .all(|touch| touch.left.is_none() || touch.found.is_some() || touch.readers == 0)
    }

    fn take_all_safe(&mut self) {
        while let Some(next) = self
            .free
            .iter()
            .take(NEAR)
            .map(|(_, node)| *node)
            .find(|node| self.is_safe(*node) && self.may_come(*node))
        {
            self.take(next);
        }
    }

    /// Lets a node come next that waits for nobody: at once, if it is no transaction that counts.
    fn let_go(&mut self, node: u32) {
        let mut ready = vec![node];
        while let Some(node) = ready.pop() {
            if self.counts[node as usize] {
                self.free.insert((self.deadline[node as usize], node));
            } else {
                self.taken.push(node);
                self.release(node, &mut ready);
            }
        }
    }

    /// Those that wait for nobody else than a node.
    fn release(&mut self, node: u32, ready: &mut Vec<u32>) {
        for (to, _) in self.graph.after(node) {
            let waits_for = &mut self.waits_for[*to as usize];
            *waits_for -= 1;
            if *waits_for == 0 {
                ready.push(*to);
            }
        }
    }

    /// Lets a transaction take effect.
    fn take(&mut self, node: u32) {
        self.free.remove(&(self.deadline[node as usize], node));
        self.taken.push(node);
        self.state ^= mixed(1 << 63 | u64::from(node));
        for at in self.touches_of(node) {
            let Touch { key, found, left, readers } = self.touches[at];
            let held = &mut self.held[key as usize];
            self.before.push(*held);
            if found.is_some() {
                held.pending = held.pending.saturating_sub(1);
            }
            if left.is_some() {
                self.state ^= key_holds(key, held.value) ^ key_holds(key, left);
                *held = Held { value: left, pending: readers };
            }
        }
        let mut ready = Vec::new();
        self.release(node, &mut ready);
        ready.into_iter().for_each(|node| self.let_go(node));
    }

    /// Takes back all but the first that were taken.
    fn undo(&mut self, first: usize) {
        while self.taken.len() > first {
            let Some(node) = self.taken.pop() else { return };
            for (to, _) in self.graph.after(node) {
                let waits_for = &mut self.waits_for[*to as usize];
                if *waits_for == 0 {
                    self.free.remove(&(self.deadline[*to as usize], *to));
                }
                *waits_for += 1;
            }
            if !self.counts[node as usize] {
                continue;
            }
            self.free.insert((self.deadline[node as usize], node));
            self.state ^= mixed(1 << 63 | u64::from(node));
            for at in self.touches_of(node).rev() {
                let Touch { key, left, .. } = self.touches[at];
                let Some(before) = self.before.pop() else { return };
                self.held[key as usize] = before;
                if left.is_some() {
                    self.state ^= key_holds(key, before.value) ^ key_holds(key, left);
                }
            }
        }
    }
}

/// What each transaction that counts does to each key, and what the keys hold at first.
fn touches(history: &Transactions, counts: &[bool]) -> (Vec<usize>, Vec<Touch>, Vec<Held>) {
    let mut begins = vec![0];
    let mut touches: Vec<Touch> = Vec::new();
    // Where the transaction's touch of a key is.
    let mut at_key: FxHashMap<u32, usize> = FxHashMap::default();
    let mut readers: FxHashMap<(u32, u64), u32> = FxHashMap::default();
    let mut held = vec![Held { value: None, pending: 0 }; history.key_count()];
    for node in 0..counts.len() as u32 {
        at_key.clear();
        let operations = match counts[node as usize] {
            true => history.operations(TransactionId(node)),
            false => &[],
        };
        for operation in operations {
            let key = operation.key.0;
            let touch = &mut touches;
            let at = *at_key.entry(key).or_insert_with(|| {
                touch.push(Touch { key, found: None, left: None, readers: 0 });
                touch.len() - 1
            });
            match operation.act {
                Act::Write(value) => touches[at].left = Some(value),
                Act::Read(value) if touches[at].left.is_none() && touches[at].found.is_none() => {
                    touches[at].found = Some(value);
                    match value {
                        Some(value) => *readers.entry((key, value)).or_insert(0) += 1,
                        None => held[key as usize].pending += 1,
                    }
                }
                _ => {}
            }
        }
        begins.push(touches.len());
    }
    for touch in &mut touches {
        if let Some(value) = touch.left {
            touch.readers = readers.get(&(touch.key, value)).copied().unwrap_or(0);
        }
    }
    (begins, touches, held)
}

fn key_holds(key: u32, value: Option<u64>) -> u64 {
    value.map_or(0, |value| mixed(mixed(value) ^ u64::from(key)))
}

/// All bits of a number mixed (the finalizer of `SplitMix64`, Steele et al. 2014).
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}
