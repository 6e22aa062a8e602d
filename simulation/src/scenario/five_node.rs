//! `five-node`: when a strongly consistent cluster migrates, and when it waits for a roster.
//!
//! Source: the vendor's question and answer on migrations under strong consistency: five nodes, two
//! copies; nodes 5 and 4 are shut down in turn, then the roster is set to the three that are left.

use std::collections::BTreeSet;

use emulator::partition::PARTITIONS;

use super::account::{Account, Expected};
use super::cast::{Cast, Member};
use super::client::{Reads, Tally};
use super::load::Verb;
use super::stage::{SECOND, Stage};
use super::{Scenario, Settings};
use crate::cluster::NAMESPACE;

/// The survivors, and the two that go.
const LEFT: [u8; 3] = [0, 1, 2];
const NODE_4: u8 = 3;
const NODE_5: u8 = 4;
/// Partitions whose two copies are both on two given nodes of five: a tenth, give or take what the
/// pair makes of it.
const ABOUT_A_TENTH: Expected = Expected::Between(396, 422);

fn cast() -> Cast {
    Cast::strong(&["one site"], (0xA1..=0xA5).map(|id| Member::new(id, 0, 0)).collect())
}

pub(super) fn play(scenario: &Scenario, settings: &Settings) -> Account {
    let (mut account, by_kill) = shut_down(scenario, settings);
    account.steps.extend(cut(scenario, settings, &by_kill).steps);
    account.steps.extend(pending(scenario, settings, true).steps);
    account.steps.extend(pending(scenario, settings, false).steps);
    account
}

/// Five nodes with their records.
fn filled(scenario: &Scenario, settings: &Settings, title: &str) -> (Stage, usize, u64) {
    let mut stage = Stage::new(scenario, cast(), settings);
    let records = scenario.records_of(settings);
    stage.step(title);
    stage.settle();
    let client = stage.client(0, Reads::Master);
    let keys: Vec<u64> = (0..records).collect();
    let tally = Tally::of(&stage.each(client, Verb::Write, &keys));
    stage.expect("writes acknowledged", records, tally.acknowledged);
    stage.expect("unavailable partitions", "0", stage.unavailable(&stage.all()));
    (stage, client, records)
}

/// The four steps.
fn shut_down(scenario: &Scenario, settings: &Settings) -> (Account, BTreeSet<u16>) {
    let (mut stage, client, records) = filled(scenario, settings, "five nodes, two copies");

    stage.step("step 1: node 5 is shut down");
    stage.world.kill(NODE_5);
    stage.notice();
    let four = stage.others(&[NODE_5]);
    stage.expect("migrations begin", Expected::at_least(1), stage.planned_migrations(&four));
    stage.settle();
    stage.expect("unavailable partitions", "0", stage.unavailable(&four));
    expect_copies(&mut stage, &four, records, records, 0);
    let tally = Tally::of(&stage.each(client, Verb::Write, &(0..records).collect::<Vec<_>>()));
    stage.expect("writes acknowledged", records, tally.acknowledged);

    stage.step("step 2: node 4 is shut down");
    stage.world.kill(NODE_4);
    stage.settle();
    stage.expect("unavailable partitions", ABOUT_A_TENTH, 4096 - stage.served(&LEFT).len() as u64);
    let unavailable = stage.unavailable(&LEFT);
    stage.expect("dead partitions", "0", stage.dead(&LEFT));
    stage.expect("migrations of unavailable partitions", 0, waiting(&stage));
    stage.expect("migrations of the others have ended", 0, stage.migrations(&LEFT));
    let served = stage.objects(&LEFT).master;
    stage.expect(
        "records in partitions that are served",
        Expected::Between(records * 8 / 10, records - 1),
        served,
    );
    // A full copy of every unavailable partition is here all the same.
    expect_copies(&mut stage, &LEFT, served, served, records - served);
    let refused: BTreeSet<u16> =
        (0..PARTITIONS as u16).filter(|one| !stage.served(&LEFT).contains(one)).collect();

    stage.step("step 3: the roster is set to the three");
    stage.set_roster(0, &LEFT);
    stage.run_for(30 * SECOND);
    stage.expect(
        "unavailable partitions, unchanged",
        unavailable.as_str(),
        stage.unavailable(&LEFT),
    );
    stage.expect("migrations", 0, stage.migrations(&LEFT));
    stage.expect("roster in force", "A5,A4,A3,A2,A1", stage.roster(0));
    stage.expect("roster pending", "A3,A2,A1", stage.pending(0));

    stage.step("step 4: recluster");
    stage.recluster(&LEFT);
    stage.run_for(SECOND / 2);
    stage.expect("migrations begin", Expected::at_least(1), stage.planned_migrations(&LEFT));
    stage.settle();
    stage.expect("roster in force", "A3,A2,A1", stage.roster(0));
    stage.expect("unavailable partitions", "0", stage.unavailable(&LEFT));
    stage.expect("dead partitions", "0", stage.dead(&LEFT));
    expect_copies(&mut stage, &LEFT, records, records, 0);
    let lost = stage.lost(client);
    stage.expect("acknowledged writes lost", 0, lost);
    (stage.end(), refused)
}

/// The same two nodes are cut off instead: the others cannot tell the difference.
fn cut(scenario: &Scenario, settings: &Settings, by_kill: &BTreeSet<u16>) -> Account {
    let (mut stage, _, _) = filled(scenario, settings, "the same five nodes again");
    stage.step("nodes 4 and 5 are cut off");
    let two = [NODE_4, NODE_5];
    let cut = stage.cut(&two);
    stage.settle();
    let (left, right) = (stage.served(&LEFT), stage.served(&two));
    stage.expect(
        "three nodes: unavailable, as after the shutdown",
        by_kill.len() as u64,
        4096 - left.len() as u64,
    );
    let same = (0..PARTITIONS as u16).filter(|one| !left.contains(one)).eq(by_kill.iter().copied());
    stage.expect("they are the same partitions", "true", same.to_string());
    stage.expect("the two serve exactly these", "true", (right == *by_kill).to_string());
    stage.expect("two nodes: unavailable", 4096 - by_kill.len() as u64, 4096 - right.len() as u64);
    stage.expect("migrations", 0, stage.migrations(&stage.all()));
    stage.step("the cut is healed");
    stage.heal(cut);
    stage.settle();
    stage.expect("unavailable partitions", "0", stage.unavailable(&stage.all()));
    stage.expect("one cluster of five", "true", stage.is_one_cluster(&stage.all()).to_string());
    let client = stage.client(0, Reads::Master);
    let lost = stage.lost(client);
    stage.expect("acknowledged writes lost", 0, lost);
    stage.end()
}

/// A pending roster takes effect with the next change of the cluster, whatever it is.
fn pending(scenario: &Scenario, settings: &Settings, leave: bool) -> Account {
    let how = if leave { "leaves" } else { "joins" };
    let title = format!("the same five nodes again; node 4 {how} while a roster is pending");
    let (mut stage, client, records) = filled(scenario, settings, &title);
    stage.world.kill(NODE_5);
    stage.settle();
    if !leave {
        stage.world.kill(NODE_4);
        stage.settle();
        stage.expect(
            "unavailable partitions",
            ABOUT_A_TENTH,
            4096 - stage.served(&LEFT).len() as u64,
        );
    }
    stage.set_roster(0, &LEFT);
    stage.run_for(10 * SECOND);
    stage.expect("roster in force", "A5,A4,A3,A2,A1", stage.roster(0));
    stage.step(&format!("node 4 {how}"));
    if leave {
        stage.world.kill(NODE_4);
    } else {
        stage.world.start(NODE_4, true);
    }
    stage.settle();
    stage.expect("roster in force", "A3,A2,A1", stage.roster(0));
    stage.expect("unavailable partitions", "0", stage.unavailable(&LEFT));
    expect_copies(&mut stage, &LEFT, records, records, 0);
    if !leave {
        let counted = stage.view(NODE_4).map_or(0, |view| view.cluster_size as u64);
        stage.expect("nodes that count", 3, counted);
        stage.expect("partitions that node 4 serves", 0, stage.served(&[NODE_4]).len() as u64);
    }
    let lost = stage.lost(client);
    stage.expect("acknowledged writes lost", 0, lost);
    stage.end()
}

/// Migrations of partitions that nobody serves.
fn waiting(stage: &Stage) -> u64 {
    let nodes = LEFT.iter().filter_map(|node| stage.world.node(*node));
    let views = nodes.flat_map(|node| {
        (0..PARTITIONS).filter_map(move |partition| node.partition(NAMESPACE, partition))
    });
    views
        .filter(|one| one.n_replicas == 0)
        .map(|one| u64::from(one.emigrates + one.immigrates))
        .sum()
}

fn expect_copies(stage: &mut Stage, nodes: &[u8], master: u64, prole: u64, non_replica: u64) {
    let seen = stage.objects(nodes);
    stage.expect(
        "master / prole / non-replica records",
        format!("{master} / {prole} / {non_replica}").as_str(),
        format!("{} / {} / {}", seen.master, seen.prole, seen.non_replica),
    );
}
