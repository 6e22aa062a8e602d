//! `odd-even`: three nodes in one data centre, two and a standby in the other.
//!
//! Source: the vendor's article on tie-breakers for clusters over several sites: the majority takes
//! over of itself; the minority blocks writes until an operator sets the roster, and adds the
//! standby for capacity.

use history::Outcome;

use super::account::{Account, Expected};
use super::cast::{Cast, Member};
use super::client::{Reads, Tally};
use super::load::Verb;
use super::stage::{MS, SECOND, Stage};
use super::three_dc::expect_records;
use super::{Scenario, Settings};

const STANDBY: u8 = 5;
/// Until when after the roster command the first write must have been acknowledged, in ms: a
/// rebalance at once, and the clients' second.
const TAKEOVER_MS: u64 = 2500;

fn cast() -> Cast {
    let mut nodes: Vec<Member> = (1..=3).map(|index| Member::new(0xD10 + index, 0, 1)).collect();
    nodes.extend(
        (1..=3).map(|index| Member { standby: index == 3, ..Member::new(0xD20 + index, 1, 2) }),
    );
    Cast::strong(&["dc1", "dc2"], nodes)
}

pub(super) fn play(scenario: &Scenario, settings: &Settings) -> Account {
    let mut stage = Stage::new(scenario, cast(), settings);
    let records = scenario.records_of(settings);
    let keys: Vec<u64> = (0..records).collect();
    let (dc1, dc2) = (stage.site(0), stage.others(&[0, 1, 2, STANDBY]));
    let five = stage.others(&[STANDBY]);
    stage.step("three nodes, two, and a standby that is not started");
    stage.settle();
    let client = stage.client(1, Reads::Master);
    let tally = Tally::of(&stage.each(client, Verb::Write, &keys));
    stage.expect("writes acknowledged", records, tally.acknowledged);
    stage.expect("one cluster of five", "true", stage.is_one_cluster(&five).to_string());
    expect_records(&mut stage, "all nodes", &five, (records, records, 0));
    expect_copies(&mut stage, &[("dc1", &dc1), ("dc2", &dc2)], records);

    stage.step("the minority's data centre is cut off: the majority goes on of itself");
    let cut = stage.cut(&[3, 4, STANDBY]);
    stage.settle();
    stage.expect("dc1: partitions available", 4096, stage.served(&dc1).len() as u64);
    stage.expect("dc2: partitions available", 0, stage.served(&dc2).len() as u64);
    let other = stage.client(0, Reads::Master);
    let tally = Tally::of(&stage.each(other, Verb::Write, &keys));
    stage.expect("dc1: writes acknowledged", records, tally.acknowledged);
    stage.heal(cut);
    stage.settle();
    stage.expect("one cluster of five", "true", stage.is_one_cluster(&five).to_string());

    stage.step("the majority's data centre is lost, under load");
    stage.begin_load(client, Verb::Write, &keys, 8);
    stage.run_for(2 * SECOND);
    let lost_ns = stage.world.now_ns();
    dc1.iter().for_each(|node| stage.world.kill(*node));
    stage.run_for(10 * SECOND);
    stage.expect("dc2: partitions available", 0, stage.served(&dc2).len() as u64);
    stage.expect("dc2: unavailable", "4096", stage.unavailable(&dc2));
    stage.expect("dc2: dead", "0", stage.dead(&dc2));
    let done = stage.end_load();
    let before = Tally::of(done.iter().filter(|one| one.at_ns < lost_ns));
    stage.expect("writes acknowledged before", Expected::at_least(100), before.acknowledged);
    let blocked = done.iter().filter(|one| one.at_ns > lost_ns + 5 * SECOND);
    let blocked = Tally::of(blocked);
    stage.expect("writes acknowledged once it was noticed", 0, blocked.acknowledged);
    stage.expect(
        "writes blocked",
        Expected::at_least(1),
        blocked.failed + blocked.unsent + blocked.in_doubt,
    );

    stage.step("the standby is started, and the operator sets the roster to what is left");
    stage.world.start(STANDBY, true);
    stage.notice();
    let three = [3, 4, STANDBY];
    stage.expect("one cluster of three", "true", stage.is_one_cluster(&three).to_string());
    stage.expect("still unavailable", "4096", stage.unavailable(&three));
    stage.begin_load(client, Verb::Write, &keys, 8);
    stage.run_for(SECOND);
    let told_ns = stage.world.now_ns();
    stage.set_roster(3, &three);
    stage.recluster(&three);
    stage.run_for(10 * SECOND);
    let done = stage.end_load();
    let acknowledged = done.iter().filter(|one| one.outcome == Outcome::Ok && one.at_ns > told_ns);
    let first_ms = acknowledged.map(|one| (one.at_ns - told_ns) / MS).next().unwrap_or(u64::MAX);
    stage.expect(
        "ms from the command to the first acknowledged write",
        Expected::Between(0, TAKEOVER_MS),
        first_ms,
    );
    stage.settle();
    stage.expect("partitions available", 4096, stage.served(&three).len() as u64);
    stage.expect("roster in force", "D23@2,D22@2,D21@2", stage.roster(3));
    expect_records(&mut stage, "dc2 with the standby", &three, (records, records, 0));
    let lost = stage.lost(client);
    stage.expect("acknowledged writes lost", 0, lost);

    stage.step("the old majority returns");
    dc1.iter().for_each(|node| stage.world.start(*node, true));
    stage.settle();
    stage.expect("one cluster of six", "true", stage.is_one_cluster(&stage.all()).to_string());
    for node in &dc1 {
        let what = format!("{}: roster in force", stage.name(*node));
        stage.expect(what, "D23@2,D22@2,D21@2", stage.roster(*node));
    }
    stage.expect("dc1: partitions served", 0, stage.served(&dc1).len() as u64);
    stage.expect("dc2: partitions served", 4096, stage.served(&three).len() as u64);
    let lost = stage.lost(client);
    stage.expect("acknowledged writes lost", 0, lost);

    stage.step("the roster is set to the five again, and the standby retires");
    let all = stage.all();
    stage.set_roster(3, &all);
    stage.recluster(&all);
    stage.settle();
    expect_records(&mut stage, "all nodes", &all, (records, records, 0));
    stage.set_roster(3, &five);
    stage.recluster(&all);
    stage.settle();
    stage.world.kill(STANDBY);
    stage.settle();
    stage.expect("one cluster of five", "true", stage.is_one_cluster(&five).to_string());
    stage.expect("partitions available", 4096, stage.served(&five).len() as u64);
    expect_records(&mut stage, "all nodes", &five, (records, records, 0));
    expect_copies(&mut stage, &[("dc1", &dc1), ("dc2", &dc2)], records);
    let lost = stage.lost(client);
    stage.expect("acknowledged writes lost", 0, lost);
    stage.end()
}

fn expect_copies(stage: &mut Stage, sites: &[(&str, &[u8])], records: u64) {
    for (name, nodes) in sites {
        let seen = stage.objects(nodes);
        stage.expect(format!("{name}: copies"), records, seen.master + seen.prole);
    }
}
