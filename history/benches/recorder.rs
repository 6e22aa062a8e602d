//! What recording costs: ns per event on the load's side, events per second through the writer and
//! the reader, bytes per operation on disk. `cargo bench -p aerocert-history`; medians of five.

#[expect(dead_code, reason = "the tests share it and use more of it")]
#[path = "../tests/runs/mod.rs"]
mod runs;

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use history::store::{EventReader, EventWriter, RunDirectory};
use history::{
    Call, Completion, Event, EventKind, Invocation, Key, OperationId, Outcome, ProcessId, Recorder,
    Returned, Route, SiteIndex,
};

/// Operations of one measurement.
const OPERATIONS: u64 = 500_000;
const PROCESSES: u64 = 24;
const KEYS: u64 = 200;

fn main() {
    for threads in [1, 2] {
        let off = median(|| recorded(&Recorder::off(Instant::now()), threads));
        let on = median(|| {
            let root = tempfile::tempdir().expect("a temporary folder");
            let run = RunDirectory::create(root.path(), &runs::manifest("bench")).expect("a run");
            recorded(&Recorder::create(&run, Instant::now()).expect("a history"), threads)
        });
        let per_event = |took: Duration| took.as_nanos() as f64 / (2 * OPERATIONS) as f64;
        let (off, on) = (per_event(off), per_event(on));
        println!("{threads} threads: {on:.0} ns per event recorded, {off:.0} ns with it off");
    }

    let events = register_load();
    let mut bytes = Vec::new();
    let wrote = median(|| {
        timed(|| {
            let mut writer = EventWriter::new(Vec::new()).expect("memory takes all");
            events.iter().for_each(|event| writer.push(event).expect("memory takes all"));
            bytes = writer.finish().expect("memory takes all");
        })
    });
    let read = median(|| {
        timed(|| {
            let reader = EventReader::new(bytes.as_slice()).expect("a whole history");
            black_box(reader.count());
        })
    });
    let million_per_s = |took: Duration| events.len() as f64 / took.as_secs_f64() / 1e6;
    println!("writer: {:.1} million events per second", million_per_s(wrote));
    println!("reader: {:.1} million events per second", million_per_s(read));
    println!("on disk: {:.1} bytes per operation", bytes.len() as f64 / OPERATIONS as f64);
}

fn median(mut measure: impl FnMut() -> Duration) -> Duration {
    let mut taken: Vec<_> = (0..5).map(|_| measure()).collect();
    taken.sort();
    taken[2]
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// How long the load waits for the recorder when all it does is record.
fn recorded(recorder: &Recorder, threads: u64) -> Duration {
    let load = |process: u64| {
        for value in 0..OPERATIONS / threads {
            let (process, call) = (ProcessId(process as u32), Call::Write { value });
            let operation =
                recorder.invoke(process, SiteIndex(0), Route::Map, Key(value % KEYS), call);
            recorder.complete(&acknowledged(operation, Returned::Nothing));
        }
    };
    let took = timed(|| {
        thread::scope(|scope| {
            for process in 0..threads {
                scope.spawn(move || load(process));
            }
        });
    });
    recorder.finish().expect("the disk takes all");
    took
}

fn acknowledged(operation: OperationId, returned: Returned) -> Completion {
    Completion { operation, outcome: Outcome::Ok, returned, generation: Some(7), code: 0 }
}

/// Half reads, half writes of a register load, with times and keys as random as they are.
fn register_load() -> Vec<Event> {
    let mut random = xorshift(0x9E37_79B9_7F4A_7C15);
    let mut values = [0; KEYS as usize];
    let mut written = 0;
    let mut events = Vec::with_capacity(2 * OPERATIONS as usize);
    let mut time_ns = 0;
    for operation in 0..OPERATIONS {
        let key = random() % KEYS;
        let is_read = random().is_multiple_of(2);
        let (call, returned) = if is_read {
            (Call::Read, Returned::Value(values[key as usize]))
        } else {
            written += 1;
            values[key as usize] = written;
            (Call::Write { value: written }, Returned::Nothing)
        };
        time_ns += 20_000 + random() % 60_000;
        let process = (random() % PROCESSES) as u32;
        let operation = OperationId(operation);
        let invocation = Invocation {
            operation,
            process: ProcessId(process),
            site: SiteIndex((process % 2) as u8),
            route: Route::Map,
            key: Key(key),
            call,
        };
        events.push(Event { time_ns, kind: EventKind::Invoke(invocation) });
        time_ns += 20_000 + random() % 60_000;
        let completion = acknowledged(operation, returned);
        events.push(Event { time_ns, kind: EventKind::Complete(completion) });
    }
    events
}

/// Marsaglia's generator: good enough noise, without a dependency.
fn xorshift(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}
