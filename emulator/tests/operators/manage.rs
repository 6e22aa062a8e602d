//! `manage roster`, `manage recluster`, `manage quiesce`, `manage jobs`.

use crate::stage::{AP, NODES, ROSTER, SC, Stage};

/// The three lists of a node's roster.
fn roster(stage: &mut Stage, node: u8) -> [String; 3] {
    ["roster", "pending_roster", "observed_nodes"]
        .map(|key| stage.pair(node, &format!("roster:namespace={SC}"), key))
}

#[test]
fn a_staged_roster_is_pending_everywhere_until_the_cluster_reclusters() {
    let mut stage = Stage::bare();
    let [none, null, observed] = roster(&mut stage, 3);
    assert_eq!([none.as_str(), null.as_str(), observed.as_str()], ["null", "null", ROSTER]);
    // `manage roster stage observed ns mydata`, sent to one node.
    let set = format!("roster-set:namespace={SC};nodes={observed}");
    assert_eq!(stage.ask(3, &set), "ok");
    stage.wait_s(5);
    for node in 0..6 {
        assert_eq!(roster(&mut stage, node), ["null", ROSTER, ROSTER].map(str::to_owned));
        assert_eq!(stage.count(node, SC, "unavailable_partitions"), 4096);
    }
    stage.recluster();
    for node in 0..6 {
        assert_eq!(roster(&mut stage, node), [ROSTER; 3].map(str::to_owned));
        assert_eq!(stage.count(node, SC, "unavailable_partitions"), 0);
    }
}

#[test]
fn nodes_are_removed_from_a_roster_and_added_again() {
    let mut stage = Stage::settled();
    // `manage roster remove nodes A70@33`: the whole list without it.
    let without = ROSTER.trim_end_matches(",A70@33");
    assert_eq!(stage.ask(1, &format!("roster-set:namespace={SC};nodes={without}")), "ok");
    stage.wait_s(5);
    assert_eq!(roster(&mut stage, 5), [ROSTER, without, ROSTER].map(str::to_owned));
    stage.recluster();
    assert_eq!(roster(&mut stage, 5), [without, without, ROSTER].map(str::to_owned));
    assert_eq!(stage.count(5, SC, "ns_cluster_size"), 5);
    assert_eq!(stage.count(5, SC, "unavailable_partitions"), 0);
    assert_eq!(masters(&mut stage, 5, SC), 0, "who is not on the roster serves nothing");
    assert!(masters(&mut stage, 5, AP) > 0, "availability knows no roster");
    // `manage roster add nodes A70@33`.
    assert_eq!(stage.ask(1, &format!("roster-set:namespace={SC};nodes={ROSTER}")), "ok");
    stage.recluster();
    assert!(masters(&mut stage, 5, SC) > 0);
}

#[test]
fn reclustering_begins_a_round_with_the_same_members() {
    let mut stage = Stage::settled();
    let key = stage.pair(2, "statistics", "cluster_key");
    stage.recluster();
    assert_ne!(stage.pair(2, "statistics", "cluster_key"), key);
    assert_eq!(stage.pair(2, "statistics", "cluster_size"), "6");
}

/// Partitions of a namespace that a node masters.
fn masters(stage: &mut Stage, node: u8, namespace: &str) -> usize {
    let own = stage.ask(node, "node");
    let info = stage.ask(node, "partition-info");
    let rows = info.split(';').skip(1).map(|row| row.split(':').collect::<Vec<_>>());
    rows.filter(|row| row[0] == namespace && row[7] == own).count()
}

#[test]
fn a_quiesced_node_hands_its_masters_over_and_takes_them_back() {
    let mut stage = Stage::settled();
    let before = (masters(&mut stage, 2, SC), masters(&mut stage, 2, AP));
    assert!(before.0 > 600 && before.1 > 600, "{before:?}");
    assert_eq!(stage.ask(2, "quiesce:"), "ok");
    assert_eq!(stage.pair(2, "namespace/mydata", "pending_quiesce"), "true");
    assert_eq!(stage.pair(2, "namespace/mydata", "effective_is_quiesced"), "false");
    assert_eq!((masters(&mut stage, 2, SC), masters(&mut stage, 2, AP)), before);
    stage.recluster();
    assert_eq!((masters(&mut stage, 2, SC), masters(&mut stage, 2, AP)), (0, 0));
    for node in 0..NODES.len() as u8 {
        assert_eq!(stage.count(node, SC, "nodes_quiesced"), 1);
        assert_eq!(stage.count(node, SC, "unavailable_partitions"), 0);
    }
    assert_eq!(stage.pair(2, "namespace/mydata", "effective_is_quiesced"), "true");
    assert_eq!(stage.ask(2, "quiesce-undo:"), "ok");
    assert_eq!(masters(&mut stage, 2, SC), 0, "not before the cluster reclusters");
    stage.recluster();
    assert_eq!((masters(&mut stage, 2, SC), masters(&mut stage, 2, AP)), before);
}

#[test]
fn no_query_is_under_way_that_could_be_killed() {
    let mut stage = Stage::settled();
    for (view, command, answer) in [
        ("manage jobs kill trids", "query-abort:trid=123", "ERROR:2:trid not active"),
        ("manage jobs kill trids", "query-abort:trid=one", "ERROR:4:bad 'trid'"),
        ("manage jobs kill trids", "query-abort:", "ERROR:4:missing 'trid'"),
        ("manage jobs kill all queries", "query-abort-all:", "OK - number of queries killed: 0"),
        // Of older servers; this one knows none of it.
        ("manage jobs kill all scans", "scan-abort-all:", "ERROR:4:unrecognized command"),
        ("manage jobs kill trids", "scan-abort:trid=123", "ERROR:4:unrecognized command"),
        (
            "manage jobs kill trids",
            "jobs:module=query;cmd=kill-job;trid=123",
            "ERROR:4:unrecognized command",
        ),
    ] {
        assert_eq!(stage.ask(0, command), answer, "{view}: {command}");
    }
}
