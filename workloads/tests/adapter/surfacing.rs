//! What the official client makes of each answer of a server, and what we make of that.

use std::time::Duration;

use history::{Call, History, Mode, Operation, Outcome, Returned, Workload};

use crate::recording::run;
use crate::scripted::{Script, Scripted};
use crate::settings::{arm, client, load};

const BRIEF: Duration = Duration::from_millis(60);

/// The operations of a single process on one key, under a script.
async fn operations(mode: Mode, workload: Workload, reads_milli: u32, script: Script) -> History {
    let server = Scripted::start(script).await;
    let mut load = load(workload, 1, BRIEF);
    load.keys = 1;
    load.reads_milli = reads_milli;
    run(&arm(mode), &load, &client(150), &server.topology(), false).await.history
}

fn surfaced(history: &History) -> (Outcome, i16) {
    let first: Operation = history.operations.first().expect("nothing was asked");
    for operation in &history.operations {
        assert_eq!((operation.outcome, operation.code), (first.outcome, first.code));
    }
    (first.outcome, first.code)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_writes_fail_and_those_without_an_answer_are_in_doubt() {
    let expected = [
        (Script::Code(1), Outcome::Info, 1),
        (Script::Code(2), Outcome::Fail, 2),
        (Script::Code(3), Outcome::Fail, 3),
        (Script::Code(8), Outcome::Fail, 8),
        (Script::Code(9), Outcome::Info, 9),
        (Script::Code(11), Outcome::Fail, 11),
        (Script::Code(14), Outcome::Fail, 14),
        (Script::Code(18), Outcome::Fail, 18),
        (Script::Code(20), Outcome::Fail, 20),
        (Script::Code(22), Outcome::Fail, 22),
        (Script::Code(122), Outcome::Info, 122),
        (Script::Close, Outcome::Info, -8),
        (Script::Silence, Outcome::Info, -11),
    ];
    for (script, outcome, code) in expected {
        for workload in [Workload::Register, Workload::Counter, Workload::Set, Workload::Sightings]
        {
            let history = operations(Mode::Sc, workload, 0, script).await;
            assert_eq!(surfaced(&history), (outcome, code), "{script:?} {}", workload.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_fail_or_find_nothing_and_are_never_in_doubt() {
    let expected = [
        (Script::Code(2), Outcome::Ok, 2),
        (Script::Code(1), Outcome::Fail, 1),
        (Script::Code(9), Outcome::Fail, 9),
        (Script::Code(11), Outcome::Fail, 11),
        (Script::Code(14), Outcome::Fail, 14),
        (Script::Close, Outcome::Fail, -8),
        (Script::Silence, Outcome::Fail, -11),
    ];
    for (script, outcome, code) in expected {
        for mode in [Mode::Sc, Mode::Ap] {
            let history = operations(mode, Workload::Register, 1000, script).await;
            assert_eq!(surfaced(&history), (outcome, code), "{script:?} {mode:?}");
            if outcome == Outcome::Ok {
                assert_eq!(history.operations.first().unwrap().returned, Returned::Absent);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_shows_its_generation() {
    let history = operations(Mode::Sc, Workload::Register, 0, Script::Code(0)).await;
    assert_eq!(surfaced(&history), (Outcome::Ok, 0));
    assert!(history.operations.iter().all(|operation| operation.generation == Some(5)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_is_retired_after_an_operation_in_doubt_and_only_then() {
    let in_doubt = operations(Mode::Sc, Workload::Register, 0, Script::Code(9)).await;
    assert!(in_doubt.operations.len() > 1);
    let in_doubt: Vec<_> = in_doubt.operations.iter().collect();
    assert!(in_doubt.windows(2).all(|pair| pair[0].process < pair[1].process));
    let refused = operations(Mode::Sc, Workload::Register, 0, Script::Code(11)).await;
    let refused: Vec<_> = refused.operations.iter().collect();
    assert!(refused.windows(2).all(|pair| pair[0].process == pair[1].process));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_do_not_drown_the_history() {
    let history = operations(Mode::Sc, Workload::Register, 0, Script::Code(11)).await;
    let count = history.operations.len();
    assert!((2..=30).contains(&count), "{count} operations in {BRIEF:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_compare_and_set_follows_its_read_on_the_same_key() {
    // Reads find nothing, so each is followed by a set that asks for an absent record, which this
    // server answers with not found as well.
    let history = operations(Mode::Ap, Workload::CasRegister, 0, Script::Code(2)).await;
    let operations: Vec<_> = history.operations.iter().collect();
    for pair in operations.chunks_exact(2) {
        assert_eq!(pair[0].call, Call::Read);
        assert!(matches!(pair[1].call, Call::Cas { expected: None, generation: 0, .. }));
        assert_eq!((pair[0].key, pair[0].process), (pair[1].key, pair[1].process));
    }
    assert!(operations.len() >= 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_of_strong_consistency_carry_their_mode() {
    use history::ReadMode::{AllowReplica, AllowUnavailable, Linearize, Session};
    for (mode, bits) in
        [(Linearize, 0x40), (Session, 0x00), (AllowReplica, 0x80), (AllowUnavailable, 0xc0)]
    {
        let server = Scripted::start(Script::Code(2)).await;
        let mut arm = arm(Mode::Sc);
        arm.read_mode = Some(mode);
        let mut load = load(Workload::Register, 1, BRIEF);
        load.reads_milli = 1000;
        run(&arm, &load, &client(150), &server.topology(), false).await;
        assert_eq!(server.read_bits(), bits, "{mode:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_client_cannot_send_fails() {
    let server = Scripted::start(Script::Close).await;
    let topology = server.topology();
    let mut load = load(Workload::Register, 1, Duration::from_millis(900));
    load.reads_milli = 0;
    let (arm, client) = (arm(Mode::Sc), client(150));
    let recording = run(&arm, &load, &client, &topology, false);
    let refusing = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        server.refuse();
    };
    let (recorded, ()) = tokio::join!(recording, refusing);
    let last = recorded.history.operations.last().unwrap();
    assert_eq!(last.outcome, Outcome::Fail, "code {}", last.code);
    assert!(last.code < 0, "code {}", last.code);
}
