//! Histories whose order is known, from a seed.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::Write;
use std::path::Path;

use aerocert_checker::linearizability::register::{Action, Columns, INITIAL};
use aerocert_checker::linearizability::versions::{AVAILABLE, Versions};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// A closed loop of processes: half reads, half writes; an operation takes effect at a uniform
/// instant of its interval, one in doubt there or never.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) operations: usize,
    pub(crate) keys: u32,
    /// Operations open at once.
    pub(crate) open: usize,
    /// Writes in doubt, in percent.
    pub(crate) doubt: u32,
    /// The last read returns what its record held at the start.
    pub(crate) stale: bool,
}

struct Plan {
    call: u64,
    ret: u64,
    at: u64,
    key: u32,
    write: bool,
    doubt: bool,
}

impl Shape {
    /// The history, with honest generations.
    pub(crate) fn generate(self, seed: u64) -> Versions {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut plans = self.plans(&mut random);
        plans.sort_unstable_by_key(|plan| plan.call);
        // Values are numbered by the calls of their writes, as a recorder does.
        let mut values = vec![INITIAL; plans.len()];
        let mut written = INITIAL;
        for (value, _) in values.iter_mut().zip(&plans).filter(|(_, plan)| plan.write) {
            written += 1;
            *value = written;
        }
        let mut order: Vec<u32> = (0..plans.len() as u32).collect();
        order.sort_unstable_by_key(|one| plans[*one as usize].at);
        let mut held = vec![(INITIAL, 0); self.keys as usize];
        let mut told = vec![0; plans.len()];
        let mut overwritten = None;
        for one in order {
            let (plan, value) = (&plans[one as usize], &mut values[one as usize]);
            let held = &mut held[plan.key as usize];
            if !plan.write {
                (*value, told[one as usize]) = *held;
                if *value != INITIAL {
                    overwritten = Some(one);
                }
            } else if !plan.doubt || random.random_bool(0.5) {
                *held = (*value, held.1 + 1);
                told[one as usize] = if plan.doubt { 0 } else { held.1 };
            }
        }
        if let Some(read) = overwritten.filter(|_| self.stale) {
            values[read as usize] = INITIAL;
            told[read as usize] = 0;
        }
        let mut versions = Versions::with_capacity(self.operations, AVAILABLE);
        for ((plan, value), told) in plans.iter().zip(values).zip(told) {
            let ret = if plan.doubt { u64::MAX } else { plan.ret };
            let action = if plan.write { Action::Write(value) } else { Action::Read(value) };
            versions.push(plan.key, plan.call, ret, action, told);
        }
        versions
    }

    fn plans(self, random: &mut ChaCha8Rng) -> Vec<Plan> {
        let mut free: BinaryHeap<Reverse<u64>> =
            (0..self.open).map(|_| Reverse(random.random_range(1..1_000_000))).collect();
        (0..self.operations)
            .map(|_| {
                let Reverse(from) = free.pop().expect("processes");
                let call = from + random.random_range(1..200_000);
                let ret = call + random.random_range(1_000..2_000_000);
                free.push(Reverse(ret));
                let write = random.random_bool(0.5);
                let doubt = write && random.random_range(0..100) < self.doubt;
                let key = random.random_range(0..self.keys);
                Plan { call, ret, at: random.random_range(call..=ret), key, write, doubt }
            })
            .collect()
    }
}

/// One line for each operation: `read` or `write`, its value, its call, its return (`-`: in doubt).
pub(crate) fn write(columns: &Columns, path: &Path) -> std::io::Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for (_, step) in columns.iter() {
        let (name, value) = match step.action {
            Action::Write(value) => ("write", value),
            Action::Read(value) => ("read", value),
            _ => unreachable!("only reads and writes are generated"),
        };
        let ret = if step.ret == u64::MAX { "-".to_owned() } else { step.ret.to_string() };
        writeln!(file, "{name} {value} {} {ret}", step.call)?;
    }
    file.flush()
}
