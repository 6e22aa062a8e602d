//! `manage truncate`: records last updated before a time are gone, from every copy, for good.

use aerocert_emulator::world::{Channels, End, Interruption, Link};
use wire::ResultCode;

use crate::stage::{AP, NODES, SC, Stage};

/// Zero of record times in ns of Unix time.
const EPOCH_UNIX_NS: u64 = 1_262_304_000_000_000_000;

/// A node's wall clock in ns of Unix time.
fn clock_ns(stage: &Stage, node: u8) -> u64 {
    let ms = stage.world.node(node).unwrap().update_time_ms(stage.world.now_ns());
    EPOCH_UNIX_NS + ms * 1_000_000
}

#[test]
fn a_set_is_truncated_on_every_node_and_takes_new_writes() {
    for namespace in [SC, AP] {
        let mut stage = Stage::settled();
        for key in 0..12 {
            assert_eq!(stage.put(namespace, "red", key), ResultCode::OK);
            assert_eq!(stage.put(namespace, "blue", key), ResultCode::OK);
        }
        assert_eq!(stage.ask(4, &format!("truncate:namespace={namespace};set=red")), "ok");
        stage.wait_s(1);
        for key in 0..12 {
            assert_eq!(stage.get(1, namespace, "red", key), ResultCode::NOT_FOUND);
            assert_eq!(stage.get(1, namespace, "blue", key), ResultCode::OK);
        }
        assert_eq!(stage.put(namespace, "red", 1), ResultCode::OK);
        let read = stage.read(2, namespace, "red", 1);
        assert_eq!((read.result_code, read.generation), (ResultCode::OK, 1), "a new record");
        let sets: u64 = (0..6)
            .map(|node| {
                let sets = stage.ask(node, &format!("sets/{namespace}/red"));
                assert!(sets.is_empty() || !sets.contains("truncate_lut=0:"), "{sets}");
                let objects = sets
                    .strip_prefix("objects=")
                    .map_or("0", |rest| rest.split_once(':').map_or("0", |(objects, _)| objects));
                objects.parse::<u64>().unwrap()
            })
            .sum();
        assert_eq!(sets, 2, "one record in two copies");
    }
}

#[test]
fn a_time_divides_older_records_from_newer_ones() {
    let mut stage = Stage::settled();
    assert_eq!(stage.put(SC, "red", 1), ResultCode::OK);
    assert_eq!(stage.put(SC, "", 1), ResultCode::OK);
    let lut = clock_ns(&stage, 0);
    stage.wait_s(1);
    assert_eq!(stage.put(SC, "red", 2), ResultCode::OK);
    // The forms of a time: decimal, hexadecimal, octal.
    for lut in [format!("{lut}"), format!("{lut:#x}"), format!("0{lut:o}")] {
        let command = format!("truncate-namespace:namespace={SC};lut={lut}");
        assert_eq!(stage.ask(0, &command), "ok");
    }
    stage.wait_s(1);
    assert_eq!(stage.get(0, SC, "red", 1), ResultCode::NOT_FOUND);
    assert_eq!(stage.get(0, SC, "", 1), ResultCode::NOT_FOUND);
    assert_eq!(stage.get(0, SC, "red", 2), ResultCode::OK);
    let told_ms = (lut - EPOCH_UNIX_NS) / 1_000_000;
    assert_eq!(stage.count(3, SC, "truncate_lut"), told_ms);
    assert_eq!(stage.count(3, AP, "truncate_lut"), 0);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut stage = Stage::settled();
    let later = clock_ns(&stage, 0) + 60_000_000_000;
    for (command, answer) in [
        (
            format!("truncate:namespace={SC};set=red;lut={later}"),
            "ERROR:4:would truncate in the future",
        ),
        (
            format!("truncate-namespace:namespace={SC};lut={later}"),
            "ERROR:4:would truncate in the future",
        ),
        (format!("truncate:namespace={SC};set=red;lut=soon"), "ERROR:4:bad 'lut'"),
        (format!("truncate:namespace={SC}"), "ERROR:4:missing 'set'"),
        (format!("truncate-undo:namespace={SC}"), "ERROR:4:missing 'set'"),
        ("truncate:set=red".to_owned(), "ERROR:4:missing 'namespace'"),
        ("truncate-namespace:".to_owned(), "ERROR:4:missing 'namespace'"),
        // As a recorded server does: the command is the cluster's.
        ("truncate:namespace=nosuch;set=red".to_owned(), "ok"),
    ] {
        assert_eq!(stage.ask(0, &command), answer, "{command}");
    }
}

#[test]
fn an_undoing_lets_older_times_be_but_brings_nothing_back() {
    let mut stage = Stage::settled();
    assert_eq!(stage.put(AP, "red", 1), ResultCode::OK);
    let truncate = format!("truncate:namespace={AP};set=red");
    assert_eq!(stage.ask(0, &truncate), "ok");
    stage.wait_s(1);
    assert_eq!(stage.ask(5, &format!("truncate-undo:namespace={AP};set=red")), "ok");
    assert_eq!(stage.ask(5, &format!("truncate-namespace-undo:namespace={AP}")), "ok");
    stage.wait_s(1);
    assert_eq!(stage.get(0, AP, "red", 1), ResultCode::NOT_FOUND);
    assert_eq!(stage.put(AP, "red", 2), ResultCode::OK);
    for node in 0..6 {
        let sets = stage.ask(node, &format!("sets/{AP}/red"));
        assert!(sets.is_empty() || sets.contains("truncate_lut=0:"), "{sets}");
    }
}

#[test]
fn copies_that_were_away_do_not_come_back() {
    let mut stage = Stage::settled();
    for key in 0..12 {
        assert_eq!(stage.put(AP, "red", key), ResultCode::OK);
    }
    // London and Paris part, and only London truncates.
    let (london, paris): (Vec<u8>, Vec<u8>) =
        (0..6).partition(|node| NODES[usize::from(*node)].1 == 0);
    let links: Vec<Link> = london
        .iter()
        .flat_map(|one| paris.iter().map(|other| (End::Node(*one), End::Node(*other))))
        .flat_map(|(one, other)| [Link { from: one, to: other }, Link { from: other, to: one }])
        .collect();
    let cut = stage.world.interrupt(&links, Channels::ALL, Interruption::Cut).unwrap();
    stage.wait_s(10);
    assert_eq!(stage.ask(london[0], &format!("truncate:namespace={AP};set=red")), "ok");
    stage.wait_s(1);
    // A process that was down learns of it, too, and keeps it through the next restart.
    stage.world.kill(london[1]);
    stage.world.start(london[1], true);
    stage.wait_s(10);
    assert_eq!(stage.get(paris[0], AP, "red", 1), ResultCode::OK, "Paris does not know yet");
    stage.world.restore(cut).unwrap();
    stage.wait_s(30);
    for key in 0..12 {
        for node in 0..6 {
            assert_eq!(stage.get(node, AP, "red", key), ResultCode::NOT_FOUND, "{key} at {node}");
        }
    }
}
