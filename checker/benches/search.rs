//! The general search on registers, without use of uniqueness, each history in a process of its
//! own: CPU time, peak memory, and what was decided.
//!
//! `cargo bench -p aerocert-checker --bench search -- [etcd FOLDER]`; see `README.md`.

#[path = "search/generate.rs"]
mod generate;

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};

use aerocert_checker::linearizability::search::{Budget, Found, search};
use aerocert_checker::linearizability::{Decision, Unseen, decide};
use aerocert_checker::specification::Register;
use generate::{History, Load, Shape};
use history::Model;
use history::exchange::jepsen;

/// Rounds over the logs of etcd, of which the median counts.
const ROUNDS: usize = 5;

/// Passes of a round: the kernel's clock ticks slowly.
const PASSES: u32 = 41;

/// How long a history is judged again and again, in ms of CPU, for the same reason.
const ENOUGH_MS: f64 = 100.0;

fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => cells(),
        ["etcd", folder] => etcd(Path::new(folder)),
        ["cell", load, operations, crashed, kind] => {
            cell(load, number(operations), number(crashed), kind);
        }
        _ => {
            eprintln!("usage: search [etcd FOLDER]");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

/// All histories, each in a process of its own, so that its peak of memory is its own.
fn cells() {
    println!(
        "{:<12} {:>10} {:>7}  {:<8} {:>10} {:>8}  found",
        "load", "operations", "crashed", "kind", "CPU ms", "peak MB"
    );
    let this = std::env::current_exe().expect("this program has a path");
    let run = |load: &str, operations: usize, crashed: usize, kind: &str| {
        let (operations, crashed) = (operations.to_string(), crashed.to_string());
        let status = Command::new(&this)
            .args(["cell", load, &operations, &crashed, kind])
            .status()
            .expect("this program can be started");
        assert!(status.success(), "{load} {operations} {crashed} {kind} failed");
    };
    for operations in [1_000, 2_000, 5_000, 10_000] {
        for kind in ["ok", "mid", "end"] {
            run("unique", operations, 0, kind);
        }
    }
    for operations in [200, 500, 2_000] {
        for crashed in [0, 5, 10, 20, 30, 50] {
            for kind in ["ok", "flip", "misread"] {
                run("five-values", operations, crashed, kind);
            }
        }
    }
}

/// One history: prints its line.
fn cell(load: &str, operations: usize, crashed: usize, kind: &str) {
    let (load, seed) = if load == "unique" { (Load::Unique, 1) } else { (Load::FiveValues, 7) };
    let mut history: History =
        generate::linearizable(Shape { operations, clients: 10, load, crashed, seed });
    match kind {
        "mid" => generate::make_stale(&mut history, operations / 2),
        "end" => generate::make_stale(&mut history, operations),
        "flip" => generate::flip(&mut history, crashed),
        "misread" => generate::misread(&mut history, operations / 2),
        _ => {}
    }
    let begin = busy_ms();
    let mut times = 0.0;
    let (found, spent) = loop {
        let found = search(&Register::default(), &history, Budget::default());
        times += 1.0;
        let spent = busy_ms() - begin;
        if spent > ENOUGH_MS {
            break (found, spent / times);
        }
    };
    let found = match found {
        Found::Order => "valid".to_string(),
        Found::Nothing { .. } => "invalid".to_string(),
        Found::Spent { explained, of, .. } => format!("unknown, {explained} of {of} explained"),
    };
    let known = match kind {
        "ok" => !found.starts_with("invalid"),
        "misread" => true,
        _ => !found.starts_with("valid"),
    };
    assert!(known, "{kind} is found {found}");
    println!(
        "{:<12} {operations:>10} {crashed:>7}  {kind:<8} {spent:>10.2} {:>8.1}  {found}",
        format!("{load:?}"),
        peak_mb()
    );
}

/// All logs in a folder with their verdicts, from text to verdict, and read only.
fn etcd(folder: &Path) {
    let verdicts = std::fs::read_to_string(folder.join("verdicts.csv")).expect("verdicts.csv");
    let logs: Vec<(String, bool)> = verdicts
        .lines()
        .filter_map(|line| line.split_once(','))
        .filter_map(|(name, verdict)| {
            let text = std::fs::read_to_string(folder.join(name)).ok()?;
            Some((text, verdict == "linearizable"))
        })
        .collect();
    let read = |text: &str| jepsen::read_log(text).expect("a log of Jepsen");
    let judge = |text: &str, linearizable: bool| {
        let history = read(text);
        let operations: Vec<_> = history.operations.iter().collect();
        let operations: Vec<_> = operations.iter().collect();
        let holds = match decide(Model::CasRegister, &operations, Unseen::Impossible) {
            Decision::Holds => true,
            Decision::Broken(_) => false,
            Decision::Undecided(why) => panic!("undecided: {why}"),
        };
        assert_eq!(holds, linearizable);
    };
    let reading = || logs.iter().for_each(|(text, _)| drop(black_box(read(text))));
    let judging = || logs.iter().for_each(|(text, linearizable)| judge(text, *linearizable));
    println!(
        "{} logs of etcd: {:.2} ms from text to verdict, {:.2} ms of it to read",
        logs.len(),
        pass_ms(judging),
        pass_ms(reading)
    );
}

/// CPU time of one pass, in ms: the median of some rounds of many.
fn pass_ms(pass: impl Fn()) -> f64 {
    let mut rounds = [0.0; ROUNDS];
    for round in &mut rounds {
        let begin = busy_ms();
        (0..PASSES).for_each(|_| pass());
        *round = (busy_ms() - begin) / f64::from(PASSES);
    }
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

/// CPU time of this process so far, in ms.
fn busy_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let ns: u64 = stat.split(' ').next().and_then(|ns| ns.parse().ok()).expect("a number");
    ns as f64 / 1e6
}

/// The most memory that this process had resident, in MB.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    let kb: f64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    kb / 1024.0
}
