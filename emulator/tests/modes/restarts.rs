//! How a node may end and begin again, and what of its data can be relied on.

use wire::{ReadMode, ResultCode};

use crate::stage::{NODES, Stage};

/// Keys whose two copies are on nodes 0 and 1.
fn shared_keys(stage: &Stage) -> Vec<i64> {
    let both = |key: &i64| {
        let mut holders = stage.holders(*key);
        holders.sort_unstable();
        holders == [0, 1]
    };
    (0..).filter(both).take(8).collect()
}

/// A cluster that holds 1 for each of the keys on its devices, and 2 in memory at least.
fn written(commit_to_device: bool) -> (Stage, Vec<i64>) {
    let mut stage = Stage::new(|namespace| namespace.commit_to_device = commit_to_device);
    let keys = shared_keys(&stage);
    for value in [1, 2] {
        // Devices are written once a second.
        stage.wait_ms(1_500);
        for key in &keys {
            assert_eq!(stage.put(0, *key, value), ResultCode::OK);
        }
    }
    (stage, keys)
}

fn values(stage: &mut Stage, keys: &[i64]) -> Vec<Result<i64, ResultCode>> {
    keys.iter().map(|key| stage.get(3, *key, ReadMode::Linearize)).collect()
}

#[test]
fn a_clean_stop_is_trusted_and_a_fast_restart_keeps_what_was_known_of_replicas() {
    for warm in [true, false] {
        let (mut stage, keys) = written(false);
        stage.world.stop(0, warm);
        stage.wait_ms(5_000);
        stage.world.start(0, true);
        assert_eq!(stage.untrusted(0), 0);
        let unknown = if warm { 0 } else { keys.len() as u64 };
        assert_eq!(stage.view(0).unreplicated_records, unknown, "warm: {warm}");
        stage.wait_ms(10_000);
        assert_eq!(values(&mut stage, &keys), vec![Ok(2); keys.len()]);
    }
}

#[test]
fn a_whole_cluster_that_stops_cleanly_comes_back_with_everything() {
    let (mut stage, keys) = written(false);
    (0..NODES).for_each(|node| stage.world.stop(node, true));
    (0..NODES).for_each(|node| stage.world.start(node, true));
    stage.wait_ms(10_000);
    assert_eq!(stage.view(0).dead_partitions, 0);
    assert_eq!(values(&mut stage, &keys), vec![Ok(2); keys.len()]);
}

#[test]
fn a_killed_node_with_commit_to_device_is_trusted_and_knows_nothing_of_replicas() {
    let (mut stage, keys) = written(true);
    stage.world.kill(0);
    stage.world.start(0, true);
    assert_eq!(stage.untrusted(0), 0);
    assert_eq!(stage.view(0).unreplicated_records, keys.len() as u64);
    stage.wait_ms(10_000);
    assert_eq!(values(&mut stage, &keys), vec![Ok(2); keys.len()]);
}

#[test]
fn all_copies_killed_at_once_lose_nothing_with_commit_to_device() {
    let (mut stage, keys) = written(true);
    [0, 1].into_iter().for_each(|node| stage.world.kill(node));
    [0, 1].into_iter().for_each(|node| stage.world.start(node, true));
    stage.wait_ms(10_000);
    assert_eq!(stage.view(3).dead_partitions, 0);
    assert_eq!(values(&mut stage, &keys), vec![Ok(2); keys.len()]);
}

/// What the node that was away holds counts again: the other copy may go.
fn assert_counts_without_the_other_copy(stage: &mut Stage, keys: &[i64]) {
    stage.world.kill(1);
    stage.wait_ms(3_000);
    assert_eq!(stage.view(3).unavailable_partitions, 0);
    assert_eq!(values(stage, keys), vec![Ok(2); keys.len()]);
}

#[test]
fn a_killed_node_without_commit_to_device_is_not_trusted_until_it_is_filled() {
    let (mut stage, keys) = written(false);
    stage.world.kill(0);
    stage.wait_ms(3_000);
    stage.world.start(0, true);
    assert!(stage.untrusted(0) > 1000, "{}", stage.untrusted(0));
    stage.wait_ms(10_000);
    assert_eq!(stage.untrusted(0), 0);
    assert_eq!(values(&mut stage, &keys), vec![Ok(2); keys.len()]);
    assert_counts_without_the_other_copy(&mut stage, &keys);
}

#[test]
fn a_node_whose_storage_was_wiped_counts_again_once_it_is_filled() {
    let (mut stage, keys) = written(true);
    stage.world.kill(0);
    stage.wait_ms(3_000);
    stage.world.start(0, false);
    stage.wait_ms(10_000);
    assert_eq!(values(&mut stage, &keys), vec![Ok(2); keys.len()]);
    assert_counts_without_the_other_copy(&mut stage, &keys);
}

/// As in a loss of power: all copies stop before they write the last second.
#[test]
fn all_copies_killed_at_once_without_commit_to_device_are_dead_and_revived_without_the_last_writes()
{
    let (mut stage, keys) = written(false);
    [0, 1].into_iter().for_each(|node| stage.world.kill(node));
    [0, 1].into_iter().for_each(|node| stage.world.start(node, true));
    stage.wait_ms(10_000);
    let (dead, unavailable) = (stage.view(3).dead_partitions, stage.view(3).unavailable_partitions);
    assert!(dead > 100 && unavailable == 0, "{dead} dead, {unavailable} unavailable");
    let refused = Err(ResultCode::UNAVAILABLE);
    assert_eq!(values(&mut stage, &keys), vec![refused; keys.len()]);
    revive(&mut stage);
    assert_eq!(values(&mut stage, &keys), vec![Ok(1); keys.len()], "acknowledged, and lost");
}

/// One of the copies has what the other lost: their devices are written at different times.
#[test]
fn revived_copies_are_merged_whichever_has_more() {
    let mut stage = Stage::new(|namespace| namespace.commit_to_device = false);
    // Node 0 writes its device at whole seconds, node 1 half a second later.
    stage.wait_ms(500);
    stage.world.stop(1, true);
    stage.world.start(1, true);
    stage.wait_ms(10_000);
    let keys = shared_keys(&stage);
    for master in [0, 1] {
        assert!(keys.iter().any(|key| stage.holders(*key)[0] == master), "{master}");
    }
    for value in [1, 2] {
        keys.iter().for_each(|key| assert_eq!(stage.put(0, *key, value), ResultCode::OK));
        stage.wait_ms(if value == 1 { 1_600 } else { 500 });
    }
    [0, 1].into_iter().for_each(|node| stage.world.kill(node));
    [0, 1].into_iter().for_each(|node| stage.world.start(node, true));
    stage.wait_ms(10_000);
    assert_eq!(values(&mut stage, &keys), vec![Err(ResultCode::UNAVAILABLE); keys.len()]);
    revive(&mut stage);
    assert_eq!(values(&mut stage, &keys), vec![Ok(2); keys.len()]);
    for node in [0, 1] {
        assert_eq!((stage.untrusted(node), stage.view(node).unreplicated_records), (0, 0));
    }
    stage.world.kill(0);
    stage.wait_ms(3_000);
    assert_eq!(values(&mut stage, &keys), vec![Ok(2); keys.len()], "on both copies");
}

/// Revives every node, and reclusters.
fn revive(stage: &mut Stage) {
    let mut tell = |node: u8, command: &str| {
        let answer = stage.world.info(node, &format!("{command}\n")).unwrap();
        answer.trim_end().ends_with("ok")
    };
    assert!((0..NODES).all(|node| tell(node, "revive:")));
    assert_eq!((0..NODES).filter(|node| tell(*node, "recluster:")).count(), 1);
    stage.wait_ms(10_000);
    assert_eq!(stage.view(3).dead_partitions, 0);
}
