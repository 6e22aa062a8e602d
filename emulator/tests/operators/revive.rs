//! `manage revive`: partitions whose data are gone are served again, empty or with what is left.

use wire::ResultCode;

use crate::stage::{AP, SC, Stage};

const KEYS: i64 = 60;

fn sum_of_codes(stage: &mut Stage, wanted: ResultCode) -> usize {
    (0..KEYS).filter(|key| stage.get(0, SC, "demo", *key) == wanted).count()
}

/// Two nodes die at once, and return without their data.
fn lose_two(stage: &mut Stage) {
    for node in [0, 1] {
        stage.world.kill(node);
    }
    for node in [0, 1] {
        stage.world.start(node, false);
    }
    stage.wait_s(30);
}

/// Two nodes of different racks lose their storage while both are away: what had its copies on them
/// is dead.
fn with_dead_partitions() -> Stage {
    let mut stage = Stage::settled();
    for key in 0..KEYS {
        assert_eq!(stage.put(SC, "demo", key), ResultCode::OK);
    }
    lose_two(&mut stage);
    stage
}

#[test]
fn dead_partitions_are_revived_by_every_node_and_a_recluster() {
    let mut stage = with_dead_partitions();
    let dead = stage.count(3, SC, "dead_partitions");
    assert!(dead > 100, "{dead}");
    assert_eq!(stage.count(3, SC, "unavailable_partitions"), 0, "the whole roster is here");
    let refused = sum_of_codes(&mut stage, ResultCode::UNAVAILABLE);
    let found = sum_of_codes(&mut stage, ResultCode::OK);
    assert!(refused > 0 && found > 0 && refused + found == KEYS as usize);
    assert_eq!(stage.ask(3, "cluster-stable:"), "ERROR:7:unstable cluster");

    stage.recluster();
    assert_eq!(stage.count(3, SC, "dead_partitions"), dead, "reclustering alone is no help");
    for node in 0..6 {
        assert_eq!(stage.ask(node, &format!("revive:namespace={SC}")), "ok");
    }
    assert_eq!(stage.count(3, SC, "dead_partitions"), dead, "not before the cluster reclusters");
    stage.recluster();
    for node in 0..6 {
        assert_eq!(stage.count(node, SC, "dead_partitions"), 0);
        assert_eq!(stage.count(node, SC, "unavailable_partitions"), 0);
    }
    assert_eq!(sum_of_codes(&mut stage, ResultCode::OK), found, "what was left is served");
    assert_eq!(sum_of_codes(&mut stage, ResultCode::NOT_FOUND), refused, "what was lost is gone");
    for key in 0..KEYS {
        assert_eq!(stage.put(SC, "demo", key), ResultCode::OK);
    }
    // A revival is over with its round: the next loss makes partitions dead again.
    lose_two(&mut stage);
    assert_eq!(stage.count(3, SC, "dead_partitions"), dead);
}

#[test]
fn an_untrusted_node_that_is_left_out_keeps_partitions_dead() {
    let mut stage = with_dead_partitions();
    let dead = stage.count(3, SC, "dead_partitions");
    assert_eq!(stage.ask(1, "revive:"), "ok");
    stage.recluster();
    assert_eq!(stage.count(3, SC, "dead_partitions"), dead);
    assert_eq!(stage.ask(0, "revive:"), "ok");
    assert_eq!(stage.ask(1, "revive:"), "ok");
    stage.recluster();
    assert_eq!(stage.count(3, SC, "dead_partitions"), 0);
}

#[test]
fn nothing_is_revived_while_a_node_of_the_roster_is_missing() {
    let mut stage = Stage::settled();
    assert_eq!(stage.ask(2, &format!("revive:namespace={AP}")), "ok", "there is nothing to do");
    assert_eq!(stage.ask(2, "revive:namespace=nosuch"), "ERROR:20:namespace not found on node");
    stage.world.kill(5);
    stage.wait_s(10);
    assert_eq!(stage.ask(2, &format!("revive:namespace={SC}")), "ERROR:7:failed revive");
    assert_eq!(stage.ask(2, "revive:"), "ERROR:7:failed revive");
}
