//! How fast unique-value registers are judged: operations per second from columns in memory, with
//! dense value ids, to the verdict, partition by key included.
//!
//! `cargo run --release -p aerocert-checker --example throughput -- [operations] [repetitions]`

use aerocert_checker::linearizability::Unseen;
use aerocert_checker::linearizability::register::{Columns, conflicts};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let operations: usize = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let repetitions: usize = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(5);
    println!(
        "{:>10} {:>6} {:>8} {:>6} {:>8} {:>12}",
        "operations", "keys", "open", "doubt", "verdict", "ops/s"
    );
    for keys in [10_000, 1] {
        for open in [10, 100, 1_000] {
            for doubt in [0, 5, 20] {
                for stale in [false, true] {
                    let columns = generate(operations, keys, open, doubt, stale);
                    let mut seconds: Vec<f64> = (0..repetitions)
                        .map(|_| {
                            let begin = busy_seconds();
                            let broken = !conflicts(&columns, Unseen::Impossible).is_empty();
                            assert_eq!(broken, stale);
                            busy_seconds() - begin
                        })
                        .collect();
                    seconds.sort_by(f64::total_cmp);
                    let rate = operations as f64 / seconds[repetitions / 2];
                    let verdict = if stale { "invalid" } else { "valid" };
                    println!(
                        "{operations:>10} {keys:>6} {open:>8} {doubt:>5}% {verdict:>8} {rate:>12.0}"
                    );
                }
            }
        }
    }
}

/// CPU time of this process so far, in s (other processes on the machine do not count).
fn busy_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let ns: u64 = stat.split(' ').next().and_then(|ns| ns.parse().ok()).expect("a number");
    ns as f64 / 1e9
}

/// A closed loop of `open` processes: an operation takes effect at a uniform instant of its interval.
fn generate(operations: usize, keys: u32, open: usize, doubt: u32, stale: bool) -> Columns {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut free: std::collections::BinaryHeap<std::cmp::Reverse<u64>> =
        (0..open).map(|_| std::cmp::Reverse(random.random_range(1..1_000_000))).collect();
    struct Plan {
        call: u64,
        ret: u64,
        at: u64,
        key: u32,
        write: bool,
        doubt: bool,
    }
    let mut plans: Vec<Plan> = (0..operations)
        .map(|_| {
            let std::cmp::Reverse(from) = free.pop().expect("processes");
            let call = from + random.random_range(1..200_000);
            let ret = call + random.random_range(1_000..2_000_000);
            free.push(std::cmp::Reverse(ret));
            let write = random.random_bool(0.5);
            let at = random.random_range(call..=ret);
            let doubt = write && random.random_range(0..100) < doubt;
            Plan { call, ret, at, key: random.random_range(0..keys), write, doubt }
        })
        .collect();
    plans.sort_unstable_by_key(|plan| plan.call);
    let mut order: Vec<u32> = (0..plans.len() as u32).collect();
    order.sort_unstable_by_key(|one| plans[*one as usize].at);
    let mut columns = Columns::with_capacity(operations);
    let mut values = vec![0_u32; operations];
    let mut held = vec![0_u32; keys as usize];
    let mut last_read = None;
    let mut written = 0;
    for one in order {
        let plan = &plans[one as usize];
        if plan.write {
            written += 1;
            values[one as usize] = written;
            // Half of those in doubt never happen.
            if !plan.doubt || random.random_bool(0.5) {
                held[plan.key as usize] = written;
            }
        } else {
            values[one as usize] = held[plan.key as usize];
            last_read = Some(one);
        }
    }
    if let Some(read) = last_read.filter(|_| stale) {
        values[read as usize] = 0;
    }
    for (plan, value) in plans.iter().zip(values) {
        let ret = if plan.doubt { u64::MAX } else { plan.ret };
        columns.push(plan.key, plan.call, ret, value, plan.write);
    }
    columns
}
