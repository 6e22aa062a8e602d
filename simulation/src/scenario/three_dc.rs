//! `three-dc`: three data centres, a rack each, three copies.
//!
//! Source: the vendor's article on clusters over several sites: with as many copies as racks, each
//! rack holds every record once; a data centre may be cut off or lost.

use std::collections::BTreeSet;

use history::Outcome;

use super::account::{Account, Expected};
use super::cast::{Cast, Member};
use super::client::{Done, Reads, TOTAL_MS, Tally};
use super::load::Verb;
use super::stage::{MS, SECOND, Stage};
use super::{Scenario, Settings};

/// Until when after a cut the nodes have a new map, and the clients have asked for it, in ms: node
/// timeout and quantum, the search for silent nodes, rounds, and the clients' second.
pub(super) const NEW_MAP_MS: u64 = 3300;

fn cast() -> Cast {
    let node = |id: u64| Member::new(0xB0 + id, (id / 2) as u8, 1 + (id / 2) as u32);
    let mut cast = Cast::strong(&["dc1", "dc2", "dc3"], (0..6).map(node).collect());
    cast.replication_factor = 3;
    cast
}

pub(super) fn play(scenario: &Scenario, settings: &Settings) -> Account {
    let mut stage = Stage::new(scenario, cast(), settings);
    let records = scenario.records_of(settings);
    let keys: Vec<u64> = (0..records).collect();
    stage.step("six nodes in three racks, three copies");
    stage.settle();
    let client = stage.client(0, Reads::Master);
    let tally = Tally::of(&stage.each(client, Verb::Write, &keys));
    stage.expect("writes acknowledged", records, tally.acknowledged);
    expect_whole(&mut stage, records);

    stage.step("the third data centre is cut off, under load from the first two");
    let (lost, left) = (stage.site(2), stage.others(&stage.site(2)));
    let cut = cut_under_load(&mut stage, &lost, &[0, 1], &keys);
    stage.settle();
    stage.expect("dc1 and dc2: partitions available", 4096, stage.served(&left).len() as u64);
    stage.expect("dc1 and dc2: unavailable", "0", stage.unavailable(&left));
    stage.expect("dc3: unavailable", "4096", stage.unavailable(&lost));
    stage.expect("dead partitions", "0", stage.dead(&stage.all()));
    expect_records(&mut stage, "dc1 and dc2", &left, (records, 2 * records, 0));
    let cut_off = stage.client(2, Reads::Master);
    let tally = Tally::of(&stage.each(cut_off, Verb::Write, &keys));
    stage.expect("dc3: writes that a new client could send", 0, records - tally.unsent);

    stage.step("the cut is healed");
    stage.heal(cut);
    stage.settle();
    expect_whole(&mut stage, records);
    let lost = stage.lost(client);
    stage.expect("acknowledged writes lost", 0, lost);

    stage.step("the second data centre is lost");
    let (lost, left) = (stage.site(1), stage.others(&stage.site(1)));
    lost.iter().for_each(|node| stage.world.kill(*node));
    stage.settle();
    stage.expect("partitions available", 4096, stage.served(&left).len() as u64);
    expect_records(&mut stage, "dc1 and dc3", &left, (records, 2 * records, 0));
    let tally = Tally::of(&stage.each(client, Verb::Write, &keys));
    stage.expect("writes acknowledged", records, tally.acknowledged);

    stage.step("it returns");
    lost.iter().for_each(|node| stage.world.start(*node, true));
    stage.settle();
    expect_whole(&mut stage, records);
    let lost = stage.lost(client);
    stage.expect("acknowledged writes lost", 0, lost);
    stage.end()
}

/// Every rack holds every record once.
fn expect_whole(stage: &mut Stage, records: u64) {
    let all = stage.all();
    stage.expect("one cluster of six", "true", stage.is_one_cluster(&all).to_string());
    stage.expect("partitions available", 4096, stage.served(&all).len() as u64);
    stage.expect("migrations", 0, stage.migrations(&all));
    expect_records(stage, "all nodes", &all, (records, 2 * records, 0));
    for site in 0..3 {
        let seen = stage.objects(&stage.site(site));
        let what = format!("{}: copies", stage.cast.sites[usize::from(site)]);
        stage.expect(what, records, seen.master + seen.prole);
    }
}

/// Expects these records: in masters, in other replicas, elsewhere.
pub(super) fn expect_records(
    stage: &mut Stage,
    who: &str,
    nodes: &[u8],
    expected: (u64, u64, u64),
) {
    let seen = stage.objects(nodes);
    let (master, prole, non_replica) = expected;
    stage.expect(
        format!("{who}: master / prole / non-replica records"),
        format!("{master} / {prole} / {non_replica}").as_str(),
        format!("{} / {} / {}", seen.master, seen.prole, seen.non_replica),
    );
}

/// Cuts nodes off while clients of these sites read and write: relaxed reads never fail, and only
/// writes that were under way when the network was cut, or were sent by an old map, are in doubt.
pub(super) fn cut_under_load(
    stage: &mut Stage,
    nodes: &[u8],
    sites: &[u8],
    keys: &[u64],
) -> Option<emulator::world::InterruptionId> {
    for (index, site) in sites.iter().enumerate() {
        let reader = stage.client(*site, Reads::Sequence);
        stage.begin_load(reader, Verb::Read, keys, 8);
        let near = stage.client(*site, Reads::PreferSite);
        stage.begin_load(near, Verb::Read, keys, 8);
        let writer = stage.client(*site, Reads::Master);
        let own: Vec<u64> = keys.iter().copied().skip(index).step_by(sites.len()).collect();
        stage.begin_load(writer, Verb::Write, &own, 8);
    }
    stage.run_for(3 * SECOND);
    let cut_ns = stage.world.now_ns();
    let cut = stage.cut(nodes);
    stage.run_for(10 * SECOND);
    let done = stage.end_load();
    let (before, after): (Vec<Done>, Vec<Done>) =
        done.into_iter().partition(|one| one.at_ns < cut_ns);
    let (reads, writes): (Vec<Done>, Vec<Done>) =
        after.into_iter().partition(|one| !one.call.is_write());
    let (old_reads, old_writes): (Vec<Done>, Vec<Done>) =
        before.into_iter().partition(|one| !one.call.is_write());
    for (what, done) in [("relaxed reads", &old_reads), ("writes", &old_writes)] {
        let tally = Tally::of(done);
        stage.expect(
            format!("before: {what} that failed"),
            0,
            done.len() as u64 - tally.acknowledged,
        );
    }
    let tally = Tally::of(&reads);
    stage.expect("relaxed reads answered", Expected::at_least(1000), tally.acknowledged);
    // A record whose write hangs is shown by nobody until the write is settled.
    let hanging: BTreeSet<u64> =
        writes.iter().filter(|one| one.outcome == Outcome::Info).map(|one| one.key).collect();
    let failed = || reads.iter().filter(|one| one.outcome != Outcome::Ok);
    let beside = failed().filter(|one| !hanging.contains(&one.key)).count() as u64;
    stage.expect("relaxed reads that failed", 0, beside);
    let behind = failed().count() as u64 - beside;
    stage.expect("those of records whose write hung", Expected::Told, behind);
    let longest_ms = reads.iter().map(|one| one.took_ns / MS).max().unwrap_or(0);
    stage.expect("the longest read, in ms", Expected::Between(0, u64::from(TOTAL_MS)), longest_ms);
    let tally = Tally::of(&writes);
    stage.expect("writes acknowledged", Expected::at_least(100), tally.acknowledged);
    stage.expect("writes refused", 0, tally.failed + tally.unsent);
    stage.expect("writes in doubt", Expected::at_least(1), tally.in_doubt);
    let bound_ns = cut_ns + NEW_MAP_MS * MS;
    let late = |one: &&Done| one.outcome != Outcome::Ok && one.at_ns - one.took_ns > bound_ns;
    let late = writes.iter().filter(late).count() as u64;
    stage.expect("of them begun after the new map", 0, late);
    cut
}
