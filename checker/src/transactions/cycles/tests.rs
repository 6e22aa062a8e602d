use super::*;
use Kind::{Process, ReadWrite, ReadWriteOn, Realtime, RealtimeOn, WriteRead, WriteWrite};

/// The classes, and the transactions of each cycle.
fn found(
    transactions: u32,
    nodes: usize,
    edges: &[(u32, u32, Kind)],
) -> Vec<(&'static str, Vec<u32>)> {
    let edges: Vec<Edge> =
        edges.iter().map(|(from, to, kind)| Edge { from: *from, to: *to, kind: *kind }).collect();
    let cycles = find(&Graph::new(nodes, &edges), transactions, 10);
    let nodes = |cycle: &Cycle| cycle.iter().map(|edge| edge.from).collect();
    cycles.examples.iter().map(|(phenomenon, cycle)| (phenomenon.name(), nodes(cycle))).collect()
}

#[test]
fn each_class_is_told_apart() {
    let ww = [(0, 1, WriteWrite), (1, 0, WriteWrite), (1, 0, WriteRead), (0, 1, ReadWrite)];
    assert_eq!(found(2, 2, &ww), [("G0", vec![0, 1])]);
    let wr = [(0, 1, WriteWrite), (1, 2, WriteWrite), (2, 0, WriteRead), (0, 2, ReadWrite)];
    assert_eq!(found(3, 3, &wr), [("G1c", vec![0, 1, 2])]);
    let single = [(0, 1, WriteRead), (1, 2, ReadWrite), (2, 0, WriteWrite), (2, 1, ReadWrite)];
    assert_eq!(found(3, 3, &single), [("G-single", vec![0, 1, 2])]);
    let apart = [
        (0, 1, ReadWrite),
        (1, 2, WriteRead),
        (2, 3, ReadWrite),
        (3, 0, WriteWrite),
        (1, 3, ReadWrite),
    ];
    assert_eq!(found(4, 4, &apart), [("G-nonadjacent", vec![0, 1, 2, 3])]);
    let skew = [(0, 1, ReadWrite), (1, 0, ReadWrite)];
    assert_eq!(found(2, 2, &skew), [("G2-item", vec![0, 1])]);
    assert!(found(3, 3, &[(0, 1, ReadWrite), (1, 2, ReadWrite), (0, 2, WriteWrite)]).is_empty());
}

#[test]
fn orders_are_named_only_where_they_are_needed() {
    let session = [(0, 1, Process), (1, 0, ReadWrite)];
    assert_eq!(found(2, 2, &session), [("G-single-process", vec![0, 1])]);
    // Joints are 2 and 3.
    let time = [(0, 2, Realtime), (2, 3, RealtimeOn), (3, 1, RealtimeOn), (1, 0, WriteRead)];
    assert_eq!(found(2, 4, &time), [("G1c-realtime", vec![0, 1])]);
    // A skew by data alone is graver by real time.
    let both = [(0, 1, ReadWrite), (1, 0, ReadWrite), (0, 2, Realtime), (2, 1, RealtimeOn)];
    assert_eq!(found(2, 3, &both), [("G-single-realtime", vec![0, 1]), ("G2-item", vec![0, 1])]);
    // And if it is no graver, it is not told again.
    let same = [(0, 1, WriteWrite), (1, 0, WriteRead), (0, 2, Realtime), (2, 1, RealtimeOn)];
    assert_eq!(found(2, 3, &same), [("G1c", vec![0, 1])]);
}

#[test]
fn many_to_many_meet_at_joints() {
    // 0 and 1 read what 1 and 2 write over: 3 leads to both, 4 to the latter.
    let edges = [
        (0, 3, ReadWrite),
        (3, 1, ReadWriteOn),
        (3, 4, ReadWriteOn),
        (4, 2, ReadWriteOn),
        (1, 4, ReadWrite),
        (2, 0, WriteRead),
    ];
    assert_eq!(found(3, 5, &edges), [("G-single", vec![0, 2])]);
}

#[test]
fn a_component_of_a_hundred_thousand_is_classified() {
    // Write skews in a ring: each reads what the next two write.
    let count = 100_000;
    let mut edges = Vec::new();
    for one in 0..count {
        edges.push((one, (one + 1) % count, ReadWrite));
        edges.push(((one + 1) % count, one, ReadWrite));
        if one + 1 < count {
            edges.push((one, one + 1, WriteRead));
        }
    }
    let classes = found(count, count as usize, &edges);
    assert_eq!(classes, [("G-single", vec![0, 1])]);
    edges.retain(|(_, _, kind)| *kind == ReadWrite);
    assert_eq!(found(count, count as usize, &edges), [("G2-item", vec![0, 1])]);
}
