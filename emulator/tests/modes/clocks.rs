//! Clocks that are apart.

use wire::{ReadMode, ResultCode};

use crate::stage::{NODES, Stage};

/// With heartbeats of 150 ms, ten of which may be missing, writes stop at 20 s, three quarters of
/// the 27 s above which data can be lost.
#[test]
fn writes_stop_while_clocks_are_more_than_twenty_seconds_apart() {
    for (offset_ms, stops) in [(19_000, false), (22_000, true), (-19_000, false), (-22_000, true)] {
        let mut stage = Stage::new(|_| {});
        assert_eq!(stage.put(0, 1, 1), ResultCode::OK);
        stage.world.set_clock_offset(2, offset_ms);
        // The measure is the greatest of the last ten heartbeats.
        stage.wait_ms(2_000);
        for node in 0..NODES {
            assert_eq!(stage.view(node).clock_skew_stop_writes, stops, "{offset_ms}");
            let skew_ms = stage.world.node(node).unwrap().cluster(0).clock_skew_ms;
            assert!(skew_ms.abs_diff(offset_ms.unsigned_abs()) < 100, "{offset_ms}: {skew_ms}");
        }
        let wanted = if stops { ResultCode::FORBIDDEN } else { ResultCode::OK };
        assert_eq!(stage.put(0, 1, 2), wanted, "{offset_ms}");
        let value = if stops { 1 } else { 2 };
        assert_eq!(stage.get(0, 1, ReadMode::Linearize), Ok(value), "reads go on");
        stage.world.set_clock_offset(2, 0);
        stage.wait_ms(2_000);
        assert_eq!(stage.put(0, 1, 3), ResultCode::OK, "{offset_ms}");
    }
}

/// A record's time never falls, so that a clock that is set back within the limit reorders nothing.
#[test]
fn a_clock_that_is_set_back_reorders_no_writes() {
    let mut stage = Stage::new(|_| {});
    let master = stage.holders(1)[0];
    stage.world.set_clock_offset(master, 15_000);
    assert_eq!(stage.put(master, 1, 1), ResultCode::OK);
    stage.world.set_clock_offset(master, -4_000);
    assert_eq!(stage.put(master, 1, 2), ResultCode::OK);
    stage.world.kill(master);
    stage.wait_ms(3_000);
    stage.world.start(master, true);
    stage.wait_ms(10_000);
    for node in 0..NODES {
        assert_eq!(stage.get(node, 1, ReadMode::Linearize), Ok(2), "node {node}");
    }
}
