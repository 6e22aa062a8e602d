//! `tie-break`: two data sites and one or two quiesced nodes in a third, which hold nothing and
//! decide who goes on.
//!
//! Source: the vendor's article on tie-breakers for clusters over several sites: a million records
//! there; masters stay, and the serving side's replicas go from none to all.

use super::account::{Account, Expected};
use super::cast::{Cast, Member};
use super::client::{Reads, Tally};
use super::load::Verb;
use super::stage::Stage;
use super::three_dc::{cut_under_load, expect_records};
use super::{Scenario, Settings};

const SITES: &[&str] = &["us-east-1a", "us-east-1b", "us-east-1c"];
/// The sites that hold data, and the one that does not.
const A: u8 = 0;
const B: u8 = 1;
const C: u8 = 2;

/// Three nodes at each data site, and tie-breakers in a rack of their own.
fn cast(tie_breakers: u64) -> Cast {
    let mut nodes = Vec::new();
    for (site, base, count) in [(A, 0xA0, 3), (B, 0xB0, 3), (C, 0xC0, tie_breakers)] {
        nodes.extend((1..=count).map(|index| Member {
            quiesced: site == C,
            ..Member::new(base + index, site, 100_001 + u32::from(site))
        }));
    }
    Cast::strong(SITES, nodes)
}

pub(super) fn play(scenario: &Scenario, settings: &Settings) -> Account {
    let mut account = with(scenario, settings, 1);
    account.steps.extend(with(scenario, settings, 2).steps);
    account
}

fn with(scenario: &Scenario, settings: &Settings, tie_breakers: u64) -> Account {
    let mut stage = Stage::new(scenario, cast(tie_breakers), settings);
    let records = scenario.records_of(settings);
    let keys: Vec<u64> = (0..records).collect();
    let (a, b, c) = (stage.site(A), stage.site(B), stage.site(C));
    stage.step(&format!(
        "three nodes at each of two sites, tie-breakers at a third: {tie_breakers}"
    ));
    stage.settle();
    let client = stage.client(B, Reads::Master);
    let tally = Tally::of(&stage.each(client, Verb::Write, &keys));
    stage.expect("writes acknowledged", records, tally.acknowledged);
    stage.expect(
        "quiesced nodes",
        tie_breakers,
        u64::from(stage.view(0).map_or(0, |v| v.nodes_quiesced)),
    );
    expect_whole(&mut stage, records);

    stage.step("us-east-1a is firewalled off");
    let left = stage.others(&a);
    let cut = stage.cut(&a);
    // The moment of the new map, before anything has moved.
    stage.pass(u64::MAX, |stage| stage.is_one_cluster(&left));
    expect_records(&mut stage, "at once, the others", &left, (records, 0, 0));
    stage.expect("migrations begin", Expected::at_least(1), stage.migrations(&left));
    stage.settle();
    expect_serving(&mut stage, &a, &left, records);
    stage.expect("the tie-breakers hold", 0, held(&stage, &c));
    let cut_off = stage.client(A, Reads::Master);
    let tally = Tally::of(&stage.each(cut_off, Verb::Write, &keys[..100]));
    stage.expect("us-east-1a: writes that a new client could send", 0, 100 - tally.unsent);

    stage.step("the firewall is opened");
    stage.heal(cut);
    stage.settle();
    expect_whole(&mut stage, records);

    stage.step("the other site is firewalled off, under load");
    let left = stage.others(&b);
    let cut = cut_under_load(&mut stage, &b, &[A], &keys);
    stage.settle();
    expect_serving(&mut stage, &b, &left, records);
    stage.expect("the tie-breakers hold", 0, held(&stage, &c));

    stage.step("the firewall is opened");
    stage.heal(cut);
    stage.settle();
    expect_whole(&mut stage, records);
    let lost = stage.lost(client);
    stage.expect("acknowledged writes lost", 0, lost);

    stage.step("the third site is cut off: it is of no consequence");
    let left = stage.others(&c);
    let cut = stage.cut(&c);
    stage.settle();
    stage.expect("migrations were needed", 0, stage.planned_migrations(&left));
    expect_serving(&mut stage, &c, &left, records);
    stage.heal(cut);
    stage.settle();
    expect_whole(&mut stage, records);
    stage.end()
}

/// Records on nodes.
fn held(stage: &Stage, nodes: &[u8]) -> u64 {
    let seen = stage.objects(nodes);
    seen.master + seen.prole + seen.non_replica
}

/// Each data site holds every record once, the third none.
fn expect_whole(stage: &mut Stage, records: u64) {
    let all = stage.all();
    stage.expect("one cluster", "true", stage.is_one_cluster(&all).to_string());
    stage.expect("partitions available", 4096, stage.served(&all).len() as u64);
    stage.expect("migrations", 0, stage.migrations(&all));
    expect_records(stage, "all nodes", &all, (records, records, 0));
    for (site, copies) in [(A, records), (B, records), (C, 0)] {
        let nodes = stage.site(site);
        stage.expect(format!("{}: copies", SITES[usize::from(site)]), copies, held(stage, &nodes));
    }
    let shares: u64 =
        stage.site(C).iter().map(|node| stage.shares(*node)).map(|(p, s)| p + s).sum();
    stage.expect("partitions of the tie-breakers", 0, shares);
}

/// Everything is served where more than half of the roster is, with two copies.
fn expect_serving(stage: &mut Stage, lost: &[u8], left: &[u8], records: u64) {
    stage.expect("the others: one cluster", "true", stage.is_one_cluster(left).to_string());
    stage.expect("the others: partitions available", 4096, stage.served(left).len() as u64);
    stage.expect("the others: unavailable", "0", stage.unavailable(left));
    stage.expect("cut off: unavailable", "4096", stage.unavailable(lost));
    stage.expect("dead partitions", "0", stage.dead(&stage.all()));
    stage.expect("migrations", 0, stage.migrations(&stage.all()));
    expect_records(stage, "the others", left, (records, records, 0));
}
