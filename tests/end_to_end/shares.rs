//! The simulated client beside the official one: the operations of a real run, at their times, from
//! their sites, by their routes, done again in virtual time under the faults that the run observed.
//! What becomes of them must be the same, in shares.

use std::collections::BTreeMap;
use std::path::Path;

use history::store::RunDirectory;
use history::{Event, EventKind, Mark, OperationId, Outcome};
use simulation::{Night, Script};

use crate::program::stdout_of;

/// How far a share may be from its fellow, as a part of the larger one.
const TOLERANCE: f64 = 0.2;
/// Or in absolute terms: clients do not tend in step, and their period is so much of a stage.
const TRIFLE: f64 = 0.05;
/// A stage with fewer operations of a kind says nothing.
const FEWEST: u64 = 100;

/// What operations of one kind met in one stage: how many ended ok, failed, and in doubt.
type Shares = BTreeMap<(&'static str, &'static str), [u64; 3]>;

/// When the fault was there, in ns since the run began.
#[derive(Clone, Copy)]
struct Cut {
    applied_ns: u64,
    healed_ns: u64,
    detection_ns: u64,
}

impl Cut {
    fn stage(self, at_ns: u64) -> &'static str {
        if at_ns < self.applied_ns {
            "before"
        } else if at_ns < self.applied_ns + self.detection_ns * 4 / 5 {
            "not yet noticed"
        } else if at_ns < self.healed_ns {
            "noticed"
        } else {
            "healed"
        }
    }
}

fn marked(events: &[Event], mark: Mark) -> u64 {
    let marked = |event: &&Event| event.kind == EventKind::Mark(mark);
    events.iter().find(marked).map(|event| event.time_ns).unwrap()
}

fn shares(events: &[Event], cut: Cut) -> Shares {
    let finals_ns = marked(events, Mark::FinalReadsStarted);
    let mut open: BTreeMap<OperationId, (&str, &str)> = BTreeMap::new();
    let mut shares = Shares::new();
    for event in events.iter().filter(|event| event.time_ns < finals_ns) {
        match &event.kind {
            EventKind::Invoke(invocation) => {
                let kind = if invocation.call.is_write() { "writes" } else { "reads" };
                open.insert(invocation.operation, (cut.stage(event.time_ns), kind));
            }
            EventKind::Complete(completion) => {
                let Some(of) = open.remove(&completion.operation) else { continue };
                let place = match completion.outcome {
                    Outcome::Ok => 0,
                    Outcome::Fail => 1,
                    Outcome::Info => 2,
                };
                shares.entry(of).or_default()[place] += 1;
            }
            _ => {}
        }
    }
    shares
}

/// Runs a real load under a cut, and the same in virtual time.
fn compare(mode: &str, seed: &str) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let load = ["--rate", "800", "--processes", "160", "--keys", "96", "--duration", "14s"];
    let told = ["run", "--mode", mode, "--nemesis", "partition-racks", "--seed", seed];
    let rest = ["--json", "--out", out];
    // Availability is expected to lose, and it does.
    let said = stdout_of(&[&told[..], &load, &rest].concat(), 0);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let run = RunDirectory::open(&Path::new(out).join(said["path"].as_str().unwrap())).unwrap();
    let manifest = run.manifest().clone();
    let real: Vec<Event> = run.events().unwrap().collect::<Result<_, _>>().unwrap();
    let began_ns = marked(&real, Mark::LoadStarted);
    let mut schedule = run.faults().unwrap();
    schedule.retain(|fault| fault.healed_ns.is_some());
    let [fault] = &mut schedule[..] else { panic!("one cut, healed: {schedule:?}") };
    let (applied_ns, healed_ns) = (fault.applied_ns.unwrap(), fault.healed_ns.unwrap());
    fault.planned_at_ms = (applied_ns - began_ns) / 1_000_000;
    fault.planned_for_ms = (healed_ns - applied_ns) / 1_000_000;
    (fault.applied_ns, fault.healed_ns) = (None, None);
    fault.outcome = history::FaultOutcome::Planned;

    let calm = Night::new(7);
    let night = Night {
        mode: manifest.arm.mode,
        workload: manifest.load.workload,
        heartbeat: manifest.cluster.heartbeat,
        timeout_ms: manifest.client.timeout_ms,
        tend_ms: u64::from(manifest.client.tend_interval_ms),
        load_ms: manifest.load.duration_ms,
        nemesis: "partition-racks".to_owned(),
        schedule,
        script: Some(Script::of(&real)),
        ..calm
    };
    let simulated = night.run().unwrap();
    let [cut] = &simulated.faults[..] else { panic!("one cut") };
    let detection_ns = night.detection_ms() * 1_000_000;
    let here = shares(&real, Cut { applied_ns, healed_ns, detection_ns });
    let (applied_ns, healed_ns) = (cut.applied_ns.unwrap(), cut.healed_ns.unwrap());
    let there = shares(&simulated.events, Cut { applied_ns, healed_ns, detection_ns });

    let (mut compared, mut differing) = (0, Vec::new());
    for (of, real) in &here {
        let simulated = there.get(of).copied().unwrap_or_default();
        let share = |counts: [u64; 3]| {
            let all = counts.iter().sum::<u64>().max(1) as f64;
            counts.map(|count| count as f64 / all)
        };
        let (one, two) = (share(*real), share(simulated));
        println!("{mode} {of:?}: ok, fail, info: real {real:?} {one:.3?}, simulated {two:.3?}");
        if real.iter().sum::<u64>() < FEWEST {
            continue;
        }
        compared += 1;
        for (one, two) in one.into_iter().zip(two) {
            let apart = (one - two).abs();
            if apart > TRIFLE.max(TOLERANCE * one.max(two)) {
                differing.push((of, one, two));
            }
        }
    }
    assert!(differing.is_empty(), "{mode}: {differing:?}");
    assert_eq!(compared, 8, "reads and writes in four stages");
}

#[test]
fn the_simulated_client_meets_what_the_official_one_meets_under_strong_consistency() {
    compare("sc", "31");
}

#[test]
fn the_simulated_client_meets_what_the_official_one_meets_under_availability() {
    compare("ap", "32");
}
