//! Clusters: everything that touches one value; and the chains that compare-and-set glues them to.
//!
//! A cluster is a value's write and the reads that returned it. A compare-and-set that took `a` and
//! wrote `b` puts `b`'s cluster directly behind `a`'s, so clusters form chains, and a chain is a
//! block that no foreign write may part. Within a chain the order of writes is known: walking it
//! with the latest call so far finds every operation that returned too early. Across chains their
//! [zones](super::zones) decide. In-doubt writes become mandatory when something observes them.

use rustc_hash::FxHashSet;

use super::zones::{self, Zone};
use super::{Action, INITIAL, Step, Unseen};

pub(super) const NEVER: u64 = u64::MAX;
pub(super) const NONE: u32 = u32::MAX;

/// Steps which on their own have no linearization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Their positions among the steps.
    pub steps: Vec<u32>,
    /// How to read a value that none of them wrote.
    pub excerpt: Unseen,
}

impl Conflict {
    fn of(steps: Vec<u32>) -> Self {
        Self { steps, excerpt: Unseen::Possible }
    }
}

/// A time, and the step that it is of (or none: it is of something unseen).
#[derive(Clone, Copy, Debug)]
pub(super) struct Instant {
    pub(super) at: u64,
    pub(super) step: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Cluster {
    /// Call and return of the write.
    pub(super) call: u64,
    pub(super) ret: u64,
    /// The write, or [`NONE`].
    pub(super) writer: u32,
    /// A write of the value that certainly did not happen, or [`NONE`].
    failed: u32,
    /// The value that the write replaced, if it was a compare-and-set.
    pub(super) previous: u32,
    /// The value whose compare-and-set replaced this one.
    pub(super) next: u32,
    /// The earliest return and the latest call of the reads.
    pub(super) first: Instant,
    pub(super) last: Instant,
    /// Somebody observed the value, or was told that its write happened.
    pub(super) mandatory: bool,
    /// The chain walk has passed here.
    visited: bool,
}

const EMPTY: Cluster = Cluster {
    call: 0,
    ret: NEVER,
    writer: NONE,
    failed: NONE,
    previous: NONE,
    next: NONE,
    first: Instant { at: NEVER, step: NONE },
    last: Instant { at: 0, step: NONE },
    mandatory: false,
    visited: false,
};

/// A block: the chain that begins with a value, and what bounds its zone.
#[derive(Clone, Copy, Debug)]
struct Block {
    f: Instant,
    s: Instant,
}

/// The clusters of one key, by value id.
#[derive(Debug)]
pub(super) struct Clusters {
    pub(super) clusters: Vec<Cluster>,
    chained: bool,
    unseen: Unseen,
}

impl Clusters {
    pub(super) fn gather(steps: &[Step], values: u32, unseen: Unseen) -> Self {
        let mut clusters = vec![EMPTY; values as usize];
        clusters[INITIAL as usize].ret = 0;
        clusters[INITIAL as usize].mandatory = true;
        let mut chained = false;
        for (position, step) in (0_u32..).zip(steps) {
            match step.action {
                Action::Read(value) => {
                    let cluster = &mut clusters[value as usize];
                    cluster.mandatory = true;
                    if step.ret < cluster.first.at {
                        cluster.first = Instant { at: step.ret, step: position };
                    }
                    if step.call > cluster.last.at {
                        cluster.last = Instant { at: step.call, step: position };
                    }
                }
                Action::Write(value) => write(&mut clusters[value as usize], step, position),
                Action::CompareAndSet { from, to } => {
                    chained = true;
                    write(&mut clusters[to as usize], step, position);
                    clusters[to as usize].previous = from;
                }
                Action::Failed(value) => clusters[value as usize].failed = position,
                Action::Refused(_) => {}
            }
        }
        Self { clusters, chained, unseen }
    }

    /// Why there is no order, whatever was refused.
    pub(super) fn conflict(&mut self, steps: &[Step]) -> Option<Conflict> {
        let conflict = self.search()?;
        Some(self.with_observers(conflict, steps))
    }

    /// A write in doubt says nothing unless somebody observed it: adds who did.
    pub(super) fn with_observers(&self, mut conflict: Conflict, steps: &[Step]) -> Conflict {
        let mut shown: FxHashSet<u32> = conflict.steps.iter().copied().collect();
        for position in conflict.steps.clone() {
            let (Action::Write(mut value) | Action::CompareAndSet { to: mut value, .. }) =
                steps[position as usize].action
            else {
                continue;
            };
            // The chain of observers ends with a read, with an acknowledged compare-and-set, or
            // with one that is shown already and thus has its own.
            while self.clusters[value as usize].ret == NEVER {
                let cluster = &self.clusters[value as usize];
                if cluster.first.step != NONE {
                    if shown.insert(cluster.first.step) {
                        conflict.steps.push(cluster.first.step);
                    }
                    break;
                }
                if cluster.next == NONE {
                    break;
                }
                value = cluster.next;
                let writer = self.clusters[value as usize].writer;
                if !shown.insert(writer) {
                    break;
                }
                conflict.steps.push(writer);
            }
        }
        conflict
    }

    fn search(&mut self) -> Option<Conflict> {
        if self.chained
            && let Some(conflict) = self.chain()
        {
            return Some(conflict);
        }
        let mut zones = Vec::with_capacity(self.clusters.len());
        for value in 0..self.clusters.len() as u32 {
            let cluster = &self.clusters[value as usize];
            if !cluster.mandatory {
                continue;
            }
            if let Some(conflict) = self.unwritten(value) {
                return Some(conflict);
            }
            if cluster.previous == NONE {
                match self.walk(value) {
                    Ok(block) => zones.push(Zone { f: block.f.at, s: block.s.at, block: value }),
                    Err(conflict) => return Some(conflict),
                }
            }
        }
        if self.chained
            && let Some(conflict) = self.cycle()
        {
            return Some(conflict);
        }
        if let Some((one, other)) = zones::conflict(&zones) {
            let mut steps = self.span(one);
            steps.extend(self.span(other));
            return Some(Conflict::of(steps));
        }
        None
    }

    /// Makes mandatory whatever a mandatory compare-and-set replaced, and links each value to the
    /// one that replaced it. Two that replaced the same value are a conflict.
    fn chain(&mut self) -> Option<Conflict> {
        let mut open: Vec<u32> = (0..self.clusters.len() as u32)
            .filter(|value| self.clusters[*value as usize].mandatory)
            .collect();
        while let Some(value) = open.pop() {
            let Cluster { previous, writer, .. } = self.clusters[value as usize];
            if previous == NONE {
                continue;
            }
            let replaced = &mut self.clusters[previous as usize];
            if replaced.next != NONE {
                let rival = replaced.next;
                let steps = vec![self.clusters[rival as usize].writer, writer];
                return Some(Conflict::of(steps));
            }
            replaced.next = value;
            if !std::mem::replace(&mut replaced.mandatory, true) {
                open.push(previous);
            }
        }
        None
    }

    /// A value that was observed, though its write failed or nobody made one.
    fn unwritten(&self, value: u32) -> Option<Conflict> {
        let cluster = &self.clusters[value as usize];
        if cluster.writer != NONE || value == INITIAL {
            return None;
        }
        if cluster.failed == NONE && self.unseen == Unseen::Possible {
            return None;
        }
        let observer = match cluster.first.step {
            NONE => self.clusters[cluster.next as usize].writer,
            step => step,
        };
        let failed = (cluster.failed != NONE).then_some(cluster.failed);
        Some(Conflict::of(std::iter::once(observer).chain(failed).collect()))
    }

    /// Walks the chain that begins with a value, and finds the first operation that returned before
    /// one was called which the chain puts before it.
    fn walk(&mut self, head: u32) -> Result<Block, Conflict> {
        let mut f = Instant { at: NEVER, step: NONE };
        let mut s = Instant { at: 0, step: NONE };
        let mut latest_in = head;
        let mut value = head;
        loop {
            let cluster = &mut self.clusters[value as usize];
            cluster.visited = true;
            let cluster = *cluster;
            let write = Instant { at: cluster.ret, step: cluster.writer };
            if write.at < s.at {
                return Err(self.too_early(write.step, s.step, latest_in, value));
            }
            if cluster.call > s.at {
                s = Instant { at: cluster.call, step: cluster.writer };
                latest_in = value;
            }
            if cluster.first.at < s.at {
                return Err(self.too_early(cluster.first.step, s.step, latest_in, value));
            }
            if cluster.last.at > s.at {
                s = cluster.last;
                latest_in = value;
            }
            for instant in [write, cluster.first] {
                if instant.at < f.at {
                    f = instant;
                }
            }
            if cluster.next == NONE {
                return Ok(Block { f, s });
            }
            value = cluster.next;
        }
    }

    /// The step that returned too early, the one it should have waited for, and the writes between.
    fn too_early(&self, early: u32, latest: u32, from: u32, to: u32) -> Conflict {
        let mut steps = vec![latest, early];
        steps.extend(self.writers_between(from, to));
        Conflict::of(steps)
    }

    /// The writes of the chain after the value `from` up to the value `to`.
    fn writers_between(&self, from: u32, to: u32) -> Vec<u32> {
        let mut steps = Vec::new();
        let mut value = to;
        while value != from {
            let cluster = &self.clusters[value as usize];
            steps.push(cluster.writer);
            value = cluster.previous;
        }
        steps
    }

    /// The steps that bound a block's zone, and the writes between them.
    fn span(&self, head: u32) -> Vec<u32> {
        let mut bounds = [(Instant { at: NEVER, step: NONE }, head); 2];
        bounds[1].0.at = 0;
        let mut chain = Vec::new();
        let mut value = head;
        while value != NONE {
            let cluster = &self.clusters[value as usize];
            for instant in [Instant { at: cluster.ret, step: cluster.writer }, cluster.first] {
                if instant.at < bounds[0].0.at {
                    bounds[0] = (instant, chain.len() as u32);
                }
            }
            for instant in [Instant { at: cluster.call, step: cluster.writer }, cluster.last] {
                if instant.at > bounds[1].0.at {
                    bounds[1] = (instant, chain.len() as u32);
                }
            }
            chain.push(cluster.writer);
            value = cluster.next;
        }
        let [(f, f_at), (s, s_at)] = bounds;
        let between = f_at.min(s_at) as usize + 1..=f_at.max(s_at) as usize;
        let mut steps = vec![f.step, s.step];
        steps.extend(chain.get(between).unwrap_or_default());
        steps.retain(|step| *step != NONE);
        steps
    }

    /// Values that replaced one another in a ring: the walks never reach them.
    fn cycle(&self) -> Option<Conflict> {
        let lost = (0..).zip(&self.clusters).find(|(_, c)| c.mandatory && !c.visited)?.0;
        let mut steps = Vec::new();
        let mut value: u32 = lost;
        loop {
            let cluster = &self.clusters[value as usize];
            steps.push(cluster.writer);
            value = cluster.previous;
            if value == lost || value == NONE {
                return Some(Conflict::of(steps));
            }
        }
    }
}

fn write(cluster: &mut Cluster, step: &Step, position: u32) {
    cluster.call = step.call;
    cluster.ret = step.ret;
    cluster.writer = position;
    cluster.mandatory |= step.ret != NEVER;
}
