//! Sequences against two nodes of one site at a time: a third of the masters, and no partition with
//! all its copies. They give defects that fire but rarely many opportunities in little time.

use history::{ClientLinks, Direction, Fault, Interruption};
use nemesis::schedule::PlannedFault;
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::close::{Round, cut};
use crate::cluster::{AT_SITE, NODES};

/// How often a migration is interrupted, so that each batch is lost once.
const PIECES: u64 = 22;
/// Between two such interruptions, in ms: a batch is repeated after 500, and the next one, which is
/// larger for the wait, is sent a tick later.
const PIECE_MS: u64 = 512;

/// The round of a nemesis; `None` for a name that is not here.
pub(super) fn round(name: &str) -> Option<Round> {
    Some(match name {
        "isolate-pair" => isolate,
        "pause-pair" => pause,
        "deafen-pair" => deafen,
        "return-then-isolate-pair" => return_then_isolate,
        "part-then-isolate-pair" => part_then_isolate,
        "part-restart-isolate-pair" => part_restart_isolate,
        "fill-in-pieces" => fill_in_pieces,
        _ => return None,
    })
}

/// A node and another of its site.
fn pair(nodes: &[u8]) -> Vec<u8> {
    let site = |node: &u8| AT_SITE.iter().position(|site| site.contains(node));
    nodes.iter().copied().filter(|node| site(node) == site(&nodes[0])).take(2).collect()
}

fn isolate(
    nodes: &[u8],
    detection_ms: u64,
    clients: ClientLinks,
    _: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    vec![cut(0, detection_ms * 2, &pair(nodes), Interruption::Cut, clients)]
}

fn pause(
    nodes: &[u8],
    detection_ms: u64,
    _: ClientLinks,
    random: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    let for_ms = random.random_range(detection_ms * 2..detection_ms * 5);
    let pause = |node| PlannedFault { at_ms: 0, for_ms, fault: Fault::Pause { node } };
    pair(nodes).into_iter().map(pause).collect()
}

/// What the two send arrives, and no answer to it.
fn deafen(
    nodes: &[u8],
    detection_ms: u64,
    clients: ClientLinks,
    _: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    let other = pair(nodes);
    let one = (0..NODES).filter(|node| !other.contains(node)).collect();
    let direction = Direction::OneToOther;
    let fault =
        Fault::Partition { one, other, direction, interruption: Interruption::Cut, clients };
    vec![PlannedFault { at_ms: 0, for_ms: detection_ms * 2, fault }]
}

/// The second pair goes while the first is being filled.
fn return_then_isolate(
    nodes: &[u8],
    detection_ms: u64,
    clients: ClientLinks,
    _: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    let for_ms = detection_ms * 2;
    let first = pair(nodes);
    let others: Vec<u8> = nodes.iter().copied().filter(|node| !first.contains(node)).collect();
    vec![
        cut(0, for_ms, &first, Interruption::Cut, clients),
        cut(for_ms + detection_ms * 8 / 5, for_ms, &pair(&others), Interruption::Cut, clients),
    ]
}

/// No write is replicated while the sites are apart, since each has a copy of everything.
fn part_then_isolate(
    nodes: &[u8],
    detection_ms: u64,
    clients: ClientLinks,
    _: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    let brief_ms = detection_ms * 3 / 4;
    let read_ms = detection_ms / 5;
    vec![
        cut(0, brief_ms, &AT_SITE[0], Interruption::Close, clients),
        cut(brief_ms + read_ms, detection_ms * 4 / 3, &pair(nodes), Interruption::Cut, clients),
    ]
}

fn part_restart_isolate(
    nodes: &[u8],
    detection_ms: u64,
    clients: ClientLinks,
    _: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    let brief_ms = detection_ms * 3 / 4;
    let pair = pair(nodes);
    let kill = |node: &u8| {
        let fault = Fault::Kill { node: *node };
        PlannedFault { at_ms: detection_ms * 2 / 3, for_ms: 50, fault }
    };
    let mut faults: Vec<PlannedFault> = pair.iter().map(kill).collect();
    faults.push(cut(0, brief_ms, &AT_SITE[0], Interruption::Close, clients));
    let isolated_ms = detection_ms * 5 / 2;
    faults.push(cut(isolated_ms, detection_ms * 4 / 3, &pair, Interruption::Cut, clients));
    faults
}

/// The sites are parted again and again for a moment while a pair is being filled, so that batches
/// arrive when what they hold has been written again.
fn fill_in_pieces(
    nodes: &[u8],
    detection_ms: u64,
    clients: ClientLinks,
    _: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    let for_ms = detection_ms * 3 / 2;
    let filled_ms = for_ms + detection_ms * 2;
    let moment = |piece| {
        let at_ms = filled_ms + piece * PIECE_MS;
        cut(at_ms, 40, &AT_SITE[0], Interruption::Close, clients)
    };
    let mut faults = vec![cut(0, for_ms, &pair(nodes), Interruption::Cut, clients)];
    faults.extend((0..PIECES).map(moment));
    faults
}
