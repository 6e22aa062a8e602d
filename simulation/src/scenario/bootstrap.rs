//! `stretch-bootstrap`: how the stretch cluster of the tutorial comes to be, with its detour over
//! six accidental racks, once empty and once with records and a program that goes on writing.
//!
//! Source: the public tutorial on split brain across regions: its configuration names each node's
//! number as its rack; the roster is cut down to one node, racks are changed while the nodes run,
//! and the roster is set anew. The files keep the old racks.

use super::account::{Account, Expected};
use super::cast::{Cast, Member};
use super::client::{Reads, Tally};
use super::load::Verb;
use super::stage::{SECOND, Stage};
use super::three_dc::expect_records;
use super::{Scenario, Settings};
use crate::cluster::NAMESPACE;

const LONDON: u8 = 0;
const PARIS: u8 = 1;
/// Ids, sites, accidental racks.
const NODES: [(u64, u8, u32); 6] = [
    (0xA882, PARIS, 882),
    (0xA600, LONDON, 600),
    (0xA517, PARIS, 517),
    (0xA352, LONDON, 352),
    (0xA129, LONDON, 129),
    (0xA70, PARIS, 70),
];
const A129: u8 = 4;
const A70: u8 = 5;
const ACCIDENTAL: &str = "A882@882,A600@600,A517@517,A352@352,A129@129,A70@70";
const MENDED: &str = "A882@33,A600@32,A517@33,A352@32,A129@32,A70@33";

fn cast() -> Cast {
    let node = |(id, site, rack)| Member { standby: site == PARIS, ..Member::new(id, site, rack) };
    let nodes = NODES.map(node).to_vec();
    Cast { rostered: false, ..Cast::strong(&["london", "paris"], nodes) }
}

pub(super) fn play(scenario: &Scenario, settings: &Settings) -> Account {
    let mut account = road(scenario, settings, 0);
    account.steps.extend(road(scenario, settings, scenario.records_of(settings)).steps);
    account
}

/// The road, with so many records and as much load; none at all if there are none.
fn road(scenario: &Scenario, settings: &Settings, records: u64) -> Account {
    let mut stage = Stage::new(scenario, cast(), settings);
    let with = if records > 0 { "under load" } else { "empty" };
    let keys: Vec<u64> = (0..records).collect();
    let (all, london, paris) = (stage.all(), stage.site(LONDON), stage.site(PARIS));

    stage.step(&format!("{with}: three nodes in London, no roster"));
    stage.settle();
    stage.expect("one cluster of three", "true", stage.is_one_cluster(&london).to_string());
    stage.expect("replication factor", 0, copies(&stage, 1));
    stage.expect("nodes that count", 0, stage.view(1).map_or(0, |view| view.cluster_size as u64));
    stage.expect("unavailable partitions", "4096", stage.unavailable(&london));
    let roster = told(&mut stage, 1, "roster");
    stage.expect("roster", "null", roster);

    stage.step(&format!("{with}: three more in Paris"));
    paris.iter().for_each(|node| stage.world.start(*node, true));
    stage.settle();
    stage.expect("one cluster of six", "true", stage.is_one_cluster(&all).to_string());
    let now_ns = stage.world.now_ns();
    let principal = stage.world.node(1).and_then(|node| node.cluster(now_ns).principal);
    let principal = principal.map_or_else(String::new, |node| node.to_string());
    stage.expect("principal", "A882", principal);
    stage.expect("unavailable partitions", "4096", stage.unavailable(&all));
    stage.expect("observed nodes", ACCIDENTAL, stage.observed(0));

    stage.step(&format!("{with}: the observed nodes become the roster, with six racks"));
    stage.order(&[0], &format!("roster-set:namespace={NAMESPACE};nodes={ACCIDENTAL}"));
    stage.recluster(&all);
    stage.settle();
    stage.expect("roster", ACCIDENTAL, stage.roster(0));
    let racks = told_racks(&mut stage).matches("rack_").count() as u64;
    stage.expect("racks", 6, racks);
    stage.expect("partitions available", 4096, stage.served(&all).len() as u64);
    stage.expect("replication factor", 2, copies(&stage, 0));
    let client = stage.client(LONDON, Reads::Master);
    let tally = Tally::of(&stage.each(client, Verb::Write, &keys));
    stage.expect("writes acknowledged", records, tally.acknowledged);
    stage.begin_load(client, Verb::Write, &keys, 8);
    stage.run_for(2 * SECOND);

    stage.step(&format!("{with}: five nodes are removed from the roster"));
    let shrunk_ns = stage.world.now_ns();
    stage.order(&[0], &format!("roster-set:namespace={NAMESPACE};nodes=A70@70"));
    stage.recluster(&all);
    stage.settle();
    for node in &all {
        stage.expect(format!("{}: roster", stage.name(*node)), "A70@70", stage.roster(*node));
    }
    stage.expect("observed nodes", ACCIDENTAL, stage.observed(0));
    // A third of the partitions has a copy on one of six nodes; the rest is on nodes that no
    // longer count.
    let served = stage.served(&all).len() as u64;
    stage.expect("partitions available", Expected::Between(1350, 1380), served);
    let dead = (4096 - served).to_string();
    stage.expect("dead partitions, on each node", dead.as_str(), stage.dead(&all));
    stage.expect("replication factor", 1, copies(&stage, 0));

    stage.step(&format!("{with}: the racks are changed while the nodes run"));
    for (rack, nodes) in [(32, &london), (33, &paris)] {
        let command = format!("set-config:context=namespace;namespace={NAMESPACE};rack-id={rack}");
        let answers = stage.order(nodes, &command);
        stage.expect(format!("rack {rack}"), "ok ok ok", answers.join(" "));
        stage.recluster(&all);
        stage.settle();
    }
    stage.expect("observed nodes", MENDED, stage.observed(0));
    stage.expect("roster", "A70@70", stage.roster(0));

    stage.step(&format!("{with}: the roster is set to all six, in two racks"));
    stage.order(&[0], &format!("roster-set:namespace={NAMESPACE};nodes={MENDED}"));
    stage.recluster(&all);
    stage.settle();
    let whole_ns = stage.world.now_ns();
    stage.expect("roster", MENDED, stage.roster(0));
    let racks = told_racks(&mut stage);
    stage.expect("racks", "rack_32=A600,A352,A129:rack_33=A882,A517,A70", racks);
    stage.expect("partitions available", 4096, stage.served(&all).len() as u64);
    stage.expect("unavailable partitions", "0", stage.unavailable(&all));
    stage.expect("dead partitions", "0", stage.dead(&all));
    stage.expect("migrations", 0, stage.migrations(&all));
    let done = stage.end_load();
    if records > 0 {
        let during = done.iter().filter(|one| one.at_ns > shrunk_ns && one.at_ns < whole_ns);
        let acknowledged = |from: u64, to: u64| {
            let among = done.iter().filter(|one| (from..to).contains(&(one.at_ns / SECOND)));
            Tally::of(among).acknowledged
        };
        let (from, to) = (shrunk_ns / SECOND, whole_ns / SECOND);
        let silent_s = (from..to).filter(|second| acknowledged(*second, second + 1) == 0).count();
        stage.expect(
            "seconds without an acknowledged write",
            Expected::at_least(10),
            silent_s as u64,
        );
        let during = Tally::of(during);
        let refused = during.failed + during.unsent;
        stage.expect("writes refused meanwhile", Expected::at_least(1), refused);
        stage.expect("writes in doubt meanwhile", Expected::Told, during.in_doubt);
        let lost = stage.lost(client);
        stage.expect("acknowledged writes lost (a vendor's cluster may lose some here)", 0, lost);
        expect_records(&mut stage, "all nodes", &all, (records, records, 0));
    }

    stage.step(&format!("{with}: A129 is started again with its old file"));
    stage.world.kill(A129);
    stage.notice();
    stage.world.start(A129, true);
    stage.settle();
    stage.expect("roster", MENDED, stage.roster(0));
    stage.expect("drift", "A129: rack 129 in its file, 32 on the roster", drift(&stage));
    stage.expect("partitions available", 4096, stage.served(&all).len() as u64);
    stage.expect("unavailable partitions", "0", stage.unavailable(&all));
    let command = format!("set-config:context=namespace;namespace={NAMESPACE};rack-id=32");
    stage.order(&[A129], &command);
    stage.recluster(&all);
    stage.settle();
    stage.expect("drift once it is mended", "", drift(&stage));
    let lost = stage.lost(client);
    stage.expect("acknowledged writes lost", 0, lost);
    stage.end()
}

/// The replication factor that a node has in effect.
fn copies(stage: &Stage, node: u8) -> u64 {
    stage.view(node).map_or(0, |view| view.effective_replication_factor as u64)
}

/// One field of the answer to `roster:`.
fn told(stage: &mut Stage, node: u8, field: &str) -> String {
    let answer = stage.command(node, &format!("roster:namespace={NAMESPACE}"));
    let value = |pair: &str| {
        pair.split_once('=').filter(|(key, _)| *key == field).map(|(_, v)| v.to_owned())
    };
    answer.split(':').find_map(value).unwrap_or_default()
}

fn told_racks(stage: &mut Stage) -> String {
    stage.command(A70, &format!("racks:namespace={NAMESPACE}"))
}

/// Nodes whose own rack is not the roster's.
fn drift(stage: &Stage) -> String {
    let Some(view) = stage.world.node(0).and_then(|node| node.roster(NAMESPACE)) else {
        return String::new();
    };
    let drifted = view.roster.iter().filter_map(|listed| {
        let own = view.observed.iter().find(|own| own.node == listed.node)?;
        let (file, roster) = (own.rack, listed.rack);
        (file != roster)
            .then(|| format!("{}: rack {file} in its file, {roster} on the roster", own.node))
    });
    drifted.collect::<Vec<_>>().join("; ")
}
