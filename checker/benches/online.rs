//! A soak of the online judge: a generated history streams through it and is nowhere kept.
//!
//! `cargo bench -p aerocert-checker --bench online -- [operations]` (20 million if not said). Each
//! row is a process of its own, so that its peak memory (`VmHWM`) is its own.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use aerocert_checker::online::Judge;
use history::{
    Call, Completion, Event, EventKind, Invocation, Key, Model, OperationId, Outcome, ProcessId,
    Returned, Route, SiteIndex,
};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const MODELS: [(&str, Model); 4] = [
    ("register", Model::Register),
    ("cas-register", Model::CasRegister),
    ("counter", Model::Counter),
    ("set", Model::Set),
];
const PROCESSES: u32 = 100;
/// Slots of records: so many are in use at a time.
const KEYS: u64 = 1_000;
/// Elements of a list before its slot moves on to a fresh one, as the workload `set` does.
const ELEMENTS: usize = 64;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| one != "--bench").collect();
    match &arguments[..] {
        [model, doubt, operations] => row(model, number(doubt) as u32, number(operations)),
        [] | [_] => {
            let operations = arguments.first().map_or(20_000_000, |one| number(one));
            println!(
                "{:>12} {:>6} {:>11} {:>8} {:>12} {:>8}",
                "model", "doubt", "operations", "verdict", "ops/s", "peak MB"
            );
            for (model, _) in MODELS {
                for doubt in ["0", "5", "20"] {
                    let program = std::env::current_exe().expect("this program");
                    let status = std::process::Command::new(program)
                        .args([model, doubt, &operations.to_string()])
                        .status()
                        .expect("it starts again");
                    assert!(status.success(), "{model}, {doubt} % in doubt");
                }
            }
        }
        _ => panic!("usage: [operations]"),
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

/// One row: the history alone, then through the judge; the difference is the judge's.
fn row(name: &str, doubt: u32, operations: u64) {
    let (_, model) = MODELS.iter().find(|(known, _)| *known == name).expect("a model");
    let begin = busy_seconds();
    let mut events = 0_u64;
    generate(*model, doubt, operations, |_| events += 1);
    let alone = busy_seconds() - begin;
    let begin = busy_seconds();
    let mut judge = Judge::new(*model, &[]);
    let mut alarms = 0;
    generate(*model, doubt, operations, |event| {
        alarms += judge.take(event).expect("events of a recorder").len();
    });
    let (last, conclusion) = judge.finish();
    let judging = busy_seconds() - begin - alone;
    assert!(alarms == 0 && last.is_empty() && conclusion.suspects.is_empty(), "it is made valid");
    assert_eq!(conclusion.operations, operations);
    assert!(events > operations, "most operations end");
    let rate = operations as f64 / judging;
    println!(
        "{name:>12} {doubt:>5}% {operations:>11} {:>8} {rate:>12.0} {:>8}",
        conclusion.verdict().name(),
        peak_kb() / 1024
    );
}

/// What happens to an operation at a time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Begins,
    TakesEffect,
    Ends,
}

/// An operation under way.
struct Open {
    id: u64,
    /// Its slot, and its record.
    at: usize,
    key: u64,
    call: Call,
    doubt: bool,
    returned: Returned,
}

/// A record, and what it holds.
#[derive(Clone, Default)]
struct Record {
    key: u64,
    held: Option<u64>,
    count: i64,
    elements: Vec<u64>,
}

/// A closed loop of processes in time: an operation takes effect at a uniform instant of its interval,
/// one in doubt late or never.
fn generate(model: Model, doubt: u32, operations: u64, mut event: impl FnMut(&Event)) {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    // (time, stage, slot): what happens next.
    let mut agenda: BinaryHeap<Reverse<(u64, Stage, u32)>> = (0..PROCESSES)
        .map(|process| Reverse((random.random_range(1..1_000_000), Stage::Begins, process)))
        .collect();
    let mut open: Vec<Option<Open>> = (0..PROCESSES).map(|_| None).collect();
    // Effects that come after the end of their operations, beyond the slots of processes.
    let mut late: Vec<(usize, u64, Call)> = Vec::new();
    // By slot: the record in use, and the one before it, of which operations may still be open.
    let mut records: Vec<[Record; 2]> = (0..KEYS)
        .map(|key| [Record { key, ..Record::default() }, Record { key, ..Record::default() }])
        .collect();
    let mut fresh_key = KEYS;
    let (mut begun, mut value) = (0, 0);
    while let Some(Reverse((now, stage, slot))) = agenda.pop() {
        let process = slot as usize;
        match stage {
            Stage::Begins => {
                if begun == operations {
                    continue;
                }
                let at = random.random_range(0..KEYS) as usize;
                if model == Model::Set && records[at][0].elements.len() >= ELEMENTS {
                    let fresh = Record { key: fresh_key, ..Record::default() };
                    records[at][1] = std::mem::replace(&mut records[at][0], fresh);
                    fresh_key += 1;
                }
                let (key, held) = (records[at][0].key, records[at][0].held);
                let write = random.random_bool(0.5);
                value += u64::from(write);
                let call = match model {
                    _ if !write => Call::Read,
                    Model::CasRegister if random.random_bool(0.5) => {
                        Call::Cas { expected: held, generation: 0, value }
                    }
                    Model::Register | Model::CasRegister => Call::Write { value },
                    Model::Counter => Call::Add { delta: 1 },
                    Model::Set => Call::Append { element: value },
                };
                let doubt = write && random.random_range(0..100) < doubt;
                let end = now + random.random_range(1_000..2_000_000);
                let kind = EventKind::Invoke(Invocation {
                    operation: OperationId(begun),
                    process: ProcessId(slot),
                    site: SiteIndex(0),
                    route: Route::Map,
                    key: Key(key),
                    call,
                });
                event(&Event { time_ns: now, kind });
                let returned = Returned::Nothing;
                open[process] = Some(Open { id: begun, at, key, call, doubt, returned });
                begun += 1;
                if !doubt {
                    let effect = random.random_range(now..=end);
                    agenda.push(Reverse((effect, Stage::TakesEffect, slot)));
                } else if random.random_bool(0.5) {
                    late.push((at, key, call));
                    let effect = random.random_range(now..=end + 5_000_000);
                    let slot = PROCESSES + late.len() as u32 - 1;
                    agenda.push(Reverse((effect, Stage::TakesEffect, slot)));
                }
                agenda.push(Reverse((end, Stage::Ends, slot)));
            }
            Stage::TakesEffect if slot >= PROCESSES => {
                let (at, key, call) = late[process - PROCESSES as usize];
                if let Some(record) = records[at].iter_mut().find(|one| one.key == key) {
                    apply(record, call);
                }
            }
            Stage::TakesEffect => {
                let Some(one) = &mut open[process] else { continue };
                let record = records[one.at].iter_mut().find(|record| record.key == one.key);
                let record = record.expect("nothing is open for so long");
                if one.call.is_write() {
                    // A compare-and-set that comes too late fails, and says nothing here.
                    if !apply(record, one.call) {
                        one.returned = Returned::Absent;
                    }
                } else {
                    one.returned = match model {
                        Model::Counter => Returned::Count(record.count),
                        Model::Set => Returned::List(record.elements.clone()),
                        _ => record.held.map_or(Returned::Absent, Returned::Value),
                    };
                }
            }
            Stage::Ends => {
                let Some(one) = open[process].take() else { continue };
                let refused = one.call.is_write() && one.returned == Returned::Absent;
                let outcome = match (one.doubt, refused) {
                    (true, _) => Outcome::Info,
                    (false, true) => Outcome::Fail,
                    (false, false) => Outcome::Ok,
                };
                let returned = if refused { Returned::Nothing } else { one.returned };
                let kind = EventKind::Complete(Completion {
                    operation: OperationId(one.id),
                    outcome,
                    returned,
                    generation: None,
                    code: if refused { 3 } else { 0 },
                });
                event(&Event { time_ns: now, kind });
                let next = now + random.random_range(1..200_000);
                agenda.push(Reverse((next, Stage::Begins, slot)));
            }
        }
    }
}

/// Lets a write take effect; says whether it did.
fn apply(record: &mut Record, call: Call) -> bool {
    match call {
        Call::Write { value } => record.held = Some(value),
        Call::Cas { expected, value, .. } if record.held == expected => record.held = Some(value),
        Call::Add { delta } => record.count += delta,
        Call::Append { element } => record.elements.push(element),
        _ => return false,
    }
    true
}

/// CPU time of this process so far, in s (other processes on the machine do not count).
fn busy_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    let ns: u64 = stat.split(' ').next().and_then(|ns| ns.parse().ok()).expect("a number");
    ns as f64 / 1e9
}

/// The most memory that this process ever had, in kB.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).expect("a number")
}
