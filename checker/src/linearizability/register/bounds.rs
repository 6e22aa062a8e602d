//! Between which instants each value must have been written, and what may have replaced it.
//!
//! Within a chain, a write comes after all that was called before it in the chain, and before all that
//! returned after it. Between blocks the zones say who must precede whom; a block that must come first
//! ends before the other one begins.

use rustc_hash::FxHashMap;

use super::clusters::{Cluster, Clusters, NEVER, NONE};
use super::{Action, INITIAL, Step};

/// A chain of values, and the span of its zone.
#[derive(Clone, Copy, Debug)]
struct Block {
    head: u32,
    tail: u32,
    f: u64,
    s: u64,
    /// By when another block has begun after it.
    over: u64,
}

/// The two greatest numbers, each with its block.
type Two = [(u64, u32); 2];

/// What is known of the values that must have been in place.
#[derive(Debug)]
pub(super) struct Bounds {
    clusters: Vec<Cluster>,
    /// For each value, the earliest and the latest instant of its write.
    spans: Vec<(u64, u64)>,
    /// For each value, the position of its block.
    block_of: Vec<u32>,
    blocks: Vec<Block>,
    /// Up to each earliest return, the two latest calls.
    by_return: Vec<(u64, Two)>,
    /// Up to each earliest beginning, the three blocks that may begin last.
    by_beginning: Vec<(u64, [(u64, u32); 3])>,
    /// The calls of plain writes that nobody observed, in order, and their steps.
    free: Vec<(u64, u32)>,
    /// The same of compare-and-sets, by the value that they replace.
    own: FxHashMap<u32, Vec<(u64, u32)>>,
}

impl Bounds {
    /// Of clusters that have an order.
    pub(super) fn of(clusters: Clusters, steps: &[Step]) -> Self {
        let clusters = clusters.clusters;
        let mut this = Self {
            spans: vec![(0, NEVER); clusters.len()],
            block_of: vec![NONE; clusters.len()],
            clusters,
            blocks: Vec::new(),
            by_return: Vec::new(),
            by_beginning: Vec::new(),
            free: Vec::new(),
            own: FxHashMap::default(),
        };
        for value in 0..this.clusters.len() as u32 {
            let Cluster { mandatory, previous, .. } = this.clusters[value as usize];
            if mandatory && previous == NONE {
                this.walk(value);
            }
        }
        this.compare();
        for (position, step) in (0..).zip(steps) {
            let (Action::Write(to) | Action::CompareAndSet { to, .. }) = step.action else {
                continue;
            };
            if this.is_mandatory(to) {
                continue;
            }
            match step.action {
                Action::CompareAndSet { from, .. } => {
                    this.own.entry(from).or_default().push((step.call, position));
                }
                _ => this.free.push((step.call, position)),
            }
        }
        this.free.sort_unstable();
        this
    }

    fn walk(&mut self, head: u32) {
        let block = self.blocks.len() as u32;
        let (mut s, mut tail, mut value) = (0, head, head);
        while value != NONE {
            let cluster = &self.clusters[value as usize];
            s = s.max(cluster.call);
            self.spans[value as usize].0 = s;
            self.block_of[value as usize] = block;
            s = s.max(cluster.last.at);
            tail = value;
            value = cluster.next;
        }
        let mut f = NEVER;
        value = tail;
        while value != NONE {
            let cluster = &self.clusters[value as usize];
            f = f.min(cluster.ret).min(cluster.first.at);
            self.spans[value as usize].1 = f;
            value = cluster.previous;
        }
        self.blocks.push(Block { head, tail, f, s, over: NEVER });
    }

    /// Takes in what the other blocks say of each.
    fn compare(&mut self) {
        let mut order: Vec<u32> = (0..self.blocks.len() as u32).collect();
        order.sort_by_key(|at| self.blocks[*at as usize].f);
        let mut two = [(0, NONE); 2];
        for at in &order {
            let Block { f, s, .. } = self.blocks[*at as usize];
            raise(&mut two, (s, *at));
            self.by_return.push((f, two));
        }
        // From the latest call on, the two earliest returns.
        order.sort_by_key(|at| std::cmp::Reverse(self.blocks[*at as usize].s));
        let mut by_call = Vec::with_capacity(order.len());
        let mut two = [(0, NONE); 2];
        for at in &order {
            let Block { f, s, .. } = self.blocks[*at as usize];
            raise(&mut two, (!f, *at));
            by_call.push((s, two));
        }
        for at in 0..self.blocks.len() {
            let Block { head, f, s, .. } = self.blocks[at];
            let after = self.latest_call(s.saturating_sub(1), at as u32);
            let followed = by_call.partition_point(|(call, _)| *call > f).checked_sub(1);
            let over = followed.map_or(NEVER, |last| !other(&by_call[last].1, at as u32));
            self.blocks[at].over = over;
            let mut value = head;
            while value != NONE {
                let (earliest, latest) = &mut self.spans[value as usize];
                *earliest = (*earliest).max(after);
                *latest = (*latest).min(over);
                value = self.clusters[value as usize].next;
            }
        }
        let begins = |at: &u32| self.spans[self.blocks[*at as usize].head as usize].0;
        order.sort_by_key(begins);
        let mut three = [(0, NONE); 3];
        for at in &order {
            raise(&mut three, (self.blocks[*at as usize].f, *at));
            self.by_beginning.push((begins(at), three));
        }
    }

    /// The latest call of the blocks whose earliest return is not after a time, save one.
    fn latest_call(&self, until: u64, but: u32) -> u64 {
        let last = self.by_return.partition_point(|(f, _)| *f <= until).checked_sub(1);
        last.map_or(0, |last| other(&self.by_return[last].1, but))
    }

    /// Whether a value must have been in place at some time.
    pub(super) fn is_mandatory(&self, value: u32) -> bool {
        self.clusters[value as usize].mandatory
    }

    /// A value's cluster.
    pub(super) fn cluster(&self, value: u32) -> &Cluster {
        &self.clusters[value as usize]
    }

    /// The earliest instant of a value's write.
    pub(super) fn earliest(&self, value: u32) -> u64 {
        self.spans[value as usize].0
    }

    /// The latest instant of a value's write.
    pub(super) fn latest(&self, value: u32) -> u64 {
        self.spans[value as usize].1
    }

    /// The earliest return and the latest call of a value's block.
    pub(super) fn span(&self, value: u32) -> (u64, u64) {
        let Block { f, s, .. } = self.blocks[self.block_of[value as usize] as usize];
        (f, s)
    }

    /// Whether in every order something else was in place at some time between two.
    pub(super) fn changes(&self, value: u32, call: u64, ret: u64) -> bool {
        let at = self.block_of[value as usize];
        let next = self.clusters[value as usize].next;
        let over = if next == NONE { self.blocks[at as usize].over } else { self.latest(next) };
        self.earliest(value) >= call || over <= ret || self.latest_call(ret, at) >= call
    }

    /// Of the writes that may have ended the value at the end of its chain by a time: up to two of
    /// each sort, what can do nothing else first.
    pub(super) fn followers(&self, value: u32, until: u64) -> Vec<u32> {
        let at = self.block_of[value as usize];
        let Block { s, .. } = self.blocks[at as usize];
        let mut found = Vec::new();
        if s > until {
            return found;
        }
        let own = self.own.get(&value).map_or(&[][..], |own| &own[..]);
        found.extend(own.iter().filter(|(call, _)| *call <= until).map(|(_, step)| *step).take(2));
        let last = self.by_beginning.partition_point(|(begin, _)| *begin <= until).checked_sub(1);
        let blocks = last.map_or(&[][..], |last| &self.by_beginning[last].1[..]);
        let follows = |(f, block): &&(u64, u32)| {
            let possible = *block != NONE && *block != at && *f >= s;
            possible && self.blocks[*block as usize].head != INITIAL
        };
        let head = |block: u32| self.blocks[block as usize].head as usize;
        let blocks = blocks.iter().filter(follows);
        found.extend(blocks.take(2).map(|(_, block)| self.clusters[head(*block)].writer));
        let free = self.free.iter().take(2).filter(|(call, _)| *call <= until);
        found.extend(free.map(|(_, step)| *step));
        found
    }

    /// The values in an order of their writes, each with an instant, the earliest in that order.
    pub(super) fn schedule(&self) -> Vec<(u32, u64)> {
        let mut order: Vec<&Block> = self.blocks.iter().collect();
        // If one must precede another, its sum is less.
        order.sort_by_key(|block| u128::from(block.f) + u128::from(block.s));
        let mut values = Vec::new();
        let mut at = 0;
        for block in order {
            let mut value = block.head;
            while value != NONE {
                let cluster = &self.clusters[value as usize];
                at = at.max(cluster.call);
                values.push((value, at));
                at = at.max(cluster.last.at);
                value = cluster.next;
            }
            debug_assert!(block.tail == values[values.len() - 1].0);
        }
        values
    }
}

/// Puts one among the greatest.
fn raise<const N: usize>(greatest: &mut [(u64, u32); N], one: (u64, u32)) {
    let Some(at) = greatest.iter().position(|(least, block)| *block == NONE || one.0 > *least)
    else {
        return;
    };
    greatest[at..].rotate_right(1);
    greatest[at] = one;
}

/// The greatest that is not of a block; 0 if there is none.
fn other(two: &Two, but: u32) -> u64 {
    two.iter().find(|(_, block)| *block != but).map_or(0, |(number, _)| *number)
}
