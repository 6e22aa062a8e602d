//! A recorder that is killed without warning.

#[expect(dead_code, reason = "the other tests share it and use more of it")]
mod runs;

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use history::store::RunDirectory;
use history::{
    Call, Completion, Key, Mark, Outcome, ProcessId, Recorder, Returned, Route, SiteIndex,
};

/// Names the folder in which the child records.
const FOLDER: &str = "AEROCERT_TEST_KILLED";

/// Records until it is killed.
fn record(folder: &Path) {
    let run = RunDirectory::create(folder, &runs::manifest("killed")).expect("a new run");
    let recorder = Recorder::create(&run, Instant::now()).expect("a new history");
    recorder.mark(Mark::LoadStarted);
    for value in 1.. {
        let call = Call::Write { value };
        let operation = recorder.invoke(ProcessId(0), SiteIndex(0), Route::Map, Key(1), call);
        thread::sleep(Duration::from_millis(1));
        let (outcome, returned) = (Outcome::Ok, Returned::Nothing);
        let generation = None;
        recorder.complete(&Completion { operation, outcome, returned, generation, code: 0 });
    }
}

#[test]
fn what_was_flushed_before_a_kill_is_a_history() {
    if let Some(folder) = env::var_os(FOLDER) {
        return record(Path::new(&folder));
    }
    let root = tempfile::tempdir().unwrap();
    let began = Instant::now();
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "what_was_flushed_before_a_kill_is_a_history"])
        .env(FOLDER, root.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let path = root.path().join("killed");
    let recorded = || RunDirectory::open(&path).and_then(|run| run.history());
    while recorded().map_or(0, |history| history.operations.len()) == 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "nothing is ever recorded");
        thread::sleep(Duration::from_millis(20));
    }
    thread::sleep(Duration::from_millis(1200));
    let before = recorded().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();

    let history = recorded().unwrap();
    assert!(history.ended_ns >= 1_000_000_000, "it went on writing: {} ns", history.ended_ns);
    assert!(history.operations.iter().take(10).eq(before.operations.iter().take(10)));
    let reason = history.truncated.unwrap();
    assert!(reason.contains("before its final reads were made"), "{reason}");
}
