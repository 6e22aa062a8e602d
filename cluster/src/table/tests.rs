//! The tables against the vendor's tool: the stretch cluster of the tutorial, cut in two and whole.

use std::collections::BTreeMap;

use history::NodeId;

use super::{Survey, SurveyedNode, View};
use crate::observe::Answers;

const HEADER: &str = "namespace:partition:state:n_replicas:replica:succession:n_dupl:\
                      working_master:proxy_dst";

/// A node that owns so many partitions of `mydata`.
fn node(
    id: u64,
    address: &str,
    primary: usize,
    secondary: usize,
    unavailable: u32,
) -> SurveyedNode {
    let own = |n| format!(";mydata:{n}:S:2:0:0:0:{id:X}:{id:X}");
    let other = |n| format!(";mydata:{n}:S:2:1:1:0:0:A0");
    let absent = ";mydata:4095:A:2:-1:3:0:0:A0";
    let rows: String = (0..primary).map(own).chain((0..secondary).map(other)).collect();
    let answers = [
        ("namespaces", "mydata".to_owned()),
        ("build", "8.1.2.0".to_owned()),
        (
            "statistics",
            "cluster_size=3;cluster_key=3CF08B51D327;cluster_principal=A882;\
             cluster_integrity=true;migrate_partitions_remaining=0;uptime=42"
                .to_owned(),
        ),
        ("partition-info", format!("{HEADER}{rows}{absent}")),
        (
            "namespace/mydata",
            format!(
                "unavailable_partitions={unavailable};dead_partitions=0;rack-id=33;\
                 effective_replication_factor=2;master_objects=147;prole_objects=140;\
                 non_replica_objects=7;master_tombstones=0;prole_tombstones=0;\
                 non_replica_tombstones=0;migrate_tx_partitions_remaining=431;\
                 migrate_rx_partitions_remaining=102"
            ),
        ),
        (
            "roster:namespace=mydata",
            "roster=A882@33,A600@32:pending_roster=A882@33,A600@32:observed_nodes=A882@33"
                .to_owned(),
        ),
    ];
    let answers = answers.map(|(command, value)| (command.to_owned(), value));
    SurveyedNode {
        id: NodeId(id),
        address: address.to_owned(),
        answers: Some(Answers::new(BTreeMap::from(answers))),
    }
}

fn silent(id: u64, address: &str) -> SurveyedNode {
    SurveyedNode { id: NodeId(id), address: address.to_owned(), answers: None }
}

/// What the Paris side saw during the cut.
fn cut() -> Survey {
    let nodes = vec![
        node(0xA882, "ip-172-33-7-44.eu-west-3.compute.internal:3000", 683, 679, 2048),
        silent(0xA600, "172.32.5.239:3000"),
        node(0xA517, "172.33.8.38:3000", 683, 669, 2048),
        silent(0xA352, "172.32.4.2:3000"),
        silent(0xA129, "172.32.15.231:3000"),
        node(0xA70, "172.33.11.90:3000", 682, 700, 2048),
    ];
    Survey { taken: "2024-08-14 16:35:12 UTC".to_owned(), nodes }
}

#[test]
fn the_partition_map_of_a_cut_cluster_is_the_tutorials() {
    let expected = "\
~~~~~~~~~~~~~~~~~~~~~~~~~~~~Partition Map Analysis (2024-08-14 16:35:12 UTC)~~~~~~~~~~~~~~~~~~~~~~~~~~~~
Namespace|                                          Node| Cluster Key|~~~~~~~~~~~~Partitions~~~~~~~~~~~~
         |                                              |            |Primary|Secondary|Unavailable|Dead
~~       |172.32.15.231:3000                            |          ~~|     ~~|       ~~|         ~~|  ~~
~~       |172.32.4.2:3000                               |          ~~|     ~~|       ~~|         ~~|  ~~
~~       |172.32.5.239:3000                             |          ~~|     ~~|       ~~|         ~~|  ~~
~~       |                                              |            |     ~~|       ~~|         ~~|  ~~
mydata   |172.33.11.90:3000                             |3CF08B51D327|    682|      700|       2048|   0
mydata   |172.33.8.38:3000                              |3CF08B51D327|    683|      669|       2048|   0
mydata   |ip-172-33-7-44.eu-west-3.compute.internal:3000|3CF08B51D327|    683|      679|       2048|   0
mydata   |                                              |            |   2048|     2048|       6144|   0
Number of rows: 6";
    assert_eq!(View::Pmap.table(&cut()).to_string(), expected);
}

#[test]
fn the_other_tables_have_the_vendors_columns() {
    let status = View::Status.table(&cut()).to_string();
    assert!(status.contains("|*A882  |8.1.2.0|         0|   3|3CF08B51D327|"), "{status}");
    assert!(status.contains("|~~~~~~~~~~~~~~~Cluster~~~~~~~~~~~~~~~|"), "{status}");
    assert!(status.ends_with("Number of rows: 6"), "{status}");
    let roster = View::Roster.table(&cut()).to_string();
    assert!(
        roster.contains("|A517   |mydata   |A882@33,A600@32|A882@33,A600@32|A882@33"),
        "{roster}"
    );
    let objects = View::Objects.table(&cut()).to_string();
    let total = objects.lines().rev().nth(1).unwrap();
    let cells: Vec<&str> = total.split('|').map(str::trim).collect();
    let expected = ["mydata", "", "", "", "882", "441", "420", "21", "0", "0", "0", "1293", "306"];
    assert_eq!(cells, expected, "{objects}");
}

#[test]
fn programs_get_numbers_and_nulls() {
    let json = View::Pmap.table(&cut()).json();
    assert_eq!(json["rows"].as_array().unwrap().len(), 6);
    assert_eq!(json["rows"][0]["node"], "172.32.15.231:3000");
    assert!(json["rows"][0]["primary"].is_null());
    assert_eq!(json["rows"][3]["secondary"], 700);
    assert_eq!(json["totals"][1]["unavailable"], 6144);
    assert_eq!(json["totals"][1].get("node"), None);
}

#[test]
fn every_command_that_a_table_reads_is_asked() {
    let namespaces = cut().namespaces();
    for view in [View::Status, View::Pmap, View::Roster, View::Objects] {
        let mut asked = cut();
        let commands = view.commands(&namespaces);
        for node in &mut asked.nodes {
            if let Some(answers) = &mut node.answers {
                let kept = commands.iter().filter_map(|command| {
                    Some((command.clone(), answers.value(command)?.to_owned()))
                });
                *answers = Answers::new(kept.collect());
            }
        }
        assert_eq!(view.table(&asked), view.table(&cut()), "{view:?}");
    }
}
