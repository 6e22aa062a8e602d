//! Availability: both sides of a cut go on, and what they wrote is merged.

use aerocert_emulator::node::{ConflictResolution, MigrationRate, Mode};
use wire::{ReadMode, ResultCode};

use crate::stage::{NODES, Stage};

const KEYS: std::ops::Range<i64> = 0..40;
/// The two sides.
const ONE: u8 = 0;
const OTHER: u8 = 3;

/// A cluster whose sides, three nodes each, have written each key while they were apart: one side
/// more often, and the other side later. They have just met again.
fn rejoined(policy: ConflictResolution) -> Stage {
    let mut stage = Stage::new(|namespace| {
        namespace.mode = Mode::Ap;
        namespace.conflict_resolution = policy;
        // Slow enough to look on.
        namespace.migration =
            MigrationRate { partitions_per_second: 200, records_per_second: 20_000 };
    });
    for key in KEYS {
        assert_eq!(stage.put(ONE, key, 1), ResultCode::OK);
    }
    let cut = stage.part(&[0, 1, 2]);
    stage.wait_ms(4_000);
    for (node, value, writes) in [(ONE, 10, 3), (OTHER, 20, 1)] {
        for key in KEYS {
            for _ in 0..writes {
                assert_eq!(stage.put(node, key, value), ResultCode::OK, "all is served");
            }
        }
    }
    stage.world.restore(cut).unwrap();
    while (0..NODES).any(|node| stage.view(node).cluster_size < 6) {
        stage.wait_ms(20);
    }
    assert!(stage.migrations() > 0);
    stage
}

fn settle(stage: &mut Stage) {
    while stage.migrations() > 0 {
        stage.wait_ms(200);
    }
}

#[test]
fn whole_records_are_merged_by_the_policy_on_every_node() {
    for (policy, winner) in
        [(ConflictResolution::Generation, 10), (ConflictResolution::LastUpdateTime, 20)]
    {
        let mut stage = rejoined(policy);
        settle(&mut stage);
        for node in 0..NODES {
            for key in KEYS {
                let read = stage.get(node, key, ReadMode::Session);
                assert_eq!(read, Ok(winner), "{policy:?}, node {node}, key {key}");
            }
        }
    }
}

#[test]
fn reads_go_backwards_while_data_move_and_never_after() {
    let mut stage = rejoined(ConflictResolution::Generation);
    let losers = |stage: &mut Stage| {
        let read = |key: &i64| stage.get(ONE, *key, ReadMode::Session) == Ok(20);
        KEYS.filter(read).count()
    };
    assert!(losers(&mut stage) > 0, "this side read nothing but 10 before");
    settle(&mut stage);
    assert_eq!(losers(&mut stage), 0);
}

#[test]
fn who_asks_all_copies_reads_the_winner_while_data_move() {
    let mut stage = rejoined(ConflictResolution::Generation);
    for key in KEYS {
        assert_eq!(stage.get_of_all(ONE, key), Ok(10), "key {key}");
    }
    assert!(stage.migrations() > 0);
}

/// Both copies of some partitions are on one side: the other begins those anew.
#[test]
fn what_had_both_copies_on_the_other_side_is_not_found_and_begins_at_the_first_generation() {
    let mut stage = Stage::new(|namespace| namespace.mode = Mode::Ap);
    let away = |key: &i64| stage.holders(*key).iter().all(|node| *node >= OTHER);
    let away: Vec<i64> = KEYS.filter(away).collect();
    assert!(!away.is_empty());
    for key in &away {
        assert_eq!(stage.put(ONE, *key, 1), ResultCode::OK);
    }
    stage.part(&[0, 1, 2]);
    stage.wait_ms(4_000);
    let fresh = stage.view(ONE).fresh_partitions;
    assert!((700..1_000).contains(&fresh), "a fifth of 4096: {fresh}");
    for key in &away {
        let read = stage.get(ONE, *key, ReadMode::Session);
        assert_eq!(read, Err(ResultCode::NOT_FOUND), "not: unavailable");
        assert_eq!(stage.get(OTHER, *key, ReadMode::Session), Ok(1));
    }
}

#[test]
fn a_linearized_read_is_refused() {
    let mut stage = Stage::new(|namespace| namespace.mode = Mode::Ap);
    assert_eq!(stage.put(ONE, 1, 1), ResultCode::OK);
    let read = stage.get(ONE, 1, ReadMode::Linearize);
    assert_eq!(read, Err(ResultCode::ENTERPRISE_ONLY));
}
