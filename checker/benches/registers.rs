//! How fast registers of unique values are judged, and what memory that takes: from columns in
//! memory with dense value ids to the verdict, partition by key included.
//!
//! `cargo bench -p aerocert-checker --bench registers -- [OPTION…]`, see `benches/README.md`.

#[path = "registers/history.rs"]
mod history;
#[path = "registers/memory.rs"]
mod memory;
#[path = "registers/options.rs"]
mod options;

use aerocert_checker::linearizability::register::judge;
use aerocert_checker::linearizability::versions::{self, Versions};
use history::Shape;
use options::{Mode, Options};

#[global_allocator]
static MEMORY: memory::Counting = memory::Counting;

fn main() {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("{why}\n{}", options::USAGE);
            std::process::exit(2);
        }
    };
    match &options.mode {
        Mode::Matrix => matrix(&options, of_values),
        Mode::Generations => matrix(&options, of_generations),
        Mode::Growth => growth(&options),
        Mode::Cores => cores(&options),
        Mode::Write(path) => write(&options, path),
    }
}

/// Whether all keys of a history have a linearization.
type Judge = fn(&Versions) -> bool;

/// By values alone.
fn of_values(history: &Versions) -> bool {
    let judgement = judge(history.columns());
    judgement.broken.is_empty() && judgement.ambiguous.is_empty()
}

/// By generations, and by values where those fail.
fn of_generations(history: &Versions) -> bool {
    let judgement = versions::judge(history);
    judgement.broken.is_empty() && judgement.ambiguous.is_empty()
}

/// One row for each mix of keys, open operations, operations in doubt, and verdict.
fn matrix(options: &Options, judge: Judge) {
    println!("{HEAD}");
    for keys in [10_000, 1] {
        for open in [10, 100, 1_000] {
            for doubt in [0, 5, 20] {
                for stale in [false, true] {
                    let shape = Shape { operations: options.operations, keys, open, doubt, stale };
                    row(shape, options.repetitions, judge);
                }
            }
        }
    }
}

/// The same mix in growing numbers, and what an operation costs beside the smallest.
fn growth(options: &Options) {
    println!("{HEAD}");
    for keys in [10_000, 1] {
        for open in [10, 1_000] {
            let mut first = None;
            for operations in [100_000, 1_000_000, 10_000_000] {
                let shape = Shape { operations, keys, open, doubt: 5, stale: false };
                let rate = row(shape, options.repetitions, of_values);
                let first = *first.get_or_insert(rate);
                println!("{:>62} {:.2} times the cost", "", first / rate);
            }
        }
    }
}

/// So many rounds of one thread and two at least: a median of fewer is as loud as the machine.
const LEAST_ROUNDS: usize = 5;

/// One thread beside two, in wall time: medians, and the median of each round's gain. Beside it the
/// gain of two judgements that share nothing but the machine, which no sharing of one can exceed.
fn cores(options: &Options) {
    for keys in [10_000, 1] {
        for stale in [false, true] {
            let operations = options.operations;
            let shape = Shape { operations, keys, open: 100, doubt: 5, stale };
            let (history, other) = (shape.generate(1), shape.generate(2));
            let columns = history.columns();
            let on = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                pool.expect("a pool of threads")
            };
            let (one, two, aside) = (on(1), on(2), on(1));
            assert_eq!(one.install(|| judge(columns)), two.install(|| judge(columns)));
            let measure = |pool: &rayon::ThreadPool| {
                let begin = std::time::Instant::now();
                pool.install(|| judge(columns));
                begin.elapsed().as_secs_f64()
            };
            let apart = || {
                let begin = std::time::Instant::now();
                std::thread::scope(|scope| {
                    scope.spawn(|| aside.install(|| judge(other.columns())));
                    one.install(|| judge(columns));
                });
                begin.elapsed().as_secs_f64() / 2.0
            };
            // In turn, so that whatever else the machine does meets all three.
            let rounds: Vec<[f64; 3]> = (0..options.repetitions.max(LEAST_ROUNDS))
                .map(|_| [measure(&one), measure(&two), apart()])
                .collect();
            let of = |what: fn(&[f64; 3]) -> f64| median(rounds.iter().map(what).collect());
            println!(
                "{operations} operations, {keys} keys, stale {stale}: one thread {:.1} ms, two {:.1} \
                 ms, {:.2} times as fast (two judgements apart: {:.2})",
                of(|[single, ..]| *single) * 1e3,
                of(|[_, double, _]| *double) * 1e3,
                of(|[single, double, _]| single / double),
                of(|[single, _, apart]| single / apart)
            );
        }
    }
}

/// Writes a history for a peer, and says what it costs here.
fn write(options: &Options, path: &std::path::Path) {
    let shape = Shape {
        operations: options.operations,
        keys: 1,
        open: options.open,
        doubt: options.doubt,
        stale: options.stale,
    };
    if let Err(why) = history::write(shape.generate(1).columns(), path) {
        eprintln!("cannot write {}: {why}", path.display());
        std::process::exit(2);
    }
    println!("{HEAD}");
    let rate = row(shape, options.repetitions, of_values);
    println!("{:.3} ms for all", options.operations as f64 / rate * 1e3);
}

const HEAD: &str = "operations   keys     open  doubt  verdict        ops/s     ns/op  bytes/op beyond the history";

/// Measures one mix and prints its row; operations per second of CPU time, the median.
fn row(shape: Shape, repetitions: usize, judge: Judge) -> f64 {
    // Several histories of a small size, judged in turn: one alone would stay in the caches, and the
    // kernel counts CPU time in ticks of some ms.
    let seeds = 1..=(4_000_000 / shape.operations).max(1) as u64;
    let histories: Vec<Versions> = seeds.map(|seed| shape.generate(seed)).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("one thread");
    let (seconds, bytes) = pool.install(|| measure(&histories, shape.stale, repetitions, judge));
    let rate = shape.operations as f64 / seconds;
    println!(
        "{:>10} {:>6} {:>8} {:>5}% {:>8} {:>12.0} {:>9.1} {:>9.1}",
        shape.operations,
        shape.keys,
        shape.open,
        shape.doubt,
        if shape.stale { "invalid" } else { "valid" },
        rate,
        1e9 / rate,
        bytes as f64 / shape.operations as f64
    );
    rate
}

/// CPU time for one history, the median in s, and the most memory in bytes.
fn measure(histories: &[Versions], stale: bool, repetitions: usize, judge: Judge) -> (f64, usize) {
    let mut bytes = 0;
    let seconds = (0..repetitions)
        .map(|_| {
            let before = memory::Mark::now();
            let begin = busy_seconds();
            for history in histories {
                assert_eq!(judge(history), !stale, "the verdict is known");
            }
            bytes = bytes.max(before.more());
            (busy_seconds() - begin) / histories.len() as f64
        })
        .collect();
    (median(seconds), bytes)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// CPU time of this thread so far, in s (other processes on the machine do not count).
fn busy_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let ns: u64 = stat.split(' ').next().and_then(|ns| ns.parse().ok()).expect("a number");
    ns as f64 / 1e9
}
