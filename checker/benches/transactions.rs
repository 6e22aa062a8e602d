//! How fast histories of transactions are read, judged and classified under strict serializability,
//! and what memory that takes.
//!
//! `cargo bench -p aerocert-checker --bench transactions -- [OPTION…]`, see `benches/README.md`.

#[path = "../tests/executor/mod.rs"]
mod executor;
#[path = "registers/memory.rs"]
mod memory;

use std::fmt::Write as _;

use aerocert_checker::transactions::{Level, judge};
use history::Verdict;
use history::exchange::elle;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

#[global_allocator]
static MEMORY: memory::Counting = memory::Counting;

const USAGE: &str = "usage: transactions [--transactions N] [--repetitions N] [--write FOLDER]";

fn main() {
    let (mut transactions, mut repetitions, mut folder) = (vec![100_000, 1_000_000], 5, None);
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    while let Some(word) = words.next() {
        let value = words.next().unwrap_or_default();
        let number = value.parse().ok().filter(|number| *number > 0);
        match (word.as_str(), number) {
            ("--transactions", Some(number)) => transactions = vec![number],
            ("--repetitions", Some(number)) => repetitions = number,
            ("--write", _) if !value.is_empty() => folder = Some(value),
            _ => {
                eprintln!("{USAGE}");
                std::process::exit(2);
            }
        }
    }
    println!(
        "{:<24} {:>9} {:>7} {:>9} {:>9} {:>9} {:>9}  found",
        "history", "txns", "MB", "read ms", "judge ms", "all ms", "peak MB"
    );
    let mut histories: Vec<(String, usize, String)> = Vec::new();
    for count in transactions {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut execution = executor::run(count, 10, &mut random);
        histories.push(("serializable".to_owned(), count, execution.edn()));
        execution.make_stale(&mut random);
        histories.push(("one stale read".to_owned(), count, execution.edn()));
    }
    for count in [10_000, 100_000] {
        histories.push(("component of skews".to_owned(), count, skews(count, false)));
        histories.push(("component of chains".to_owned(), count, skews(count, true)));
    }
    for (name, count, text) in histories {
        if let Some(folder) = &folder {
            let path = format!("{folder}/{}-{count}.edn", name.replace(' ', "-"));
            if let Err(why) = std::fs::write(&path, &text) {
                eprintln!("cannot write {path}: {why}");
                std::process::exit(2);
            }
        }
        row(&name, count, &text, repetitions);
    }
}

/// Measures one history and prints its row: CPU time, medians; the peak counts the text, too.
fn row(name: &str, count: usize, text: &str, repetitions: usize) {
    let (mut reads, mut judges, mut alls) = (Vec::new(), Vec::new(), Vec::new());
    let mut peak = 0;
    let mut found = String::new();
    for _ in 0..repetitions {
        let before = memory::Mark::now();
        let begin = busy_seconds();
        let history = elle::read(text).expect("a history of the benchmark");
        let read = busy_seconds();
        let judgement = judge(&history, Level::StrictSerializable);
        let end = busy_seconds();
        peak = peak.max(before.more() + text.len());
        assert_eq!(judgement.verdict == Verdict::Valid, name == "serializable");
        reads.push(read - begin);
        judges.push(end - read);
        alls.push(end - begin);
        found.clear();
        for (class, number) in &judgement.counts {
            let _ = write!(found, "{number} {class} ");
        }
    }
    println!(
        "{name:<24} {count:>9} {:>7.1} {:>9.1} {:>9.1} {:>9.1} {:>9.1}  {found}",
        text.len() as f64 / 1e6,
        median(reads) * 1e3,
        median(judges) * 1e3,
        median(alls) * 1e3,
        peak as f64 / 1e6
    );
}

/// One component of so many transactions that are all open at once: each reads what the next ones
/// append to, without seeing it; in `chains` it also sees what others before it appended.
fn skews(count: usize, chains: bool) -> String {
    let mut text = String::new();
    let value = |at: usize, seen: bool| {
        let next = |by: usize| (at + by) % count;
        let mut value = format!("[:append {at} 1] [:r {} nil] [:r {} nil]", next(1), next(17));
        if chains && at >= 1_000 {
            let list = if seen { "[1]" } else { "nil" };
            let _ = write!(value, " [:r {} {list}]", at - 1_000);
        }
        value
    };
    for (kind, seen) in [("invoke", false), ("ok", true)] {
        for at in 0..count {
            let value = value(at, seen);
            let _ = writeln!(text, "{{:type :{kind}, :process {at}, :value [{value}]}}");
        }
    }
    text
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// CPU time of this thread so far, in s (other processes on the machine do not count).
fn busy_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let ns: u64 = stat.split(' ').next().and_then(|ns| ns.parse().ok()).expect("a number");
    ns as f64 / 1e9
}
