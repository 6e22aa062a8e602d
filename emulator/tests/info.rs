//! Info answers against recorded ones of a real server (Community Edition 8.1.2.0).

#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::collections::BTreeMap;

use aerocert_emulator::defect::Defects;
use aerocert_emulator::node::{Heartbeat, Mode, NamespaceConfig, Place, RosterEntry};
use aerocert_emulator::partition::NodeId;
use aerocert_emulator::world::{Answer, Delays, Ticket, World, WorldConfig};

const STRETCH: [(u64, u8, u32); 6] = [
    (0xA882, 1, 33),
    (0xA600, 0, 32),
    (0xA517, 1, 33),
    (0xA352, 0, 32),
    (0xA129, 0, 32),
    (0xA70, 1, 33),
];

/// A world in which every node has had time to find the others.
fn settled(places: Vec<Place>, namespaces: Vec<NamespaceConfig>) -> World {
    let config = WorldConfig {
        cluster_name: "stretch".into(),
        sites: 2,
        places,
        heartbeat: Heartbeat { interval_ms: 150, timeout: 10 },
        namespaces,
        delays: Delays::default(),
        security: false,
        defects: Defects::default(),
    };
    let mut world = World::new(config, 1);
    world.advance(20_000_000_000);
    world
}

/// The node that was recorded alone.
fn single() -> World {
    let place = Place {
        id: NodeId(0xA1),
        site: 0,
        rack: 0,
        stay_quiesced: false,
        addresses: vec!["127.0.0.1:3000".into(), "127.0.1.1:3000".into()],
        access: Default::default(),
    };
    settled(vec![place], vec![NamespaceConfig::new("mydata", Mode::Ap)])
}

fn stretch() -> World {
    let places = STRETCH.iter().zip(1..).map(|((id, site, rack), node)| Place {
        id: NodeId(*id),
        site: *site,
        rack: *rack,
        stay_quiesced: false,
        addresses: vec![format!("127.32.{node}.1:3000"), format!("127.32.{node}.2:3000")],
        access: Default::default(),
    });
    let mut sc = NamespaceConfig::new("mydata", Mode::Sc);
    let roster = STRETCH.iter().map(|(id, _, rack)| RosterEntry { node: NodeId(*id), rack: *rack });
    sc.roster = Some(roster.collect());
    settled(places.collect(), vec![sc, NamespaceConfig::new("mydata_ap", Mode::Ap)])
}

/// The value of one command, asked past the network.
fn ask(world: &mut World, node: u8, command: &str) -> String {
    let body = world.info(node, &format!("{command}\n")).unwrap();
    let value = body.strip_prefix(command).and_then(|rest| rest.strip_prefix('\t'));
    value.unwrap().trim_end_matches('\n').to_owned()
}

fn pairs(answer: &str) -> BTreeMap<&str, &str> {
    answer.split(';').map(|pair| pair.split_once('=').unwrap()).collect()
}

/// A whole request over the network.
fn exchange(world: &mut World, node: u8, site: u8, body: &[u8]) -> String {
    world.request_info(node, site, Ticket(1), body);
    world.advance(world.now_ns() + 100_000_000);
    let answers = world.poll();
    let [(Ticket(1), Answer::Bytes(frame))] = answers.as_slice() else {
        panic!("one answer, not {answers:?}")
    };
    String::from_utf8(frame[8..].to_vec()).unwrap()
}

#[test]
fn keys_are_those_of_a_real_server() {
    let mut world = single();
    for line in include_str!("data/info/keys.txt").lines() {
        let (command, keys) = line.split_once('\t').unwrap();
        let answer = ask(&mut world, 0, command);
        let ours: Vec<&str> =
            answer.split(';').map(|pair| pair.split_once('=').unwrap().0).collect();
        assert_eq!(ours, keys.split(' ').collect::<Vec<_>>(), "{command}");
    }
}

#[test]
fn values_are_those_of_a_real_server() {
    let mut world = single();
    let wrong: Vec<(&str, String)> = include_str!("data/info/values.txt")
        .lines()
        .map(|line| (line, line.split_once('\t').unwrap().0))
        .map(|(line, command)| (line, format!("{command}\t{}", ask(&mut world, 0, command))))
        .filter(|(recorded, ours)| recorded != ours)
        .collect();
    assert!(wrong.is_empty(), "recorded and ours: {wrong:#?}");
}

#[test]
fn a_request_is_answered_line_by_line() {
    let mut world = single();
    let all_commands = exchange(&mut world, 0, 0, b"");
    assert!(all_commands.starts_with("features\t") && all_commands.contains("\nbuild\t8.1.2.0\n"));
    assert_eq!(exchange(&mut world, 0, 0, b"build"), "", "a command without its newline");
    assert_eq!(
        exchange(&mut world, 0, 0, b"build\n\nnode\n"),
        "build\t8.1.2.0\n\tERROR:4:unrecognized command\nnode\tA1\n"
    );
}

#[test]
fn every_node_knows_the_whole_cluster() {
    let mut world = stretch();
    let key = ask(&mut world, 0, "cluster-stable:size=6");
    assert!(u64::from_str_radix(&key, 16).is_ok_and(|key| key > 0), "{key}");
    let roster = "A882@33,A600@32,A517@33,A352@32,A129@32,A70@33";
    let racks = "rack_32=A600,A352,A129:rack_33=A882,A517,A70";
    let (mut masters, mut seconds) = (0, 0);
    for node in 0..6 {
        assert_eq!(ask(&mut world, node, "cluster-stable:size=6"), key);
        assert_eq!(
            ask(&mut world, node, "roster:namespace=mydata"),
            format!("roster={roster}:pending_roster={roster}:observed_nodes={roster}")
        );
        assert_eq!(ask(&mut world, node, "racks:namespace=mydata"), racks);
        assert_eq!(
            ask(&mut world, node, "racks:"),
            format!("ns=mydata:{racks};ns=mydata_ap:{racks}")
        );
        let rack = STRETCH[usize::from(node)].2;
        assert_eq!(ask(&mut world, node, "rack-ids"), format!("mydata:{rack};mydata_ap:{rack}"));
        let statistics = ask(&mut world, node, "statistics");
        let statistics = pairs(&statistics);
        assert_eq!(statistics["cluster_key"], key);
        assert_eq!(statistics["cluster_size"], "6");
        assert_eq!(statistics["cluster_principal"], "A882");
        let namespace = ask(&mut world, node, "namespace/mydata");
        let namespace = pairs(&namespace);
        assert_eq!(namespace["strong-consistency"], "true");
        assert_eq!(namespace["ns_cluster_size"], "6");
        assert_eq!(namespace["unavailable_partitions"], "0");
        let replicas = wire::replicas::decode(&ask(&mut world, node, "replicas")).unwrap();
        assert_eq!(replicas.len(), 2);
        assert!(replicas[0].regime > 0 && replicas[1].regime == 0);
        masters += replicas[0].columns[0].iter().count();
        seconds += replicas[0].columns[1].iter().count();
    }
    assert_eq!((masters, seconds), (4096, 4096), "each partition has one master and one replica");
}

#[test]
fn peers_are_told_for_the_clients_site() {
    let mut world = stretch();
    for (site, host) in [(0, 1), (1, 2)] {
        let answer = exchange(&mut world, 0, site, b"peers-clear-std\n");
        let own = format!("127.32.1.{host}");
        assert!(!answer.contains(&own), "{answer}");
        assert_eq!(answer.matches(",,[127.32.").count(), 5, "{answer}");
        assert_eq!(answer.matches(&format!(".{host}]]")).count(), 5, "{answer}");
        assert!(answer.contains(",3000,[["), "{answer}");
    }
}

#[test]
fn partition_info_has_a_row_for_each_partition() {
    let mut world = stretch();
    let answer = ask(&mut world, 0, "partition-info");
    let mut rows = answer.split(';');
    let columns = rows.next().unwrap().split(':').count();
    assert_eq!(columns, 18);
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split(':').collect()).collect();
    assert_eq!(rows.len(), 2 * 4096);
    assert!(rows.iter().all(|row| row.len() == columns));
    let masters = rows.iter().filter(|row| row[0] == "mydata" && row[7] == "A882").count();
    assert_eq!(masters, 683, "the primaries of A882 in the reference partition map");
}

#[test]
fn operators_are_refused_what_makes_no_sense() {
    let mut world = stretch();
    for (command, error) in [
        ("roster-set:namespace=nosuch;nodes=A882", "ERROR:20:namespace not found on node"),
        ("roster-set:namespace=mydata;nodes=what", "ERROR:4:bad 'nodes'"),
        ("roster-set:namespace=mydata", "ERROR:4:bad 'nodes'"),
        (
            "roster-set:namespace=mydata_ap;nodes=A882",
            "ERROR:4:namespace is not strong-consistency",
        ),
    ] {
        assert_eq!(ask(&mut world, 0, command), error, "{command}");
    }
    assert_eq!(ask(&mut world, 1, "recluster:"), "ignored-by-non-principal");
    assert_eq!(ask(&mut world, 0, "recluster:"), "ok");
}
