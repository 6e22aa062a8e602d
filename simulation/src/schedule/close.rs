//! Sequences of faults whose times must fit closely: each is the smallest that shows some defect.

use history::{ClientLinks, Direction, Fault, Interruption};
use nemesis::schedule::{PlannedFault, Window};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::pairs;
use crate::cluster::NODES;

/// One round of faults: the nodes in an order drawn for it, the detection time in ms, what cuts do
/// to clients; times count from the round's beginning.
pub(super) type Round = fn(&[u8], u64, ClientLinks, &mut ChaCha8Rng) -> Vec<PlannedFault>;

/// The random stream of these schedules.
const STREAM: u64 = 0x636c_6f73;

/// The faults of a nemesis; `None` for a name that is not here.
pub(super) fn listed(name: &str, seed: u64, window: &Window) -> Option<Vec<PlannedFault>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(STREAM);
    let round: Round = match name {
        "pause-node" => pause,
        "isolate-in-turn" => isolate_in_turn,
        "return-then-isolate" => return_then_isolate,
        "brief-cut-then-isolate-another" => brief_cut_then_isolate_another,
        "skew-then-isolate" => skew_then_isolate,
        "cut-restart-isolate" => cut_restart_isolate,
        "wipe-node" => wipe,
        "majorities-in-turn" => majorities_in_turn,
        _ => pairs::round(name)?,
    };
    let clients = window.clients.unwrap_or(ClientLinks::Keep);
    let mut faults: Vec<PlannedFault> = Vec::new();
    let mut at_ms = window.quiet_before_ms;
    loop {
        let mut nodes: Vec<u8> = (0..NODES).collect();
        nodes.shuffle(&mut random);
        let one = round(&nodes, window.detection_ms, clients, &mut random);
        let length_ms = one.iter().map(|fault| fault.at_ms + fault.for_ms).max().unwrap_or(0);
        if !faults.is_empty() && at_ms + length_ms + window.quiet_after_ms > window.load_ms {
            return Some(faults);
        }
        faults.extend(
            one.into_iter().map(|fault| PlannedFault { at_ms: at_ms + fault.at_ms, ..fault }),
        );
        // A second node without its data would be more than two copies bear: nobody revives the first.
        if name == "wipe-node" {
            return Some(faults);
        }
        at_ms += length_ms + window.quiet_between_ms;
    }
}

pub(super) fn cut(
    at_ms: u64,
    for_ms: u64,
    one: &[u8],
    interruption: Interruption,
    clients: ClientLinks,
) -> PlannedFault {
    let other = (0..NODES).filter(|node| !one.contains(node)).collect();
    let direction = Direction::Both;
    let fault = Fault::Partition { one: one.to_vec(), other, direction, interruption, clients };
    PlannedFault { at_ms, for_ms, fault }
}

fn pause(
    nodes: &[u8],
    detection_ms: u64,
    _: ClientLinks,
    random: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    let for_ms = random.random_range(detection_ms * 2..detection_ms * 5);
    vec![PlannedFault { at_ms: 0, for_ms, fault: Fault::Pause { node: nodes[0] } }]
}

/// What the second isolation leaves over has the first node, whose copy is older.
fn isolate_in_turn(
    nodes: &[u8],
    detection_ms: u64,
    clients: ClientLinks,
    _: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    let for_ms = detection_ms * 4;
    vec![
        cut(0, for_ms, &nodes[..1], Interruption::Cut, clients),
        cut(for_ms, for_ms, &nodes[1..3], Interruption::Cut, clients),
    ]
}

/// The round in which the first is filled begins a quantum after its return, and the round without
/// the second about half a quantum later.
fn return_then_isolate(
    nodes: &[u8],
    detection_ms: u64,
    clients: ClientLinks,
    _: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    let for_ms = detection_ms * 4;
    let isolated_ms = for_ms + detection_ms * 8 / 5;
    vec![
        cut(0, for_ms, &nodes[..1], Interruption::Cut, clients),
        cut(isolated_ms, for_ms, &nodes[1..2], Interruption::Cut, clients),
    ]
}

/// What was sent during the brief cut does not arrive after it.
fn brief_cut_then_isolate_another(
    nodes: &[u8],
    detection_ms: u64,
    clients: ClientLinks,
    _: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    let brief_ms = detection_ms * 3 / 4;
    vec![
        cut(0, brief_ms, &nodes[..1], Interruption::Close, clients),
        cut(brief_ms + 20, detection_ms * 4, &nodes[1..2], Interruption::Cut, clients),
    ]
}

fn skew_then_isolate(
    nodes: &[u8],
    detection_ms: u64,
    clients: ClientLinks,
    _: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    let fault = Fault::ClockSkew { node: nodes[0], offset_ms: -2500 };
    let isolated_ms = detection_ms * 3;
    vec![
        PlannedFault { at_ms: 0, for_ms: isolated_ms + detection_ms * 4, fault },
        cut(isolated_ms, detection_ms * 4, &nodes[..1], Interruption::Cut, clients),
    ]
}

fn cut_restart_isolate(
    nodes: &[u8],
    detection_ms: u64,
    clients: ClientLinks,
    _: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    let brief_ms = detection_ms * 3 / 4;
    let killed_ms = detection_ms / 2;
    vec![
        cut(0, brief_ms, &nodes[..1], Interruption::Close, clients),
        PlannedFault { at_ms: killed_ms, for_ms: 50, fault: Fault::Kill { node: nodes[0] } },
        cut(detection_ms * 5 / 2, detection_ms * 4, &nodes[..1], Interruption::Cut, clients),
    ]
}

fn wipe(nodes: &[u8], detection_ms: u64, _: ClientLinks, _: &mut ChaCha8Rng) -> Vec<PlannedFault> {
    let fault = Fault::Kill { node: nodes[0] };
    vec![PlannedFault { at_ms: 0, for_ms: detection_ms / 4, fault }]
}

/// Of the first five nodes, three go on without two, and then the third of them with those two: it
/// alone can tell what the first three did. Where five nodes are on the roster, each is a majority.
fn majorities_in_turn(
    nodes: &[u8],
    detection_ms: u64,
    clients: ClientLinks,
    _: &mut ChaCha8Rng,
) -> Vec<PlannedFault> {
    let for_ms = detection_ms * 3;
    let five: Vec<u8> = nodes.iter().copied().filter(|node| *node < 5).collect();
    vec![
        cut(0, for_ms, &five[..3], Interruption::Cut, clients),
        cut(for_ms, for_ms, &five[..2], Interruption::Cut, clients),
    ]
}
