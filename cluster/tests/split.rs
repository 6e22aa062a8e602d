//! A split brain in the logs of real servers: six nodes on two sites, cut for ten seconds.

use cluster::split::{Log, Shape, episodes};

const LOGS: [(&str, &str); 6] = [
    ("l1", include_str!("logs/l1.log")),
    ("l2", include_str!("logs/l2.log")),
    ("l3", include_str!("logs/l3.log")),
    ("p1", include_str!("logs/p1.log")),
    ("p2", include_str!("logs/p2.log")),
    ("p3", include_str!("logs/p3.log")),
];

fn logs(of: &[(&str, &str)]) -> Vec<Log> {
    of.iter().map(|(name, text)| Log::read(name, text)).collect()
}

#[test]
fn the_cut_and_its_end_are_told() {
    let found = episodes(&logs(&LOGS), None);
    let at = |second: i8| jiff::civil::date(2026, 11, 22).at(5, 15, second, 0);
    let split = found.iter().position(|one| one.shape.is_split() == Some(true)).unwrap();
    assert_eq!(found[split].from, Some(at(40)));
    assert_eq!(
        found[split].shape.to_string(),
        "SPLIT BRAIN, 3 + 3 nodes: B11 B12 B13 | B21 B22 B23"
    );
    let namespaces = &found[split].namespaces;
    assert_eq!(namespaces.len(), 6);
    for namespace in namespaces.values().map(|namespaces| &namespaces["mydata"]) {
        assert!(namespace.fresh_partitions.is_some_and(|fresh| fresh > 0), "{namespace:?}");
        assert_eq!(namespace.unavailable_partitions, None, "an available namespace");
    }
    let last = found.last().unwrap();
    assert_eq!((&last.shape, last.from), (&Shape::Whole, Some(at(52))));
    let remaining = |node: &str| last.namespaces[node]["mydata"].migrations_remaining;
    assert_eq!(remaining("B11"), Some(1193 + 773));
    assert_eq!(found.iter().filter(|one| one.shape.is_split() == Some(true)).count(), 1);
}

#[test]
fn the_logs_of_one_side_leave_it_open() {
    let found = episodes(&logs(&LOGS[..3]), None);
    assert!(found.iter().all(|one| one.shape.is_split() != Some(true)), "{found:#?}");
    let seen = found.iter().any(|one| matches!(one.shape, Shape::OutOfSight { missing: 3, .. }));
    assert!(seen, "{found:#?}");
}
