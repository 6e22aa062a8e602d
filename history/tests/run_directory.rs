//! A run's folder: what is written is read, and what is wrong is said.

mod runs;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use history::store::{RunDirectory, Store, StoreError};
use history::{
    Call, Completion, FaultEvent, FaultOutcome, FaultStage, Key, Mark, Observation,
    OperationCounts, Outcome, ProcessId, Recorder, Returned, Route, SiteIndex, Verdict,
};
use runs::{fault, manifest, results};

fn new_run() -> (tempfile::TempDir, RunDirectory) {
    let root = tempfile::tempdir().expect("a temporary folder");
    let run = RunDirectory::create(root.path(), &manifest("one")).expect("a new run");
    (root, run)
}

/// One process writes `writes` values, every one acknowledged.
fn load(recorder: &Recorder, process: u32, writes: u64) {
    for value in 1..=writes {
        let call = Call::Write { value };
        let id = recorder.invoke(ProcessId(process), SiteIndex(0), Route::Map, Key(1), call);
        recorder.complete(&Completion {
            operation: id,
            outcome: Outcome::Ok,
            returned: Returned::Nothing,
            generation: Some(value as u32),
            code: 0,
        });
    }
}

#[test]
fn a_recorded_run_is_read_as_it_happened() {
    let (_root, run) = new_run();
    let recorder = Recorder::create(&run, Instant::now()).unwrap();
    recorder.mark(Mark::LoadStarted);
    thread::scope(|scope| {
        for process in 0..4 {
            let recorder = recorder.clone();
            scope.spawn(move || load(&recorder, process, 10_000));
        }
    });
    recorder.fault(FaultEvent { fault: 0, stage: FaultStage::Applied });
    recorder.mark(Mark::FinalReadsEnded);
    let summary = recorder.finish().unwrap();

    let counts = OperationCounts { ok: 40_000, fail: 0, info: 0 };
    assert_eq!((summary.events, summary.operations), (80_003, counts));
    assert_eq!(summary.bytes, fs::metadata(run.history_path()).unwrap().len());
    let history = RunDirectory::open(run.path()).unwrap().history().unwrap();
    assert_eq!(history.counts(), counts);
    assert_eq!(history.truncated, None);
    assert_eq!((history.faults.len(), history.marks.len()), (1, 2));
    assert!(history.operations.iter().zip(0..).all(|(operation, id)| operation.id.0 == id));
}

#[test]
fn events_reach_the_disk_within_a_second() {
    let (_root, run) = new_run();
    let recorder = Recorder::create(&run, Instant::now()).unwrap();
    load(&recorder, 0, 10);
    thread::sleep(Duration::from_secs(1));
    let history = run.history().unwrap();
    assert_eq!(history.operations.len(), 10);
    let reason = history.truncated.unwrap();
    assert!(reason.contains("after 20 events, before its final reads"), "{reason}");
}

#[test]
fn what_is_recorded_after_the_end_is_dropped() {
    let (_root, run) = new_run();
    let recorder = Recorder::create(&run, Instant::now()).unwrap();
    load(&recorder, 0, 3);
    assert_eq!(recorder.finish().unwrap().events, 6);
    load(&recorder, 0, 3);
    assert!(recorder.finish().is_err());
    assert_eq!(run.history().unwrap().operations.len(), 3);
}

#[test]
fn a_dropped_recorder_keeps_what_it_has() {
    let (_root, run) = new_run();
    load(&Recorder::create(&run, Instant::now()).unwrap(), 0, 3);
    assert_eq!(run.history().unwrap().operations.len(), 3);
}

#[test]
fn a_recorder_that_is_off_only_counts() {
    let recorder = Recorder::off(Instant::now());
    load(&recorder, 0, 3);
    let summary = recorder.finish().unwrap();
    assert_eq!((summary.events, summary.operations.ok, summary.bytes), (6, 3, 0));
}

#[test]
fn a_history_is_begun_once() {
    let (_root, run) = new_run();
    let first = Recorder::create(&run, Instant::now()).unwrap();
    assert!(matches!(Recorder::create(&run, Instant::now()), Err(StoreError::Io { .. })));
    first.finish().unwrap();
}

#[test]
fn a_torn_history_says_where_it_ends() {
    let (_root, run) = new_run();
    let recorder = Recorder::create(&run, Instant::now()).unwrap();
    load(&recorder, 0, 3);
    recorder.finish().unwrap();
    let path = run.history_path();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [whole.as_slice(), b"ABLK\x01"].concat()).unwrap();
    let history = run.history().unwrap();
    assert_eq!(history.operations.len(), 3);
    let reason = history.truncated.unwrap();
    assert!(reason.contains(&format!("cut off at byte {}", whole.len())), "{reason}");
    assert!(reason.contains(" s into the run"), "{reason}");
}

#[test]
fn a_damaged_or_later_history_is_one_clear_error() {
    let (_root, run) = new_run();
    let path = run.history_path();
    let error = || run.history().unwrap_err().to_string();
    assert!(error().contains("cannot open"), "{}", error());
    fs::write(&path, "not a history at all").unwrap();
    assert!(error().contains("events.blocks: this is not a recorded history"), "{}", error());
    let mut later = b"AEROHIST\x07\x00\x00\x00".to_vec();
    let crc = crc32fast::hash(&later);
    later.extend(crc.to_le_bytes());
    fs::write(&path, later).unwrap();
    let expected = "has format 7, this build reads up to 1: use a newer aerocert";
    assert!(error().contains(expected), "{}", error());
}

#[test]
fn the_digest_is_that_of_the_file() {
    let (_root, run) = new_run();
    fs::write(run.history_path(), "abc").unwrap();
    // The example of FIPS 180-4.
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(run.history_sha256().unwrap(), expected);
}

#[test]
fn json_files_round_trip() {
    let (_root, run) = new_run();
    assert_eq!(run.results().unwrap(), None);
    let results = results(Verdict::Valid, Ok(()));
    run.write_results(&results).unwrap();
    let healed = history::FaultRecord { outcome: FaultOutcome::Healed, ..fault() };
    run.append_fault(&fault()).unwrap();
    run.append_fault(&healed).unwrap();
    let observation = Observation { time_ns: 7, nodes: vec![None] };
    run.append_observation(&observation).unwrap();

    let opened = RunDirectory::open(run.path()).unwrap();
    assert_eq!(opened.manifest(), run.manifest());
    assert_eq!(opened.results().unwrap(), Some(results));
    assert_eq!(opened.faults().unwrap(), [fault(), healed]);
    assert_eq!(opened.observations().unwrap(), [observation]);
    assert_eq!(opened.results_sha256().unwrap().len(), 64);
}

#[test]
fn a_manifest_may_have_fields_of_its_future_but_not_its_version() {
    let (_root, run) = new_run();
    let path = run.path().join("manifest.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen('{', "{\"unheard_of\": 1,", 1)).unwrap();
    assert_eq!(RunDirectory::open(run.path()).unwrap().manifest(), run.manifest());
    fs::write(&path, "{\"schema_version\": 9, \"all\": \"else is new\"}").unwrap();
    let error = RunDirectory::open(run.path()).unwrap_err().to_string();
    assert!(error.contains("manifest.json has format 9, this build reads up to 1"), "{error}");
    fs::write(&path, "{\"schema_version\": 1,\n \"seed\": }").unwrap();
    let error = RunDirectory::open(run.path()).unwrap_err().to_string();
    assert!(error.contains("manifest.json: ") && error.contains("line 2"), "{error}");
}

#[test]
fn a_run_is_never_overwritten_and_stays_in_its_folder() {
    let (root, _run) = new_run();
    let create = |name: &str| RunDirectory::create(root.path(), &manifest(name));
    assert!(matches!(create("one"), Err(StoreError::Exists(_))));
    for name in ["", "latest", "..", ".hidden", "a/b", "a b"] {
        assert!(matches!(create(name), Err(StoreError::BadName(_))), "{name:?}");
    }
    let nowhere = Store::new(root.path()).find("two").unwrap_err();
    assert!(nowhere.to_string().starts_with("no run \"two\" in "), "{nowhere}");
}
