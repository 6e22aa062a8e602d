//! A master that stands still with writes in its hands, while the others go on without it.

use wire::{ReadMode, ResultCode};

use crate::stage::{NODES, Stage, write};

/// The pause is as long as the reference of limits allows, and longer.
#[test]
fn a_write_that_a_paused_master_held_does_not_overtake_those_that_came_after_it() {
    for pause_ms in [3_000, 12_000, 26_000, 40_000] {
        let mut stage = Stage::new(|_| {});
        assert_eq!(stage.put(0, 1, 1), ResultCode::OK);
        let [master, replica] = stage.holders(1)[..] else { panic!("two copies") };
        stage.world.pause(master);
        let trapped = stage.ask(master, 1, write(2));
        stage.wait_ms(pause_ms);
        assert_eq!(stage.put(replica, 1, 3), ResultCode::OK, "others took over");
        stage.world.resume(master);
        let code = stage.code(trapped);
        assert_ne!(code, ResultCode::OK, "{pause_ms} ms");
        stage.wait_ms(10_000);
        for node in 0..NODES {
            let read = stage.get(node, 1, ReadMode::Linearize);
            assert_eq!(read, Ok(3), "node {node} after {pause_ms} ms");
        }
    }
}

#[test]
fn a_write_whose_replica_is_silent_is_in_doubt_and_settled_by_the_next_read() {
    let mut stage = Stage::new(|_| {});
    assert_eq!(stage.put(0, 1, 1), ResultCode::OK);
    let [master, replica] = stage.holders(1)[..] else { panic!("two copies") };
    stage.world.pause(replica);
    assert_eq!(stage.put(master, 1, 2), ResultCode::TIMEOUT);
    assert_eq!(stage.view(master).unreplicated_records, 1);
    stage.world.resume(replica);
    let settled = stage.get(master, 1, ReadMode::Session);
    assert_eq!(settled, Ok(2), "it was applied, and is replicated before anybody sees it");
    assert_eq!(stage.view(master).unreplicated_records, 0);
    stage.world.kill(master);
    stage.wait_ms(3_000);
    assert_eq!(stage.get(replica, 1, ReadMode::Linearize), Ok(2));
}
