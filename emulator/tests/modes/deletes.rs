//! Deletes, durable and not.

use wire::{ReadMode, ResultCode};

use crate::stage::{NODES, Stage};

fn tombstones(stage: &Stage) -> (u64, u64) {
    let views = (0..NODES).map(|node| stage.view(node));
    views.fold((0, 0), |(masters, proles), view| {
        (masters + view.master_tombstones, proles + view.prole_tombstones)
    })
}

#[test]
fn a_durable_delete_leaves_a_tombstone_on_every_copy_that_survives_a_restart() {
    let mut stage = Stage::new(|_| {});
    assert_eq!(stage.put(0, 1, 1), ResultCode::OK);
    assert_eq!(stage.delete(1, true), ResultCode::OK);
    assert_eq!(tombstones(&stage), (1, 1));
    let master = stage.holders(1)[0];
    stage.world.kill(master);
    stage.wait_ms(3_000);
    stage.world.start(master, true);
    stage.wait_ms(10_000);
    for node in 0..NODES {
        let read = stage.get(node, 1, ReadMode::Linearize);
        assert_eq!(read, Err(ResultCode::NOT_FOUND), "node {node}");
    }
    assert_eq!(tombstones(&stage), (1, 1));
}

#[test]
fn an_expunge_is_refused_unless_the_namespace_allows_it() {
    let mut strict = Stage::new(|_| {});
    assert_eq!(strict.put(0, 1, 1), ResultCode::OK);
    assert_eq!(strict.delete(1, false), ResultCode::FORBIDDEN);
    assert_eq!(strict.get(0, 1, ReadMode::Linearize), Ok(1));
    let mut lax = Stage::new(|namespace| namespace.allow_expunge = true);
    assert_eq!(lax.put(0, 1, 1), ResultCode::OK);
    assert_eq!(lax.delete(1, false), ResultCode::OK);
    assert_eq!(lax.get(0, 1, ReadMode::Linearize), Err(ResultCode::NOT_FOUND));
    assert_eq!(tombstones(&lax), (0, 0));
}
