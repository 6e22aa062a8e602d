//! Large histories of transactions on lists or registers from an executor that is strictly
//! serializable: each takes effect at one instant between its beginning and its end.
#![allow(dead_code, reason = "tests and benchmarks take their share each")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt::Write as _;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// The shape of Elle's own measurements: ten keys in use, each replaced after so many writes; one
/// to four operations, half of them writes.
const KEYS_IN_USE: usize = 10;
const WRITES_PER_KEY: usize = 64;

/// An operation that took effect.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Effect {
    /// The value was appended or written.
    Write { key: u32, value: u64 },
    /// The first so many writes of the key had taken effect.
    Read { key: u32, seen: u32 },
}

/// A transaction that was committed.
#[derive(Clone, Debug)]
pub(crate) struct Executed {
    pub(crate) process: u32,
    pub(crate) invoked: u64,
    pub(crate) completed: u64,
    pub(crate) effects: Vec<Effect>,
}

/// All transactions in the order of their beginnings, and all writes of each key in order.
pub(crate) struct Execution {
    pub(crate) transactions: Vec<Executed>,
    pub(crate) keys: Vec<Vec<u64>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    Effect,
    End,
    Begin,
}

/// Runs so many transactions of so many processes.
pub(crate) fn run(count: usize, processes: u32, random: &mut ChaCha8Rng) -> Execution {
    let mut execution = Execution { transactions: Vec::new(), keys: vec![Vec::new(); KEYS_IN_USE] };
    let mut in_use: Vec<u32> = (0..KEYS_IN_USE as u32).collect();
    let mut open: Vec<usize> = vec![0; processes as usize];
    let mut moments = BinaryHeap::new();
    for process in 0..processes {
        moments.push(Reverse((random.random_range(0..1000), process, Moment::Begin)));
    }
    // Event by event, so that no two are at one time.
    let mut now = 0;
    while let Some(Reverse((time, process, moment))) = moments.pop() {
        now += 1;
        match moment {
            Moment::Begin => {
                if execution.transactions.len() == count {
                    continue;
                }
                open[process as usize] = execution.transactions.len();
                let (invoked, effects) = (now, Vec::new());
                execution.transactions.push(Executed { process, invoked, completed: 0, effects });
                let took = random.random_range(100..2000);
                let effect = time + random.random_range(1..took);
                moments.push(Reverse((effect, process, Moment::Effect)));
                moments.push(Reverse((time + took, process, Moment::End)));
            }
            Moment::Effect => {
                let transaction = &mut execution.transactions[open[process as usize]];
                for _ in 0..random.random_range(1..=4) {
                    let slot = random.random_range(0..KEYS_IN_USE);
                    let key = in_use[slot];
                    let writes = &mut execution.keys[key as usize];
                    if random.random_bool(0.5) {
                        let value = writes.len() as u64 + 1;
                        writes.push(value);
                        transaction.effects.push(Effect::Write { key, value });
                        if writes.len() == WRITES_PER_KEY {
                            in_use[slot] = execution.keys.len() as u32;
                            execution.keys.push(Vec::new());
                        }
                    } else {
                        let seen = writes.len() as u32;
                        transaction.effects.push(Effect::Read { key, seen });
                    }
                }
            }
            Moment::End => {
                execution.transactions[open[process as usize]].completed = now;
                let begin = time + random.random_range(1..200);
                moments.push(Reverse((begin, process, Moment::Begin)));
            }
        }
    }
    execution
}

impl Execution {
    /// Makes one read, of more than twenty elements and late in the history, twelve elements
    /// shorter; by which transaction.
    pub(crate) fn make_stale(&mut self, random: &mut ChaCha8Rng) -> usize {
        let from = self.transactions.len() * 9 / 10;
        loop {
            let at = random.random_range(from..self.transactions.len());
            let [Effect::Read { seen, .. }] = &mut self.transactions[at].effects[..] else {
                continue;
            };
            if *seen > 20 {
                *seen -= 12;
                return at;
            }
        }
    }

    /// The history as Elle's EDN.
    pub(crate) fn edn(&self) -> String {
        let mut events: Vec<(u64, usize, bool)> = Vec::new();
        for (at, one) in self.transactions.iter().enumerate() {
            events.push((one.invoked, at, false));
            events.push((one.completed, at, true));
        }
        events.sort_unstable();
        let mut text = String::new();
        for (index, (time, at, ends)) in events.into_iter().enumerate() {
            let one = &self.transactions[at];
            let kind = if ends { "ok" } else { "invoke" };
            let time = time * 100_000;
            let process = one.process;
            // Writing to a string does not fail.
            let _ = write!(
                text,
                "{{:index {index}, :time {time}, :type :{kind}, :process {process}, :f :txn, :value ["
            );
            for (nth, effect) in one.effects.iter().enumerate() {
                if nth > 0 {
                    text.push(' ');
                }
                let _ = match *effect {
                    Effect::Write { key, value } => write!(text, "[:append {key} {value}]"),
                    Effect::Read { key, .. } if !ends => write!(text, "[:r {key} nil]"),
                    Effect::Read { key, seen: 0 } => write!(text, "[:r {key} nil]"),
                    Effect::Read { key, seen } => {
                        let _ = write!(text, "[:r {key} [");
                        for (nth, value) in
                            self.keys[key as usize][..seen as usize].iter().enumerate()
                        {
                            let blank = if nth > 0 { " " } else { "" };
                            let _ = write!(text, "{blank}{value}");
                        }
                        write!(text, "]]")
                    }
                };
            }
            text.push_str("]}\n");
        }
        text
    }
}
