//! The four ways to read, where they differ.

use wire::{ReadMode, ResultCode};

use crate::stage::Stage;

const MODES: [ReadMode; 4] =
    [ReadMode::Session, ReadMode::Linearize, ReadMode::AllowReplica, ReadMode::AllowUnavailable];

fn with_a_record() -> (Stage, u8, u8) {
    let mut stage = Stage::new(|_| {});
    assert_eq!(stage.put(0, 1, 7), ResultCode::OK);
    let [master, replica] = stage.holders(1)[..] else { panic!("two copies") };
    (stage, master, replica)
}

#[test]
fn all_modes_read_the_same_of_a_whole_cluster_through_any_node() {
    let (mut stage, ..) = with_a_record();
    for node in 0..6 {
        for mode in MODES {
            assert_eq!(stage.get(node, 1, mode), Ok(7), "node {node}, {mode:?}");
        }
    }
}

#[test]
fn a_master_that_is_cut_off_serves_sessions_until_it_knows_and_linearizes_nothing() {
    let (mut stage, master, replica) = with_a_record();
    stage.cut_off(master, false);
    stage.wait_ms(200);
    assert_eq!(stage.get(master, 1, ReadMode::Session), Ok(7), "it asks nobody");
    let read = stage.get(master, 1, ReadMode::Linearize);
    assert_eq!(read, Err(ResultCode::TIMEOUT), "its replica does not answer");
    stage.wait_ms(4_000);
    for mode in [ReadMode::Session, ReadMode::Linearize] {
        assert_eq!(stage.get(master, 1, mode), Err(ResultCode::UNAVAILABLE), "{mode:?}");
        assert_eq!(stage.get(replica, 1, mode), Ok(7), "{mode:?}: the others go on");
    }
}

#[test]
fn a_replica_answers_relaxed_reads_alone_and_passes_all_others_on() {
    let (mut stage, master, replica) = with_a_record();
    stage.world.pause(master);
    for mode in [ReadMode::AllowReplica, ReadMode::AllowUnavailable] {
        assert_eq!(stage.get(replica, 1, mode), Ok(7), "{mode:?}");
    }
    assert_eq!(stage.get(replica, 1, ReadMode::Session), Err(ResultCode::TIMEOUT));
}

#[test]
fn only_the_last_resort_reads_what_is_unavailable() {
    let (mut stage, master, replica) = with_a_record();
    stage.cut_off(replica, false);
    stage.wait_ms(5_000);
    assert_eq!(stage.view(replica).unavailable_partitions, 4096);
    assert_eq!(stage.put(master, 1, 8), ResultCode::OK);
    for mode in [ReadMode::Session, ReadMode::Linearize, ReadMode::AllowReplica] {
        assert_eq!(stage.get(replica, 1, mode), Err(ResultCode::UNAVAILABLE), "{mode:?}");
    }
    let stale = stage.get(replica, 1, ReadMode::AllowUnavailable);
    assert_eq!(stale, Ok(7), "it may be very old");
}

/// Five quantum intervals: about nine seconds.
#[test]
fn an_orphan_keeps_its_old_map_for_nine_seconds_and_then_serves_nothing() {
    let (mut stage, master, _) = with_a_record();
    stage.cut_off(master, true);
    stage.wait_ms(8_000);
    let cluster = |stage: &Stage| stage.world.node(master).unwrap().cluster(0);
    assert_eq!((cluster(&stage).members.len(), cluster(&stage).integrity), (6, false));
    assert_eq!(stage.get(master, 1, ReadMode::Session), Ok(7));
    stage.wait_ms(4_000);
    assert_eq!(cluster(&stage).members.len(), 0);
    assert_eq!(stage.view(master).unavailable_partitions, 4096);
    assert_eq!(stage.get(master, 1, ReadMode::Session), Err(ResultCode::UNAVAILABLE));
}
