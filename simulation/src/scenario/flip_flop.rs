//! `flip-flop`: what the map of a client looks like that still reaches both halves of a cluster.
//!
//! Source: the vendor's article on split brain: nodes A to E are cut into A, B and C, D, E, and a
//! client goes on asking all of them. Under availability both halves claim every partition, and the
//! client believes whom it asked last; under strong consistency at most one half claims one.

use emulator::node::Mode;

use super::account::{Account, Expected};
use super::cast::{Cast, Member};
use super::client::{Reads, Tally};
use super::load::Verb;
use super::stage::{SECOND, Stage};
use super::{Scenario, Settings};

const TWO: [u8; 2] = [0, 1];
const THREE: [u8; 3] = [2, 3, 4];
/// For how long the client's map is watched, in s; it asks every second.
const WATCHED_S: u64 = 20;

pub(super) fn play(scenario: &Scenario, settings: &Settings) -> Account {
    let mut account = half(scenario, settings, Mode::Sc);
    account.steps.extend(half(scenario, settings, Mode::Ap).steps);
    account
}

fn half(scenario: &Scenario, settings: &Settings, mode: Mode) -> Account {
    let nodes = (0xA..=0xE).map(|id| Member::new(id, 0, 0)).collect();
    let cast = Cast { mode, ..Cast::strong(&["one site"], nodes) };
    let mut stage = Stage::new(scenario, cast, settings);
    let strong = mode == Mode::Sc;
    let records = scenario.records_of(settings);
    let keys: Vec<u64> = (0..records).collect();
    let name = if strong { "strong consistency" } else { "availability" };
    stage.step(&format!("{name}: five nodes and a client that asks all of them"));
    stage.settle();
    let client = stage.client(0, Reads::Master);
    let tally = Tally::of(&stage.each(client, Verb::Write, &keys));
    stage.expect("writes acknowledged", records, tally.acknowledged);
    let moved = watch(&mut stage, client);
    stage.expect("partitions whose master moved in the client's map", 0, moved);

    stage.step(&format!("{name}: A and B are cut off from C, D and E; the client reaches all"));
    let cut = stage.cut(&TWO);
    stage.settle();
    let (two, three) = (stage.served(&TWO), stage.served(&THREE));
    let both = two.intersection(&three).count() as u64;
    let served = (two.len() + three.len()) as u64;
    stage.expect("partitions served on both sides", if strong { 0 } else { 4096 }, both);
    stage.expect("partitions served, added up", if strong { 4096 } else { 8192 }, served);
    let fresh = |stage: &Stage, node| stage.view(node).map_or(0, |view| view.fresh_partitions);
    // Both copies of a tenth of the partitions are on two given nodes, of three tenths on three.
    let (tenth, three_tenths) = (Expected::Between(396, 422), Expected::Between(1180, 1280));
    let zero = || Expected::Count(0);
    let (on_two, on_three) = (fresh(&stage, TWO[0]), fresh(&stage, THREE[0]));
    stage.expect("A and B: fresh partitions", if strong { zero() } else { three_tenths }, on_two);
    stage.expect("C, D and E: fresh partitions", if strong { zero() } else { tenth }, on_three);

    stage.step(&format!("{name}: the client's map is watched for {WATCHED_S} s"));
    let moved = watch(&mut stage, client);
    stage.expect("partitions whose master moved", if strong { 0 } else { 4096 }, moved);
    let least = stage.clients[client].moves.iter().min().copied().unwrap_or(0);
    // It asks both halves every second, and believes each for a part of it.
    let expected = if strong { zero() } else { Expected::at_least(WATCHED_S) };
    stage.expect("moves of each, at least", expected, u64::from(least));

    stage.step(&format!("{name}: the client goes on writing and reading"));
    let mut unseen = 0;
    let mut acknowledged = 0;
    for _ in 0..5 {
        acknowledged += Tally::of(&stage.each(client, Verb::Write, &keys)).acknowledged;
        stage.run_for(SECOND / 2);
        unseen += stage.lost(client);
    }
    stage.expect("writes acknowledged", 5 * records, acknowledged);
    let expected = if strong { zero() } else { Expected::at_least(1) };
    stage.expect("its own writes that it did not read", expected, unseen);

    stage.step(&format!("{name}: the cut is healed"));
    stage.heal(cut);
    stage.settle();
    stage.expect("one cluster of five", "true", stage.is_one_cluster(&stage.all()).to_string());
    stage.expect("partitions served", 4096, stage.served(&stage.all()).len() as u64);
    let lost = stage.lost(client);
    stage.expect(
        "records without their last acknowledged write",
        if strong { zero() } else { Expected::Told },
        lost,
    );
    stage.end()
}

/// Watches a client's map; how many partitions changed their master in it.
fn watch(stage: &mut Stage, client: usize) -> u64 {
    stage.clients[client].moves.clear();
    stage.run_for(WATCHED_S * SECOND);
    stage.clients[client].moves.iter().filter(|moves| **moves > 0).count() as u64
}
