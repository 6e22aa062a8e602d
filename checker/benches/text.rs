//! How fast text is read and judged: unique-value registers as EDN and as JSON lines, from bytes
//! in memory to the verdict, on one core.
//!
//! `cargo bench -p aerocert-checker --bench text -- [operations] [repetitions]`

use std::fmt::Write as _;

use aerocert_checker::foreign::{ObjectModel, Question, judge};
use history::Verdict;
use history::exchange::foreign::{Foreign, Format};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|one| one.parse().ok()).collect();
    let operations = numbers.first().copied().unwrap_or(1_000_000);
    let repetitions = numbers.get(1).copied().unwrap_or(5);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    pool.install(|| {
        println!(
            "{:<7} {:>5} {:>10} {:>10} {:>12} {:>12} {:>12} {:>10}",
            "format",
            "keys",
            "operations",
            "bytes/op",
            "read B/s",
            "read ops/s",
            "all ops/s",
            "/newlines"
        );
        for keys in [1, 1_000] {
            for format in [Format::Edn, Format::JsonLines] {
                measure(format, keys, operations, repetitions);
            }
        }
    });
}

fn measure(format: Format, keys: u64, operations: usize, repetitions: usize) {
    let text = generate(format, keys, operations);
    let bytes = text.len() as f64;
    let count = median(repetitions, || {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).count();
        assert_eq!(breaks, 2 * operations);
    });
    let read = median(repetitions, || {
        let history = Foreign::read(text.as_bytes(), format).expect("our own text");
        assert_eq!(history.operations.len(), operations);
    });
    let all = median(repetitions, || {
        let history = Foreign::read(text.as_bytes(), format).expect("our own text");
        let judgement = judge(&history, Question::of(ObjectModel::Register)).expect("registers");
        assert_eq!((judgement.verdict, judgement.objects), (Verdict::Valid, keys as usize));
    });
    let operations = operations as f64;
    println!(
        "{:<7} {keys:>5} {operations:>10} {:>10.1} {:>12.3e} {:>12.3e} {:>12.3e} {:>10.1}",
        format.name(),
        bytes / operations,
        bytes / read,
        operations / read,
        operations / all,
        all / count,
    );
}

/// The median of the CPU times, in s.
fn median(repetitions: usize, mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..repetitions.max(1))
        .map(|_| {
            let begin = busy_seconds();
            run();
            busy_seconds() - begin
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// CPU time of this thread so far, in s (other processes on the machine do not count).
fn busy_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let ns: u64 = stat.split(' ').next().and_then(|ns| ns.parse().ok()).expect("a number");
    ns as f64 / 1e9
}

/// Ten processes in a closed loop: an operation takes effect when it ends.
fn generate(format: Format, keys: u64, operations: usize) -> String {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut text = String::new();
    let mut open: [Option<(u64, Option<u64>)>; 10] = [None; 10];
    let mut held = vec![None; keys as usize];
    let (mut begun, mut ended, mut written) = (0, 0, 0);
    while ended < operations {
        let process = random.random_range(0..open.len());
        match open[process].take() {
            None if begun == operations => {}
            None => {
                begun += 1;
                let key = random.random_range(0..keys);
                let write = random.random_bool(0.5).then(|| {
                    written += 1;
                    written
                });
                line(&mut text, format, keys, (process, "invoke", key, write.is_some(), write));
                open[process] = Some((key, write));
            }
            Some((key, write)) => {
                ended += 1;
                let slot: &mut Option<u64> = &mut held[key as usize];
                *slot = write.or(*slot);
                line(&mut text, format, keys, (process, "ok", key, write.is_some(), *slot));
            }
        }
    }
    text
}

fn line(
    text: &mut String,
    format: Format,
    keys: u64,
    (process, kind, key, write, value): (usize, &str, u64, bool, Option<u64>),
) {
    let f = if write { "write" } else { "read" };
    let (nil, json) = if format == Format::Edn { ("nil", false) } else { ("null", true) };
    let value = value.map_or_else(|| nil.to_owned(), |value| value.to_string());
    let written = match (json, keys) {
        (false, 1) => {
            writeln!(text, "{{:process {process}, :type :{kind}, :f :{f}, :value {value}}}")
        }
        (false, _) => {
            writeln!(text, "{{:process {process}, :type :{kind}, :f :{f}, :value [{key} {value}]}}")
        }
        (true, _) => writeln!(
            text,
            "{{\"process\":{process},\"type\":\"{kind}\",\"f\":\"{f}\",\"key\":{key},\"value\":{value}}}"
        ),
    };
    written.expect("memory takes all");
}
