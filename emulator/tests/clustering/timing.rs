//! How long a cluster needs to take on a new shape, beside what a real server needed.

use aerocert_emulator::world::{Channels, End, Interruption, Link};

use crate::stretch::{SECOND, Stretch};

/// The sites.
const PARIS: [u8; 3] = [0, 2, 5];
const LONDON: [u8; 3] = [1, 3, 4];
/// Between two looks.
const LOOK_NS: u64 = 20_000_000;

/// How long it takes until every node counts so many members, in ms.
fn until_size(stretch: &mut Stretch, size: usize) -> u64 {
    let begun = stretch.world.now_ns();
    let counts = |stretch: &Stretch, node| {
        stretch.world.node(node).unwrap().cluster(0).members.len() == size
    };
    while !(0..6).all(|node| counts(stretch, node)) {
        stretch.run_for(LOOK_NS);
        assert!(stretch.world.now_ns() < begun + 60 * SECOND, "never {size} members");
    }
    (stretch.world.now_ns() - begun) / 1_000_000
}

/// Paris and London cannot hear each other, or one of them not the other.
const CUTS: [&[(&[u8], &[u8])]; 3] =
    [&[(&PARIS, &LONDON), (&LONDON, &PARIS)], &[(&PARIS, &LONDON)], &[(&LONDON, &PARIS)]];

/// Source of the ranges: six nodes of a real server with the same heartbeats, and the timing that
/// its clustering code implies. A cut in one direction was as good as one in both.
#[test]
fn a_new_shape_is_there_as_soon_as_on_a_real_server_after_a_cut_and_after_a_heal() {
    for seed in 0..54u64 {
        let mut stretch = Stretch::new(seed);
        stretch.run_for(4 * SECOND + seed * 37_000_000);
        let kind = [Interruption::Cut, Interruption::Close, Interruption::Stall][seed as usize % 3];
        let directions = CUTS[seed as usize / 3 % 3];
        let links: Vec<Link> = directions.iter().flat_map(|(from, to)| links(from, to)).collect();
        let cut = stretch.world.interrupt(&links, Channels::ALL, kind).unwrap();
        let told = format!("seed {seed}, {kind:?} of {directions:?}");
        let parted_ms = until_size(&mut stretch, 3);
        assert!((1_800..=3_400).contains(&parted_ms), "{told}: {parted_ms} ms");
        stretch.run_for(2 * SECOND + seed * 91_000_000);
        stretch.world.restore(cut).unwrap();
        let merged_ms = until_size(&mut stretch, 6);
        assert!((1_600..=3_600).contains(&merged_ms), "{told}: {merged_ms} ms");
        stretch.assert_one_cluster(6);
    }
}

fn links(from: &[u8], to: &[u8]) -> Vec<Link> {
    let link = |from: u8, to: u8| Link { from: End::Node(from), to: End::Node(to) };
    from.iter().flat_map(|a| to.iter().map(move |b| link(*a, *b))).collect()
}
