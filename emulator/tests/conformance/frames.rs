//! Recorded frames.

use std::collections::BTreeMap;

use wire::{Digest, Field, FieldType, Info2, Message, Op, Value};

use crate::recording::{Content, read};
use crate::tally::{Reasons, Tally};
use crate::worlds::{Replay, Setup};

/// Writes records with the keys 0, 1, … through the first node.
pub(crate) fn put_records(replay: &mut Replay, set: &str, count: i64) {
    for key in 0..count {
        let field = |field_type, data: &[u8]| Field { field_type, data: data.to_vec() };
        let digest = Digest::of(set, &key.into());
        let message = Message {
            info2: Info2::WRITE,
            transaction_ttl: 1000,
            fields: vec![
                field(FieldType::NAMESPACE, replay.setup.namespace.as_bytes()),
                field(FieldType::SET, set.as_bytes()),
                field(FieldType::DIGEST, &digest.0),
            ],
            ops: vec![Op::write("value", &Value::Integer(key))],
            ..Message::default()
        };
        let name = replay.setup.nodes[0].0;
        let answer = replay.exchange(name, &message.encode()).expect("an answer");
        assert_eq!(answer[13], 0, "the put of {key} succeeds");
    }
}

/// Judges one answer: the same bytes.
pub(crate) fn judge(
    tally: &mut Tally,
    reasons: &Reasons,
    op: &str,
    recorded: &[u8],
    ours: Option<&[u8]>,
) {
    if ours == Some(recorded) {
        tally.matched();
        return;
    }
    let Some(ours) = ours else {
        tally.differs(reasons, op, ["answer"], "no answer");
        return;
    };
    let mut keys = Vec::new();
    if recorded.get(13) != ours.get(13) {
        keys.push("result-code");
    } else if recorded.get(14..18) != ours.get(14..18) {
        keys.push("generation");
    } else {
        keys.push("content");
    }
    let text = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    tally.differs(reasons, op, keys, &format!("{} against {}", text(recorded), text(ours)));
}

/// The official client's frames to one node, in order.
pub(crate) fn client(tally: &mut Tally, reasons: &Reasons) {
    let mut node = Setup::single().start(1);
    node.advance_ms(10_000);
    for one in read("ops-client") {
        if let Content::Frames { request, response, .. } = &one.content
            && !tally.skips(reasons, &one.op)
        {
            let ours = node.exchange("s1", request);
            judge(tally, reasons, &one.op, response, ours.as_deref());
        }
    }
}

/// Six nodes: proxied requests, a paused replica, a split and its healing.
pub(crate) fn faults(tally: &mut Tally, reasons: &Reasons, seed: u64) {
    let mut six = Setup::stretch().start(seed);
    six.advance_ms(20_000);
    let start_ms = six.world.now_ns() / 1_000_000;
    let paused = six.node("l2");
    let mut steps: Vec<(u64, Step)> =
        vec![(85, Step::Pause), (5100, Step::Resume), (13_300, Step::Split), (19_800, Step::Heal)];
    let recorded = read("ops-cluster-faults");
    steps.extend(recorded.iter().enumerate().map(|(at, one)| (one.at_ms, Step::Ask(at))));
    steps.sort_by_key(|(at_ms, _)| *at_ms);
    let mut asked = BTreeMap::new();
    let mut answered = BTreeMap::new();
    let mut cut = None;
    for (at_ms, step) in steps {
        while six.world.now_ns() / 1_000_000 < start_ms + at_ms {
            six.advance_ms(1);
            answered.extend(six.answers());
        }
        match step {
            Step::Pause => six.world.pause(paused),
            Step::Resume => six.world.resume(paused),
            Step::Split => cut = Some(six.split()),
            Step::Heal => six.world.restore(cut.take().expect("it was cut")).expect("it stands"),
            Step::Ask(at) => {
                let Content::Frames { request, .. } = &recorded[at].content else { continue };
                let ticket = six.send(&recorded[at].node, request);
                asked.insert(ticket, at);
                // The script went on when it had its answer, or sent many at once.
                let alone = !recorded[at].op.contains("hot-key");
                for _ in 0..if alone { 10 } else { 0 } {
                    six.advance_ms(1);
                    answered.extend(six.answers());
                    if answered.contains_key(&ticket) {
                        break;
                    }
                }
            }
        }
    }
    six.advance_ms(5000);
    answered.extend(six.answers());
    for (ticket, at) in asked {
        let Content::Frames { response, .. } = &recorded[at].content else { continue };
        let ours = answered.get(&ticket).and_then(Option::as_deref);
        judge(tally, reasons, &recorded[at].op, response, ours);
    }
}

/// What happens in the experiment with six nodes.
enum Step {
    Pause,
    Resume,
    Split,
    Heal,
    Ask(usize),
}
