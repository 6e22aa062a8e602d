//! Clusters form, split, merge and move their data, in virtual time.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod stretch;
mod timing;

use aerocert_emulator::world::{Channels, Interruption};
use stretch::{AP, SC, SECOND, Stretch};

#[test]
fn six_nodes_form_a_cluster_and_share_all_partitions() {
    let mut stretch = Stretch::new(1);
    stretch.run_for(4 * SECOND);
    stretch.assert_one_cluster(6);
    for namespace in [SC, AP] {
        let masters: Vec<usize> = (0..6).map(|node| stretch.masters(node, namespace)).collect();
        assert_eq!(masters.iter().sum::<usize>(), 4096, "{namespace}: {masters:?}");
        assert!(masters.iter().all(|count| [682, 683].contains(count)), "{masters:?}");
    }
}

#[test]
fn a_cut_between_the_racks_leaves_each_half_its_half_in_sc_and_everything_in_ap() {
    let mut stretch = Stretch::new(2);
    stretch.run_for(4 * SECOND);
    let cut = stretch.cut(&[0, 2, 5], &[1, 3, 4], Interruption::Cut);
    stretch.run_for(8 * SECOND);
    for node in 0..6 {
        let view = stretch.world.node(node).unwrap().namespace(SC).unwrap();
        assert_eq!(view.unavailable_partitions, 2048, "node {node}");
        assert_eq!(view.dead_partitions, 0, "node {node}");
    }
    for side in [[0, 2, 5], [1, 3, 4]] {
        let masters = |namespace| -> usize {
            side.iter().map(|node| stretch.masters(*node, namespace)).sum()
        };
        assert_eq!(masters(SC), 2048, "{side:?}");
        assert_eq!(masters(AP), 4096, "{side:?}");
    }
    stretch.world.restore(cut).unwrap();
    stretch.run_for(30 * SECOND);
    stretch.assert_one_cluster(6);
    assert_eq!(stretch.migrations(), 0);
    let masters: usize = (0..6).map(|node| stretch.masters(node, SC)).sum();
    assert_eq!(masters, 4096);
}

#[test]
fn a_cut_is_noticed_after_the_node_timeout_and_a_quantum_not_at_once() {
    let mut stretch = Stretch::new(3);
    stretch.run_for(4 * SECOND);
    stretch.cut(&[0, 2, 5], &[1, 3, 4], Interruption::Cut);
    stretch.run_for(1_400_000_000);
    stretch.assert_one_cluster(6);
    stretch.run_for(1_000_000_000);
    assert_eq!(stretch.world.node(0).unwrap().cluster(0).members.len(), 3);
    assert_eq!(stretch.world.node(1).unwrap().cluster(0).members.len(), 3);
}

#[test]
fn detection_moves_when_heartbeats_alone_are_held_back() {
    let mut stretch = Stretch::new(4);
    stretch.run_for(4 * SECOND);
    let fabric = Channels { heartbeat: false, fabric: true };
    stretch.interrupt(&[0, 2, 5], &[1, 3, 4], fabric, Interruption::Stall);
    stretch.run_for(5 * SECOND);
    stretch.assert_one_cluster(6);
    let heartbeat = Channels { heartbeat: true, fabric: false };
    stretch.interrupt(&[0, 2, 5], &[1, 3, 4], heartbeat, Interruption::Stall);
    stretch.run_for(3 * SECOND);
    assert_eq!(stretch.world.node(0).unwrap().cluster(0).members.len(), 3);
}

#[test]
fn a_killed_node_leaves_and_returns() {
    let mut stretch = Stretch::new(5);
    stretch.run_for(4 * SECOND);
    stretch.world.kill(0);
    stretch.run_for(3 * SECOND);
    assert_eq!(stretch.world.node(1).unwrap().cluster(0).members.len(), 5);
    assert_eq!(stretch.world.node(1).unwrap().namespace(SC).unwrap().unavailable_partitions, 0);
    stretch.world.start(0, true);
    stretch.run_for(20 * SECOND);
    stretch.assert_one_cluster(6);
    assert_eq!(stretch.migrations(), 0);
}

#[test]
fn two_against_four_depends_on_the_racks() {
    let mut inside = Stretch::new(6);
    inside.run_for(4 * SECOND);
    inside.cut(&[1, 3], &[0, 2, 4, 5], Interruption::Cut);
    inside.run_for(5 * SECOND);
    let unavailable = |stretch: &Stretch, node| {
        stretch.world.node(node).unwrap().namespace(SC).unwrap().unavailable_partitions
    };
    assert_eq!(unavailable(&inside, 0), 0);
    assert_eq!(unavailable(&inside, 1), 4096);
    let mut across = Stretch::new(7);
    across.run_for(4 * SECOND);
    across.cut(&[0, 1], &[2, 3, 4, 5], Interruption::Cut);
    across.run_for(5 * SECOND);
    let (four, two) = (unavailable(&across, 2), unavailable(&across, 0));
    assert_eq!(four + two, 4096);
    assert!((400..=490).contains(&four), "{four}");
}

#[test]
fn a_quiesced_node_gives_everything_away_and_counts_all_the_same() {
    let mut stretch = Stretch::new(8);
    stretch.run_for(4 * SECOND);
    let ask = |stretch: &mut Stretch, node, command: &str| {
        stretch.world.info(node, &format!("{command}\n")).unwrap().trim_end().to_owned()
    };
    assert_eq!(ask(&mut stretch, 3, "quiesce:"), "quiesce:\tok");
    stretch.run_for(5 * SECOND);
    assert!(stretch.masters(3, SC) > 0, "it waits for a rebalance");
    assert_eq!(ask(&mut stretch, 0, "recluster:"), "recluster:\tok");
    stretch.run_for(30 * SECOND);
    for namespace in [SC, AP] {
        let masters: Vec<usize> = (0..6).map(|node| stretch.masters(node, namespace)).collect();
        assert_eq!(masters.iter().sum::<usize>(), 4096, "{namespace}: {masters:?}");
        assert_eq!(masters[3], 0, "{namespace}: {masters:?}");
        let view = stretch.world.node(0).unwrap().namespace(namespace).unwrap();
        assert_eq!((view.nodes_quiesced, view.effective_is_quiesced), (1, false));
        let own = stretch.world.node(3).unwrap();
        assert!(own.namespace(namespace).unwrap().effective_is_quiesced);
        let replicas =
            (0..4096).filter(|p| own.partition(namespace, *p).unwrap().replica.is_some());
        assert_eq!(replicas.count(), 0, "{namespace}");
    }
    // It counts as half of its half, and wins no tie for the partitions that it is master of.
    let cut = stretch.cut(&[0, 2, 5], &[1, 3, 4], Interruption::Cut);
    stretch.run_for(8 * SECOND);
    let unavailable =
        |node| stretch.world.node(node).unwrap().namespace(SC).unwrap().unavailable_partitions;
    assert_eq!((unavailable(0), unavailable(1)), (2048, 4096 - 683 - 682));
    stretch.world.restore(cut).unwrap();
    assert_eq!(ask(&mut stretch, 3, "quiesce-undo:"), "quiesce-undo:\tok");
    stretch.run_for(30 * SECOND);
    assert_eq!(stretch.migrations(), 0);
    assert!([682, 683].contains(&stretch.masters(3, SC)));
    assert!([682, 683].contains(&stretch.masters(3, AP)));
}

#[test]
fn a_rack_that_is_changed_shows_after_a_rebalance_and_is_forgotten_by_a_restart() {
    let mut stretch = Stretch::new(9);
    stretch.run_for(4 * SECOND);
    let ask = |stretch: &mut Stretch, node, command: &str| {
        stretch.world.info(node, &format!("{command}\n")).unwrap()
    };
    let change = |rack: &str| format!("set-config:context=namespace;id={SC};rack-id={rack}");
    let observed = |stretch: &Stretch| {
        let view = stretch.world.node(0).unwrap().roster(SC).unwrap();
        (view.observed[3].rack, view.roster.iter().find(|e| e.node.0 == 0xA352).unwrap().rack)
    };
    for wrong in ["", "-1", "1000001", "x"] {
        assert!(ask(&mut stretch, 3, &change(wrong)).contains("ERROR:4"), "{wrong}");
    }
    assert!(ask(&mut stretch, 3, &change("7")).ends_with("\tok\n"));
    assert!(ask(&mut stretch, 3, &format!("namespace/{SC}")).contains(";rack-id=7;"));
    stretch.run_for(3 * SECOND);
    assert_eq!(observed(&stretch), (32, 32), "it waits for a rebalance");
    ask(&mut stretch, 0, "recluster:");
    stretch.run_for(3 * SECOND);
    assert_eq!(observed(&stretch), (7, 32), "the roster's rack stays");
    stretch.world.kill(3);
    stretch.run_for(5 * SECOND);
    stretch.world.start(3, true);
    stretch.run_for(5 * SECOND);
    assert_eq!(observed(&stretch), (32, 32), "its file has the old one");
}
