//! `stretch-3x3`: London and Paris, three nodes each, a rack each, two copies.
//!
//! Source: the public tutorial on split brain across regions. Its figures are its own admin tool's:
//! 470 and 940 records, of which London and Paris are master of 246 and 224, of 480 and 460; the
//! keys are chosen so that these come out again, and everything else follows from the rules.

use super::account::{Account, Expected};
use super::cast::{Cast, Member};
use super::client::{Reads, Tally};
use super::load::Verb;
use super::look::Objects;
use super::stage::Stage;
use super::{Scenario, Settings};
use crate::client::{INVALID_NODE, digest};

const LONDON: u8 = 0;
const PARIS: u8 = 1;
/// Ids, sites and racks; the primary and secondary partitions of the healed map.
const NODES: [(Member, u64, u64); 6] = [
    (Member::new(0xA882, PARIS, 33), 683, 683),
    (Member::new(0xA600, LONDON, 32), 683, 683),
    (Member::new(0xA517, PARIS, 33), 683, 682),
    (Member::new(0xA352, LONDON, 32), 683, 682),
    (Member::new(0xA129, LONDON, 32), 682, 683),
    (Member::new(0xA70, PARIS, 33), 682, 683),
];
/// The tutorial's program draws its keys from so many.
const KEYS: u64 = 4096;

/// The cluster of the tutorial.
pub(super) fn cast() -> Cast {
    Cast::strong(&["london", "paris"], NODES.map(|(member, ..)| member).to_vec())
}

pub(super) fn play(scenario: &Scenario, settings: &Settings) -> Account {
    let mut stage = Stage::new(scenario, cast(), settings);
    let (london, paris) = (stage.site(LONDON), stage.site(PARIS));
    stage.step("six nodes, racks 32 and 33, roster of all six");
    stage.settle();
    expect_whole(&mut stage);

    // The tutorial's records, by the site of their master.
    let keys = stage.shuffled(KEYS);
    let served = stage.served(&london);
    let (in_london, in_paris): (Vec<u64>, Vec<u64>) =
        keys.into_iter().partition(|key| served.contains(&digest(history::Key(*key)).partition()));
    let client = stage.client(LONDON, Reads::Master);
    stage.step("a program writes 470 records");
    write(&mut stage, client, &in_london[..246], &in_paris[..224]);
    expect_objects(&mut stage, "all nodes", &[0, 1, 2, 3, 4, 5], (470, 470, 0));

    stage.step("Paris is closed to London's clients and tools; the nodes still hear each other");
    let cut = stage.cut_clients(LONDON, &paris);
    stage.notice();
    expect_objects(&mut stage, "what London's tools see", &london, (246, 224, 0));
    expect_objects(&mut stage, "what Paris's tools see", &[0, 1, 2, 3, 4, 5], (470, 470, 0));
    stage.expect("unavailable partitions", "0", stage.unavailable(&stage.all()));
    stage.heal(cut);
    stage.notice();

    stage.step("the program has written 940 records");
    write(&mut stage, client, &in_london[246..480], &in_paris[224..460]);
    expect_objects(&mut stage, "all nodes", &[0, 1, 2, 3, 4, 5], (940, 940, 0));

    stage.step("the network between the regions is cut");
    let cut = stage.cut(&london);
    stage.settle();
    expect_halves(&mut stage, &london, &paris);
    expect_objects(&mut stage, "london", &london, (480, 480, 460));
    expect_objects(&mut stage, "paris", &paris, (460, 460, 480));

    stage.step("the program is started again in London");
    let client = stage.client(LONDON, Reads::Master);
    let new = [in_london[480], in_london[481], in_paris[460]];
    let codes: Vec<i16> = new
        .iter()
        .flat_map(|key| stage.each(client, Verb::Write, &[*key]))
        .map(|d| d.code)
        .collect();
    let told = match codes[..] {
        [0, 0, INVALID_NODE] => "two written, then no node is known for a partition".to_owned(),
        _ => format!("codes {codes:?}"),
    };
    stage.expect("it ends", "two written, then no node is known for a partition", told);
    expect_objects(&mut stage, "london", &london, (482, 482, 460));
    expect_objects(&mut stage, "paris", &paris, (460, 460, 480));

    stage.step("who can write: a client on each side tries every record");
    let known: Vec<u64> = in_london[..482].iter().chain(&in_paris[..460]).copied().collect();
    for (site, name, mine) in [(LONDON, "london", 482), (PARIS, "paris", 460)] {
        let client = stage.client(site, Reads::Master);
        let tally = Tally::of(&stage.each(client, Verb::Write, &known));
        stage.expect(format!("{name}: acknowledged"), mine, tally.acknowledged);
        stage.expect(format!("{name}: not sent, no node is known"), 942 - mine, tally.unsent);
        stage.expect(format!("{name}: in doubt"), 0, tally.in_doubt);
    }

    stage.step("the cut is healed");
    stage.heal(cut);
    stage.settle();
    expect_whole(&mut stage);
    expect_objects(&mut stage, "all nodes (482 + 460)", &[0, 1, 2, 3, 4, 5], (942, 942, 0));
    let lost = stage.lost(client);
    stage.expect("acknowledged writes lost", 0, lost);

    let pairs = [
        ("5 + 1", vec![0], Expected::Count(4096)),
        ("4 + 2 inside one rack", vec![2, 5], Expected::Count(4096)),
        // Both copies of about a ninth of the partitions are on a given pair of different racks.
        ("4 + 2 across the racks", vec![0, 1], Expected::Between(3606, 3696)),
    ];
    for (name, minority, unavailable) in pairs {
        stage.step(&format!("an unequal cut: {name}"));
        let cut = stage.cut(&minority);
        stage.settle();
        expect_unequal(&mut stage, &minority, unavailable);
        stage.heal(cut);
        stage.settle();
    }
    stage.step("everything is healed");
    expect_whole(&mut stage);
    let lost = stage.lost(client);
    stage.expect("acknowledged writes lost", 0, lost);
    stage.end()
}

fn write(stage: &mut Stage, client: usize, london: &[u64], paris: &[u64]) {
    for (name, keys) in [("london", london), ("paris", paris)] {
        let tally = Tally::of(&stage.each(client, Verb::Write, keys));
        stage.expect(
            format!("{name}'s records: writes acknowledged"),
            keys.len() as u64,
            tally.acknowledged,
        );
    }
}

fn expect_whole(stage: &mut Stage) {
    let all = stage.all();
    stage.expect("one cluster of six", "true", stage.is_one_cluster(&all).to_string());
    stage.expect("partitions available", 4096, stage.served(&all).len() as u64);
    stage.expect("unavailable partitions", "0", stage.unavailable(&all));
    stage.expect("dead partitions", "0", stage.dead(&all));
    stage.expect("migrations", 0, stage.migrations(&all));
    for (node, (_, primary, secondary)) in (0u8..).zip(NODES) {
        let shares = stage.shares(node);
        let what = format!("{}: primary / secondary", stage.name(node));
        let expected = format!("{primary} / {secondary}");
        stage.expect(what, expected.as_str(), format!("{} / {}", shares.0, shares.1));
    }
}

/// Each side serves its half, with the masters that it had.
fn expect_halves(stage: &mut Stage, london: &[u8], paris: &[u8]) {
    for (name, side) in [("london", london), ("paris", paris)] {
        stage.expect(
            format!("{name}: one cluster of three"),
            "true",
            stage.is_one_cluster(side).to_string(),
        );
        stage.expect(
            format!("{name}: partitions available"),
            2048,
            stage.served(side).len() as u64,
        );
        stage.expect(format!("{name}: unavailable, on each node"), "2048", stage.unavailable(side));
        stage.expect(format!("{name}: dead"), "0", stage.dead(side));
        stage.expect(format!("{name}: migrations"), 0, stage.migrations(side));
        let secondary: u64 = side.iter().map(|node| stage.shares(*node).1).sum();
        stage.expect(format!("{name}: secondary partitions"), 2048, secondary);
        for node in side {
            let what = format!("{}: primary, as before", stage.name(*node));
            stage.expect(what, NODES[usize::from(*node)].1, stage.shares(*node).0);
        }
    }
    let both: Vec<u16> = stage.served(london).intersection(&stage.served(paris)).copied().collect();
    stage.expect("partitions served on both sides", 0, both.len() as u64);
}

fn expect_unequal(stage: &mut Stage, minority: &[u8], unavailable: Expected) {
    let majority = stage.others(minority);
    let served = stage.served(minority);
    stage.expect("minority: unavailable", unavailable, 4096 - served.len() as u64);
    let left = stage.served(&majority);
    stage.expect(
        "majority: available, all that the minority lacks",
        4096 - served.len() as u64,
        left.len() as u64,
    );
    let both = left.intersection(&served).count() as u64;
    stage.expect("partitions served on both sides", 0, both);
    let told = |served: usize| (4096 - served).to_string();
    stage.expect(
        "minority: unavailable, on each node",
        told(served.len()).as_str(),
        stage.unavailable(minority),
    );
    stage.expect(
        "majority: unavailable, on each node",
        told(left.len()).as_str(),
        stage.unavailable(&majority),
    );
    stage.expect("dead", "0", stage.dead(&stage.all()));
    stage.expect("migrations", 0, stage.migrations(&stage.all()));
}

/// Expects these records: in masters, in other replicas, elsewhere.
fn expect_objects(stage: &mut Stage, who: &str, nodes: &[u8], expected: (u64, u64, u64)) {
    let Objects { master, prole, non_replica } = stage.objects(nodes);
    let (one, two, three) = expected;
    stage.expect(
        format!("{who}: master / prole / non-replica records"),
        format!("{one} / {two} / {three}").as_str(),
        format!("{master} / {prole} / {non_replica}"),
    );
}
