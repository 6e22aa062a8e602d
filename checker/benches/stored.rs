//! Stored runs of any size, and how fast they are judged next to how fast they are only read.
//!
//! ```text
//! cargo bench -p aerocert-checker --bench stored -- make FOLDER OPERATIONS valid|split [KEYS]
//! cargo bench -p aerocert-checker --bench stored -- measure RUN [REPETITIONS]
//! cargo bench -p aerocert-checker --bench stored -- judge RUN
//! ```
//!
//! `make` writes a run of registers: a hundred processes in a closed loop, half of them writers, one
//! operation in ten in doubt, with generations and final reads. Under `split` the two sites go on
//! apart for a third of the time, as an availability namespace does, and the higher generation
//! survives. `measure` prints times on the clock and of all cores together, and peak memory;
//! `judge` writes the results beside the history.

#[path = "../tests/stage/mod.rs"]
mod stage;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;
use std::time::Instant;

use history::store::{EventWriter, RunDirectory};
use history::{
    Call, Completion, ConflictResolution, Event, EventKind, FaultEvent, FaultStage, Invocation,
    Key, Mark, Mode, OperationId, Outcome, ProcessId, Returned, Route, SiteIndex, Workload,
};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use stage::Stage;

const USAGE: &str =
    "make FOLDER OPERATIONS valid|split [KEYS], measure RUN [REPETITIONS], judge RUN";

type Failure = Box<dyn std::error::Error>;

const PROCESSES: u32 = 100;
const TIMEOUT_NS: u64 = 20_000_000;

fn main() -> Result<(), Failure> {
    // Cargo adds a `--bench` of its own.
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["make", folder, operations, kind @ ("valid" | "split"), ref keys @ ..] => {
            let keys = keys.first().map_or(Ok(10_000), |keys| keys.parse())?;
            make(Path::new(folder), operations.parse()?, keys, kind == "split")
        }
        ["measure", run, ref repetitions @ ..] => {
            let repetitions = repetitions.first().map_or(Ok(5), |count| count.parse())?;
            measure(Path::new(run), repetitions)
        }
        ["judge", run] => {
            let run = RunDirectory::open(Path::new(run))?;
            let (faults, observations) = (run.faults()?, run.observations()?);
            let history = run.history()?;
            let results = aerocert_checker::judge(run.manifest(), &history, &faults, &observations);
            Ok(run.write_results(&results)?)
        }
        [] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(USAGE.into()),
    }
}

fn measure(path: &Path, repetitions: usize) -> Result<(), Failure> {
    let run = RunDirectory::open(path)?;
    let faults = run.faults()?;
    let mut seconds = Vec::new();
    for _ in 0..repetitions {
        let (read_only, read) = timed(|| run.history());
        drop(read_only?);
        let (judged, checked) = timed(|| {
            let history = run.history()?;
            let results = aerocert_checker::judge(run.manifest(), &history, &faults, &[]);
            Ok::<_, history::store::StoreError>((history.operations.len(), results.verdict))
        });
        let (operations, verdict) = judged?;
        println!("{operations} operations, {}: {}", verdict.name(), told(&[read, checked]));
        seconds.push([read, checked]);
    }
    let median = |of: fn(&[Spent; 2]) -> f64| {
        let mut sorted: Vec<f64> = seconds.iter().map(of).collect();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    let read = Spent { wall: median(|one| one[0].wall), busy: median(|one| one[0].busy) };
    let checked = Spent { wall: median(|one| one[1].wall), busy: median(|one| one[1].busy) };
    println!("medians: {}", told(&[read, checked]));
    let status = std::fs::read_to_string("/proc/self/status")?;
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("Linux only"));
    Ok(())
}

/// Time that something took, in s: on the clock, and of all cores together.
#[derive(Clone, Copy)]
struct Spent {
    wall: f64,
    busy: f64,
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Spent) {
    let (begin, busy) = (Instant::now(), busy_seconds());
    let result = work();
    (result, Spent { wall: begin.elapsed().as_secs_f64(), busy: busy_seconds() - busy })
}

/// The time that this process has spent on all cores, in s, by the hundredth.
fn busy_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn told([read, checked]: &[Spent; 2]) -> String {
    format!(
        "read {:.2} s ({:.2} s busy), read and judged {:.2} s ({:.2} s busy), ratio {:.2} ({:.2})",
        read.wall,
        read.busy,
        checked.wall,
        checked.busy,
        checked.wall / read.wall,
        checked.busy / read.busy
    )
}

/// A version of a record.
#[derive(Clone, Copy, Default)]
struct Version {
    value: u64,
    generation: u32,
}

/// What a process is about.
#[derive(Clone, Copy)]
struct Open {
    process: u32,
    operation: u64,
    key: u64,
    /// What it writes, if it writes.
    value: Option<u64>,
    outcome: Outcome,
    happens: bool,
    seen: Version,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    Begin,
    Effect,
    End,
}

struct Maker<W: std::io::Write> {
    random: ChaCha8Rng,
    writer: EventWriter<W>,
    operations: u64,
    values: u64,
    processes: u32,
    /// Of each record, the version of each site.
    records: Vec<[Version; 2]>,
    keys: u64,
    open: Vec<Open>,
    parted: bool,
}

fn make(folder: &Path, operations: u64, keys: usize, split: bool) -> Result<(), Failure> {
    let mut stage = Stage::new(Workload::Register);
    stage.manifest.run = format!("{}-{operations}", if split { "split" } else { "valid" });
    stage.manifest.checks.retain(|check| {
        use history::Check::{Counters, LostUpdates, Sets};
        !matches!(check, Counters | Sets | LostUpdates)
    });
    if split {
        stage.manifest.arm.mode = Mode::Ap;
        stage.manifest.arm.read_mode = None;
        stage.manifest.arm.conflict_resolution = Some(ConflictResolution::Generation);
    }
    let run = RunDirectory::create(folder, &stage.manifest)?;
    for fault in &stage.faults {
        run.append_fault(fault)?;
    }
    let idle = Open {
        process: 0,
        operation: 0,
        key: 0,
        value: None,
        outcome: Outcome::Ok,
        happens: false,
        seen: Version::default(),
    };
    let mut maker = Maker {
        random: ChaCha8Rng::seed_from_u64(1),
        writer: run.write_history()?,
        operations: 0,
        values: 0,
        processes: PROCESSES,
        records: vec![[Version::default(); 2]; keys],
        keys: keys as u64,
        open: (0..PROCESSES).map(|process| Open { process, ..idle }).collect(),
        parted: false,
    };
    let ended_ns = maker.load(operations, split)?;
    maker.finals(ended_ns)?;
    let bytes = maker.writer.bytes();
    maker.writer.finish()?;
    println!("{} with {} operations, {bytes} bytes", run.path().display(), maker.operations);
    Ok(())
}

impl<W: std::io::Write> Maker<W> {
    fn tell(&mut self, time_ns: u64, kind: EventKind) -> Result<(), Failure> {
        Ok(self.writer.push(&Event { time_ns, kind })?)
    }

    fn load(&mut self, operations: u64, split: bool) -> Result<u64, Failure> {
        self.tell(0, EventKind::Mark(Mark::LoadStarted))?;
        let mut moments: BinaryHeap<Reverse<(u64, Moment, u32)>> = BinaryHeap::new();
        for client in 0..PROCESSES {
            let at_ns = self.random.random_range(1_000..1_000_000);
            moments.push(Reverse((at_ns, Moment::Begin, client)));
        }
        let fault = |stage| EventKind::Fault(FaultEvent { fault: 0, stage });
        let (cut, healed) = (operations / 3, 2 * operations / 3);
        let mut last_ns = 0;
        while let Some(Reverse((at_ns, moment, client))) = moments.pop() {
            last_ns = at_ns;
            match moment {
                Moment::Begin if self.operations == operations => {}
                Moment::Begin => {
                    if self.operations == cut {
                        self.tell(at_ns, fault(FaultStage::Applied))?;
                        self.parted = split;
                    } else if self.operations == healed {
                        self.heal();
                        self.tell(at_ns, fault(FaultStage::Healed))?;
                    }
                    let lasting = self.begin(at_ns, client)?;
                    let effect = self.random.random_range(at_ns..=at_ns + lasting);
                    moments.push(Reverse((effect, Moment::Effect, client)));
                    moments.push(Reverse((at_ns + lasting, Moment::End, client)));
                }
                Moment::Effect => self.take_effect(client),
                Moment::End => {
                    self.end(at_ns, client)?;
                    let pause = self.random.random_range(1..200_000);
                    moments.push(Reverse((at_ns + pause, Moment::Begin, client)));
                }
            }
        }
        Ok(last_ns)
    }

    /// After a cut the higher generation survives.
    fn heal(&mut self) {
        if std::mem::take(&mut self.parted) {
            for record in &mut self.records {
                let [one, other] = *record;
                *record = [if other.generation > one.generation { other } else { one }; 2];
            }
        }
    }

    fn begin(&mut self, at_ns: u64, client: u32) -> Result<u64, Failure> {
        let key = self.random.random_range(0..self.keys);
        let write = self.random.random_bool(0.5);
        let chance = self.random.random_range(0..100);
        let outcome = match chance {
            0..20 if write => Outcome::Info,
            20..24 => Outcome::Fail,
            _ => Outcome::Ok,
        };
        self.values += u64::from(write);
        let process = self.open[client as usize].process;
        let open = Open {
            process,
            operation: self.operations,
            key,
            value: write.then_some(self.values),
            outcome,
            happens: outcome == Outcome::Ok || (outcome == Outcome::Info && chance < 10),
            seen: Version::default(),
        };
        self.open[client as usize] = open;
        self.invoke(at_ns, &open, client)?;
        Ok(match outcome {
            Outcome::Info => TIMEOUT_NS,
            _ => self.random.random_range(100_000..2_000_000),
        })
    }

    fn invoke(&mut self, at_ns: u64, open: &Open, client: u32) -> Result<(), Failure> {
        self.operations += 1;
        let invocation = Invocation {
            operation: OperationId(open.operation),
            process: ProcessId(open.process),
            site: SiteIndex((client % 2) as u8),
            route: Route::Map,
            key: Key(open.key),
            call: open.value.map_or(Call::Read, |value| Call::Write { value }),
        };
        self.tell(at_ns, EventKind::Invoke(invocation))
    }

    fn take_effect(&mut self, client: u32) {
        let open = &mut self.open[client as usize];
        let record = &mut self.records[open.key as usize];
        let site = client as usize % 2;
        if let Some(value) = open.value.filter(|_| open.happens) {
            let version = Version { value, generation: record[site].generation + 1 };
            record[site] = version;
            if !self.parted {
                record[1 - site] = version;
            }
        }
        open.seen = record[site];
    }

    fn end(&mut self, at_ns: u64, client: u32) -> Result<(), Failure> {
        let open = self.open[client as usize];
        if open.outcome == Outcome::Info {
            self.open[client as usize].process = self.processes;
            self.processes += 1;
        }
        let answered = open.outcome == Outcome::Ok;
        let returned = match (answered, open.value, open.seen.value) {
            (false, ..) | (true, Some(_), _) => Returned::Nothing,
            (true, None, 0) => Returned::Absent,
            (true, None, value) => Returned::Value(value),
        };
        let completion = Completion {
            operation: OperationId(open.operation),
            outcome: open.outcome,
            generation: (answered && returned != Returned::Absent).then_some(open.seen.generation),
            code: match open.outcome {
                Outcome::Ok if returned == Returned::Absent => 2,
                Outcome::Ok => 0,
                Outcome::Fail => 11,
                Outcome::Info => 9,
            },
            returned,
        };
        self.tell(at_ns, EventKind::Complete(completion))
    }

    /// Each site reads each key once.
    fn finals(&mut self, ended_ns: u64) -> Result<(), Failure> {
        let mut at_ns = ended_ns + 1_000_000;
        self.tell(at_ns, EventKind::Mark(Mark::LoadEnded))?;
        self.tell(at_ns, EventKind::Mark(Mark::MigrationsEnded))?;
        self.tell(at_ns, EventKind::Mark(Mark::FinalReadsStarted))?;
        for key in 0..self.keys {
            for client in 0..2 {
                let open = &mut self.open[client as usize];
                let (value, outcome) = (None, Outcome::Ok);
                *open = Open { operation: self.operations, key, value, outcome, ..*open };
                let open = *open;
                self.invoke(at_ns + 1_000, &open, client)?;
                self.take_effect(client);
                self.end(at_ns + 50_000, client)?;
                at_ns += 60_000;
            }
        }
        self.tell(at_ns, EventKind::Mark(Mark::FinalReadsEnded))
    }
}
