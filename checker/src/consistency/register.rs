//! Registers with unique values.
//!
//! With each value written once, an order must keep a value's write and the reads of it together, and
//! compare-and-sets glue values into chains: blocks that no other write may part. So a model holds
//! iff the blocks can be ordered, which is a question of cycles: an edge leads from the block of each
//! operation to that of the process's next one, and within a block a process may only go forward.
//! The models differ in whose reads belong to a block (all for sequential consistency; one process's
//! for the other two, once for each process), and in whether the reads of others carry causality.
//! O(n) for the first, O(n) for each process that reads for the others.

use history::{Call, Operation, Outcome, ProcessId, Returned, Value};
use rustc_hash::FxHashMap;

use super::Answer;

/// Operations times processes beyond which causality and PRAM are not decided.
const MOST: usize = 50_000_000;

const NONE: u32 = u32::MAX;

/// Something that a process did.
#[derive(Clone, Copy, Debug)]
struct Act {
    process: u32,
    /// The block of its value, and where it stands there: twice the value's position, and one more
    /// for a read.
    block: u32,
    place: u32,
    read: bool,
    /// It may take effect at any later time.
    in_doubt: bool,
}

/// What the processes did to one register, in the order of calls.
#[derive(Clone, Debug)]
pub struct Program {
    acts: Vec<Act>,
    processes: u32,
    blocks: u32,
    chained: bool,
    /// What is known without looking at orders: a value from nowhere, or two writes on top of one.
    known: Option<Answer>,
}

/// What becomes of a process's reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reads {
    /// They belong to the block of what they returned.
    InBlock,
    /// They come after the write of what they returned, and before what the process did next.
    Apart,
    /// They say nothing.
    LeftOut,
}

/// A value of the register; the first of all is no record.
#[derive(Clone, Copy, Debug)]
struct Held {
    written: bool,
    observed: bool,
    /// The value that its compare-and-set replaced, and the one whose replaced it.
    previous: u32,
    next: u32,
    block: u32,
    position: u32,
}

impl Held {
    const NEW: Self = Self {
        written: false,
        observed: false,
        previous: NONE,
        next: NONE,
        block: NONE,
        position: 0,
    };
}

impl Program {
    /// Reduces the operations of one register, in the order of their invocations.
    #[must_use]
    pub fn of(operations: &[&Operation]) -> Self {
        let mut this = Self {
            acts: Vec::with_capacity(operations.len()),
            processes: 0,
            blocks: 0,
            chained: false,
            known: None,
        };
        let mut ids: FxHashMap<Option<Value>, u32> = FxHashMap::default();
        let mut values = vec![Held { written: true, observed: true, ..Held::NEW }];
        ids.insert(None, 0);
        let mut processes: FxHashMap<ProcessId, u32> = FxHashMap::default();
        for operation in operations {
            let mut id = |value: Option<Value>| {
                let next = values.len() as u32;
                let id = *ids.entry(value).or_insert(next);
                if id == next {
                    values.push(Held::NEW);
                }
                id
            };
            let in_doubt = operation.outcome == Outcome::Info;
            let (value, read) = match (&operation.call, operation.outcome, &operation.returned) {
                (Call::Read, Outcome::Ok, Returned::Value(value)) => (id(Some(*value)), true),
                (Call::Read, Outcome::Ok, Returned::Absent) => (0, true),
                (Call::Read, ..) | (_, Outcome::Fail, _) => continue,
                (Call::Write { value }, ..) => (id(Some(*value)), false),
                (Call::Cas { expected, value, .. }, ..) => {
                    let (from, to) = (id(*expected), id(Some(*value)));
                    values[to as usize].previous = from;
                    this.chained = true;
                    (to, false)
                }
                _ => {
                    this.known = Some(Answer::Undecided);
                    return this;
                }
            };
            let held = &mut values[value as usize];
            if !read && std::mem::replace(&mut held.written, true) {
                this.known = Some(Answer::Undecided);
                return this;
            }
            held.observed |= !in_doubt;
            let next = processes.len() as u32;
            let process = *processes.entry(operation.process).or_insert(next);
            this.acts.push(Act { process, block: value, place: 0, read, in_doubt });
        }
        this.processes = processes.len() as u32;
        match blocks(&mut values) {
            Some(blocks) => this.blocks = blocks,
            None => this.known = Some(Answer::Broken),
        }
        // What is in doubt and was never observed is left out.
        this.acts.retain_mut(|act| {
            let held = values[act.block as usize];
            act.block = held.block;
            act.place = 2 * held.position + u32::from(act.read);
            held.observed
        });
        this
    }

    /// Whether the register is sequentially consistent.
    #[must_use]
    pub fn sequential(&self) -> Answer {
        self.known.unwrap_or_else(|| Answer::of(self.orders(|_| Reads::InBlock)))
    }

    /// Whether it is causal memory. Not decided with compare-and-sets: they read for all.
    #[must_use]
    pub fn causal(&self) -> Answer {
        match self.known {
            Some(known) => known,
            None if self.chained => Answer::Undecided,
            None => self.for_each_reader(Reads::Apart),
        }
    }

    /// Whether it is pipelined RAM.
    #[must_use]
    pub fn pram(&self) -> Answer {
        self.known.unwrap_or_else(|| self.for_each_reader(Reads::LeftOut))
    }

    fn for_each_reader(&self, others: Reads) -> Answer {
        let mut reads = vec![false; self.processes as usize];
        self.acts.iter().filter(|act| act.read).for_each(|act| reads[act.process as usize] = true);
        let readers: Vec<u32> =
            (0..self.processes).filter(|process| reads[*process as usize]).collect();
        if readers.len().saturating_mul(self.acts.len()) > MOST {
            return Answer::Undecided;
        }
        let role = |reader: u32| {
            move |process: u32| if process == reader { Reads::InBlock } else { others }
        };
        Answer::of(readers.into_iter().all(|reader| self.orders(role(reader))))
    }

    /// Whether the blocks can be ordered.
    fn orders(&self, reads: impl Fn(u32) -> Reads) -> bool {
        let mut nodes = self.blocks;
        let mut edges: Vec<(u32, u32)> = Vec::with_capacity(self.acts.len());
        let mut last: Vec<Option<(u32, u32)>> = vec![None; self.processes as usize];
        for act in &self.acts {
            let mut node = act.block;
            match reads(act.process) {
                Reads::LeftOut if act.read => continue,
                Reads::Apart if act.read => {
                    edges.push((node, nodes));
                    node = nodes;
                    nodes += 1;
                }
                _ => {}
            }
            let last = &mut last[act.process as usize];
            if let Some((before, place)) = *last {
                if before == node {
                    if act.place < place {
                        return false;
                    }
                } else if node == 0 {
                    // Nothing comes before the block of the beginning.
                    return false;
                } else {
                    edges.push((before, node));
                }
            }
            if !act.in_doubt {
                *last = Some((node, act.place));
            }
        }
        is_acyclic(nodes as usize, &edges)
    }
}

/// Gives each value its block and its position there, and returns how many blocks there are; `None`
/// if a value was observed that nobody wrote, two were put on top of one, or values go in a ring.
fn blocks(values: &mut [Held]) -> Option<u32> {
    let mut open: Vec<u32> =
        (0..values.len() as u32).filter(|value| values[*value as usize].observed).collect();
    while let Some(value) = open.pop() {
        let Held { written, previous, .. } = values[value as usize];
        if !written {
            return None;
        }
        if previous == NONE {
            continue;
        }
        let replaced = &mut values[previous as usize];
        if replaced.next != NONE && replaced.next != value {
            return None;
        }
        replaced.next = value;
        if !std::mem::replace(&mut replaced.observed, true) {
            open.push(previous);
        }
    }
    let mut blocks = 0;
    for head in 0..values.len() {
        if !values[head].observed || values[head].previous != NONE {
            continue;
        }
        let (mut value, mut position) = (head as u32, 0);
        while value != NONE {
            let held = &mut values[value as usize];
            (held.block, held.position) = (blocks, position);
            position += 1;
            value = held.next;
        }
        blocks += 1;
    }
    values.iter().all(|held| !held.observed || held.block != NONE).then_some(blocks)
}

/// Whether a graph has no cycle, by removing what nothing leads to any more (Kahn 1962).
fn is_acyclic(nodes: usize, edges: &[(u32, u32)]) -> bool {
    let mut starts = vec![0_u32; nodes + 1];
    let mut into = vec![0_u32; nodes];
    for (from, to) in edges {
        starts[*from as usize + 1] += 1;
        into[*to as usize] += 1;
    }
    for node in 0..nodes {
        starts[node + 1] += starts[node];
    }
    let mut next = starts.clone();
    let mut targets = vec![0_u32; edges.len()];
    for (from, to) in edges {
        let slot = &mut next[*from as usize];
        targets[*slot as usize] = *to;
        *slot += 1;
    }
    let mut free: Vec<u32> = (0..nodes as u32).filter(|node| into[*node as usize] == 0).collect();
    let mut removed = 0;
    while let Some(node) = free.pop() {
        removed += 1;
        let (from, to) = (starts[node as usize], starts[node as usize + 1]);
        for target in &targets[from as usize..to as usize] {
            into[*target as usize] -= 1;
            if into[*target as usize] == 0 {
                free.push(*target);
            }
        }
    }
    removed == nodes
}
